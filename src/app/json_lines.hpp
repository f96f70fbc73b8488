// The log as one JSON object (RFC 8259) a line, for programs. Keys stand in a fixed order:
//
//   {"time":"2026-11-21T10:00:00.123456789+08:00","session":1,"event":"open","protocol":"udp",
//    "local":"127.0.0.1:54321"}
//   {"time":…,"session":1,"event":"recv","local":"127.0.0.1:54321","remote":"127.0.0.1:40000","bytes":4,
//    "hex":"c4e3bac3","text":"你好"}
#pragma once

#include <string>
#include <string_view>

#include "app/address_texts.hpp"
#include "app/local_time.hpp"
#include "base/ids.hpp"
#include "capture/record.hpp"

namespace sockdesk::app {

/// Writes the lines of one session. Remembers times and addresses written last. One thread at a time.
class JsonLines {
public:
    /// What was left of a connection's streams when it ended: the bytes of a character whose rest never came,
    /// as `\xHH`.
    struct Incomplete {
        std::string received;
        std::string sent;
    };

    explicit JsonLines(SessionId session);

    /// Appends the line of a payload record, with its line end. `text` is the payload decoded (valid UTF-8).
    void append_payload(const capture::RecordView& record, std::string_view text, std::string& out);

    /// Appends the line of an event, with its line end; nothing for the kinds that the format does not have
    /// (half-close, note).
    void append_event(const capture::SessionEvent& event, const Incomplete& incomplete, std::string& out);

private:
    void append_beginning(Timestamp time, std::string_view event, std::string& out);
    void append_address(std::string_view key, const Endpoint& endpoint, std::string& out);

    std::string session_;  ///< ,"session":1,"event":"
    LocalTime local_time_;
    AddressTexts addresses_;  ///< as JSON strings, quoted
};

/// Appends `text` as a JSON string. What must be escaped is, and so are characters that a terminal might act
/// upon: C1 controls, line separators, and those which turn the direction of text. Any JSON parser gives
/// `text` back.
void append_json_string(std::string_view text, std::string& out);

}  // namespace sockdesk::app
