#include <gtest/gtest.h>

#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "app/file_source.hpp"

namespace sockdesk::app {
namespace {

using namespace std::chrono_literals;
using State = engine::PayloadSource::State;

class FileSourceTest : public testing::Test {
protected:
    FileSourceTest() {
        std::string name = (std::filesystem::temp_directory_path() / "file-source-XXXXXX").string();
        folder_ = mkdtemp(name.data());
        options.path = folder_ / "source";
    }
    ~FileSourceTest() override { std::filesystem::remove_all(folder_); }

    void write(const std::string& content) {
        std::ofstream(options.path, std::ios::binary | std::ios::trunc) << content;
    }

    void open() {
        auto opened = FileSource::open(options);
        ASSERT_TRUE(opened) << opened.error().message;
        source = *opened;
        source->on_ready([this] {
            const std::lock_guard lock(mutex_);
            ready_ = true;
            changed_.notify_all();
        });
    }

    State wait() {
        while (true) {
            const State state = source->state();
            if (state != State::waiting) return state;
            std::unique_lock lock(mutex_);
            if (!changed_.wait_for(lock, 20s, [this] { return ready_; })) return state;
            ready_ = false;
        }
    }

    struct Sent {
        std::vector<std::string> payloads;
        std::vector<std::chrono::nanoseconds> times;
        State end = State::waiting;
    };

    Sent take_all() {
        Sent all;
        while ((all.end = wait()) == State::ready) {
            const auto next = source->next();
            all.payloads.emplace_back(as_chars(*next.payload));
            all.times.push_back(next.at);
        }
        return all;
    }

    Sent send(const std::string& content) {
        write(content);
        open();
        return take_all();
    }

    std::filesystem::path folder_;
    FileSourceOptions options;
    std::shared_ptr<FileSource> source;

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool ready_ = false;
};

std::string noise(std::size_t size) {
    std::mt19937 random(size);
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    return bytes;
}

std::string joined(const std::vector<std::string>& pieces) {
    std::string all;
    for (const auto& piece : pieces) all += piece;
    return all;
}

using Lines = std::vector<std::string>;

TEST_F(FileSourceTest, a_stream_is_the_file) {
    const std::string content = noise(5'000'001);
    const Sent sent = send(content);
    EXPECT_EQ(sent.end, State::ended);
    EXPECT_TRUE(joined(sent.payloads) == content);
    const auto progress = source->progress();
    EXPECT_EQ(progress.total_bytes, content.size());
    EXPECT_EQ(progress.read_bytes, content.size());
    EXPECT_EQ(progress.sent_bytes, content.size());
    EXPECT_EQ(progress.packets, sent.payloads.size());
}

TEST_F(FileSourceTest, no_more_is_read_than_a_little_ahead) {
    write(std::string(64 << 20, 'x'));
    open();
    ASSERT_EQ(wait(), State::ready);
    source->next();
    // It has had every chance: nothing is read beyond a bound, however long one waits.
    EXPECT_LT(source->progress().read_bytes, std::uint64_t{4} << 20);
}

TEST_F(FileSourceTest, pieces_have_their_size_and_the_last_is_the_rest) {
    options.cut = FileCut::pieces;
    options.piece_bytes = 4;
    EXPECT_EQ(send("abcdefghij").payloads, (Lines{"abcd", "efgh", "ij"}));
    EXPECT_EQ(send("abcdefgh").payloads, (Lines{"abcd", "efgh"}));
    EXPECT_EQ(send("").payloads, Lines{});
}

TEST_F(FileSourceTest, a_line_a_packet) {
    options.cut = FileCut::lines;
    EXPECT_EQ(send("one\ntwo\r\nthr\ree\r\nlast").payloads, (Lines{"one", "two", "thr\ree", "last"}));
    EXPECT_EQ(send("one\n").payloads, Lines{"one"});
    EXPECT_EQ(source->progress().sent_bytes, 4U);
    EXPECT_EQ(send("ends with a carriage return\r").payloads, Lines{"ends with a carriage return\r"});
}

TEST_F(FileSourceTest, empty_lines_are_datagrams_and_nothing_on_a_stream) {
    options.cut = FileCut::lines;
    EXPECT_EQ(send("a\n\r\n\nb\n").payloads, (Lines{"a", "b"}));
    options.datagrams = true;
    EXPECT_EQ(send("a\n\r\n\nb\n").payloads, (Lines{"a", "", "", "b"}));
}

TEST_F(FileSourceTest, lines_are_found_wherever_the_file_is_read_in_two) {
    options.cut = FileCut::lines;
    Lines expected;
    std::string content;
    std::mt19937 random(4);
    for (int i = 0; i < 4'000; ++i) {
        expected.push_back(std::string(1 + random() % 300, static_cast<char>('a' + i % 26)));
        content += expected.back() + (i % 2 != 0 ? "\n" : "\r\n");
    }
    EXPECT_EQ(send(content).payloads, expected);
    // A line end that is itself read in two.
    const std::string first(FileSourceOptions::longest_line_bytes - 1, 'x');
    EXPECT_EQ(send(first + "\r\nnext").payloads, (Lines{first, "next"}));
    const std::string longest(FileSourceOptions::longest_line_bytes, 'x');
    EXPECT_EQ(send(longest + "\r\nnext").payloads, (Lines{longest, "next"}));
}

TEST_F(FileSourceTest, a_line_that_is_too_long_is_named) {
    options.cut = FileCut::lines;
    const Sent sent =
        send("short\nshort\n" + std::string(FileSourceOptions::longest_line_bytes + 1, 'x') + "\nnever");
    EXPECT_EQ(sent.payloads, (Lines{"short", "short"}));
    EXPECT_EQ(sent.end, State::failed);
    EXPECT_NE(source->error().message.find("line 3 is longer than 65536 bytes"), std::string::npos)
        << source->error().message;
    options.datagrams = true;
    EXPECT_EQ(send(std::string(65'507, 'x')).end, State::ended);
    EXPECT_EQ(send(std::string(65'508, 'x')).end, State::failed);
    EXPECT_EQ(send("1\n" + std::string(3'000'000, 'x')).end, State::failed);
    EXPECT_NE(source->error().message.find("line 2 "), std::string::npos);
}

TEST_F(FileSourceTest, a_trailer_follows_each) {
    options.trailer = *codec::Trailer::parse("fixed=0D0A");
    options.cut = FileCut::lines;
    EXPECT_EQ(send("a\n\nb").payloads, (Lines{"a\r\n", "\r\n", "b\r\n"}));
    options.cut = FileCut::pieces;
    options.piece_bytes = 2;
    EXPECT_EQ(send("abc").payloads, (Lines{"ab\r\n", "c\r\n"}));
}

TEST_F(FileSourceTest, an_interval_gives_each_its_time) {
    options.cut = FileCut::pieces;
    options.piece_bytes = 1;
    options.interval = 20ms;
    EXPECT_EQ(send("abc").times, (std::vector<std::chrono::nanoseconds>{0ms, 20ms, 40ms}));
    EXPECT_EQ(source->pace(), engine::PayloadSource::Pace::distances);
}

TEST_F(FileSourceTest, what_grows_is_sent_as_it_was) {
    const std::string content = noise(3'000'000);
    write(content);
    open();
    std::ofstream(options.path, std::ios::binary | std::ios::app) << "later";
    const Sent sent = take_all();
    EXPECT_EQ(sent.end, State::ended);
    EXPECT_TRUE(joined(sent.payloads) == content);
}

TEST_F(FileSourceTest, what_shrinks_fails_and_says_where) {
    write(noise(8'000'000));
    open();
    ASSERT_EQ(wait(), State::ready);
    std::filesystem::resize_file(options.path, 2'500'000);
    const Sent sent = take_all();
    EXPECT_EQ(sent.end, State::failed);
    const std::string message = source->error().message;
    EXPECT_NE(message.find("it held 8000000 bytes"), std::string::npos) << message;
}

TEST_F(FileSourceTest, what_is_unlinked_is_sent_all_the_same) {
    const std::string content = noise(3'000'000);
    write(content);
    open();
    std::filesystem::remove(options.path);
    EXPECT_TRUE(joined(take_all().payloads) == content);
}

TEST_F(FileSourceTest, what_is_no_file_is_refused) {
    const auto refused = [this] {
        const auto opened = FileSource::open(options);
        return opened ? std::string("opened") : opened.error().message;
    };
    EXPECT_NE(refused().find("No such file"), std::string::npos) << refused();
    options.path = folder_;
    EXPECT_NE(refused().find("directory"), std::string::npos) << refused();
    options.path = "/dev/zero";
    EXPECT_NE(refused().find("not an ordinary file"), std::string::npos) << refused();
}

TEST_F(FileSourceTest, a_piece_that_cannot_be_sent_is_refused) {
    write("x");
    options.cut = FileCut::pieces;
    for (const auto& [size, datagrams, trailer] :
         {std::tuple{std::size_t{0}, false, false}, std::tuple{(std::size_t{1} << 20) + 1, false, false},
          std::tuple{std::size_t{65'508}, true, false}, std::tuple{std::size_t{65'506}, true, true}}) {
        options.piece_bytes = size;
        options.datagrams = datagrams;
        options.trailer = trailer ? std::optional(*codec::Trailer::parse("fixed=0D0A")) : std::nullopt;
        EXPECT_FALSE(FileSource::open(options)) << size;
    }
    options.piece_bytes = 65'505;
    EXPECT_TRUE(FileSource::open(options));
}

TEST_F(FileSourceTest, it_can_be_let_go_of_at_any_time) {
    write(noise(8'000'000));
    for (int taken = 0; taken < 20; taken += 5) {
        open();
        for (int i = 0; i < taken && wait() == State::ready; ++i) source->next();
        source->on_ready(nullptr);
        source.reset();
    }
}

}  // namespace
}  // namespace sockdesk::app
