// What the tests of this room share: a log that is written like a conversation.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "capture/log.hpp"
#include "capture/log_writer.hpp"
#include "query/record_set.hpp"

#include <gtest/gtest.h>

namespace sockdesk::query {

inline Endpoint endpoint(std::string_view address, std::uint16_t port) {
    const auto parsed = IpAddress::parse(address);
    EXPECT_TRUE(parsed) << address;
    return {parsed.value_or(IpAddress()), port};
}

inline Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

inline Timestamp at(std::int64_t nanoseconds) { return Timestamp(std::chrono::nanoseconds(nanoseconds)); }

class Conversation {
public:
    explicit Conversation(std::string name = "talk")
        : pool_(std::make_shared<capture::SegmentPool>(capture::SegmentPoolOptions{1, 0})),
          log_(capture::Log::make(pool_, std::move(name))),
          writer_(log_) {}

    const std::shared_ptr<capture::Log>& log() const { return log_; }
    capture::LogWriter& writer() { return writer_; }
    void publish() { writer_.publish(); }
    void set_time(Timestamp time) { time_ = time; }

    void receive(std::string_view text) { receive_from(there, text); }
    void receive_from(const Endpoint& peer, std::string_view text) {
        writer_.append_datagram(time_, capture::Direction::received, here, peer, as_bytes(text));
    }
    void send_to(const Endpoint& peer, std::string_view text) {
        writer_.append_datagram(time_, capture::Direction::sent, here, peer, as_bytes(text));
    }
    /// A piece of a stream with the peer of that port.
    void read(std::uint16_t port, std::string_view text) { piece(port, capture::Direction::received, text); }
    void write(std::uint16_t port, std::string_view text) { piece(port, capture::Direction::sent, text); }
    /// The next piece belongs to another connection of the same ends.
    void reconnect(std::uint16_t port) { flows_.erase(port); }

    void happen(capture::SessionEvent::Kind kind, std::string message,
                std::optional<Endpoint> remote = std::nullopt) {
        capture::SessionEvent event;
        event.kind = kind;
        event.time = time_;
        event.message = std::move(message);
        event.remote = std::move(remote);
        writer_.append_event(event);
    }
    void note(std::string message) { happen(capture::SessionEvent::Kind::note, std::move(message)); }

    const Endpoint here = endpoint("127.0.0.1", 54321);
    const Endpoint there = endpoint("127.0.0.1", 40000);

private:
    void piece(std::uint16_t port, capture::Direction direction, std::string_view text) {
        capture::TcpFlow& flow = flows_[port];
        flow.local = here;
        flow.remote = endpoint("127.0.0.1", port);
        writer_.append_stream(time_, direction, flow, as_bytes(text));
    }

    std::shared_ptr<capture::SegmentPool> pool_;
    std::shared_ptr<capture::Log> log_;
    capture::LogWriter writer_;
    std::map<std::uint16_t, capture::TcpFlow> flows_;
    Timestamp time_{};
};

inline std::vector<RecordIndex> members(const RecordSet& set) {
    std::vector<RecordIndex> result;
    for (MemberIndex i = 0; i < set.size(); ++i) result.push_back(set.nth(i));
    return result;
}

}  // namespace sockdesk::query
