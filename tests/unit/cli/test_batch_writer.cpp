#include "cli/batch_writer.hpp"

#include <cerrno>
#include <csignal>
#include <string>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace sockdesk::cli {
namespace {

TEST(BatchWriter, writes_a_batch_whole_through_a_full_pipe) {
    for (const int flags : {0, O_NONBLOCK}) {
        int ends[2];
        ASSERT_EQ(pipe(ends), 0);
        fcntl(ends[1], F_SETFL, flags);
        std::string got;
        std::thread reader([&got, fd = ends[0]] {
            char buffer[5000];
            for (ssize_t count = 0; (count = read(fd, buffer, sizeof buffer)) > 0;) {
                got.append(buffer, static_cast<std::size_t>(count));
            }
        });
        std::string expected;
        {
            BatchWriter writer(ends[1]);
            for (int i = 0; i < 3; ++i) {
                const std::string batch(std::size_t{1} << 20, static_cast<char>('a' + i));
                writer.buffer() = batch;
                expected += batch;
                EXPECT_EQ(writer.flush(), BatchWriter::State::good);
                EXPECT_TRUE(writer.buffer().empty());
            }
        }
        close(ends[1]);
        reader.join();
        close(ends[0]);
        EXPECT_TRUE(got == expected);
    }
}

TEST(BatchWriter, tells_a_closed_reader_from_a_failure) {
    std::signal(SIGPIPE, SIG_IGN);
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    close(ends[0]);
    BatchWriter unread(ends[1]);
    unread.buffer() = "x";
    EXPECT_EQ(unread.flush(), BatchWriter::State::closed);
    unread.buffer() = "goes nowhere";
    EXPECT_EQ(unread.flush(), BatchWriter::State::closed);
    EXPECT_TRUE(unread.buffer().empty());
    close(ends[1]);

    const int full = open("/dev/full", O_WRONLY);
    ASSERT_GE(full, 0);
    BatchWriter failing(full);
    failing.buffer() = "x";
    EXPECT_EQ(failing.flush(), BatchWriter::State::failed);
    EXPECT_EQ(failing.error(), ENOSPC);
    close(full);
}

TEST(BatchWriter, an_empty_batch_is_no_write) {
    BatchWriter writer(-1);
    EXPECT_EQ(writer.flush(), BatchWriter::State::good);
}

}  // namespace
}  // namespace sockdesk::cli
