// One portion of the log as text, and that text broken into the rows of a view.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/log_lines.hpp"
#include "app/record_text.hpp"
#include "app/session_setup.hpp"
#include "capture/log.hpp"

namespace sockdesk::app {

/// A row: bytes of the item's text.
struct LogRow {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::uint32_t columns = 0;
    bool ascii = true;  ///< one byte, one cell
};

/// Where a record's payload, or an event's words, begin in the item's text.
struct ItemPart {
    RecordIndex record = 0;
    std::size_t begin = 0;
};

enum class ItemKind : std::uint8_t { received, sent, event, error };

struct LogItem {
    RecordIndex first = 0;
    RecordIndex end = 0;
    ItemKind kind = ItemKind::event;
    std::string text;            ///< lines with '\n' between; UTF-8
    std::size_t header_end = 0;  ///< the bytes before this are a header line
    std::vector<ItemPart> parts;
    std::uint64_t version = 0;  ///< another one for every text
    bool may_change = false;    ///< ends within a character that the next record may complete
    std::size_t columns = 0;    ///< that the rows are broken at
    std::vector<LogRow> rows;   ///< none: the item is not shown
};

/// How items are written.
struct LogFormat {
    codec::Encoding encoding;
    PayloadView view = PayloadView::text;
    bool log_mode = true;

    friend bool operator==(const LogFormat&, const LogFormat&) = default;
};

/// Makes the text of items. Counts what it formats, so that tests can tell that a frame does not touch the
/// whole log.
class LogItemFormatter {
public:
    explicit LogItemFormatter(std::shared_ptr<const capture::Log> log);

    void set_format(const LogFormat& format);
    /// The records from here on are of a session opened with this protocol: "SEND TO" names no address for a
    /// TCP client.
    void set_protocol(RecordIndex from, engine::Protocol protocol);

    /// `records` are those of one item. `previous`: stream mode, the first record of the item before, whose peer is
    /// compared; none for the first item.
    LogItem format(std::span<const RecordIndex> records, std::optional<RecordIndex> previous);

    std::uint64_t formatted_records() const { return formatted_records_; }

private:
    engine::Protocol protocol_at(RecordIndex record) const;
    void format_record(LogItem& item);
    void format_stream(LogItem& item, std::span<const RecordIndex> records,
                       std::optional<RecordIndex> previous);
    bool append_payload(RecordIndex index, std::string& out);

    capture::LogReader reader_;
    RecordText text_;
    LogFormat format_;
    LogLines lines_[3];  // one for every protocol
    std::vector<std::pair<RecordIndex, engine::Protocol>> protocols_;
    std::string scratch_;
    std::uint64_t versions_ = 0;
    std::uint64_t formatted_records_ = 0;
};

/// Breaks the text into rows of at most `columns` cells, at a blank if one is near, so that words and hex
/// bytes stay whole.
void lay_out(LogItem& item, std::size_t columns);

}  // namespace sockdesk::app
