#include "archive/packet_converter.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "archive/link_layer.hpp"
#include "capture/byte_order.hpp"
#include "capture/journal_event.hpp"

namespace sockdesk::archive {

using capture::Direction;
using capture::FlowEnd;
using capture::IpPacket;
using capture::TcpFields;
using capture::Transport;

namespace {

/// The largest that a network card hands over at once is 512 KiB; what says it is longer is not a packet.
constexpr std::size_t longest_packet = std::size_t{1} << 20;

bool is_fragment(ByteView ip) {
    if (ip.empty()) return false;
    constexpr std::uint8_t ipv6_fragment_header = 44;
    if (ip[0] >> 4U == 6) return ip.size() > 6 && ip[6] == ipv6_fragment_header;
    return ip[0] >> 4U == 4 && ip.size() >= 8 &&
           (capture::load_network<std::uint16_t>(&ip[6]) & 0x3FFFU) != 0;
}

void put_endpoint(std::uint8_t* to, const Endpoint& end) {
    std::memcpy(to, end.address.octets().data(), 16);
    to[16] = end.address.is_v4() ? 4 : 6;
    capture::store_native(to + 18, end.port);
}

}  // namespace

std::uint64_t LeftOut::total() const {
    return other_protocols + fragments + without_payload + sent_again + unknown_links + unusable;
}

std::string LeftOut::text() const {
    const std::pair<std::uint64_t, const char*> reasons[] = {
        {other_protocols, "neither UDP nor TCP"},
        {fragments, "fragments"},
        {without_payload, "TCP segments without payload"},
        {sent_again, "TCP segments sent again"},
        {unknown_links, "of a link type that is not understood"},
        {unusable, "of an interface that is not described"},
    };
    if (total() == 0) return {};
    std::string text = fmt::format("{} {} left out: ", total(), total() == 1 ? "packet" : "packets");
    const char* separator = "";
    for (const auto& [count, reason] : reasons) {
        if (count == 0) continue;
        text += fmt::format("{}{} {}", separator, count, reason);
        separator = ", ";
    }
    return text;
}

/// The two ends in an order of their own, so that both directions have the same key; interfaces apart, because a packet may be captured
/// on two of them.
PacketConverter::Key PacketConverter::key_of(const CapturedPacket& packet, const IpPacket& ip) {
    Key key{};
    const bool swapped = ip.destination < ip.source;
    put_endpoint(key.bytes, swapped ? ip.destination : ip.source);
    put_endpoint(key.bytes + 20, swapped ? ip.source : ip.destination);
    capture::store_native(key.bytes + 40, packet.interface);
    return key;
}

void PacketConverter::append_note(std::string message) {
    capture::SessionEvent event;
    event.time = last_time_;
    event.message = std::move(message);
    writer_.append_event(event);
}

void PacketConverter::take(const CapturedPacket& packet) {
    last_time_ = std::max(last_time_, packet.time);
    if (!is_known_link_type(packet.link_type)) {
        ++left_out_.unknown_links;
        constexpr std::size_t most_told = 16;
        if (links_told_.size() < most_told &&
            std::find(links_told_.begin(), links_told_.end(), packet.link_type) == links_told_.end()) {
            links_told_.push_back(packet.link_type);
            append_note(fmt::format("Packets are left out: {}", unknown_link_type(packet.link_type)));
        }
        return;
    }
    const auto link =
        ip_packet_in(packet.link_type, packet.bytes.first(std::min(packet.bytes.size(), longest_packet)));
    const auto ip = link ? capture::parse_ip_packet(link->ip, capture::PacketOrigin::foreign) : std::nullopt;
    if (!ip) {
        ++(link && is_fragment(link->ip) ? left_out_.fragments : left_out_.other_protocols);
        return;
    }
    const auto direction = packet.direction ? packet.direction : link->direction;
    if (ip->transport == Transport::udp) {
        take_datagram(packet, *ip, direction);
    } else {
        take_segment(packet, *ip, direction);
    }
}

void PacketConverter::take_event(ByteView entry) {
    const capture::SessionEvent event = capture::decode_event(entry);
    last_time_ = std::max(last_time_, event.time);
    writer_.append_event(event);
}

void PacketConverter::take_datagram(const CapturedPacket& packet, const IpPacket& ip,
                                    std::optional<Direction> direction) {
    if (!direction) {
        const Key key = key_of(packet, ip);
        const Endpoint* local = pairs_.find(key);
        if (local == nullptr) local = &pairs_.insert(key, ip.destination);
        direction = *local == ip.destination ? Direction::received : Direction::sent;
    }
    const bool received = *direction == Direction::received;
    const Endpoint& remote = received ? ip.source : ip.destination;
    // A jumbogram may hold more than a record does.
    const std::size_t most =
        remote.address.is_v4() ? capture::LogWriter::max_datagram_v4 : capture::LogWriter::max_datagram_v6;
    writer_.append_datagram(packet.time, *direction, received ? ip.destination : ip.source, remote,
                            ip.payload.first(std::min(ip.payload.size(), most)));
    if (packet.original_size > packet.bytes.size()) ++cut_;
}

PacketConverter::Connection PacketConverter::new_connection(const IpPacket& ip,
                                                            std::optional<Direction> direction) {
    const bool syn = (ip.tcp.flags & TcpFields::syn) != 0;
    const bool ack = (ip.tcp.flags & TcpFields::ack) != 0;
    bool source_is_local = false;
    if (direction) {
        source_is_local = *direction == Direction::sent;
    } else if (syn) {
        source_is_local = ack;  // the end that was called
    } else {
        source_is_local = ip.source.port < ip.destination.port;
    }
    Connection connection;
    connection.flow.local = source_is_local ? ip.source : ip.destination;
    connection.flow.remote = source_is_local ? ip.destination : ip.source;
    connection.flow.initiated_here = syn && source_is_local != ack;
    return connection;
}

/// A SYN between ends that are known opens another connection, unless it is the first packet sent again or the answer to it.
bool PacketConverter::is_another(const Connection& known, const TcpFields& syn) {
    const capture::TcpFlow& flow = known.flow;
    if (!known.syn_seen || known.ended || flow.received.finished || flow.sent.finished) return true;
    if ((syn.flags & TcpFields::ack) != 0) return false;
    return syn.sequence != known.syn_sequence || flow.received.bytes != 0 || flow.sent.bytes != 0;
}

void PacketConverter::take_segment(const CapturedPacket& packet, const IpPacket& ip,
                                   std::optional<Direction> hint) {
    const bool syn = (ip.tcp.flags & TcpFields::syn) != 0;
    const bool ack = (ip.tcp.flags & TcpFields::ack) != 0;
    const bool fin = (ip.tcp.flags & TcpFields::fin) != 0;
    const bool rst = (ip.tcp.flags & TcpFields::rst) != 0;
    const Key key = key_of(packet, ip);
    Connection* known = connections_.find(key);
    const bool first = syn && !ack;
    if (known != nullptr && syn && is_another(*known, ip.tcp)) known = nullptr;
    if (known == nullptr) known = &connections_.insert(key, new_connection(ip, hint));
    Connection& connection = *known;

    Direction direction = ip.source == connection.flow.local ? Direction::sent : Direction::received;
    if (ip.source == ip.destination) direction = hint.value_or(Direction::received);
    const bool received = direction == Direction::received;
    SeenBytes& seen = received ? connection.received : connection.sent;
    std::uint32_t sequence = ip.tcp.sequence;
    if (syn) {
        ++sequence;  // SYN takes one
        if (!seen.started()) seen.start(sequence);
        connection.syn_seen = true;
        if (first) connection.syn_sequence = ip.tcp.sequence;
    }

    fresh_.clear();
    if (!rst) seen.add(sequence, ip.payload, fresh_);
    // A call that nobody answers is no connection.
    if (!connection.opened && connection.syn_seen && !rst && (ack || !fresh_.empty())) {
        connection.opened = true;
        writer_.open_flow(packet.time, connection.flow);
    }
    for (const ByteView piece : fresh_) writer_.append_stream(packet.time, direction, connection.flow, piece);
    if (fresh_.empty()) {
        ++(ip.payload.empty() || rst ? left_out_.without_payload : left_out_.sent_again);
    } else if (packet.original_size > packet.bytes.size()) {
        ++cut_;
    }

    const bool in_log =
        connection.opened || connection.flow.received.bytes != 0 || connection.flow.sent.bytes != 0;
    if (connection.ended || !in_log) return;
    if (rst) {
        connection.ended = true;
        writer_.end_flow(packet.time, connection.flow,
                         received ? FlowEnd::reset_by_peer : FlowEnd::reset_here);
    } else if (fin) {
        writer_.end_flow(packet.time, connection.flow,
                         received ? FlowEnd::finished_by_peer : FlowEnd::finished_here);
    }
}

void PacketConverter::append_summary() {
    if (cut_ != 0) {
        append_note(fmt::format("{} {} captured in part: what is missing is not in the file", cut_,
                                cut_ == 1 ? "packet was" : "packets were"));
    }
    if (std::string text = left_out_.text(); !text.empty()) append_note(std::move(text));
}

}  // namespace sockdesk::archive
