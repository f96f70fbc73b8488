// Finds the matches of a pattern in the pieces of TCP streams, as they come one after the other, as if each stream were one
// text.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include "query/pattern.hpp"
#include "query/stream_tails.hpp"

namespace sockdesk::query {

/// Matches within one text, not overlapping, as `grep -o` counts them. The first may begin at `from`. Answers how many;
/// `end`, if given, is where the last one ends.
std::uint64_t count_matches(const Pattern& pattern, ByteView bytes, std::size_t from = 0,
                            std::size_t* end = nullptr);

class StreamSearch {
public:
    explicit StreamSearch(Pattern pattern) : pattern_(std::move(pattern)) {}

    /// True: a piece with this payload needs `add`, with the whole record; otherwise `count_matches` does.
    bool needs_stream(ByteView payload) const;

    /// Answers how many matches begin in this piece; those that begin in an earlier one and are found only now are told
    /// one by one. The pieces of a stream are added in order; a gap between them is a gap for matches.
    std::uint64_t add(const capture::RecordView& piece,
                      const std::function<void(RecordIndex)>& began_earlier);

private:
    std::uint64_t add_for_needle(StreamTail& tail, const capture::RecordView& piece,
                                 const std::function<void(RecordIndex)>& began_earlier);
    std::uint64_t add_for_regex(StreamTail& tail, const capture::RecordView& piece,
                                const std::function<void(RecordIndex)>& began_earlier);

    Pattern pattern_;
    StreamTails tails_;
    Bytes window_;  ///< a tail and what follows it
};

}  // namespace sockdesk::query
