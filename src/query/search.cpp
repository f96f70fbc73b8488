#include "query/search.hpp"

#include <algorithm>
#include <atomic>
#include <string>
#include <utility>

#include "capture/event_text.hpp"
#include "query/log_follower.hpp"
#include "query/stream_search.hpp"
#include "query/stream_window.hpp"

namespace sockdesk::query {

namespace {

std::string words_of(const capture::RecordView& event) {
    return capture::describe(capture::decode_event(event));
}

}  // namespace

struct Search::State {
    State(std::shared_ptr<const capture::Log> log, Pattern searched_for, RecordIndex first_record,
          std::function<void()> on_progress)
        : pattern(std::move(searched_for)),
          first(first_record),
          hits(first_record),
          streams(pattern),
          follower(
              "search", std::move(log), first_record,
              [this](capture::LogReader& reader, RecordIndex begin, RecordIndex end,
                     const std::atomic<bool>& stop) { search(reader, begin, end, stop); },
              std::move(on_progress)) {}

    void search(capture::LogReader& reader, RecordIndex begin, RecordIndex end,
                const std::atomic<bool>& stop) {
        std::uint64_t found = 0;
        for (RecordIndex i = begin; i < end && !stop.load(std::memory_order_relaxed); ++i) {
            // What was given back cannot be searched.
            const std::uint64_t here = i < reader.log().first_available() ? 0 : count_in(reader, i, found);
            found += here;
            hits.append(here > 0);
        }
        if (stop.load(std::memory_order_relaxed)) return;
        streams.flush([&](RecordIndex record) { add_hit(record, found); });
        matches.fetch_add(found, std::memory_order_relaxed);
        hits.publish();
    }

    /// How many matches begin in this record. Those that begin in an earlier one go to `found_earlier`.
    std::uint64_t count_in(capture::LogReader& reader, RecordIndex i, std::uint64_t& found_earlier) {
        const capture::PayloadBytes payload = reader.payload(i);
        if (payload.kind == capture::RecordKind::event) {
            return count_matches(pattern, as_bytes(words_of(reader.record(i))));
        }
        if (payload.transport == capture::Transport::udp || !streams.needs_stream(payload.bytes)) {
            return count_matches(pattern, payload.bytes);
        }
        return streams.add(reader.record(i), [&](RecordIndex earlier) { add_hit(earlier, found_earlier); });
    }

    /// In a record that has been decided on.
    void add_hit(RecordIndex record, std::uint64_t& found) {
        ++found;
        hits.insert(record);
    }

    const Pattern pattern;
    const RecordIndex first;
    RecordSet hits;
    std::atomic<std::uint64_t> matches{0};
    StreamSearch streams;  ///< the thread's
    LogFollower follower;  ///< last: its thread uses what is above
};

Search::Search(std::shared_ptr<const capture::Log> log, Pattern pattern, RecordIndex first,
               std::function<void()> on_progress)
    : state_(std::make_unique<State>(std::move(log), std::move(pattern), first, std::move(on_progress))) {}
Search::~Search() = default;

const Pattern& Search::pattern() const { return state_->pattern; }

SearchProgress Search::progress() const {
    SearchProgress result;
    result.first = state_->first;
    result.searched = state_->follower.done();
    result.matches = state_->matches.load(std::memory_order_relaxed);
    result.published = state_->follower.log().published();
    return result;
}

const RecordSet& Search::hits() const { return state_->hits; }

std::vector<Match> Search::matches_in(RecordIndex record, capture::LogReader& reader) const {
    const Pattern& pattern = state_->pattern;
    const capture::RecordView view = reader.record(record);
    std::vector<Match> result;
    const auto collect = [&](ByteView bytes, std::size_t from, Match part) {
        for (auto match = pattern.find(bytes, from); match && match->begin < part.end;
             match = pattern.find(bytes, match->end)) {
            if (match->end <= part.begin) continue;
            result.push_back({std::max(match->begin, part.begin) - part.begin,
                              std::min(match->end, part.end) - part.begin});
        }
    };
    if (view.kind == capture::RecordKind::event) {
        const std::string words = words_of(view);
        collect(as_bytes(words), 0, {0, words.size()});
    } else if (view.transport == capture::Transport::udp) {
        collect(view.payload, 0, {0, view.payload.size()});
    } else {
        const StreamWindow window(view, reader, pattern, state_->hits);
        collect(window.bytes(), window.search_from(), window.part());
    }
    return result;
}

void Search::wait() const { state_->follower.wait(); }

}  // namespace sockdesk::query
