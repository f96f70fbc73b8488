#include "query/stream_search.hpp"

#include <algorithm>

namespace sockdesk::query {

namespace {

constexpr std::size_t enough_to_search = 65'536;

}  // namespace

std::uint64_t count_matches(const Pattern& pattern, ByteView bytes, std::size_t from, std::size_t* end) {
    std::uint64_t count = 0;
    while (const auto match = pattern.find(bytes, from)) {
        ++count;
        from = match->end;
        if (end != nullptr) *end = match->end;
    }
    return count;
}

bool StreamSearch::needs_stream(ByteView payload) const {
    return !tails_.empty() || pattern_.unfinished(payload) > 0;
}

std::uint64_t StreamSearch::add(const capture::RecordView& piece, const Found& found) {
    if (piece.payload.empty()) return 0;
    const StreamKey key(piece);
    StreamTail* tail = tails_.find(key);
    if (tail == nullptr) {
        if (pattern_.unfinished(piece.payload) == 0) return count_matches(pattern_, piece.payload);
        tail = &tails_.find_or_add(key);
    }
    const bool is_gap = tail->end_offset != piece.stream_offset;
    if (pattern_.is_regex()) {
        // Where an expression may begin a match is not known, so the tail is searched again with what follows. That
        // is the less the more follows: small pieces are gathered.
        const bool is_waiting = tail->bytes.size() > tail->searched;
        if (is_waiting && (is_gap || tail->bytes.size() >= enough_to_search)) search_regex(*tail, found);
        if (is_gap) *tail = StreamTail();
        if (!is_waiting) to_search_.push_back(key);
        tail->end_offset = piece.stream_offset + piece.payload.size();
        tail->add(piece.index, piece.payload);
        return 0;
    }
    if (is_gap) *tail = StreamTail();
    tail->end_offset = piece.stream_offset + piece.payload.size();
    const std::uint64_t count = add_for_needle(*tail, piece, found);
    if (tail->bytes.empty()) {
        tails_.erase(key);
    } else {
        tails_.trim();
    }
    return count;
}

void StreamSearch::flush(const Found& found) {
    for (const StreamKey& key : to_search_) {
        StreamTail* const tail = tails_.find(key);
        if (tail == nullptr) continue;
        search_regex(*tail, found);
        tails_.trim();
    }
    to_search_.clear();
}

/// A match of fixed length: only the place where the pieces meet has to be put together.
std::uint64_t StreamSearch::add_for_needle(StreamTail& tail, const capture::RecordView& piece,
                                           const Found& found) {
    const ByteView payload = piece.payload;
    const std::size_t before = tail.bytes.size();
    std::size_t last_end = 0;  // in the payload, of the last match
    if (before > 0) {
        const ByteView head = payload.first(std::min(payload.size(), pattern_.longest_match() - 1));
        window_.assign(tail.bytes.begin(), tail.bytes.end());
        window_.insert(window_.end(), head.begin(), head.end());
        for (std::size_t at = 0;;) {
            const auto match = pattern_.find(window_, at);
            if (!match || match->begin >= before) break;
            found(tail.record_at(match->begin));
            at = match->end;
            last_end = at - before;  // no match is whole in what was kept
        }
    }
    const std::uint64_t count = count_matches(pattern_, payload, last_end, &last_end);
    // A short piece may be in the middle of a match that began before it.
    const bool is_middle = before > 0 && last_end == 0 && payload.size() < pattern_.longest_match();
    const std::size_t keep = pattern_.unfinished(is_middle ? ByteView(window_) : payload.subspan(last_end));
    tail.add(piece.index, payload.last(std::min(keep, payload.size())));
    tail.keep_last(keep);
    return count;
}

void StreamSearch::search_regex(StreamTail& tail, const Found& found) {
    const ByteView window = tail.bytes;
    std::size_t at = tail.context;
    Match last{at, at};
    if (tail.open_match > 0) {
        // Counted already; now it may be longer.
        last.end += tail.open_match;
        const auto match = pattern_.find(window, at);
        if (match && match->begin == at) last.end = std::max(last.end, match->end);
        at = last.end;
    }
    while (const auto match = pattern_.find(window, at)) {
        found(tail.record_at(match->begin));
        last = *match;
        at = match->end;
    }

    const std::size_t longest = pattern_.longest_match();
    const std::size_t length = last.end - last.begin;
    const bool is_open = last.end == window.size() && length > 0 && length < longest;
    std::size_t keep_from = std::max(last.end, window.size() - std::min(window.size(), longest - 1));
    if (is_open) keep_from = last.begin;
    tail.context = keep_from > 0 ? 1 : 0;
    tail.open_match = is_open ? length : 0;
    tail.keep_last(window.size() - keep_from + tail.context);
    tail.searched = tail.bytes.size();
}

}  // namespace sockdesk::query
