#include "capture/saver.hpp"

#include <atomic>
#include <future>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/pcapng.hpp"
#include "support.hpp"

namespace sockdesk::capture {
namespace {

/// Types of all blocks; the test fails where the bytes are not a run of whole blocks.
std::vector<std::uint32_t> block_types(ByteView bytes) {
    std::vector<std::uint32_t> types;
    while (!bytes.empty()) {
        const auto block = pcapng::read_block(bytes);
        if (!block) {
            ADD_FAILURE() << "no block at " << bytes.size() << " bytes before the end";
            break;
        }
        types.push_back(block->type);
        bytes = bytes.subspan(block->size);
    }
    return types;
}

std::vector<std::string> payloads(ByteView bytes) {
    std::vector<std::string> result;
    while (const auto block = pcapng::read_block(bytes)) {
        if (block->is(pcapng::BlockType::enhanced_packet)) {
            result.emplace_back(as_chars(pcapng::read_enhanced_packet(block->body)->packet.subspan(28)));
        }
        bytes = bytes.subspan(block->size);
    }
    return result;
}

constexpr std::uint32_t section = 0x0A0D0D0A;

class Saving : public testing::Test {
protected:
    TemporaryFolder folder;
    Desk desk;

    std::unique_ptr<Saver> start(SaveOptions options) {
        auto saver =
            Saver::start(desk.log, std::move(options), [](const Error& error) { FAIL() << error.message; });
        EXPECT_TRUE(saver) << saver.error().message;
        return saver ? std::move(*saver) : nullptr;
    }

    Error refusal(SaveOptions options) {
        auto saver = Saver::start(desk.log, std::move(options), {});
        EXPECT_FALSE(saver);
        return saver ? Error{} : saver.error();
    }
};

TEST_F(Saving, an_empty_log_is_a_capture) {
    const auto path = folder / "a.pcapng";
    auto saver = start({path});
    EXPECT_TRUE(saver->flush());
    EXPECT_EQ(block_types(read_file(path)), (std::vector<std::uint32_t>{section, 1}));
    EXPECT_EQ(saver->saved(), 0U);
}

TEST_F(Saving, flush_has_everything_published_in_the_file) {
    const auto path = folder / "a.pcapng";
    desk.receive(as_bytes("before"));
    desk.writer.publish();
    auto saver = start({path});
    desk.receive(as_bytes("after"));
    desk.writer.publish();
    desk.receive(as_bytes("hidden"));
    ASSERT_TRUE(saver->flush());
    EXPECT_EQ(saver->saved(), 2U);
    EXPECT_EQ(payloads(read_file(path)), (std::vector<std::string>{"before", "after"}));
    EXPECT_EQ(block_types(read_file(path)), (std::vector<std::uint32_t>{section, 1, 6, 6}));
    desk.writer.publish();
    saver.reset();
    EXPECT_EQ(payloads(read_file(path)).size(), 3U);
}

TEST_F(Saving, goes_on_by_itself) {
    const auto path = folder / "a.pcapng";
    auto saver = start({path});
    for (RecordIndex i = 1; i <= 3; ++i) {
        desk.receive(as_bytes("x"));
        desk.writer.publish();
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (saver->saved() < i && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
        EXPECT_EQ(saver->saved(), i);
    }
}

TEST_F(Saving, blocks_that_are_no_records_are_saved_too) {
    const auto path = folder / "a.pcapng";
    auto saver = start({path});
    desk.writer.append_statistics(at(1), {.kept = 5, .dropped = 6});
    desk.writer.publish();
    ASSERT_TRUE(saver->flush());
    EXPECT_EQ(block_types(read_file(path)), (std::vector<std::uint32_t>{section, 1, 5}));
}

TEST_F(Saving, many_segments) {
    const auto path = folder / "a.pcapng";
    desk.fill_segment();
    auto saver = start({path});
    desk.fill_segment();
    desk.fill_segment();
    ASSERT_TRUE(saver->flush());
    EXPECT_EQ(saver->saved(), desk.log->published());
    EXPECT_EQ(payloads(read_file(path)).size(), desk.log->published());
}

TEST_F(Saving, starts_at_a_later_record_with_its_handshake) {
    const auto path = folder / "a.pcapng";
    desk.receive(as_bytes("a"));
    desk.receive(as_bytes("b"));
    desk.writer.append_statistics(at(0), {.kept = 1, .dropped = 1});
    desk.receive(as_bytes("c"));
    desk.writer.publish();
    auto saver = start({path, SaveMode::create, 2});
    ASSERT_TRUE(saver->flush());
    EXPECT_EQ(block_types(read_file(path)), (std::vector<std::uint32_t>{section, 1, 5, 6}));
    EXPECT_EQ(saver->saved(), 3U);
}

TEST_F(Saving, starts_at_a_record_to_come) {
    const auto path = folder / "a.pcapng";
    desk.receive(as_bytes("a"));
    desk.writer.publish();
    auto next = start({folder / "next.pcapng", SaveMode::create, 1});
    auto later = start({path, SaveMode::create, 3});
    ASSERT_TRUE(later->flush());
    EXPECT_EQ(later->saved(), 3U);
    for (const char* text : {"b", "c", "d", "e"}) desk.receive(as_bytes(text));
    desk.writer.publish();
    ASSERT_TRUE(later->flush());
    ASSERT_TRUE(next->flush());
    EXPECT_EQ(payloads(read_file(path)), (std::vector<std::string>{"d", "e"}));
    EXPECT_EQ(payloads(read_file(folder / "next.pcapng")), (std::vector<std::string>{"b", "c", "d", "e"}));
}

TEST_F(Saving, starts_where_the_log_begins_after_a_release) {
    for (int i = 0; i < 4; ++i) desk.fill_segment();
    const RecordCount published = desk.log->published();
    desk.log->release_before(published - 200);
    const RecordIndex first = desk.log->first_available();
    ASSERT_GT(first, 0U);
    auto early = start({folder / "early.pcapng", SaveMode::create, 1});
    auto exact = start({folder / "exact.pcapng", SaveMode::create, first});
    auto whole = start({folder / "whole.pcapng"});
    desk.log->release_before(published);
    desk.fill_segment();
    for (const auto& saver : {early.get(), exact.get(), whole.get()}) {
        ASSERT_TRUE(saver->flush());
        EXPECT_EQ(saver->saved(), desk.log->published());
    }
    for (const char* name : {"early.pcapng", "exact.pcapng", "whole.pcapng"}) {
        EXPECT_EQ(payloads(read_file(folder / name)).size(), desk.log->published() - first) << name;
    }
}

TEST_F(Saving, appends_a_section) {
    const auto path = folder / "a.pcapng";
    desk.receive(as_bytes("a"));
    desk.writer.publish();
    start({path});
    desk.receive(as_bytes("b"));
    desk.writer.publish();
    start({path, SaveMode::append, 1});
    EXPECT_EQ(block_types(read_file(path)), (std::vector<std::uint32_t>{section, 1, 6, section, 1, 6}));
    EXPECT_EQ(payloads(read_file(path)), (std::vector<std::string>{"a", "b"}));
    start({folder / "new.pcapng", SaveMode::append});
    EXPECT_EQ(payloads(read_file(folder / "new.pcapng")).size(), 2U);
}

TEST_F(Saving, replaces_only_when_told) {
    const auto path = folder / "a.pcapng";
    write_file(path, as_bytes("precious"));
    const Error error = refusal({path});
    EXPECT_EQ(error.kind, ErrorKind::in_use);
    EXPECT_NE(error.message.find(path.string()), std::string::npos);
    EXPECT_EQ(as_chars(read_file(path)), "precious");
    start({path, SaveMode::overwrite});
    EXPECT_EQ(block_types(read_file(path)).size(), 2U);
    write_file(path, {});
    start({path});
}

TEST_F(Saving, appends_to_nothing_but_whole_captures) {
    const auto path = folder / "a.pcapng";
    write_file(path, as_bytes("some text that is longer than a header"));
    EXPECT_EQ(refusal({path, SaveMode::append}).kind, ErrorKind::bad_input);
    write_file(path, as_bytes("x"));
    EXPECT_EQ(refusal({path, SaveMode::append}).kind, ErrorKind::bad_input);

    desk.receive(as_bytes("hello"));
    desk.writer.publish();
    start({path, SaveMode::overwrite});
    const Bytes whole = read_file(path);
    for (std::size_t cut = 1; cut < 80; ++cut) {
        write_file(path, ByteView(whole).first(whole.size() - cut));
        EXPECT_EQ(refusal({path, SaveMode::append}).kind, ErrorKind::bad_input) << cut;
        EXPECT_EQ(read_file(path).size(), whole.size() - cut);
    }
}

TEST_F(Saving, one_file_takes_one_log) {
    const auto path = folder / "a.pcapng";
    auto saver = start({path});
    EXPECT_EQ(refusal({path, SaveMode::append}).kind, ErrorKind::in_use);
}

TEST_F(Saving, says_what_to_do_about_a_path) {
    EXPECT_EQ(refusal({folder / "no/such/a.pcapng"}).kind, ErrorKind::not_found);
    EXPECT_EQ(refusal({folder / "no/such/a.pcapng"}).code, "ENOENT");
    EXPECT_EQ(refusal({folder / ""}).kind, ErrorKind::bad_input);
    const auto pipe = folder / "pipe";
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    EXPECT_EQ(refusal({pipe}).kind, ErrorKind::bad_input);
    if (geteuid() != 0) {
        std::filesystem::create_directory(folder / "locked");
        std::filesystem::permissions(folder / "locked", std::filesystem::perms::owner_read);
        EXPECT_EQ(refusal({folder / "locked/a.pcapng"}).kind, ErrorKind::denied);
    }
}

TEST_F(Saving, a_file_that_cannot_grow_ends_with_a_whole_block) {
    const auto path = folder / "a.pcapng";
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    rlimit small = before;
    small.rlim_cur = 1'000'001;
    setrlimit(RLIMIT_FSIZE, &small);

    std::promise<Error> told;
    auto saver = Saver::start(desk.log, {path}, [&](const Error& error) { told.set_value(error); });
    ASSERT_TRUE(saver);
    desk.fill_segment();
    desk.fill_segment();
    const auto flushed = (*saver)->flush();
    ASSERT_FALSE(flushed);
    EXPECT_EQ(flushed.error().code, "EFBIG");
    const Error error = told.get_future().get();
    EXPECT_EQ(error.code, "EFBIG");
    EXPECT_NE(error.message.find(path.string()), std::string::npos);
    setrlimit(RLIMIT_FSIZE, &before);

    EXPECT_EQ((*saver)->saved(), 16U);
    EXPECT_EQ(block_types(read_file(path)).size(), 2U + 16U);
    // What cannot be saved is not waited for.
    desk.log->release_before(desk.log->published());
    EXPECT_GT(desk.log->first_available(), 0U);
    EXPECT_FALSE((*saver)->flush());
}

TEST_F(Saving, what_is_released_is_saved_first) {
    const auto path = folder / "a.pcapng";
    auto saver = start({path});
    RecordCount published = 0;
    for (int i = 0; i < 6; ++i) {
        desk.fill_segment();
        published = desk.log->published();
        desk.log->release_before(published);
    }
    ASSERT_TRUE(saver->flush());
    EXPECT_EQ(payloads(read_file(path)).size(), published);
    // Released behind the saver as it went on, without being asked again.
    EXPECT_GT(desk.log->first_available(), 600U);
}

}  // namespace
}  // namespace sockdesk::capture
