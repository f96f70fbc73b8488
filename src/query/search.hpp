// Finds every match of a pattern in a log, in the background, and goes on with what is appended. A match in a TCP
// stream is found however the stream was cut into reads; it belongs to the record in which it begins.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "capture/log.hpp"
#include "query/pattern.hpp"
#include "query/record_set.hpp"

namespace sockdesk::query {

struct SearchProgress {
    RecordIndex first = 0;
    RecordCount searched = 0;   ///< records below this have been searched
    RecordCount published = 0;  ///< of the log, when asked
    std::uint64_t matches = 0;  ///< overlapping ones counted once, as grep -o does

    bool is_complete() const { return searched >= published; }
};

class Search {
public:
    /// Looks at payloads, and at the words of session events (capture::describe). `on_progress` as for `Selection`.
    Search(std::shared_ptr<const capture::Log> log, Pattern pattern, RecordIndex first = 0,
           std::function<void()> on_progress = {});
    /// Cancels at once.
    ~Search();
    Search(const Search&) = delete;
    Search& operator=(const Search&) = delete;

    const Pattern& pattern() const;
    SearchProgress progress() const;
    /// The records in which a match begins.
    const RecordSet& hits() const;

    /// The bytes of this record's payload that belong to matches, those included that began in an earlier record of the
    /// stream. For drawing: searches this record and its neighbours in the stream anew. `reader` is the caller's.
    std::vector<Match> matches_in(RecordIndex record, capture::LogReader& reader) const;

    /// As `Selection::wait`.
    void wait() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace sockdesk::query
