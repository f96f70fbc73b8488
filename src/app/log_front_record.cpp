// Which payload of a log view is the one in front.
#include <algorithm>

#include "app/log_view_model.hpp"

namespace sockdesk::app {
namespace {

// Looking for the newest payload among events goes back no further: a frame has no time for more.
constexpr ItemIndex max_items_back = 1'000;

}  // namespace

std::optional<RecordIndex> LogViewModel::payload_in_front() {
    const auto payload = [&](RecordIndex record) -> std::optional<std::size_t> {
        const capture::RecordView view = reader_.record(record);
        if (view.kind != capture::RecordKind::payload) return std::nullopt;
        // The bare stream shows what was received alone.
        if (!format_.log_mode && view.direction != capture::Direction::received) return std::nullopt;
        return view.payload.size();
    };

    if (!caret_) {
        const ItemIndex oldest = index_.size() > max_items_back ? index_.size() - max_items_back : 0;
        for (ItemIndex index = index_.size(); index > oldest;) {
            --index;
            for (RecordIndex record = index_.end_record_of(index); record > index_.first_record_of(index);) {
                if (payload(--record)) return record;
            }
        }
        return std::nullopt;
    }

    const ItemIndex index = index_.item_of(caret_->record);
    if (index >= index_.size()) return std::nullopt;
    const RecordIndex first = index_.first_record_of(index);
    const RecordIndex end = index_.end_record_of(index);
    if (end - first == 1) return payload(first) ? std::optional(first) : std::nullopt;

    // Several pieces of a stream in one item: the one that is as far into their bytes as the click is into their text. That is
    // exact in hex and where a byte of payload is a byte of text, and near otherwise.
    const LogItem& where = item(index);
    const std::size_t begin = std::min(where.header_end, where.text.size());
    const std::size_t clicked = std::clamp(caret_->offset, begin, where.text.size()) - begin;
    std::size_t bytes = 0;
    for (RecordIndex record = first; record < end; ++record) bytes += payload(record).value_or(0);
    const double share = static_cast<double>(clicked) /
                         static_cast<double>(std::max<std::size_t>(1, where.text.size() - begin));
    const auto place = static_cast<std::size_t>(share * static_cast<double>(bytes));
    std::optional<RecordIndex> found;
    std::size_t before = 0;
    for (RecordIndex record = first; record < end; ++record) {
        const auto size = payload(record);
        if (!size) continue;
        found = record;
        before += *size;
        if (before > place) break;
    }
    return found;
}

}  // namespace sockdesk::app
