#include "app/view_selectors.hpp"

#include <optional>
#include <utility>

namespace sockdesk::app {
namespace {

// A stream without line ends is cut somewhere, so that an item stays something that can be laid out in a frame.
constexpr std::size_t max_joined_bytes = std::size_t{16} * 1024;
constexpr std::size_t max_joined_records = 256;

bool is_received(const capture::RecordView& record) {
    return record.kind == capture::RecordKind::payload && record.direction == capture::Direction::received;
}

bool is_repeated(const capture::RecordView& record) {
    return record.kind == capture::RecordKind::payload && record.fan_out && record.fan_out.position != 0;
}

bool is_of(ShownKinds kinds, const capture::RecordView& record) {
    switch (kinds) {
        case ShownKinds::all:
            return true;
        case ShownKinds::once:
            return !is_repeated(record);
        case ShownKinds::without_received:
            return !is_received(record) && !is_repeated(record);
        case ShownKinds::stream:
            return is_received(record) || is_alarm(record);
        case ShownKinds::errors:
            return is_alarm(record);
    }
    return true;
}

void add_one(std::atomic<std::uint64_t>& count) {
    // One thread writes.
    count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

class ViewSelector final : public query::Selector {
public:
    ViewSelector(ShownKinds kinds, query::Filter filter, std::shared_ptr<FilterCounts> counts)
        : kinds_(kinds),
          filter_(std::move(filter)),
          passes_everything_(filter_.passes_everything()),
          counts_(std::move(counts)) {}

    bool selects(const capture::RecordView& record) override {
        if (!is_of(kinds_, record)) return false;
        const bool passes = passes_everything_ || filter_.matches(record);
        // What has no rows anyway is hidden by nobody.
        if (!is_repeated(record)) add_one(passes ? counts_->shown : counts_->hidden);
        return passes;
    }

private:
    ShownKinds kinds_;
    query::Filter filter_;
    bool passes_everything_;
    std::shared_ptr<FilterCounts> counts_;
};

class ItemStartSelector final : public query::Selector {
public:
    ItemStartSelector(query::Filter filter, std::shared_ptr<query::RecordSet> shown,
                      std::shared_ptr<FilterCounts> counts)
        : shows_(ShownKinds::stream, std::move(filter), std::move(counts)),
          shown_(std::move(shown)),
          next_(shown_->first()) {}

    bool selects(const capture::RecordView& record) override {
        const bool is_shown = shows_.selects(record);
        // Records that were given back are not asked about.
        for (; next_ < record.index; ++next_) shown_->append(false);
        shown_->append(is_shown);
        ++next_;
        // Before the selection publishes what it makes of this record.
        shown_->publish();
        // What is left out of a stream leaves a gap, which must not look like text that belongs together.
        if (!is_shown && is_received(record)) joins_ = false;
        return is_shown && starts_item(record);
    }

private:
    bool starts_item(const capture::RecordView& record) {
        if (record.kind == capture::RecordKind::event) {
            joins_ = false;
            return true;
        }
        const bool joins = joins_ && record.transport == capture::Transport::tcp && peer_ == record.remote &&
                           joined_bytes_ < max_joined_bytes && joined_records_ < max_joined_records;
        if (!joins) {
            peer_ = record.remote;
            joined_bytes_ = 0;
            joined_records_ = 0;
        }
        joined_bytes_ += record.payload.size();
        ++joined_records_;
        const bool at_line_end = !record.payload.empty() && record.payload.back() == '\n';
        joins_ = !at_line_end && record.transport == capture::Transport::tcp;
        return !joins;
    }

    ViewSelector shows_;
    std::shared_ptr<query::RecordSet> shown_;
    RecordIndex next_;  // that `shown_` has no decision on

    // The item that is growing.
    Endpoint peer_;
    bool joins_ = false;  // the next piece, if it is of this peer
    std::size_t joined_bytes_ = 0;
    std::size_t joined_records_ = 0;
};

}  // namespace

bool is_alarm(const capture::RecordView& record) {
    if (record.kind != capture::RecordKind::event) return false;
    const auto kind = capture::decode_event(record).kind;
    return kind == capture::SessionEvent::Kind::error || kind == capture::SessionEvent::Kind::drop;
}

std::unique_ptr<query::Selector> make_view_selector(ShownKinds kinds, query::Filter filter,
                                                    std::shared_ptr<FilterCounts> counts) {
    return std::make_unique<ViewSelector>(kinds, std::move(filter), std::move(counts));
}

std::unique_ptr<query::Selector> make_item_start_selector(query::Filter filter,
                                                          std::shared_ptr<query::RecordSet> shown,
                                                          std::shared_ptr<FilterCounts> counts) {
    return std::make_unique<ItemStartSelector>(std::move(filter), std::move(shown), std::move(counts));
}

}  // namespace sockdesk::app
