#include "app/trailer_checks.hpp"

#include <algorithm>
#include <utility>

#include "app/trailer_fields.hpp"

namespace sockdesk::app {
namespace {

// More than any screen shows; what is forgotten is computed again.
constexpr std::size_t most_known = 1U << 16U;
constexpr std::size_t looks_between_clock = 64;

bool is_received(const capture::RecordView& view) {
    return view.kind == capture::RecordKind::payload && view.direction == capture::Direction::received;
}

}  // namespace

void TrailerChecks::set(std::string_view trailer) {
    if (trailer == text_) return;
    text_ = trailer;
    known_.clear();
    failed_.clear();
    counted_ = baseline_ = {};
    trailer_.reset();
    // A reader keeps a part of the log in memory.
    reader_.reset();
    scanner_.reset();
    if (trailer.empty()) return;
    if (auto parsed = codec::Trailer::parse(trailer); parsed && parsed->size() > 0) {
        trailer_ = std::move(*parsed);
        is_fixed_ = TrailerFields::from_text(trailer).is_fixed();
        reader_.emplace(log_);
        scanner_.emplace(log_, capture::Access::sequential);
        first_ = log_->first_available();
    }
}

template <typename Waits>
TrailerChecks::Verdict TrailerChecks::judge(capture::LogReader& reader, RecordIndex record,
                                            const Waits& waits) {
    const capture::RecordView view = reader.record(record);
    Verdict verdict;
    verdict.is_received = is_received(view);
    if (!verdict.is_received) return verdict;
    verdict.passes = trailer_->check(view.payload) == codec::Trailer::Check::matches;
    // Fixed bytes end a message whatever is before them.
    if (view.transport != capture::Transport::tcp || (verdict.passes && !is_fixed_)) return verdict;

    Bytes joined(view.payload.rbegin(), view.payload.rend());  // backwards, so that parts are put at its end
    std::vector<RecordIndex> parts;                            // the last one first
    std::vector<std::size_t> sizes;
    for (auto before = view.previous_in_stream; before && parts.size() + 1 < most_parts;) {
        if (*before < log_->first_available() || !waits(*before)) break;
        const capture::RecordView part = reader_->record(*before);
        if (!is_received(part) || joined.size() + part.payload.size() > most_bytes) break;
        joined.insert(joined.end(), part.payload.rbegin(), part.payload.rend());
        parts.push_back(*before);
        sizes.push_back(joined.size());
        before = part.previous_in_stream;
    }
    if (parts.empty()) return verdict;
    std::reverse(joined.begin(), joined.end());
    // The longest message first: of fixed bytes all are its beginning, and a checksum hardly ever fits twice.
    while (!parts.empty()) {
        if (trailer_->check(ByteView(joined).last(sizes.back())) == codec::Trailer::Check::matches) {
            verdict.passes = true;
            verdict.parts = std::move(parts);
            return verdict;
        }
        parts.pop_back();
        sizes.pop_back();
    }
    return verdict;
}

void TrailerChecks::decide(RecordIndex record) {
    const auto is_failed = [&](RecordIndex at) { return at >= first_ && failed_[at - first_]; };
    const Verdict verdict = judge(*scanner_, record, is_failed);
    failed_.push_back(!verdict.passes);
    if (verdict.is_received) ++counted_.received;
    if (!verdict.passes) ++counted_.failed;
    for (const RecordIndex part : verdict.parts) {
        failed_[part - first_] = false;
        --counted_.failed;
    }
}

bool TrailerChecks::advance(SteadyTime::duration budget) {
    if (!trailer_) return false;
    const SystemClock clock;
    const SteadyTime end = clock.steady_now() + budget;
    const RecordCount published = log_->published();
    std::size_t looks = 0;
    while (first_ + failed_.size() < published) {
        if (++looks % looks_between_clock == 0 && clock.steady_now() >= end) return true;
        decide(first_ + failed_.size());
    }
    known_.clear();
    return false;
}

TrailerChecks::Counts TrailerChecks::counts() const {
    // A part that turned out to be good may have been counted before the reset.
    return {counted_.received - baseline_.received,
            counted_.failed - std::min(counted_.failed, baseline_.failed)};
}

void TrailerChecks::reset_counts() { baseline_ = counted_; }

// In a place where `advance` has not been: what is before and behind it in its stream decides, as far as a message can reach.
void TrailerChecks::judge_around(RecordIndex record) {
    if (known_.size() >= most_known) known_.clear();
    std::vector<RecordIndex> stream{record};
    const capture::RecordView view = reader_->record(record);
    if (is_received(view) && view.transport == capture::Transport::tcp) {
        auto before = view.previous_in_stream;
        while (before && *before >= log_->first_available() && stream.size() < 2 * most_parts) {
            stream.push_back(*before);
            before = reader_->record(*before).previous_in_stream;
        }
        std::reverse(stream.begin(), stream.end());
        auto after = reader_->next_in_stream(record);
        for (std::size_t i = 0; after && i < 2 * most_parts; ++i) {
            stream.push_back(*after);
            after = reader_->next_in_stream(*after);
        }
    }
    std::unordered_map<RecordIndex, bool> failed;
    const auto is_failed = [&](RecordIndex at) {
        const auto found = failed.find(at);
        return found != failed.end() && found->second;
    };
    for (const RecordIndex at : stream) {
        const Verdict verdict = judge(*reader_, at, is_failed);
        failed[at] = !verdict.passes;
        for (const RecordIndex part : verdict.parts) failed[part] = false;
    }
    // Those at the edges have not seen all that decides about them.
    const auto at = static_cast<std::size_t>(std::ranges::find(stream, record) - stream.begin());
    const std::size_t begin = at > most_parts ? at - most_parts : 0;
    const std::size_t end = std::min(stream.size(), at + most_parts + 1);
    for (std::size_t i = begin; i < end; ++i) known_[stream[i]] = failed[stream[i]];
}

bool TrailerChecks::fails(RecordIndex record) {
    if (!trailer_) return false;
    if (record < first_) return false;
    if (record - first_ < failed_.size()) return failed_[record - first_];
    if (const auto found = known_.find(record); found != known_.end()) return found->second;
    judge_around(record);
    return known_[record];
}

std::optional<TrailerChecks::Failure> TrailerChecks::failure(RecordIndex record) {
    if (!fails(record)) return {};
    const ByteView payload = reader_->record(record).payload;
    Failure failure;
    failure.too_short = payload.size() < trailer_->size();
    failure.expected = trailer_->expected(payload);
    const ByteView end = failure.too_short ? payload : payload.last(trailer_->size());
    failure.found.assign(end.begin(), end.end());
    return failure;
}

}  // namespace sockdesk::app
