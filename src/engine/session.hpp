// One session: its log, its counters, its channel while it is open, and its cycles.
// Private to this room; lives on the loop thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "capture/log_writer.hpp"
#include "engine/channel.hpp"
#include "engine/engine.hpp"
#include "engine/replier.hpp"
#include "engine/session_saving.hpp"
#include "engine/transmission.hpp"
#include "net/timers.hpp"

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
    capture::LogWriter& writer() override { return writer_; }
    SessionId session_id() const override { return id_; }
    void channel_opened(const std::optional<Endpoint>& local, const std::optional<Endpoint>& remote) override;
    void channel_opening(const std::optional<Error>& error) override;
    void channel_failed(const Error& error) override;
    void channel_ended() override;
    void record(capture::SessionEvent event) override;
    void record_error(const Error& error, const std::optional<Endpoint>& remote) override;
    void emit(Event event) override { outlet_.emit(std::move(event)); }
    void count_received(std::uint64_t packets, std::uint64_t bytes) override;
    void count_sent(std::uint64_t packets, std::uint64_t bytes) override;
    void count_dropped(std::uint64_t datagrams) override;
    void count_discarded(std::uint64_t datagrams) override;
    void receive_buffer_granted(std::uint64_t granted_bytes, std::uint64_t wanted_bytes) override;
    void channel_drained() override;
    void target_lost(const SendTarget& target, std::size_t lost_bytes, const Error& error) override;
    void batch_end() override;
    void start_greeting(SendTarget target) override;
    bool is_still_sending_to(ConnectionId connection) const override;
    Replier* replier() override { return channel_ && replier_.has_rules() ? &replier_ : nullptr; }

    // ReplierHost
    void give_reply(const ReplyTo& to, const Payload& payload) override;
    void replies_given() override;
    void reply_held() override;
    void tell_replies_held(std::uint64_t count) override;

    // CycleHost
    SendRoute cycle_route(const SendTarget& target, bool as_fast_as_possible) override;
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
    /// What was lost and not told yet, as events and as a statistics block.
    void record_losses();
    void record_loss(std::string_view by, std::uint64_t count, std::string message);
    capture::Arrivals arrivals() const;
    void append_statistics();
    void count_loss(std::atomic<std::uint64_t>& counter, std::uint64_t& unrecorded, std::uint64_t datagrams);
    void record_close();
    /// Takes the channel out of use now and destroys it when nothing of it is on the stack any more.
    void retire_channel();
    void update_gauges();

    SessionId id_;
    net::Loop& loop_;
    const Clock& clock_;
    capture::LogWriter writer_;
    std::shared_ptr<SessionCounters> counters_;
    Outlet outlet_;
    SessionSaving saving_;
    SessionSaving recording_;
    bool has_carried_ = false;  ///< anything at all, since it was created

    SessionConfig config_;
    std::optional<CyclePlan> greeting_;
    std::mt19937_64 random_;  ///< of what is sent
    PayloadMaker maker_;      ///< of what is sent by hand
    HandCounters hand_counters_;
    Replier replier_;
    bool was_open_ = false;  ///< since the last `open`: the log then ends with a close event
    std::shared_ptr<Channel> channel_;
    std::vector<std::shared_ptr<Transmission>> cycles_;

    capture::Arrivals earlier_arrivals_;  ///< before the counters were last reset
    std::uint64_t unrecorded_drops_ = 0;
    std::uint64_t unrecorded_discards_ = 0;
    bool buffer_limit_told_ = false;
    net::Timer loss_timer_;
};

}  // namespace sockdesk::engine
