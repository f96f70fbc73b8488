#include "app/log_lines.hpp"

#include <fmt/format.h>

#include "codec/escapes.hpp"
#include "codec/hex.hpp"

namespace sockdesk::app {

namespace {

using capture::SessionEvent;

std::string address_of(const std::optional<Endpoint>& endpoint) {
    return endpoint ? endpoint->to_string() : std::string("an unknown address");
}

std::string amount(std::uint64_t number, std::string_view noun) {
    return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

std::string open_text(const SessionEvent& event, engine::Protocol protocol) {
    const std::string local = address_of(event.local);
    const std::string_view chosen = event.port_chosen_by_system ? " (port chosen by the system)" : "";
    switch (protocol) {
        case engine::Protocol::udp:
            return fmt::format("Bound to {}{}", local, chosen);
        case engine::Protocol::tcp_server:
            return fmt::format("Listening on {}{}", local, chosen);
        case engine::Protocol::tcp_client:
            break;
    }
    return fmt::format("Connected to {} from {}{}", address_of(event.remote), local, chosen);
}

/// A peer that closes in good order is the usual end and has NetAssist's line; every other end says how it
/// came.
std::string disconnect_text(const SessionEvent& event, engine::Protocol protocol) {
    const std::string peer = address_of(event.remote);
    const std::string_view reason = event.reason == "closed" ? "closed here" : std::string_view(event.reason);
    if (protocol != engine::Protocol::tcp_server) return fmt::format("Connection to {} {}.", peer, reason);
    if (reason == "closed by peer") return fmt::format("Client {} gets offline.", peer);
    return fmt::format("Client {} gets offline: {}.", peer, reason);
}

std::string event_text(const SessionEvent& event, engine::Protocol protocol) {
    switch (event.kind) {
        case SessionEvent::Kind::open:
            return open_text(event, protocol);
        case SessionEvent::Kind::connect:
            return fmt::format("Client {} gets online.", address_of(event.remote));
        case SessionEvent::Kind::disconnect:
            return disconnect_text(event, protocol);
        case SessionEvent::Kind::half_close:
            return fmt::format("{}{} has finished sending.",
                               protocol == engine::Protocol::tcp_server ? "Client " : "",
                               address_of(event.remote));
        case SessionEvent::Kind::error:
            return "Error: " + event.message;
        case SessionEvent::Kind::drop:
            return fmt::format("{} dropped by the system before {} could be read.",
                               amount(event.count, "datagram"), event.count == 1 ? "it" : "they");
        case SessionEvent::Kind::close:
            return fmt::format("Closed. Received {}, {}; sent {}, {}; dropped {}.",
                               amount(event.totals.rx_packets, "packet"),
                               amount(event.totals.rx_bytes, "byte"),
                               amount(event.totals.tx_packets, "packet"),
                               amount(event.totals.tx_bytes, "byte"), event.totals.dropped);
        case SessionEvent::Kind::note:
            break;
    }
    return event.message;
}

}  // namespace

void LogLines::append_time(Timestamp time, std::string& out) {
    out.push_back('[');
    local_time_.append_log_time(time, out);
    out.append("]# ");
}

bool LogLines::append_header(const capture::RecordView& record, std::string& out) {
    const bool received = record.direction == capture::Direction::received;
    if (!received && record.fan_out && record.fan_out.position != 0) return false;

    append_time(record.time, out);
    out.append(received ? "RECV " : "SEND ");
    out.append(view_ == PayloadView::text ? "ASCII" : "HEX");
    if (!received && record.fan_out) {
        out.append(" TO ALL");
    } else if (received || protocol_ != engine::Protocol::tcp_client) {
        out.append(received ? " FROM " : " TO ");
        out.append(addresses_.text(record.remote, [](const Endpoint& remote) {
            return fmt::format("{} :{}", remote.address.to_string(), remote.port);
        }));
    }
    out.push_back('>');
    return true;
}

void LogLines::append_event(const capture::SessionEvent& event, std::string& out) {
    append_time(event.time, out);
    append_event_text(event, protocol_, out);
}

void LogLines::append_incomplete(Timestamp time, capture::Direction direction, const Endpoint& remote,
                                 std::string_view text, std::string& out) {
    append_time(time, out);
    fmt::format_to(std::back_inserter(out), "Incomplete character at the end of what was {} {}: {}",
                   direction == capture::Direction::received ? "received from" : "sent to",
                   remote.to_string(), text);
}

void append_event_text(const capture::SessionEvent& event, engine::Protocol protocol, std::string& out) {
    // Messages may quote what came from elsewhere (names, paths).
    codec::append_escaped_controls(event_text(event, protocol), out);
}

void append_payload_text(std::string_view text, LineBreaks line_breaks, std::string& out) {
    codec::append_escaped_controls(
        text, out, line_breaks == LineBreaks::kept ? codec::Keep::line_breaks : codec::Keep::nothing);
}

void append_payload_hex(ByteView payload, std::string& out) { codec::append_hex(payload, out); }

}  // namespace sockdesk::app
