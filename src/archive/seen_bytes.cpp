#include "archive/seen_bytes.hpp"

#include <algorithm>

namespace sockdesk::archive {

namespace {

constexpr std::size_t most_gaps = 64;

/// Windows are at most 2³⁰ bytes (RFC 7323 section 2.3): what is further away belongs to another connection.
constexpr std::uint64_t furthest = std::uint64_t{1} << 30;

/// So that subtracting from it never goes below 0.
constexpr std::uint64_t first_turn = std::uint64_t{1} << 32;

}  // namespace

void SeenBytes::start(std::uint32_t sequence) {
    started_ = true;
    next_ = first_turn + sequence;
    gaps_.clear();
}

void SeenBytes::add(std::uint32_t sequence, ByteView payload, std::vector<ByteView>& fresh) {
    if (payload.empty()) return;
    if (!started_) start(sequence);
    const auto distance = static_cast<std::int32_t>(sequence - static_cast<std::uint32_t>(next_));
    std::uint64_t begin = next_ + static_cast<std::uint64_t>(std::int64_t{distance});
    if (begin > next_ + furthest || begin + furthest < next_) {
        start(sequence);
        begin = next_;
    }
    const std::uint64_t end = begin + payload.size();

    std::vector<Gap> left;
    bool filled = false;
    for (const Gap& gap : gaps_) {
        const std::uint64_t from = std::max(begin, gap.begin);
        const std::uint64_t to = std::min(end, gap.end);
        if (from >= to) {
            if (filled) left.push_back(gap);
            continue;
        }
        if (!filled) {
            left.assign(gaps_.begin(), gaps_.begin() + (&gap - gaps_.data()));
            filled = true;
        }
        fresh.push_back(
            payload.subspan(static_cast<std::size_t>(from - begin), static_cast<std::size_t>(to - from)));
        if (gap.begin < from) left.push_back({gap.begin, from});
        if (to < gap.end) left.push_back({to, gap.end});
    }
    if (filled) gaps_ = std::move(left);

    if (end > next_) {
        if (begin > next_) gaps_.push_back({next_, begin});
        const std::uint64_t from = std::max(begin, next_);
        fresh.push_back(payload.subspan(static_cast<std::size_t>(from - begin)));
        next_ = end;
    }
    if (gaps_.size() > most_gaps) {
        gaps_.erase(gaps_.begin(), gaps_.end() - static_cast<std::ptrdiff_t>(most_gaps));
    }
}

}  // namespace sockdesk::archive
