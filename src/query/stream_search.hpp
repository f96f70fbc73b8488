// Finds the matches of a pattern in the pieces of TCP streams, as they come one after the other, as if each stream were one
// text.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

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

    /// Is told of a match by the record in which it begins: one that has been added before.
    using Found = std::function<void(RecordIndex)>;

    /// True: a piece with this payload needs `add`, with the whole record; otherwise `count_matches` does.
    bool needs_stream(ByteView payload) const;

    /// Answers how many matches begin in this piece, as far as that is known at once; others are told now or by a later
    /// call. The pieces of a stream are added in order; a gap between them is a gap for matches.
    std::uint64_t add(const capture::RecordView& piece, const Found& found);

    /// Tells of all that is still to be told about what was added. To be called now and then, since pieces are kept
    /// until then.
    void flush(const Found& found);

private:
    std::uint64_t add_for_needle(StreamTail& tail, const capture::RecordView& piece, const Found& found);
    void search_regex(StreamTail& tail, const Found& found);

    Pattern pattern_;
    StreamTails tails_;
    Bytes window_;                      ///< a tail and what follows it
    std::vector<StreamKey> to_search_;  ///< streams with pieces that have not been searched
};

}  // namespace sockdesk::query
