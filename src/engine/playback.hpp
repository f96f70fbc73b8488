// Payloads of a source, sent each at its time, while that goes on. Private to this room; lives on the loop thread.
#pragma once

#include <memory>
#include <optional>

#include "engine/payload_source.hpp"
#include "engine/transmission.hpp"

namespace sockdesk::engine {

/// Payload k is due at start + its time, whatever happened to those before it: one that is late goes at once, in its
/// turn, and does not delay the others. Nothing is left out.
class Playback final : public Transmission, public std::enable_shared_from_this<Playback> {
public:
    /// Sending something so much after its time is worth telling.
    static constexpr std::chrono::nanoseconds lateness_told = std::chrono::milliseconds{10};

    static std::shared_ptr<Playback> make(net::Loop& loop, const Clock& clock, CycleHost& host, CycleId id,
                                          SendTarget target, std::shared_ptr<PayloadSource> source);
    ~Playback() override;

    bool is_endless() const override { return false; }
    std::uint64_t rounds() const override { return sent_; }
    std::uint64_t late() const override { return late_; }

private:
    Playback(net::Loop& loop, const Clock& clock, CycleHost& host, CycleId id, SendTarget target,
             std::shared_ptr<PayloadSource> source);

    Progress next(SteadyTime now) override;
    const Payload& due_payload() const override { return pending_->payload; }
    void payload_sent(SteadyTime now) override;
    SteadyTime next_deadline() const override { return start_ + pending_->at; }
    bool is_as_fast_as_possible() const override { return false; }

    std::shared_ptr<PayloadSource> source_;
    SteadyTime start_;
    std::optional<TimedPayload> pending_;
    std::uint64_t sent_ = 0;
    std::uint64_t late_ = 0;
};

}  // namespace sockdesk::engine
