// Packets of a capture of another program become records of a log: datagrams, and connections put together from their segments.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "archive/bounded_map.hpp"
#include "archive/packet_reader.hpp"
#include "archive/seen_bytes.hpp"
#include "capture/ip_packet.hpp"
#include "capture/log_writer.hpp"

namespace sockdesk::archive {

/// Packets that did not become records, by reason.
struct LeftOut {
    std::uint64_t other_protocols = 0;  ///< neither UDP nor TCP over IP
    std::uint64_t fragments = 0;
    std::uint64_t without_payload = 0;  ///< TCP segments that only open, acknowledge or end
    std::uint64_t sent_again = 0;
    std::uint64_t unknown_links = 0;
    std::uint64_t unusable = 0;

    std::uint64_t total() const;
    /// "12 packets left out: 3 neither UDP nor TCP, 9 TCP segments without payload"; empty for none.
    std::string text() const;
};

class PacketConverter {
public:
    explicit PacketConverter(capture::LogWriter& writer) : writer_(writer) {}

    /// Appends at most 1 MiB of payload.
    void take(const CapturedPacket& packet);
    /// An entry of a journal.
    void take_event(ByteView entry);
    void take_unusable() { ++left_out_.unusable; }
    /// What was left out, and how many packets were captured in part. Call once, at the end.
    void append_summary();

    const LeftOut& left_out() const { return left_out_; }

private:
    struct Key {
        std::uint8_t bytes[44];
        friend bool operator==(const Key&, const Key&) = default;
    };
    struct KeyHash {
        SeededHash hash;
        std::size_t operator()(const Key& key) const { return hash(key.bytes, sizeof key.bytes); }
    };
    struct Connection {
        capture::TcpFlow flow;
        SeenBytes received;
        SeenBytes sent;
        bool syn_seen = false;
        std::uint32_t syn_sequence = 0;
        bool opened = false;  ///< the handshake stands in the log
        bool ended = false;   ///< by a reset
    };

    static Key key_of(const CapturedPacket& packet, const capture::IpPacket& ip);
    static Connection new_connection(const capture::IpPacket& ip,
                                     std::optional<capture::Direction> direction);
    static bool is_another(const Connection& known, const capture::TcpFields& syn);
    void take_datagram(const CapturedPacket& packet, const capture::IpPacket& ip,
                       std::optional<capture::Direction> direction);
    void take_segment(const CapturedPacket& packet, const capture::IpPacket& ip,
                      std::optional<capture::Direction> direction);
    void append_note(std::string message);

    static constexpr std::size_t most_connections = 65'536;

    capture::LogWriter& writer_;
    BoundedMap<Key, Connection, KeyHash> connections_{most_connections};
    /// The local end of each pair of ends that datagrams went between.
    BoundedMap<Key, Endpoint, KeyHash> pairs_{most_connections};
    std::vector<ByteView> fresh_;
    LeftOut left_out_;
    std::uint64_t cut_ = 0;  ///< records of packets that were captured in part
    std::vector<std::uint32_t> links_told_;
    Timestamp last_time_{};
};

}  // namespace sockdesk::archive
