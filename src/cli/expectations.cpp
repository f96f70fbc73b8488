#include "cli/expectations.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "codec/escapes.hpp"
#include "codec/hex.hpp"

namespace sockdesk::cli {

namespace {

constexpr std::size_t most_arrivals = 5;
constexpr std::size_t most_bytes_shown = 64;

/// Of a stream, what may wait for the rest of a match. With as many streams as there may be it is 64 MiB.
constexpr std::size_t most_kept = std::size_t{64} << 10;

std::string_view ending(std::uint64_t count) { return count == 1 ? "" : "s"; }

}  // namespace

/// One stream: only what is waited for now is looked for, and behind it the next.
class Expectations::Sink final : public query::StreamMatcher::Sink {
public:
    Sink(Expectations& owner, SteadyTime now) : owner_(owner), now_(now) {}

    bool is_active(std::size_t matcher) const override { return matcher == owner_.met_; }
    bool on_match(std::size_t, ByteView bytes, const query::MatchGroups& groups) override {
        rest = bytes.size() - groups.end();
        owner_.met(now_);
        return true;
    }

    std::optional<std::size_t> rest;  ///< bytes behind the last match

private:
    Expectations& owner_;
    SteadyTime now_;
};

Expectations::Expectations(std::vector<Expectation> expectations, codec::Encoding encoding)
    : expectations_(std::move(expectations)), encoding_(encoding) {
    std::vector<query::Matcher> matchers;
    for (const Expectation& each : expectations_) matchers.push_back(each.matcher);
    matchers_ = std::make_shared<const std::vector<query::Matcher>>(std::move(matchers));
}

void Expectations::begin(SteadyTime now) {
    if (!since_) since_ = now;
}

void Expectations::met(SteadyTime now) {
    ++met_;
    since_ = now;
    arrivals_.clear();
    arrivals_count_ = 0;
}

void Expectations::arrived(const Endpoint& remote, ByteView bytes) {
    ++arrivals_count_;
    if (arrivals_.size() == most_arrivals) arrivals_.pop_front();
    const ByteView beginning = bytes.first(std::min(bytes.size(), most_bytes_shown));
    arrivals_.push_back({remote, bytes.size(), Bytes(beginning.begin(), beginning.end())});
}

void Expectations::add(const capture::RecordView& record, SteadyTime now) {
    if (all_met() || record.kind != capture::RecordKind::payload ||
        record.direction != capture::Direction::received) {
        return;
    }
    record.transport == capture::Transport::udp ? add_datagram(record, now) : add_piece(record, now);
}

void Expectations::add_datagram(const capture::RecordView& record, SteadyTime now) {
    if (expectations_[met_].matcher.match_datagram(record.payload, groups_)) {
        met(now);
    } else {
        arrived(record.remote, record.payload);
    }
}

/// Peers that say something and stay must not fill the memory: the beginning of a match that is given up is that of who has been silent
/// the longest.
Expectations::Stream& Expectations::stream_of(const StreamKey& key) {
    const auto known = streams_.find(key);
    if (known != streams_.end()) {
        by_age_.splice(by_age_.end(), by_age_, known->second.age);
        return known->second;
    }
    if (streams_.size() == most_streams) {
        streams_.erase(by_age_.front());
        by_age_.pop_front();
    }
    by_age_.push_back(key);
    Stream stream{query::StreamMatcher(matchers_, most_kept), std::prev(by_age_.end())};
    return streams_.emplace(key, std::move(stream)).first->second;
}

void Expectations::stream_ended(const Endpoint& local, const Endpoint& remote, SteadyTime now) {
    const auto known = streams_.find({local, remote});
    if (known == streams_.end()) return;
    Sink sink(*this, now);
    if (!all_met()) known->second.matcher.end_message(sink);
    if (sink.rest) forget_all_but(known->second);
    by_age_.erase(known->second.age);
    streams_.erase(known);
}

void Expectations::pass_time(SteadyTime now) {
    for (auto& [key, stream] : streams_) {
        if (all_met()) return;
        const auto decided = stream.matcher.decides_at();
        if (!decided || now < *decided) continue;
        Sink sink(*this, now);
        stream.matcher.end_message(sink);
        if (sink.rest) forget_all_but(stream);
    }
}

std::optional<SteadyTime> Expectations::decides_at() const {
    std::optional<SteadyTime> first;
    if (all_met()) return first;
    for (const auto& [key, stream] : streams_) {
        const auto decided = stream.matcher.decides_at();
        if (decided && (!first || *decided < *first)) first = decided;
    }
    return first;
}

/// What others had sent before does not count for what is waited for now.
void Expectations::forget_all_but(const Stream& stream) {
    for (auto& [key, each] : streams_) {
        if (&each != &stream) each.matcher.forget();
    }
}

void Expectations::add_piece(const capture::RecordView& record, SteadyTime now) {
    Stream& stream = stream_of({record.local, record.remote});
    if (record.stream_offset == 0) stream.matcher.forget();  // another connection between the same two
    Sink sink(*this, now);
    stream.matcher.add(record.payload, now, sink);
    while (stream.matcher.is_behind()) stream.matcher.go_on(sink);
    if (!sink.rest) {
        arrived(record.remote, record.payload);
        return;
    }
    forget_all_but(stream);
    if (*sink.rest > 0)
        arrived(record.remote, record.payload.last(std::min(*sink.rest, record.payload.size())));
}

std::optional<SteadyTime> Expectations::deadline() const {
    if (!since_ || all_met()) return std::nullopt;
    return *since_ + expectations_[met_].within;
}

bool Expectations::is_late(SteadyTime now) const {
    const auto end = deadline();
    return end && now >= *end;
}

std::string Expectations::patience() const {
    const double seconds = std::chrono::duration<double>(expectations_[met_].within).count();
    return seconds < 1 ? fmt::format("{:g} ms", seconds * 1000) : fmt::format("{:g} s", seconds);
}

std::string Expectations::report(std::string_view why) const {
    std::string text = fmt::format(
        "sockdesk: expectation {} of {} was not met {}: {}\n", met_ + 1, expectations_.size(), why,
        codec::escape_controls(expectations_[std::min(met_, expectations_.size() - 1)].typed));
    if (arrivals_.empty()) return text + "  Nothing arrived instead.\n";
    text += arrivals_count_ == arrivals_.size() ? std::string("  What arrived instead:\n")
                                                : fmt::format("  What arrived instead, the last {} of {}:\n",
                                                              arrivals_.size(), arrivals_count_);
    for (const Arrival& arrival : arrivals_) {
        const std::string_view more = arrival.size > arrival.beginning.size() ? "..." : "";
        text += fmt::format("  from {}, {} byte{}: {}{}\n", arrival.remote.to_string(), arrival.size,
                            ending(arrival.size), codec::escape_payload(encoding_, arrival.beginning), more);
        text += fmt::format("    {}{}\n", codec::format_hex(arrival.beginning), more);
    }
    return text;
}

}  // namespace sockdesk::cli
