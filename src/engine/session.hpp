// One session: its channel while it is open, what it sends again and again, and what it answers by itself.
// Private to this room; lives on the loop thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <vector>

#include "base/clock.hpp"
#include "capture/log_writer.hpp"
#include "engine/channel.hpp"
#include "engine/engine.hpp"
#include "engine/replier.hpp"
#include "engine/session_ledger.hpp"
#include "engine/session_saving.hpp"
#include "engine/transmission.hpp"

namespace sockdesk::engine {

class Session final : public ChannelHost, public CycleHost, public ReplierHost {
public:
    /// `emit` hands an event to the face, `notify` tells it that there is something to look at.
    struct Outlet {
        std::function<void(Event)> emit;
        std::function<void()> notify;
        /// Empty: the session is not recorded by itself.
        std::function<Result<std::filesystem::path>(const SessionConfig&)> recording_path;
    };

    Session(SessionId id, net::Loop& loop, const Clock& clock, capture::LogWriter writer,
            std::shared_ptr<SessionCounters> counters, Outlet outlet, SessionSaving::Outlet saving_outlet,
            SessionSaving::Outlet recording_outlet);
    /// Closes.
    ~Session();

    void open(const SessionConfig& config, const std::optional<CyclePlan>& greeting);
    void close();
    void send(const SendTarget& target, const Outgoing& payload);
    void start_cycle(CycleId id, CyclePlan plan);
    void start_playback(const StartPlayback& start);
    void stop_cycle(CycleId id);
    void disconnect(ConnectionId connection);
    void finish_sending(ConnectionId connection);
    void set_echo(bool echo);
    void set_replies(std::shared_ptr<const ReplyPlan> plan);
    void memory_available();

    SessionSaving& saving() { return saving_; }
    /// The file that is kept without being asked for.
    SessionSaving& recording() { return recording_; }
    void end_recording();

private:
    // ChannelHost
    net::Loop& loop() override { return loop_; }
    SessionLedger& ledger() override { return ledger_; }
    SessionId session_id() const override { return id_; }
    void channel_opened(const std::optional<Endpoint>& local, const std::optional<Endpoint>& remote) override;
    void channel_opening(const std::optional<Error>& error) override;
    void channel_failed(const Error& error) override;
    void channel_ended() override;
    void emit(Event event) override { outlet_.emit(std::move(event)); }
    void channel_drained() override;
    void target_lost(const SendTarget& target, std::size_t lost_bytes, const Error& error) override;
    void batch_end() override;
    void start_greeting(SendTarget target) override;
    bool is_still_sending_to(ConnectionId connection) const override;
    Replier* replier() override { return channel_ && replier_.has_rules() ? &replier_ : nullptr; }

    // ReplierHost
    Result<void> give_reply(const ReplyTo& to, const Payload& payload) override;
    bool has_room(ConnectionId connection) const override;
    void hold_reading(ConnectionId connection, bool hold) override;
    void replies_given() override;
    void reply_held() override { ledger_.count_reply_held(); }
    void replies_waiting(std::size_t count) override { ledger_.set_replies_waiting(count); }
    void tell_replies_held(std::uint64_t count) override;
    void tell_reply_refused(const ReplyTo& to, const Error& error) override;
    void tell_replies_refused(std::uint64_t more) override;
    void tell_replies_dropped(std::uint64_t count) override;

    // CycleHost
    SendRoute cycle_route(const SendTarget& target, bool as_fast_as_possible) override;
    SendEnds cycle_ends(const SendTarget& target) override;
    Result<void> cycle_send(const SendTarget& target, std::span<const Payload> payloads,
                            std::size_t& taken) override;
    Result<void> cycle_send_to_each(const SendTarget& target,
                                    const std::function<Payload(const SendEnds&)>& make) override;
    std::mt19937_64& random() override { return random_; }
    bool cycle_drained(const SendTarget& target) const override;
    void cycle_refused(const Transmission& cycle, const Error& error) override;
    void cycle_finished(Transmission& cycle, const std::optional<Error>& error) override;

    Result<void> send_now(const SendTarget& target, const Outgoing& what);
    void start_recording();
    /// `close`, without an answer when there is nothing to close.
    void shut();
    void refuse(std::optional<CycleId> cycle, const Error& error);
    /// False, and told, when the session is closed.
    bool can_start(CycleId id);
    void start(std::shared_ptr<Transmission> transmission);
    void end_cycles();
    /// Takes the channel out of use now and destroys it when nothing of it is on the stack any more.
    void retire_channel();

    SessionId id_;
    net::Loop& loop_;
    const Clock& clock_;
    Outlet outlet_;
    SessionLedger ledger_;
    SessionSaving saving_;
    SessionSaving recording_;

    SessionConfig config_;
    std::optional<CyclePlan> greeting_;
    std::mt19937_64 random_;  ///< of what is sent
    PayloadMaker maker_;      ///< of what is sent by hand
    Replier replier_;
    std::shared_ptr<Channel> channel_;
    std::vector<std::shared_ptr<Transmission>> cycles_;
};

}  // namespace sockdesk::engine
