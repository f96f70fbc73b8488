#include "query/stream_matcher.hpp"

#include <algorithm>
#include <utility>

namespace sockdesk::query {

namespace {

/// More than this is not kept allocated for what may come.
constexpr std::size_t spare_bytes = 4096;

/// One call looks at this much, in bytes of which each costs one step: some milliseconds.
constexpr std::uint64_t most_work = 200'000;
/// What a match costs beside.
constexpr std::uint64_t match_work = 200;

/// How far all look before the first match is chosen: at first little, so that little is looked at in vain where there are many. At most
/// so far together, so that it is seen in time how much work it was.
constexpr std::uint64_t first_window = 64;
constexpr std::uint64_t most_window = 2048;

/// Pauses that are remembered, of what is kept.
constexpr std::size_t most_marks = 64;

}  // namespace

StreamMatcher::StreamMatcher(Matchers matchers, std::size_t most_kept)
    : matchers_(std::move(matchers)),
      most_kept_(most_kept),
      courses_(matchers_->size()),
      window_(first_window) {
    for (const Matcher& matcher : *matchers_) {
        looks_back_ = looks_back_ || (matcher.program() != nullptr && matcher.program()->looks_back);
    }
}

StreamText StreamMatcher::text_of(ByteView bytes) const {
    return {bytes, kept_begin_, &marks_, before_kept_};
}

void StreamMatcher::add(ByteView piece, SteadyTime now, Sink& sink) {
    if (last_ && now - *last_ >= pause && !is_behind_) end_message(sink);
    if (is_behind_ && std::exchange(is_ending_, false)) {
        marks_.push_back(kept_begin_ +
                         kept_.size());  // too late for what ends there; what follows is another message
    }
    last_ = now;
    work_ = 0;
    if (kept_.empty()) {
        work_through(piece, sink);  // mostly all of it is found, and nothing is copied
        return;
    }
    kept_.insert(kept_.end(), piece.begin(), piece.end());
    if (!is_behind_) work_through(kept_, sink);
}

void StreamMatcher::end_message(Sink& sink) {
    work_ = 0;
    is_ending_ = true;
    work_through(kept_, sink);
}

void StreamMatcher::go_on(Sink& sink, std::optional<SteadyTime> now) {
    if (now) was_held(*now);
    work_ = 0;
    work_through(kept_, sink);
}

void StreamMatcher::was_held(SteadyTime now) {
    if (last_) last_ = now;
}

std::optional<SteadyTime> StreamMatcher::decides_at() const {
    if (!is_undecided_ || is_behind_ || !last_) return std::nullopt;
    return *last_ + pause;
}

void StreamMatcher::forget() {
    const std::uint64_t end = kept_begin_ + kept_.size();
    kept_ = Bytes();
    kept_begin_ = base_ = looked_ = end;
    before_kept_ = -1;
    marks_.assign(1, end);
    for (Course& course : courses_) course = Course();
    for (Course& course : courses_) course.scan.restart(end);
    is_behind_ = is_ending_ = is_undecided_ = false;
    line_end_ = LineEnd::none;
    last_.reset();
}

void StreamMatcher::work_through(ByteView bytes, Sink& sink) {
    const StreamText text = text_of(bytes);
    is_behind_ = is_undecided_ = false;
    choose_active(sink);
    while (step(text, sink)) choose_active(sink);
    if (!is_behind_ && std::exchange(is_ending_, false)) {
        is_undecided_ = false;
        if (marks_.empty() || marks_.back() != text.end()) marks_.push_back(text.end());
        if (marks_.size() > most_marks) marks_.erase(marks_.begin());
    }
    keep(bytes);
}

void StreamMatcher::choose_active(const Sink& sink) {
    active_.clear();
    any_.reset();
    for (std::size_t i = 0; i < matchers_->size() && !any_; ++i) {
        if (!sink.is_active(i)) continue;
        if ((*matchers_)[i].kind() == MatchKind::any) {
            any_ = i;
        } else if ((*matchers_)[i].program() != nullptr) {
            active_.push_back(i);
        }
    }
}

/// Tells one match. False: there is none, or not now.
bool StreamMatcher::step(const StreamText& text, Sink& sink) {
    if (work_ >= most_work) {
        is_behind_ = true;
        return false;
    }
    auto candidate = first_complete(text);
    if (is_behind_) return false;
    if (!candidate) return tell_rest(text, sink);
    if (any_ && candidate->found.begin > base_) {
        // What is before it is nobody else's.
        return tell_any(text, candidate->found.begin, sink);
    }
    if (!let_earlier_go_first(text, *candidate)) {
        is_undecided_ = !is_behind_;
        return false;
    }
    return tell(text, *candidate, sink);
}

std::optional<StreamMatcher::Candidate> StreamMatcher::first_complete(const StreamText& text) {
    while (true) {
        if (const auto known = best(); known && known->found.known <= looked_) return known;
        if (looked_ >= text.end()) break;
        if (work_ >= most_work) {
            is_behind_ = true;
            return std::nullopt;
        }
        const std::uint64_t from = std::max(looked_, base_);
        const std::uint64_t most = most_window / std::max(active_.size(), std::size_t{1});
        const std::uint64_t window =
            active_.size() == 1 ? most_window : std::min(window_, std::max(most, first_window));
        const std::uint64_t limit = std::min(text.end(), from + window);
        if (!look_everywhere(text, limit)) {
            looked_ = limit;
            window_ = 2 * window;
        }
    }
    if (!is_ending_) return std::nullopt;
    for (const std::size_t i : active_) {
        const StreamScan& scan = courses_[i].scan;
        const auto found = scan.at_message_end(*(*matchers_)[i].program(), text);
        if (found) return Candidate{i, *found};
    }
    return std::nullopt;
}

/// True: something is complete, and `looked_` is where.
bool StreamMatcher::look_everywhere(const StreamText& text, std::uint64_t limit) {
    bool is_found = false;
    for (const std::size_t i : active_) {
        Course& course = courses_[i];
        if (course.found && course.found->begin < base_) course.found.reset();
        if (!course.found) {
            // It may not have been looked at while others were.
            const auto begun = course.scan.first_begin();
            if (course.scan.place() < base_ || (begun && *begun < base_)) course.scan.restart(base_);
            course.found = course.scan.look(*(*matchers_)[i].program(), text, limit, work_);
        }
        if (course.found && course.found->known <= limit) {
            limit = course.found->known;
            is_found = true;
        }
    }
    if (is_found) looked_ = limit;
    return is_found;
}

/// Of what is known to be complete what was so first.
std::optional<StreamMatcher::Candidate> StreamMatcher::best() const {
    std::optional<Candidate> first;
    for (const std::size_t i : active_) {
        const auto& found = courses_[i].found;
        if (found && (!first || found->known < first->found.known)) first = Candidate{i, *found};
    }
    return first;
}

/// An earlier matcher that matches where the candidate begins takes its place. False: one may still do so.
bool StreamMatcher::let_earlier_go_first(const StreamText& text, Candidate& candidate) {
    const std::uint64_t begin = candidate.found.begin;
    for (const std::size_t i : active_) {
        if (i >= candidate.matcher) return true;
        Course& course = courses_[i];
        const StreamProgram& program = *(*matchers_)[i].program();
        if (course.there_from != begin) {
            const bool begins = text.is_message_begin(begin);
            if (!(begins ? program.first_of_message : program.first_elsewhere)[text.at(begin)]) continue;
            course.there_from = begin;
            course.there.restart(begin);
        }
        std::optional<StreamFound> found;
        while (!found && course.there.place() < text.end()) {
            if (work_ >= most_work) {
                is_behind_ = true;
                return false;
            }
            found = course.there.look_there(program, text, course.there.place() + most_window, work_);
        }
        if (!found && is_ending_) found = course.there.at_message_end(program, text);
        if (found) {
            course.there_from.reset();
            candidate = {i, *found};
            return true;
        }
        if (course.there.first_begin() && !is_ending_) return false;
    }
    return true;
}

bool StreamMatcher::tell(const StreamText& text, const Candidate& candidate, Sink& sink) {
    work_ += match_work;
    const bool is_over = is_ending_;
    const std::uint64_t end = (*matchers_)[candidate.matcher].take(text, candidate.found, is_over, groups_);
    if (!sink.on_match(candidate.matcher, text.bytes, groups_)) {
        is_behind_ = true;
        // What an earlier matcher has in its place is found again.
        return false;
    }
    const std::uint64_t behind = std::max(end, candidate.found.begin + 1);
    const bool has_line_end = text.at(behind - 1) == '\n';
    consume(behind);
    line_end_ = has_line_end ? LineEnd::none : LineEnd::all;
    return true;
}

/// What is there up to `end` is whatever arrives.
bool StreamMatcher::tell_any(const StreamText& text, std::uint64_t end, Sink& sink) {
    std::uint64_t from = base_;
    // The line end of what was answered is no message of its own.
    if (from < end && line_end_ == LineEnd::all && text.at(from) == '\r') {
        ++from;
        line_end_ = LineEnd::line_feed;
    }
    if (from < end && line_end_ != LineEnd::none) {
        if (text.at(from) == '\n') ++from;
        line_end_ = LineEnd::none;
    }
    if (from < end) {
        const auto begin = static_cast<std::size_t>(from - text.begin);
        groups_.groups.assign(1, {begin, static_cast<std::size_t>(end - text.begin)});
        work_ += match_work;
        if (!sink.on_match(*any_, text.bytes, groups_)) {
            is_behind_ = true;
            return false;
        }
    }
    const LineEnd may_follow = line_end_;
    consume(end);
    line_end_ = may_follow;
    return true;
}

/// Nothing is complete in all there is.
bool StreamMatcher::tell_rest(const StreamText& text, Sink& sink) {
    std::uint64_t free_until = text.end();
    for (const std::size_t i : active_) {
        const StreamScan& scan = courses_[i].scan;
        is_undecided_ = is_undecided_ || scan.is_undecided();
        if (const auto begin = scan.first_begin()) free_until = std::min(free_until, *begin);
    }
    if (!any_) return false;
    if (is_ending_) {
        free_until = text.end();
    } else if (free_until > base_) {
        const auto free = static_cast<std::size_t>(free_until - base_);
        free_until = base_ + sink.whole(*any_, text.from(base_).first(free));
    }
    is_undecided_ = is_undecided_ || free_until < text.end();
    if (free_until > base_) tell_any(text, free_until, sink);
    return false;
}

/// What is known of matches behind `end` stays known: one that matches often must not have the others look all over again.
void StreamMatcher::consume(std::uint64_t end) {
    base_ = end;
    line_end_ = LineEnd::none;
    window_ = first_window;
    std::uint64_t looked = std::max(looked_, end);
    for (const std::size_t i : active_) {
        Course& course = courses_[i];
        course.there_from.reset();
        if (course.found && course.found->begin >= end) continue;
        const auto begun = course.scan.first_begin();
        if (course.found || course.scan.place() < end || (begun && *begun < end)) {
            course.found.reset();
            course.scan.restart(end);
        }
        looked = std::min(looked, course.scan.place());
    }
    looked_ = std::max(looked, end);
}

void StreamMatcher::keep(ByteView bytes) {
    const std::uint64_t end = kept_begin_ + bytes.size();
    std::uint64_t from = is_behind_ || (any_ && base_ < end) ? base_ : end;
    for (const std::size_t i : active_) {
        const Course& course = courses_[i];
        if (course.scan.place() < end) from = std::min(from, std::max(base_, course.scan.place()));
        if (const auto begin = course.scan.first_begin()) from = std::min(from, *begin);
        if (course.found) from = std::min(from, course.found->begin);
        if (course.there_from) from = std::min(from, *course.there_from);
    }
    if (!is_behind_ && end - from > most_kept_) {
        from = end - most_kept_;
        for (const std::size_t i : active_) courses_[i].scan.forget_before(from);
        for (const std::size_t i : active_) {
            if (courses_[i].there_from && *courses_[i].there_from < from) courses_[i].there_from.reset();
            if (courses_[i].found && courses_[i].found->begin < from) courses_[i].found.reset();
        }
    }
    base_ = std::max(base_, from);
    if (looks_back_ && from > kept_begin_) --from;  // with the byte before
    if (from > kept_begin_) {
        before_kept_ = bytes[static_cast<std::size_t>(from - kept_begin_ - 1)];
        while (!marks_.empty() && marks_.front() < from) marks_.erase(marks_.begin());
    }
    const ByteView kept = bytes.last(static_cast<std::size_t>(end - from));
    kept_begin_ = from;
    if (kept_.capacity() > 4 * kept.size() + spare_bytes) {
        kept_ = Bytes(kept.begin(), kept.end());
    } else if (bytes.data() != kept_.data()) {
        kept_.assign(kept.begin(), kept.end());
    } else {
        kept_.erase(kept_.begin(), kept_.end() - static_cast<std::ptrdiff_t>(kept.size()));
    }
}

}  // namespace sockdesk::query
