#include "query/stream_matcher.hpp"

#include <algorithm>
#include <utility>

namespace sockdesk::query {

namespace {

/// More than this is not kept allocated for what may come.
constexpr std::size_t spare_bytes = 4096;

}  // namespace

StreamMatcher::StreamMatcher(Matchers matchers, std::size_t most_kept)
    : matchers_(std::move(matchers)), most_kept_(most_kept), next_(matchers_->size()) {}

void StreamMatcher::add(ByteView piece, Sink& sink) {
    if (kept_.empty()) {
        search(piece, is_begin_, 0, sink);  // mostly all of it is found, and nothing is copied
        return;
    }
    const std::size_t searched = kept_.size();
    kept_.insert(kept_.end(), piece.begin(), piece.end());
    search(kept_, is_begin_, searched, sink);
}

void StreamMatcher::forget() {
    kept_ = Bytes();
    is_begin_ = true;
}

void StreamMatcher::search(ByteView bytes, bool is_begin, std::size_t searched, Sink& sink) {
    base_ = 0;
    base_is_begin_ = is_begin;
    for (Next& next : next_) {
        next.state = Next::State::unknown;
        next.complete = 0;
        next.searched = searched;
    }
    for (std::size_t first = first_of(sink); first < next_.size(); first = first_of(sink)) {
        if (next_[first].state == Next::State::unknown) {
            look_for(first, bytes);
            continue;
        }
        sink.on_match(first, bytes, next_[first].match);
        consume(next_[first].match.end(), bytes);
    }
    keep(bytes, sink);
}

/// The one whose match is complete first or may be; their number when there is none.
std::size_t StreamMatcher::first_of(const Sink& sink) const {
    std::size_t best = next_.size();
    for (std::size_t i = 0; i < next_.size(); ++i) {
        if (next_[i].state == Next::State::none || !sink.is_active(i)) continue;
        if (best == next_.size() || next_[i].complete < next_[best].complete) best = i;
    }
    return best;
}

void StreamMatcher::look_for(std::size_t matcher, ByteView bytes) {
    Next& next = next_[matcher];
    const std::size_t searched = std::max(next.searched, base_) - base_;
    if (!(*matchers_)[matcher].match_stream(bytes.subspan(base_), base_is_begin_, searched, found_)) {
        next.state = Next::State::none;
        return;
    }
    next.state = Next::State::known;
    next.complete = base_ + found_.complete;
    std::swap(next.match, found_.match);
    for (auto& group : next.match.groups) {
        if (group.end == 0) continue;  // took no part
        group.begin += base_;
        group.end += base_;
    }
}

/// What is known of matches behind `end` stays known: a rule that matches often must not have the others search all over again.
void StreamMatcher::consume(std::size_t end, ByteView bytes) {
    base_ = end;
    base_is_begin_ = true;
    for (std::size_t i = 0; i < next_.size(); ++i) {
        Next& next = next_[i];
        // A message begins here now, which it did not when this was searched.
        if ((*matchers_)[i].begins_message(bytes.subspan(base_))) {
            next.state = Next::State::unknown;
            next.complete = next.searched = base_;
        } else if (next.state == Next::State::known && next.match.begin() < base_) {
            next.state = Next::State::unknown;  // none is complete before this one was
        }
    }
}

void StreamMatcher::keep(ByteView bytes, const Sink& sink) {
    const ByteView left = bytes.subspan(base_);
    std::size_t wanted = 0;
    for (std::size_t i = 0; i < next_.size(); ++i) {
        if (sink.is_active(i)) wanted = std::max(wanted, (*matchers_)[i].unfinished(left));
    }
    wanted = std::min(wanted, most_kept_);
    is_begin_ = left.empty() || (base_is_begin_ && wanted >= left.size());
    // Otherwise with the byte before, which tells whether a line begins there.
    const ByteView kept = is_begin_ ? left : left.last(std::min(left.size(), wanted + 1));
    if (kept_.capacity() > 4 * kept.size() + spare_bytes) {
        kept_ = Bytes(kept.begin(), kept.end());
    } else if (bytes.data() != kept_.data()) {
        kept_.assign(kept.begin(), kept.end());
    } else {
        kept_.erase(kept_.begin(), kept_.end() - static_cast<std::ptrdiff_t>(kept.size()));
    }
}

}  // namespace sockdesk::query
