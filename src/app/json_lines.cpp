#include "app/json_lines.hpp"

#include <array>
#include <charconv>

#include "codec/escapes.hpp"
#include "codec/hex.hpp"

namespace sockdesk::app {

namespace {

using capture::SessionEvent;

void append_number(std::uint64_t number, std::string& out) {
    std::array<char, 20> digits;
    const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    out.append(digits.data(), static_cast<std::size_t>(result.ptr - digits.data()));
}

void append_member(std::string_view key, std::uint64_t number, std::string& out) {
    out.append(",\"").append(key).append("\":");
    append_number(number, out);
}

void append_member(std::string_view key, std::string_view text, std::string& out) {
    out.append(",\"").append(key).append("\":");
    append_json_string(text, out);
}

void append_unicode_escape(unsigned code_point, std::string& out) {
    static constexpr char digits[] = "0123456789abcdef";
    out.append("\\u");
    for (int shift = 12; shift >= 0; shift -= 4) out.push_back(digits[code_point >> shift & 0xF]);
}

/// True for bytes that a JSON string takes as they are and that begin none of the sequences in
/// `append_escaped_sequence`.
constexpr std::array<bool, 256> plain_bytes = [] {
    std::array<bool, 256> plain{};
    for (std::size_t byte = 0x20; byte < 256; ++byte) plain[byte] = true;
    for (const unsigned byte : {0x22u, 0x5cu, 0x7fu, 0xc2u, 0xd8u, 0xe2u}) plain[byte] = false;
    return plain;
}();

/// `rest` begins with a byte that is not plain; returns how many bytes were taken. Looks at UTF-8 sequences
/// of two and three bytes: C2 80..9F (C1 controls), D8 9C (U+061C), E2 80 8E..8F and A8..AE, E2 81 A6..A9
/// (separators, direction).
std::size_t append_escaped_sequence(std::string_view rest, std::string& out) {
    const auto byte = [rest](std::size_t i) -> unsigned {
        return i < rest.size() ? static_cast<unsigned char>(rest[i]) : 0u;
    };
    switch (byte(0)) {
        case '"':
            out.append("\\\"");
            return 1;
        case '\\':
            out.append("\\\\");
            return 1;
        case '\n':
            out.append("\\n");
            return 1;
        case '\r':
            out.append("\\r");
            return 1;
        case '\t':
            out.append("\\t");
            return 1;
        case 0xc2:
            if (byte(1) >= 0x80 && byte(1) <= 0x9f) {
                append_unicode_escape(byte(1), out);
                return 2;
            }
            break;
        case 0xd8:
            if (byte(1) == 0x9c) {
                append_unicode_escape(0x061c, out);
                return 2;
            }
            break;
        case 0xe2: {
            const unsigned second = byte(1);
            const unsigned third = byte(2);
            if ((second == 0x80 && ((third >= 0x8e && third <= 0x8f) || (third >= 0xa8 && third <= 0xae))) ||
                (second == 0x81 && third >= 0xa6 && third <= 0xa9)) {
                append_unicode_escape(0x2000u | (second & 0x3f) << 6 | (third & 0x3f), out);
                return 3;
            }
            break;
        }
        default:
            append_unicode_escape(byte(0), out);
            return 1;
    }
    out.push_back(rest[0]);
    return 1;
}

}  // namespace

void append_json_string(std::string_view text, std::string& out) {
    out.push_back('"');
    std::size_t begin = 0;
    std::size_t end = 0;
    while (end < text.size()) {
        if (plain_bytes[static_cast<unsigned char>(text[end])]) {
            ++end;
            continue;
        }
        out.append(text, begin, end - begin);
        end += append_escaped_sequence(text.substr(end), out);
        begin = end;
    }
    out.append(text, begin, end - begin);
    out.push_back('"');
}

JsonLines::JsonLines(SessionId session) : session_("\",\"session\":") {
    append_number(session.value, session_);
    session_.append(",\"event\":\"");
}

void JsonLines::append_beginning(Timestamp time, std::string_view event, std::string& out) {
    out.append("{\"time\":\"");
    local_time_.append_rfc3339(time, out);
    out.append(session_).append(event).push_back('"');
}

void JsonLines::append_address(std::string_view key, const Endpoint& endpoint, std::string& out) {
    out.append(",\"").append(key).append("\":");
    out.append(addresses_.text(endpoint, [](const Endpoint& each) {
        std::string text;
        append_json_string(each.to_string(), text);
        return text;
    }));
}

void JsonLines::append_payload(const capture::RecordView& record, std::string_view text, std::string& out) {
    append_beginning(record.time, record.direction == capture::Direction::received ? "recv" : "send", out);
    append_address("local", record.local, out);
    append_address("remote", record.remote, out);
    append_member("bytes", record.payload.size(), out);
    out.append(",\"hex\":\"");
    codec::append_hex_lower(record.payload, out);
    out.append("\",\"text\":");
    append_json_string(text, out);
    out.append("}\n");
}

void JsonLines::append_event(const capture::SessionEvent& event, const Incomplete& incomplete,
                             std::string& out) {
    static constexpr std::array<std::string_view, 8> names = {"open",  "connect", "disconnect", "",
                                                              "error", "drop",    "close",      ""};
    const std::string_view name = names[static_cast<std::size_t>(event.kind)];
    if (name.empty()) return;

    append_beginning(event.time, name, out);
    if (event.kind == SessionEvent::Kind::open) append_member("protocol", event.protocol, out);
    if (event.kind != SessionEvent::Kind::drop && event.kind != SessionEvent::Kind::close) {
        if (event.local) append_address("local", *event.local, out);
        if (event.remote) append_address("remote", *event.remote, out);
    }
    switch (event.kind) {
        case SessionEvent::Kind::disconnect:
            append_member("reason", event.reason, out);
            if (!incomplete.received.empty()) append_member("text", incomplete.received, out);
            if (!incomplete.sent.empty()) append_member("sent_text", incomplete.sent, out);
            break;
        case SessionEvent::Kind::error:
            append_member("code", event.code, out);
            // It may quote what came from elsewhere, which need not be UTF-8; a JSON string must be.
            append_member("message", codec::escape_controls(event.message, codec::Keep::line_breaks), out);
            break;
        case SessionEvent::Kind::drop:
            append_member("count", event.count, out);
            append_member("by", event.by.empty() ? std::string_view("kernel") : event.by, out);
            if (!event.message.empty()) {
                append_member("message", codec::escape_controls(event.message, codec::Keep::line_breaks),
                              out);
            }
            break;
        case SessionEvent::Kind::close:
            append_member("rx_packets", event.totals.rx_packets, out);
            append_member("rx_bytes", event.totals.rx_bytes, out);
            append_member("tx_packets", event.totals.tx_packets, out);
            append_member("tx_bytes", event.totals.tx_bytes, out);
            append_member("dropped", event.totals.dropped, out);
            append_member("discarded", event.totals.discarded, out);
            break;
        default:
            break;
    }
    out.append("}\n");
}

}  // namespace sockdesk::app
