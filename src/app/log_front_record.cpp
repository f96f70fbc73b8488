// Which payload of a log view is the one in front.
#include <algorithm>

#include "app/log_view_model.hpp"

namespace sockdesk::app {
namespace {

// Looking for the newest payload among events goes back no further: a frame has no time for more, and each step may read
// a segment from disk.
constexpr int max_records_back = 16;

}  // namespace

// Looks only at what is new since the last call, so that the answer "none" costs nothing either.
std::optional<RecordIndex> LogViewModel::newest_payload() {
    if (newest_.generation != index_.generation())
        newest_ = {index_.generation(), index_.first_record(), std::nullopt};
    const RecordIndex end = index_.decided();
    auto record = index_.shown_before(end);
    for (int i = 0; i < max_records_back && record && *record >= newest_.looked_at; ++i) {
        if (reader_.payload(*record).kind == capture::RecordKind::payload) {
            newest_.payload = record;
            break;
        }
        record = index_.shown_before(*record);
    }
    newest_.looked_at = end;
    return newest_.payload;
}

void LogViewModel::keep_in_front(RecordIndex record) {
    if (caret_) return;
    select_item(record);
    if (caret_) kept_ = Kept{*caret_, record};
}

std::optional<RecordIndex> LogViewModel::payload_in_front() {
    const auto payload = [&](RecordIndex record) -> std::optional<std::size_t> {
        const capture::PayloadBytes bytes = reader_.payload(record);
        return bytes.kind == capture::RecordKind::payload ? std::optional(bytes.bytes.size()) : std::nullopt;
    };

    if (!caret_) return newest_payload();
    if (kept_ && kept_->caret == *caret_ && index_.shows(kept_->record)) return kept_->record;

    const ItemIndex index = index_.item_of(caret_->record);
    if (index >= index_.size()) return std::nullopt;
    std::vector<RecordIndex> records;
    index_.records_of(index, records);
    if (records.size() == 1) return payload(records[0]) ? std::optional(records[0]) : std::nullopt;

    // Several pieces of a stream in one item: the one that is as far into their bytes as the click is into their text. That is
    // exact in hex and where a byte of payload is a byte of text, and near otherwise.
    const LogItem& where = item(index);
    const std::size_t begin = std::min(where.header_end, where.text.size());
    const std::size_t clicked = std::clamp(caret_->offset, begin, where.text.size()) - begin;
    std::size_t bytes = 0;
    for (const RecordIndex record : records) bytes += payload(record).value_or(0);
    const double share = static_cast<double>(clicked) /
                         static_cast<double>(std::max<std::size_t>(1, where.text.size() - begin));
    const auto place = static_cast<std::size_t>(share * static_cast<double>(bytes));
    std::optional<RecordIndex> found;
    std::size_t before = 0;
    for (const RecordIndex record : records) {
        const auto size = payload(record);
        if (!size) continue;
        found = record;
        before += *size;
        if (before > place) break;
    }
    return found;
}

}  // namespace sockdesk::app
