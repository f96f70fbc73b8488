#include "app/trailer_checks.hpp"

#include <utility>

namespace sockdesk::app {

namespace {

// More than any screen shows; what is forgotten is computed again.
constexpr std::size_t most_known = 1U << 16U;

}  // namespace

void TrailerChecks::set(std::string_view trailer) {
    if (trailer == text_) return;
    text_ = trailer;
    known_.clear();
    trailer_.reset();
    // A reader keeps a part of the log in memory.
    reader_.reset();
    if (trailer.empty()) return;
    if (auto parsed = codec::Trailer::parse(trailer); parsed && parsed->size() > 0) {
        trailer_ = std::move(*parsed);
        reader_.emplace(log_);
    }
}

std::optional<ByteView> TrailerChecks::received_payload(RecordIndex record) {
    const capture::RecordView view = reader_->record(record);
    const bool received =
        view.kind == capture::RecordKind::payload && view.direction == capture::Direction::received;
    return received ? std::optional(view.payload) : std::nullopt;
}

bool TrailerChecks::fails(RecordIndex record) {
    if (!trailer_) return false;
    if (const auto found = known_.find(record); found != known_.end()) return found->second;
    if (known_.size() >= most_known) known_.clear();
    const std::optional<ByteView> payload = received_payload(record);
    const bool fails = payload && trailer_->check(*payload) != codec::Trailer::Check::matches;
    known_.emplace(record, fails);
    return fails;
}

std::optional<TrailerChecks::Failure> TrailerChecks::failure(RecordIndex record) {
    if (!fails(record)) return {};
    const ByteView payload = received_payload(record).value_or(ByteView());
    Failure failure;
    failure.too_short = payload.size() < trailer_->size();
    failure.expected = trailer_->expected(payload);
    const ByteView end = failure.too_short ? payload : payload.last(trailer_->size());
    failure.found.assign(end.begin(), end.end());
    return failure;
}

}  // namespace sockdesk::app
