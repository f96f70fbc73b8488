// Which payload of a log view is the one in front.
#include <algorithm>

#include "app/log_view_model.hpp"

namespace sockdesk::app {
namespace {

// Looking for the newest payload among events goes back no further: a frame has no time for more.
constexpr ItemIndex max_items_back = 1'000;

}  // namespace

std::optional<RecordIndex> LogViewModel::payload_in_front() {
    const auto is_payload = [&](RecordIndex record) {
        return reader_.record(record).kind == capture::RecordKind::payload;
    };

    if (!caret_) {
        const ItemIndex oldest = index_.size() > max_items_back ? index_.size() - max_items_back : 0;
        for (ItemIndex index = index_.size(); index > oldest;) {
            --index;
            const RecordIndex last = index_.end_record_of(index) - 1;
            if (is_payload(last)) return last;
        }
        return std::nullopt;
    }

    const ItemIndex index = index_.item_of(caret_->record);
    if (index >= index_.size()) return std::nullopt;
    // Of several pieces of a stream in one item the one that was clicked.
    RecordIndex found = index_.first_record_of(index);
    const LogItem& where = item(index);
    if (where.first == caret_->record) {
        for (const ItemPart& part : where.parts) {
            if (part.begin <= caret_->offset) found = part.record;
        }
    }
    return is_payload(found) ? std::optional(found) : std::nullopt;
}

}  // namespace sockdesk::app
