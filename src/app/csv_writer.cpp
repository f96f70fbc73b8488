// CSV as RFC 4180 has it; see record_writer.hpp for the columns.
#include <array>
#include <charconv>

#include "app/address_texts.hpp"
#include "app/local_time.hpp"
#include "app/stream_writer.hpp"
#include "capture/event_text.hpp"
#include "codec/escapes.hpp"
#include "codec/hex.hpp"

namespace sockdesk::app {

namespace {

using capture::Direction;
using capture::RecordView;
using capture::SessionEvent;

constexpr std::string_view line_end = "\r\n";

void append_number(std::uint64_t number, std::string& out) {
    std::array<char, 20> digits;
    const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    out.append(digits.data(), static_cast<std::size_t>(result.ptr - digits.data()));
}

/// Quotes are put around it only where it cannot do without.
void append_field(std::string_view text, std::string& out) {
    if (text.find_first_of("\",\r\n") == std::string_view::npos) {
        out.append(text);
        return;
    }
    out.push_back('"');
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t quote = text.find('"', begin);
        if (quote == std::string_view::npos) {
            out.append(text, begin);
            break;
        }
        out.append(text, begin, quote - begin).append("\"\"");
        begin = quote + 1;
    }
    out.push_back('"');
}

std::string_view event_name(SessionEvent::Kind kind) {
    static constexpr std::array<std::string_view, 8> names = {"open",  "connect", "disconnect", "half-close",
                                                              "error", "drop",    "close",      "note"};
    return names[static_cast<std::size_t>(kind)];
}

class CsvWriter final : public StreamWriter {
public:
    explicit CsvWriter(codec::Encoding encoding) : StreamWriter(encoding) {}

    void begin(std::string& out) override {
        out.append("number,time,event,local,remote,bytes,hex,text").append(line_end);
    }

    void write_payload(const RecordView& record, std::string& out) override {
        append_beginning(record.index, record.time, record.direction == Direction::received ? "recv" : "send",
                         out);
        append_address(record.local, out);
        append_address(record.remote, out);
        append_number(record.payload.size(), out);
        out.push_back(',');
        codec::append_hex_lower(record.payload, out);
        out.push_back(',');
        text_.clear();
        texts_.append(record, text_);
        append_text(out);
    }

    void write_event(const SessionEvent& event, RecordIndex index, std::string& out) override {
        append_beginning(index, event.time, event_name(event.kind), out);
        if (event.local) {
            append_address(*event.local, out);
        } else {
            out.push_back(',');
        }
        if (event.remote) {
            append_address(*event.remote, out);
        } else {
            out.push_back(',');
        }
        out.append(",,");
        text_ = capture::describe(event);
        if (ends_streams(event)) append_incomplete(event);
        append_text(out);
    }

private:
    void append_beginning(RecordIndex index, Timestamp time, std::string_view event, std::string& out) {
        append_number(index + 1, out);
        out.push_back(',');
        local_time_.append_rfc3339(time, out);
        out.push_back(',');
        out.append(event);
        out.push_back(',');
    }

    void append_address(const Endpoint& endpoint, std::string& out) {
        out.append(addresses_.text(endpoint, [](const Endpoint& each) { return each.to_string(); }));
        out.push_back(',');
    }

    void append_text(std::string& out) {
        safe_text_.clear();
        codec::append_escaped_controls(text_, safe_text_);
        append_field(safe_text_, out);
        out.append(line_end);
    }

    /// The bytes of characters whose rest never came.
    void append_incomplete(const SessionEvent& event) {
        for (const Direction direction : {Direction::received, Direction::sent}) {
            incomplete_.clear();
            texts_.end(direction, *event.local, *event.remote, incomplete_);
            if (incomplete_.empty()) continue;
            text_.append(" Incomplete character at the end of what was ");
            text_.append(direction == Direction::received ? "received: " : "sent: ").append(incomplete_);
        }
    }

    LocalTime local_time_;
    AddressTexts addresses_;
    std::string safe_text_;
    std::string incomplete_;
};

}  // namespace

std::unique_ptr<RecordWriter> make_csv_writer(codec::Encoding encoding) {
    return std::make_unique<CsvWriter>(encoding);
}

}  // namespace sockdesk::app
