// Whatever way the bytes take, they are in the file, and readers that go through the disk's cache find them at once.
#include "capture/disk_writer.hpp"

#include <cstdlib>
#include <random>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace sockdesk::capture {
namespace {

class DiskWriterTest : public ::testing::TestWithParam<const char*> {
protected:
    DiskWriterTest() {
        std::string name = std::string(GetParam()) + "/sockdesk-XXXXXX";
        descriptor_ = mkstemp(name.data());
        unlink(name.c_str());
    }
    ~DiskWriterTest() override { close(descriptor_); }

    int descriptor_ = -1;
};

TEST_P(DiskWriterTest, WritesOfEveryLengthFollowEachOther) {
    ASSERT_GE(descriptor_, 0);
    std::mt19937 random(1);
    Bytes expected;
    DiskWriter writer(descriptor_);
    constexpr std::size_t lengths[] = {3,       4096, 9 << 20,  1, (1 << 20) + 5, 2 << 20, 4095,
                                       5 << 20, 100,  40 << 20, 77};
    for (const std::size_t length : lengths) {
        Bytes bytes(length);
        for (std::size_t i = 0; i < length; i += 512) bytes[i] = static_cast<std::uint8_t>(random());
        std::size_t written = 0;
        while (written < length) {
            const ssize_t count = writer.write(ByteView(bytes).subspan(written), expected.size() + written);
            ASSERT_GT(count, 0);
            written += static_cast<std::size_t>(count);
        }
        expected.insert(expected.end(), bytes.begin(), bytes.end());
        // In between, what is there already is read: it must not come from an old state of the cache.
        Bytes found(length);
        ASSERT_EQ(pread(descriptor_, found.data(), length, static_cast<off_t>(expected.size() - length)),
                  static_cast<ssize_t>(length));
        ASSERT_TRUE(found == bytes) << length;
    }
    Bytes found(expected.size() + 1);
    EXPECT_EQ(pread(descriptor_, found.data(), found.size(), 0), static_cast<ssize_t>(expected.size()));
    found.pop_back();
    EXPECT_TRUE(found == expected);
}

TEST_P(DiskWriterTest, WhatCannotBeWrittenIsAnError) {
    DiskWriter writer(-1);
    const Bytes bytes(3 << 20);
    errno = 0;
    EXPECT_EQ(writer.write(bytes, 0), -1);
    EXPECT_EQ(errno, EBADF);
}

// A disk, and one in memory, which may know no way past its cache.
INSTANTIATE_TEST_SUITE_P(Folders, DiskWriterTest, ::testing::Values("/var/tmp", "/dev/shm"),
                         [](const auto& folder) { return folder.index == 0 ? "Disk" : "Memory"; });

}  // namespace
}  // namespace sockdesk::capture
