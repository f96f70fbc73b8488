#include "app/log_lines.hpp"

#include <fmt/format.h>

#include "capture/event_text.hpp"
#include "codec/escapes.hpp"
#include "codec/hex.hpp"

namespace sockdesk::app {

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
    codec::append_escaped_controls(capture::describe(event, engine::protocol_name(protocol)), out);
}

void append_payload_text(std::string_view text, LineBreaks line_breaks, std::string& out) {
    codec::append_escaped_controls(
        text, out, line_breaks == LineBreaks::kept ? codec::Keep::line_breaks : codec::Keep::nothing);
}

void append_payload_hex(ByteView payload, std::string& out) { codec::append_hex(payload, out); }

}  // namespace sockdesk::app
