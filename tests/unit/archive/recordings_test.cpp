#include "archive/recordings.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/file_name.hpp"
#include "folder.hpp"

namespace sockdesk::archive {
namespace {

namespace fs = std::filesystem;

constexpr Timestamp some_time{std::chrono::seconds(1'795'000'000)};

class RecordingsTest : public testing::Test {
protected:
    TemporaryFolder temporary;
    const fs::path folder = temporary / "state" / "captures";
    const Recordings recordings{folder};

    fs::path make(std::string_view name, std::size_t bytes, int age_seconds) const {
        fs::create_directories(folder);
        fs::path path = folder / name;
        write_file(path, std::string(bytes, 'x'));
        fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::seconds(age_seconds));
        return path;
    }

    std::vector<std::string> names() const {
        std::vector<std::string> result;
        for (const Recording& recording : recordings.list()) result.push_back(recording.path.filename());
        return result;
    }

    std::vector<std::string> files() const {
        std::vector<std::string> result;
        for (const auto& entry : fs::directory_iterator(folder)) result.push_back(entry.path().filename());
        std::sort(result.begin(), result.end());
        return result;
    }
};

/// Somebody who saves: the lock is held until destruction.
class Lock {
public:
    explicit Lock(const fs::path& path) : descriptor_(open(path.c_str(), O_RDWR | O_CLOEXEC)) {
        EXPECT_EQ(flock(descriptor_, LOCK_EX | LOCK_NB), 0);
    }
    ~Lock() { close(descriptor_); }

private:
    int descriptor_;
};

using Names = std::vector<std::string>;

TEST_F(RecordingsTest, a_new_path_is_in_a_folder_that_was_made_and_holds_time_and_session) {
    setenv("TZ", "UTC", 1);
    tzset();
    const auto path = recordings.new_path(some_time, "udp 0.0.0.0:7788");
    ASSERT_TRUE(path) << path.error().message;
    EXPECT_EQ(*path, folder / "2026-11-18 11-06-40 udp 0.0.0.0 7788.pcapng");
    EXPECT_EQ(fs::status(folder).permissions() & fs::perms::all, fs::perms::owner_all);
}

TEST_F(RecordingsTest, no_two_callers_get_the_same_path) {
    constexpr int callers = 8;
    constexpr int each = 50;
    std::vector<std::vector<fs::path>> got(callers);
    std::vector<std::thread> threads;
    for (auto& mine : got) {
        threads.emplace_back([this, &mine] {
            for (int i = 0; i < each; ++i) mine.push_back(recordings.new_path(some_time, "same").value());
        });
    }
    for (auto& thread : threads) thread.join();
    std::set<fs::path> all;
    for (const auto& mine : got) all.insert(mine.begin(), mine.end());
    EXPECT_EQ(all.size(), callers * each);
}

TEST_F(RecordingsTest, a_name_that_is_kept_is_not_listed_before_something_is_in_it) {
    const fs::path path = recordings.new_path(some_time, "a").value();
    EXPECT_EQ(names(), Names{});
    write_file(path, "something");
    EXPECT_EQ(names(), Names{path.filename()});
}

TEST_F(RecordingsTest, hostile_session_names_stay_in_the_folder) {
    const std::string_view hostile[] = {"../../etc/passwd",
                                        "/etc/passwd",
                                        "a/b\\c",
                                        "..",
                                        ".",
                                        "",
                                        "\n\x1b[2J",
                                        "\xff\xfe",
                                        "..hidden",
                                        std::string_view("a\0b", 3)};
    for (const auto session : hostile) {
        const auto path = recordings.new_path(some_time, session);
        ASSERT_TRUE(path) << path.error().message;
        EXPECT_EQ(path->parent_path(), folder);
        EXPECT_TRUE(fs::exists(*path));
        for (const char c : path->filename().string()) EXPECT_GE(static_cast<unsigned char>(c), 0x20);
    }
    const auto longest = recordings.new_path(some_time, std::string(100'000, 'x'));
    ASSERT_TRUE(longest) << longest.error().message;
    EXPECT_LT(longest->filename().string().size(), 200U);
}

TEST_F(RecordingsTest, an_unusable_folder_is_a_failure_that_names_it) {
    write_file(temporary / "file", "x");
    const Recordings broken(temporary / "file" / "captures");
    const auto path = broken.new_path(some_time, "a");
    ASSERT_FALSE(path);
    EXPECT_NE(path.error().message.find((temporary / "file" / "captures").string()), std::string::npos);
    EXPECT_TRUE(broken.list().empty());
    EXPECT_EQ(broken.prune(0), 0U);
}

TEST_F(RecordingsTest, the_list_is_newest_first_with_sizes) {
    make("old.pcapng", 10, 300);
    make("new.pcapng", 20, 100);
    make("middle.pcapng", 30, 200);
    EXPECT_EQ(names(), (Names{"new.pcapng", "middle.pcapng", "old.pcapng"}));
    EXPECT_EQ(recordings.list()[1].bytes, 30U);
}

TEST_F(RecordingsTest, what_is_not_ours_is_neither_listed_nor_deleted) {
    make("notes.txt", 5, 9);
    make(".hidden.pcapng", 5, 9);
    const fs::path real = temporary / "elsewhere.pcapng";
    write_file(real, "precious");
    make("a.pcapng", 5, 9);
    fs::create_symlink(real, folder / "link.pcapng");
    fs::create_directories(folder / "folder.pcapng");
    ASSERT_EQ(mkfifo((folder / "pipe.pcapng").c_str(), 0600), 0);
    EXPECT_EQ(names(), Names{"a.pcapng"});

    for (const char* name : {"notes.txt", ".hidden.pcapng", "link.pcapng", "folder.pcapng", "pipe.pcapng"}) {
        EXPECT_FALSE(recordings.remove(folder / name)) << name;
    }
    EXPECT_FALSE(recordings.remove(real));
    EXPECT_FALSE(recordings.remove(folder / ".." / ".." / "elsewhere.pcapng"));
    EXPECT_FALSE(recordings.remove(folder / "x" / ".." / "a.pcapng"));
    EXPECT_FALSE(recordings.remove("a.pcapng"));
    EXPECT_FALSE(recordings.remove(folder));
    EXPECT_FALSE(recordings.remove(""));
    EXPECT_EQ(recordings.prune(0), 1U);
    EXPECT_EQ(files(), (Names{".hidden.pcapng", "folder.pcapng", "link.pcapng", "notes.txt", "pipe.pcapng"}));
    EXPECT_TRUE(fs::exists(real));
}

TEST_F(RecordingsTest, what_somebody_saves_to_is_in_use_and_stays) {
    const fs::path path = make("a.pcapng", 5, 9);
    {
        const Lock saver(path);
        EXPECT_TRUE(recordings.list().at(0).in_use);
        const auto removed = recordings.remove(path);
        ASSERT_FALSE(removed);
        EXPECT_EQ(removed.error().kind, ErrorKind::in_use);
        EXPECT_EQ(recordings.prune(0), 0U);
        EXPECT_TRUE(fs::exists(path));
    }
    EXPECT_FALSE(recordings.list().at(0).in_use);
    EXPECT_TRUE(recordings.remove(path));
    EXPECT_FALSE(fs::exists(path));
}

TEST_F(RecordingsTest, pruning_takes_the_oldest_until_the_rest_fits) {
    make("1.pcapng", 100, 500);
    const fs::path second = make("2.pcapng", 100, 400);
    make("3.pcapng", 100, 300);
    make("4.pcapng", 100, 200);
    const Lock saver(second);
    EXPECT_EQ(recordings.prune(400), 0U);
    EXPECT_EQ(recordings.prune(299), 2U);
    EXPECT_EQ(names(), (Names{"4.pcapng", "2.pcapng"}));
}

TEST_F(RecordingsTest, a_name_that_nobody_came_to_use_goes_at_a_pruning_but_not_at_once) {
    const fs::path kept = recordings.new_path(some_time, "just now").value();
    make("given up.pcapng", 0, 3600);
    recordings.prune(1 << 20);
    EXPECT_EQ(files(), Names{kept.filename()});
}

TEST(StateFolder, is_where_the_base_directory_specification_says) {
    const char* home = std::getenv("HOME");
    const std::string before = home != nullptr ? home : "";
    setenv("HOME", "/home/anna", 1);
    unsetenv("XDG_STATE_HOME");
    EXPECT_EQ(default_state_folder(), "/home/anna/.local/state/sockdesk");
    setenv("XDG_STATE_HOME", "relative", 1);
    EXPECT_EQ(default_state_folder(), "/home/anna/.local/state/sockdesk");
    setenv("XDG_STATE_HOME", "/var/state", 1);
    EXPECT_EQ(default_state_folder(), "/var/state/sockdesk");
    unsetenv("XDG_STATE_HOME");
    setenv("HOME", before.c_str(), 1);
}

TEST(FileName, keeps_what_a_name_may_hold) {
    EXPECT_EQ(file_name_part("udp 127.0.0.1:80", 80), "udp 127.0.0.1 80");
    EXPECT_EQ(file_name_part("测试 é 🙂", 80), "测试 é 🙂");
    EXPECT_EQ(file_name_part("a//\\  b", 80), "a b");
    EXPECT_EQ(file_name_part("...a...", 80), "a");
    EXPECT_EQ(file_name_part("a\xE2\x80\xAEgpj", 80), "a gpj");  // right-to-left override
    EXPECT_EQ(file_name_part("a\xC0\xAF\xED\xA0\x80z", 80), "a z");
    EXPECT_EQ(file_name_part("测试", 5), "测");
}

}  // namespace
}  // namespace sockdesk::archive
