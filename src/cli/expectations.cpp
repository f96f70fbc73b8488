#include "cli/expectations.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "codec/escapes.hpp"
#include "codec/hex.hpp"

namespace sockdesk::cli {

namespace {

constexpr std::size_t most_arrivals = 5;
constexpr std::size_t most_bytes_shown = 64;

/// Peers that come and go must not fill the memory. The beginnings of matches that are given up are those of who was first.
constexpr std::size_t most_streams = 4096;

/// Of a stream, what may wait for the rest of a match.
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

void Expectations::add_piece(const capture::RecordView& record, SteadyTime now) {
    const StreamKey key{record.local, record.remote};
    auto stream = streams_.find(key);
    if (stream == streams_.end()) {
        if (streams_.size() == most_streams) streams_.erase(streams_.begin());
        stream = streams_.emplace(key, query::StreamMatcher(matchers_, most_kept)).first;
    } else if (record.stream_offset == 0) {
        stream->second.forget();  // another connection between the same two
    }
    Sink sink(*this, now);
    stream->second.add(record.payload, now, sink);
    while (stream->second.is_behind()) stream->second.go_on(sink);
    if (!sink.rest) {
        arrived(record.remote, record.payload);
        return;
    }
    // What others had sent before does not count for what is waited for now.
    for (auto& [other, matcher] : streams_) {
        if (other != key) matcher.forget();
    }
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
