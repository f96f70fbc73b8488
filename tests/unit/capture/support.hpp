// What the tests of this room share.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "capture/log.hpp"
#include "capture/log_writer.hpp"

#include <gtest/gtest.h>

namespace sockdesk::capture {

inline Endpoint endpoint(std::string_view address, std::uint16_t port) {
    const auto parsed = IpAddress::parse(address);
    EXPECT_TRUE(parsed) << address;
    return {parsed.value_or(IpAddress()), port};
}

inline Timestamp at(std::int64_t nanoseconds) { return Timestamp(std::chrono::nanoseconds(nanoseconds)); }

/// Bytes that differ from place to place and from seed to seed.
inline Bytes pattern(std::size_t size, std::uint32_t seed = 1) {
    Bytes result(size);
    std::uint32_t state = seed * 2654435761U + 1;
    for (auto& byte : result) {
        state = state * 1664525U + 1013904223U;
        byte = static_cast<std::uint8_t>(state >> 24U);
    }
    return result;
}

inline Bytes copy(ByteView view) { return {view.begin(), view.end()}; }

inline SessionEvent note(std::string message, Timestamp time = at(0)) {
    SessionEvent event;
    event.time = time;
    event.message = std::move(message);
    return event;
}

/// Memory of its own and one log in it.
struct Desk {
    explicit Desk(SegmentPoolOptions options = {1, 0})
        : pool(options), log(std::make_shared<Log>(pool, "udp 127.0.0.1:54321")), writer(log) {}

    SegmentPool pool;
    std::shared_ptr<Log> log;
    LogWriter writer;

    const Endpoint here = endpoint("127.0.0.1", 54321);
    const Endpoint there = endpoint("127.0.0.1", 40000);

    void receive(ByteView payload, std::int64_t time = 0) {
        writer.append_datagram(at(time), Direction::received, here, there, payload);
    }

    /// Appends datagrams until another segment is begun.
    void fill_segment() {
        const Bytes payload = pattern(60'000);
        for (int i = 0; i < 140; ++i) receive(payload);
        writer.publish();
    }
};

class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "sockdesk-test-XXXXXX").string();
        EXPECT_NE(mkdtemp(name.data()), nullptr);
        path_ = name;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::permissions(path_, std::filesystem::perms::owner_all, ignored);
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

inline Bytes read_file(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

inline void write_file(const std::filesystem::path& path, ByteView bytes) {
    std::ofstream(path, std::ios::binary) << as_chars(bytes);
}

}  // namespace sockdesk::capture
