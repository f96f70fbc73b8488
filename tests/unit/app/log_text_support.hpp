// What the tests of the log's texts share: records made by hand, and a time zone that is the same everywhere.
#pragma once

#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "capture/record.hpp"
#include "codec/encoding.hpp"

namespace sockdesk::app {

inline Endpoint endpoint(std::string_view address, std::uint16_t port) {
    return {IpAddress::parse(address).value(), port};
}

inline const Endpoint here = endpoint("127.0.0.1", 54321);
inline const Endpoint there = endpoint("127.0.0.1", 8080);

inline codec::Encoding encoding(std::string_view name) { return codec::Encoding::find(name).value(); }

/// 2026-11-21 10:00:00.123456789 at eight hours east.
inline constexpr Timestamp some_time{std::chrono::nanoseconds{1'795'226'400'123'456'789}};

inline capture::RecordView datagram(capture::Direction direction, std::string_view payload) {
    capture::RecordView record;
    record.time = some_time;
    record.direction = direction;
    record.local = here;
    record.remote = there;
    record.payload = as_bytes(payload);
    return record;
}

inline capture::RecordView piece(capture::Direction direction, std::string_view payload, std::uint64_t offset,
                                 const Endpoint& remote = there) {
    capture::RecordView record = datagram(direction, payload);
    record.transport = capture::Transport::tcp;
    record.remote = remote;
    record.stream_offset = offset;
    return record;
}

inline capture::SessionEvent event(capture::SessionEvent::Kind kind) {
    capture::SessionEvent result;
    result.kind = kind;
    result.time = some_time;
    return result;
}

/// Eight hours east of Greenwich, whatever the machine's zone. TZ in POSIX form needs no zone files.
class InChina : public testing::Test {
protected:
    InChina() { set("CST-8"); }
    ~InChina() override { set(nullptr); }

    static void set(const char* zone) {
        if (zone != nullptr) {
            setenv("TZ", zone, 1);
        } else {
            unsetenv("TZ");
        }
        tzset();
    }
};

}  // namespace sockdesk::app
