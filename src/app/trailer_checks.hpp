// The trailer of the send group, verified on what arrived: record by record, as they come on screen.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "capture/log.hpp"
#include "codec/trailer.hpp"

namespace sockdesk::app {

/// Threads: the one that draws.
class TrailerChecks {
public:
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

private:
    std::optional<ByteView> received_payload(RecordIndex record);

    const std::shared_ptr<const capture::Log> log_;
    std::optional<capture::LogReader> reader_;
    std::string text_;
    std::optional<codec::Trailer> trailer_;
    std::unordered_map<RecordIndex, bool> known_;
};

}  // namespace sockdesk::app
