// Whether what arrived ends with the trailer that it should end with: record by record as they come on screen, and counted in passing.
//
// A datagram is looked at by itself. Of a connection, what one read brought is no message: a record is good that ends as it should by
// itself, or together with those directly before it that did not, which then were the beginning of the same message.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "capture/log.hpp"
#include "codec/trailer.hpp"

namespace sockdesk::app {

/// Threads: the one that draws.
class TrailerChecks {
public:
    /// A message is put together from at most so many records, and is at most so long.
    static constexpr std::size_t most_parts = 16;
    static constexpr std::size_t most_bytes = std::size_t{64} << 10U;

    explicit TrailerChecks(std::shared_ptr<const capture::Log> log) : log_(std::move(log)) {}

    /// As `codec::Trailer::parse` takes it. Empty, or what it does not take: nothing is verified.
    void set(std::string_view trailer);
    bool is_active() const { return trailer_.has_value(); }

    /// A payload that was received and does not end as it should. Remembered, since a frame asks for every record on screen.
    bool fails(RecordIndex record);

    struct Failure {
        bool too_short = false;  ///< than the trailer alone
        Bytes expected;
        Bytes found;
    };
    std::optional<Failure> failure(RecordIndex record);

    /// Goes on through the log for about so long. True: there is more.
    bool advance(SteadyTime::duration budget);
    struct Counts {
        std::uint64_t received = 0;  ///< payloads that were looked at
        std::uint64_t failed = 0;
    };
    /// Of the whole log as far as `advance` came, since `reset_counts`.
    Counts counts() const;
    void reset_counts();

private:
    struct Verdict {
        bool is_received = false;
        bool passes = true;
        std::vector<RecordIndex> parts;  ///< which were the beginning of this one
    };
    /// `waits`: whether a record before it did not pass.
    template <typename Waits>
    Verdict judge(capture::LogReader& reader, RecordIndex record, const Waits& waits);
    void judge_around(RecordIndex record);
    void decide(RecordIndex record);

    const std::shared_ptr<const capture::Log> log_;
    std::optional<capture::LogReader> reader_;
    std::string text_;
    std::optional<codec::Trailer> trailer_;
    bool is_fixed_ = false;

    // What `advance` went through.
    std::optional<capture::LogReader> scanner_;
    RecordIndex first_ = 0;
    std::vector<bool> failed_;  ///< from `first_` on
    Counts counted_;
    Counts baseline_;

    std::unordered_map<RecordIndex, bool> known_;  ///< on screen before `advance` came there
};

}  // namespace sockdesk::app
