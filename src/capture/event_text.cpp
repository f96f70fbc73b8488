#include "capture/event_text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace sockdesk::capture {

namespace {

using Kind = SessionEvent::Kind;

bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && byte != '\t') || byte == 0x7F;
}

std::string without_control(std::string_view text) {
    if (std::none_of(text.begin(), text.end(), is_control)) return std::string(text);
    std::string result;
    for (const char c : text) {
        if (is_control(c)) {
            result += fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
        } else {
            result += c;
        }
    }
    return result;
}

std::string address_of(const std::optional<Endpoint>& endpoint) {
    return endpoint ? endpoint->to_string() : std::string("an unknown address");
}

std::string amount(std::uint64_t number, std::string_view noun) {
    return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

std::string describe_open(const SessionEvent& event, std::string_view protocol) {
    const std::string local = address_of(event.local);
    const std::string_view chosen = event.port_chosen_by_system ? " (port chosen by the system)" : "";
    if (protocol == "tcp-server") return fmt::format("Listening on {}{}", local, chosen);
    if (protocol == "tcp-client") {
        return fmt::format("Connected to {} from {}{}", address_of(event.remote), local, chosen);
    }
    return fmt::format("Bound to {}{}", local, chosen);
}

/// A peer that closes in good order is the usual end and has NetAssist's line; every other end says how it came.
std::string describe_disconnect(const SessionEvent& event, std::string_view protocol) {
    const std::string peer = address_of(event.remote);
    std::string text;
    if (protocol != "tcp-client") {
        if (event.reason == "closed by peer" || event.reason.empty()) {
            text = fmt::format("Client {} gets offline.", peer);
        } else {
            text = fmt::format("Client {} gets offline: {}.", peer,
                               event.reason == "closed" ? std::string_view("closed here") : event.reason);
        }
    } else if (event.reason == "closed" || event.reason.empty()) {
        text = fmt::format("Connection to {} closed here.", peer);
    } else {
        text = fmt::format("Connection to {} {}.", peer, event.reason);
    }
    if (!event.message.empty()) text += " " + event.message;
    return text;
}

std::string describe_drop(const SessionEvent& event) {
    const std::string datagrams = amount(event.count, "datagram");
    const std::string_view they = event.count == 1 ? "it" : "they";
    std::string text =
        event.by == "sockdesk"
            ? fmt::format("{} discarded by Sockdesk: {} could not be kept.", datagrams, they)
            : fmt::format("{} dropped by the system before {} could be read.", datagrams, they);
    if (!event.message.empty()) text += " " + event.message;
    return text;
}

}  // namespace

std::string describe(const SessionEvent& event, std::string_view session_protocol) {
    const std::string_view protocol = event.protocol.empty() ? session_protocol : event.protocol;
    std::string text;
    switch (event.kind) {
        case Kind::open:
            text = describe_open(event, protocol);
            break;
        case Kind::connect:
            text = fmt::format("Client {} gets online.", address_of(event.remote));
            break;
        case Kind::disconnect:
            text = describe_disconnect(event, protocol);
            break;
        case Kind::half_close:
            text = fmt::format("{}{} has finished sending.", protocol == "tcp-server" ? "Client " : "",
                               address_of(event.remote));
            break;
        case Kind::error:
            text = "Error: " + event.message;
            break;
        case Kind::drop:
            text = describe_drop(event);
            break;
        case Kind::close:
            text = fmt::format(
                "Closed. Received {}, {}; sent {}, {}; dropped {}", amount(event.totals.rx_packets, "packet"),
                amount(event.totals.rx_bytes, "byte"), amount(event.totals.tx_packets, "packet"),
                amount(event.totals.tx_bytes, "byte"), event.totals.dropped);
            if (event.totals.discarded != 0) text += fmt::format("; discarded {}", event.totals.discarded);
            text += '.';
            break;
        case Kind::note:
            text = event.message;
            break;
    }
    return without_control(text);
}

}  // namespace sockdesk::capture
