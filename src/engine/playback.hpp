// Payloads of a source, sent each at its time, while that goes on. Private to this room; lives on the loop thread.
#pragma once

#include <memory>
#include <optional>

#include "engine/cycle_schedule.hpp"
#include "engine/payload_source.hpp"
#include "engine/transmission.hpp"

namespace sockdesk::engine {

/// Payload k is due at start + its time, whatever happened to those before it: one that is late goes at once, in its
/// turn, and does not delay the others. Nothing is left out. What has no times goes as fast as it is taken.
class Playback final : public Transmission, public std::enable_shared_from_this<Playback> {
public:
    /// Sending something so much after its time is worth telling.
    static constexpr std::chrono::nanoseconds lateness_told = std::chrono::milliseconds{10};

    static std::shared_ptr<Playback> make(net::Loop& loop, const Clock& clock, CycleHost& host,
                                          const StartPlayback& what);
    ~Playback() override;

    bool is_endless() const override { return false; }
    std::uint64_t rounds() const override { return sent_; }
    std::uint64_t late() const override { return late_; }

private:
    Playback(net::Loop& loop, const Clock& clock, CycleHost& host, const StartPlayback& what);

    Progress next(SteadyTime now) override;
    const Outgoing& due_payload() const override { return *due_; }
    std::uint64_t due_counter() const override { return 0; }
    const SendTarget& due_target() const override { return targets().front(); }
    void handed_over(SteadyTime now) override;
    void taken(std::size_t payloads, CycleProgress& progress) override;
    SteadyTime next_deadline() const override { return later(start_, due_at_); }
    Error failure() const override { return source_->error(); }
    bool is_as_fast_as_possible() const override { return pace_ == PayloadSource::Pace::none; }

    std::shared_ptr<PayloadSource> source_;
    const PayloadSource::Pace pace_;
    SteadyTime start_;
    std::optional<Outgoing> due_;
    std::chrono::nanoseconds due_at_{0};
    std::uint64_t sent_ = 0;
    std::uint64_t late_ = 0;
};

}  // namespace sockdesk::engine
