#include "app/log_item.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "app/cell_width.hpp"

namespace sockdesk::app {
namespace {

// How far back from the edge a blank is looked for.
constexpr std::uint32_t word_break_columns = 24;

void lay_out_line(std::string_view text, std::uint32_t begin, std::uint32_t end, std::size_t columns,
                  std::vector<LogRow>& rows) {
    LogRow row{begin, begin, 0, true};
    std::uint32_t blank_end = begin;  // behind the last blank of this row
    std::uint32_t blank_columns = 0;
    for (std::uint32_t i = begin; i < end;) {
        const CodePoint point = code_point_at(text, i);
        const auto after = static_cast<std::uint32_t>(column_after(row.columns, point.character));
        // A blank may stand beyond the edge: nobody sees it there, and the next row begins with a word.
        if (after > columns && row.end > row.begin && point.character != U' ') {
            const bool at_word = blank_end > row.begin && row.columns - blank_columns <= word_break_columns;
            LogRow full = row;
            if (at_word) {
                full.end = blank_end;
                full.columns = blank_columns;
            }
            rows.push_back(full);
            i = full.end;
            row = {i, i, 0, true};
            blank_end = i;
            blank_columns = 0;
            continue;
        }
        if (point.character >= 0x80 || point.character == U'\t') row.ascii = false;
        i += static_cast<std::uint32_t>(point.length);
        row.end = i;
        row.columns = after;
        if (point.character == U' ') {
            blank_end = i;
            blank_columns = after;
        }
    }
    rows.push_back(row);
}

ItemKind kind_of_event(const capture::SessionEvent& event) {
    using Kind = capture::SessionEvent::Kind;
    return event.kind == Kind::error || event.kind == Kind::drop ? ItemKind::error : ItemKind::event;
}

}  // namespace

void lay_out(LogItem& item, std::size_t columns) {
    item.columns = columns;
    item.rows.clear();
    if (item.text.empty()) return;
    const auto size = static_cast<std::uint32_t>(item.text.size());
    for (std::uint32_t begin = 0; begin <= size;) {
        const auto found = item.text.find('\n', begin);
        const std::uint32_t end = found == std::string::npos ? size : static_cast<std::uint32_t>(found);
        const bool carriage_return = end > begin && item.text[end - 1] == '\r';
        lay_out_line(item.text, begin, carriage_return ? end - 1 : end, columns, item.rows);
        begin = end + 1;
    }
}

LogItemFormatter::LogItemFormatter(std::shared_ptr<const capture::Log> log)
    : reader_(log),
      text_(log),
      lines_{LogLines(engine::Protocol::udp, PayloadView::text),
             LogLines(engine::Protocol::tcp_server, PayloadView::text),
             LogLines(engine::Protocol::tcp_client, PayloadView::text)} {}

void LogItemFormatter::set_format(const LogFormat& format) {
    format_ = format;
    text_.set_encoding(format.encoding);
    for (LogLines& lines : lines_) lines.set_view(format.view);
}

void LogItemFormatter::set_protocol(RecordIndex from, engine::Protocol protocol) {
    if (!protocols_.empty() && protocols_.back().first == from) protocols_.pop_back();
    protocols_.emplace_back(from, protocol);
}

engine::Protocol LogItemFormatter::protocol_at(RecordIndex record) const {
    for (auto entry = protocols_.rbegin(); entry != protocols_.rend(); ++entry) {
        if (entry->first <= record) return entry->second;
    }
    return engine::Protocol::udp;
}

bool LogItemFormatter::append_payload(RecordIndex index, std::string& out) {
    ++formatted_records_;
    if (format_.view == PayloadView::both) return text_.append_rows(index, out);
    if (format_.view == PayloadView::hex) {
        append_payload_hex(reader_.record(index).payload, out);
        return false;
    }
    scratch_.clear();
    const bool may_change = text_.append(index, scratch_);
    append_payload_text(scratch_, LineBreaks::kept, out);
    return may_change;
}

void LogItemFormatter::format_record(LogItem& item) {
    const capture::RecordView record = reader_.record(item.first);
    LogLines& lines = lines_[static_cast<std::size_t>(protocol_at(item.first))];
    if (record.kind == capture::RecordKind::event) {
        ++formatted_records_;
        const capture::SessionEvent event = decode_event(record);
        item.kind = kind_of_event(event);
        lines.append_event(event, item.text);
        item.header_end = item.text.size();
        item.parts.push_back({item.first, std::min(item.text.find("]# ") + 3, item.text.size())});
        return;
    }
    item.kind = record.direction == capture::Direction::received ? ItemKind::received : ItemKind::sent;
    if (!lines.append_header(record, item.text)) return;
    item.header_end = item.text.size();
    item.text += '\n';
    const std::size_t payload_begin = item.text.size();
    item.parts.push_back({item.first, payload_begin});
    item.may_change = append_payload(item.first, item.text);
    // An empty line sets the next record apart; a payload that ends a line has brought its own.
    if (item.text.size() == payload_begin) item.text.pop_back();
    if (!item.text.ends_with('\n') || item.text.size() == payload_begin) item.text += '\n';
}

void LogItemFormatter::format_stream(LogItem& item, std::span<const RecordIndex> records,
                                     std::optional<RecordIndex> previous) {
    // The copies outlive the next use of the reader.
    Endpoint peer;
    bool is_event = false;
    {
        const capture::RecordView record = reader_.record(item.first);
        is_event = record.kind == capture::RecordKind::event;
        peer = record.remote;
    }
    if (is_event) return format_record(item);

    item.kind = ItemKind::received;
    bool same_peer = false;
    if (previous) {
        const capture::RecordView record = reader_.record(*previous);
        // After an error the stream says anew whose it is.
        same_peer = record.kind == capture::RecordKind::payload && record.remote == peer;
    }
    if (!same_peer) {
        item.text = fmt::format("【Receive from {} : {}】", peer.address.to_string(), peer.port);
        item.header_end = item.text.size();
    }
    bool first = same_peer;
    for (const RecordIndex index : records) {
        // Text and hex join; rows of 16 bytes belong to one record each.
        const bool new_line = !first && (index == item.first || format_.view == PayloadView::both);
        if (new_line && !item.text.empty()) item.text += '\n';
        first = false;
        item.parts.push_back({index, item.text.size()});
        item.may_change = append_payload(index, item.text);
    }
    // The item ends its row; a line end of the payload's own is that end.
    if (item.text.ends_with('\n') && item.text.size() > item.header_end + 1) item.text.pop_back();
}

LogItem LogItemFormatter::format(std::span<const RecordIndex> records, std::optional<RecordIndex> previous) {
    LogItem item;
    item.first = records.front();
    item.end = records.back() + 1;
    item.version = ++versions_;
    if (format_.log_mode) {
        format_record(item);
    } else {
        format_stream(item, records, previous);
    }
    return item;
}

}  // namespace sockdesk::app
