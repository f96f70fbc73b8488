// The lines of the log as NetAssist's users know them; the words are the same in every language of the
// interface and scripts rely on them.
//
//   [2026-11-21 10:00:00.123]# Bound to 0.0.0.0:54321 (port chosen by the system)
//   [2026-11-21 10:00:01.456]# RECV ASCII FROM 127.0.0.1 :8080>
//   hello
//
// Functions here append pieces without a line end; the terminal joins them to lines, the window draws each
// where it wants.
#pragma once

#include <string>
#include <string_view>

#include "app/address_texts.hpp"
#include "app/local_time.hpp"
#include "app/session_setup.hpp"
#include "capture/record.hpp"
#include "engine/session_config.hpp"

namespace sockdesk::app {

/// What a payload's text does at its control characters.
enum class LineBreaks : std::uint8_t {
    escaped,  ///< exactly one line, every control character as `\xHH`: for a terminal and for scripts
    kept,     ///< line ends and tabs stay, for a window that draws them
};

/// Writes header and event lines of one session. Remembers times and addresses written last. One thread at a
/// time.
class LogLines {
public:
    LogLines(engine::Protocol protocol, PayloadView view) : protocol_(protocol), view_(view) {}

    void set_view(PayloadView view) { view_ = view; }
    void set_protocol(engine::Protocol protocol) { protocol_ = protocol; }

    /// Appends "[time]# RECV ASCII FROM 127.0.0.1 :8080>" for a payload record. Returns false, and appends
    /// nothing, for a record that the log does not show: the further packets of one send to all clients.
    bool append_header(const capture::RecordView& record, std::string& out);

    /// Appends "[time]# Client 192.168.56.1:13474 gets online."
    void append_event(const capture::SessionEvent& event, std::string& out);

    /// Appends the line that hands over the bytes of a character whose rest never came. `text` is what
    /// `StreamText::end` gave.
    void append_incomplete(Timestamp time, capture::Direction direction, const Endpoint& remote,
                           std::string_view text, std::string& out);

private:
    void append_time(Timestamp time, std::string& out);

    engine::Protocol protocol_;
    PayloadView view_;
    LocalTime local_time_;
    AddressTexts addresses_;  ///< "127.0.0.1 :8080"
};

/// The words of an event without the time before them: "Client 192.168.56.1:13474 gets online." One line,
/// safe to show.
void append_event_text(const capture::SessionEvent& event, engine::Protocol protocol, std::string& out);

/// Decoded text (UTF-8) made safe to show, in one line or with its line breaks.
void append_payload_text(std::string_view text, LineBreaks line_breaks, std::string& out);

/// "48 65 6C 6C 6F ": uppercase, a space after every byte.
void append_payload_hex(ByteView payload, std::string& out);

}  // namespace sockdesk::app
