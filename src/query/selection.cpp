#include "query/selection.hpp"

#include <utility>

#include "query/log_follower.hpp"

namespace sockdesk::query {

struct Selection::State {
    State(std::shared_ptr<const capture::Log> log, std::unique_ptr<Selector> selects, RecordIndex first,
          std::function<void()> on_progress)
        : selector(std::move(selects)),
          records(first),
          follower(
              "selection", std::move(log), first,
              [this](capture::LogReader& reader, RecordIndex begin, RecordIndex end,
                     const std::atomic<bool>& stop) { decide(reader, begin, end, stop); },
              std::move(on_progress)) {}

    void decide(capture::LogReader& reader, RecordIndex begin, RecordIndex end,
                const std::atomic<bool>& stop) {
        for (RecordIndex i = begin; i < end && !stop.load(std::memory_order_relaxed); ++i) {
            // What was given back cannot be shown.
            records.append(i >= reader.log().first_available() && selector->selects(reader.record(i)));
        }
        records.publish();
    }

    const std::unique_ptr<Selector> selector;
    RecordSet records;
    LogFollower follower;  ///< last: its thread uses what is above
};

Selection::Selection(std::shared_ptr<const capture::Log> log, std::unique_ptr<Selector> selector,
                     RecordIndex first, std::function<void()> on_progress)
    : state_(std::make_unique<State>(std::move(log), std::move(selector), first, std::move(on_progress))) {}
Selection::~Selection() = default;

const RecordSet& Selection::records() const { return state_->records; }

void Selection::wait() const { state_->follower.wait(); }

}  // namespace sockdesk::query
