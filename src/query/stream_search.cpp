#include "query/stream_search.hpp"

#include <algorithm>

namespace sockdesk::query {

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

std::uint64_t StreamSearch::add(const capture::RecordView& piece,
                                const std::function<void(RecordIndex)>& began_earlier) {
    if (piece.payload.empty()) return 0;
    const StreamKey key(piece);
    StreamTail* tail = tails_.find(key);
    if (tail == nullptr) {
        if (pattern_.unfinished(piece.payload) == 0) return count_matches(pattern_, piece.payload);
        tail = &tails_.find_or_add(key);
    }
    if (tail->end_offset != piece.stream_offset) *tail = StreamTail();
    tail->end_offset = piece.stream_offset + piece.payload.size();
    const std::uint64_t count = pattern_.is_regex() ? add_for_regex(*tail, piece, began_earlier)
                                                    : add_for_needle(*tail, piece, began_earlier);
    if (tail->bytes.empty()) {
        tails_.erase(key);
    } else {
        tails_.trim();
    }
    return count;
}

/// A match of fixed length: only the place where the pieces meet has to be put together.
std::uint64_t StreamSearch::add_for_needle(StreamTail& tail, const capture::RecordView& piece,
                                           const std::function<void(RecordIndex)>& began_earlier) {
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
            began_earlier(tail.record_at(match->begin));
            at = match->end;
            last_end = at - before;  // no match is whole in what was kept
        }
    }
    const std::uint64_t count = count_matches(pattern_, payload, last_end, &last_end);
    // A short piece may be in the middle of a match that began before it.
    const bool is_middle = before > 0 && last_end == 0 && payload.size() < pattern_.longest_match();
    tail.append(piece.index, payload,
                pattern_.unfinished(is_middle ? ByteView(window_) : payload.subspan(last_end)));
    return count;
}

std::uint64_t StreamSearch::add_for_regex(StreamTail& tail, const capture::RecordView& piece,
                                          const std::function<void(RecordIndex)>& began_earlier) {
    const ByteView payload = piece.payload;
    const std::size_t before = tail.bytes.size();
    window_.assign(tail.bytes.begin(), tail.bytes.end());
    window_.insert(window_.end(), payload.begin(), payload.end());

    std::uint64_t count = 0;
    std::size_t at = tail.context;
    Match last{at, at};
    if (tail.open_match > 0) {
        // Counted already; now it may be longer.
        last.end += tail.open_match;
        const auto match = pattern_.find(window_, at);
        if (match && match->begin == at) last.end = std::max(last.end, match->end);
        at = last.end;
    }
    while (const auto match = pattern_.find(window_, at)) {
        if (match->begin < before) {
            began_earlier(tail.record_at(match->begin));
        } else {
            ++count;
        }
        last = *match;
        at = match->end;
    }

    const std::size_t longest = pattern_.longest_match();
    const std::size_t length = last.end - last.begin;
    const bool is_open = last.end == window_.size() && length > 0 && length < longest;
    std::size_t keep_from = std::max(last.end, window_.size() - std::min(window_.size(), longest - 1));
    if (is_open) keep_from = last.begin;
    tail.context = keep_from > 0 ? 1 : 0;
    tail.open_match = is_open ? length : 0;
    tail.append(piece.index, payload, window_.size() - keep_from + tail.context);
    return count;
}

}  // namespace sockdesk::query
