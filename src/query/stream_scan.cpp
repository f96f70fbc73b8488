#include "query/stream_scan.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace sockdesk::query {

namespace {

using Step = StreamProgram::Step;
using Kind = Step::Kind;
using Assertion = StreamProgram::Assertion;

constexpr int nothing = -1;
constexpr int unknown = -2;

bool is_word(int byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
           byte == '_';
}

/// Which steps have been reached at this place. Used by one scan at a time.
struct Reached {
    std::vector<std::uint32_t> rounds;
    std::uint32_t round = 0;
    std::vector<std::uint32_t> open;

    void begin(std::size_t steps) {
        if (rounds.size() < steps) rounds.resize(steps, 0);
        if (++round == 0) {
            std::fill(rounds.begin(), rounds.end(), 0);
            round = 1;
        }
    }
    bool is_first(std::uint32_t step) { return std::exchange(rounds[step], round) != round; }
};

Reached& reached() {
    static thread_local Reached scratch;
    return scratch;
}

}  // namespace

/// A place between two bytes: what is before and behind it.
struct StreamScan::Around {
    int before = nothing;  ///< nothing: a message begins there
    int behind = unknown;  ///< nothing: it ends there

    bool begins_message() const { return before == nothing || before == '\n'; }
};

bool StreamText::is_mark(std::uint64_t place) const {
    return marks != nullptr && std::binary_search(marks->begin(), marks->end(), place);
}

int StreamText::byte_before(std::uint64_t place) const {
    if (is_mark(place)) return nothing;
    return place > begin ? at(place - 1) : before;
}

bool StreamText::is_message_begin(std::uint64_t place) const {
    const int before_it = byte_before(place);
    return before_it == nothing || before_it == '\n';
}

bool StreamScan::follow(const StreamProgram& program, std::uint32_t step, std::uint64_t begin,
                        const Around& around, std::vector<Thread>& into, bool& has_pending) {
    Reached& seen = reached();
    bool matches = false;
    seen.open.assign(1, step);
    while (!seen.open.empty()) {
        const std::uint32_t at = seen.open.back();
        seen.open.pop_back();
        if (!seen.is_first(at)) continue;
        const Step& what = program.steps[at];
        switch (what.kind) {
            case Kind::byte:
            case Kind::set:
                into.push_back({at, begin});
                break;
            case Kind::match:
                matches = true;
                break;
            case Kind::split:
                seen.open.push_back(what.other);
                seen.open.push_back(what.next);
                break;
            case Kind::assertion: {
                bool holds = false;
                switch (what.assertion) {
                    case Assertion::message_begin:
                        holds = around.begins_message();
                        break;
                    case Assertion::line_end:
                        holds = around.behind == '\n' || around.behind == nothing;
                        break;
                    case Assertion::text_end:
                        holds = around.before == '\n' || around.behind == nothing;
                        break;
                    case Assertion::word_boundary:
                        holds = is_word(around.before) != is_word(around.behind);
                        break;
                    case Assertion::no_word_boundary:
                        holds = is_word(around.before) == is_word(around.behind);
                        break;
                }
                const bool looks_ahead = what.assertion != Assertion::message_begin &&
                                         !(what.assertion == Assertion::text_end && holds);
                if (looks_ahead && around.behind == unknown) {
                    into.push_back({at, begin});
                    has_pending = true;
                } else if (holds) {
                    seen.open.push_back(what.next);
                }
                break;
            }
        }
    }
    return matches;
}

std::optional<StreamFound> StreamScan::look(const StreamProgram& program, const StreamText& text,
                                            std::uint64_t limit, std::uint64_t& work) {
    return advance(program, text, limit, work, true);
}

std::optional<StreamFound> StreamScan::look_there(const StreamProgram& program, const StreamText& text,
                                                  std::uint64_t limit, std::uint64_t& work) {
    return advance(program, text, limit, work, false);
}

std::optional<StreamFound> StreamScan::advance(const StreamProgram& program, const StreamText& text,
                                               std::uint64_t limit, std::uint64_t& work,
                                               bool starts_everywhere) {
    limit = std::min(limit, text.end());
    static thread_local std::vector<Thread> next;
    Reached& seen = reached();
    seen.begin(program.steps.size());
    for (const Thread& thread : threads_) seen.is_first(thread.step);
    while (place_ < limit) {
        if (threads_.empty()) {
            if (!starts_everywhere && place_ != start_) {
                place_ = limit;
                break;
            }
            if (starts_everywhere) skip(program, text, limit, work);
            if (place_ == limit) break;
        }
        const std::uint8_t byte = text.at(place_);
        const Around here{text.byte_before(place_), byte};
        std::optional<StreamFound> found;
        const auto complete = [&](std::uint64_t begin, std::uint64_t end) {
            if (!found || begin < found->begin) found = {begin, end, place_ + 1, false};
        };
        if (has_pending_) {
            // What waited for this byte.
            next.clear();
            seen.begin(program.steps.size());
            bool pending = false;
            for (const Thread& thread : threads_) {
                if (follow(program, thread.step, thread.begin, here, next, pending)) {
                    complete(thread.begin, place_);
                }
            }
            threads_.swap(next);
            has_pending_ = false;
        }
        if (starts_everywhere || place_ == start_) {
            const bool begins = here.begins_message();
            if ((begins ? program.first_of_message : program.first_elsewhere)[byte]) {
                bool pending = false;
                follow(program, program.entry, place_, here, threads_, pending);
            }
        }
        work += 1 + threads_.size();
        next.clear();
        seen.begin(program.steps.size());
        const std::uint64_t behind = place_ + 1;
        const Around there{text.is_mark(behind) ? nothing : byte, unknown};
        for (const Thread& thread : threads_) {
            const Step& step = program.steps[thread.step];
            if (!program.takes(step, byte)) continue;
            if (follow(program, step.next, thread.begin, there, next, has_pending_)) {
                complete(thread.begin, behind);
            }
        }
        threads_.swap(next);
        place_ = behind;
        // From here on it would be too long.
        if (!threads_.empty() && place_ - threads_.front().begin >= program.longest_match) {
            forget_before(place_ - program.longest_match + 1);
            seen.begin(program.steps.size());
            for (const Thread& thread : threads_) seen.is_first(thread.step);
        }
        if (found) return found;
    }
    return std::nullopt;
}

/// To where something may begin.
void StreamScan::skip(const StreamProgram& program, const StreamText& text, std::uint64_t limit,
                      std::uint64_t& work) {
    const std::uint64_t from = place_;
    while (place_ < limit) {
        const bool begins = text.is_message_begin(place_);
        if ((begins ? program.first_of_message : program.first_elsewhere)[text.at(place_)]) break;
        // Up to the next place where a message begins.
        std::uint64_t next_begin = limit;
        if (text.marks != nullptr) {
            const auto mark = std::upper_bound(text.marks->begin(), text.marks->end(), place_);
            if (mark != text.marks->end()) next_begin = std::min(next_begin, *mark);
        }
        const ByteView rest = text.from(place_).first(static_cast<std::size_t>(next_begin - place_));
        std::size_t i = 1;
        if (program.first_elsewhere.none()) {
            const void* const end = std::memchr(rest.data(), '\n', rest.size());
            i = end == nullptr
                    ? rest.size()
                    : static_cast<std::size_t>(static_cast<const std::uint8_t*>(end) - rest.data()) + 1;
        } else {
            while (i < rest.size() && rest[i - 1] != '\n' && !program.first_elsewhere[rest[i]]) ++i;
        }
        place_ += i;
    }
    work += (place_ - from) / 8;
}

std::optional<StreamFound> StreamScan::at_message_end(const StreamProgram& program,
                                                      const StreamText& text) const {
    if (!has_pending_) return std::nullopt;
    std::vector<Thread> unused;
    reached().begin(program.steps.size());
    const Around here{text.byte_before(place_), nothing};
    bool pending = false;
    for (const Thread& thread : threads_) {
        if (program.steps[thread.step].kind == Kind::assertion &&
            follow(program, thread.step, thread.begin, here, unused, pending) && thread.begin < place_) {
            return StreamFound{thread.begin, place_, place_, true};
        }
    }
    return std::nullopt;
}

void StreamScan::restart(std::uint64_t place) {
    place_ = start_ = place;
    threads_.clear();
    has_pending_ = false;
}

void StreamScan::forget_before(std::uint64_t place) {
    const auto kept = std::find_if(threads_.begin(), threads_.end(),
                                   [place](const Thread& thread) { return thread.begin >= place; });
    threads_.erase(threads_.begin(), kept);
    if (threads_.empty()) has_pending_ = false;
}

std::optional<std::uint64_t> StreamScan::first_begin() const {
    if (threads_.empty()) return std::nullopt;
    return threads_.front().begin;
}

}  // namespace sockdesk::query
