// What a session writes down: its log beside the traffic (it opened, it lost something, it closed) and its counters.
// Private to this room; lives on the loop thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/endpoint.hpp"
#include "base/result.hpp"
#include "capture/log_writer.hpp"
#include "capture/record.hpp"
#include "engine/engine.hpp"
#include "engine/session_config.hpp"
#include "net/loop.hpp"
#include "net/timers.hpp"

namespace sockdesk::engine {

class SessionLedger {
public:
    /// `recorded` is called after something was recorded that no caller waits for.
    SessionLedger(net::Loop& loop, const Clock& clock, capture::LogWriter writer,
                  std::shared_ptr<SessionCounters> counters, std::function<void()> recorded);

    /// Traffic is written by those who carry it.
    capture::LogWriter& writer() { return writer_; }
    const capture::LogWriter& writer() const { return writer_; }

    /// The session opens: everything is counted from here.
    void begin();
    /// It has a local address (again). `config` says what was asked for.
    void record_open(const SessionConfig& config, const std::optional<Endpoint>& local,
                     const std::optional<Endpoint>& remote);
    /// What was lost and not told yet and, if it was open since `begin`, that it closed.
    void record_close();

    void record(capture::SessionEvent event);
    void record_error(const Error& error, const std::optional<Endpoint>& remote);
    void record_note(std::string message);

    void count_received(std::uint64_t packets, std::uint64_t bytes);
    void count_sent(std::uint64_t packets, std::uint64_t bytes);
    /// By the kernel.
    void count_dropped(std::uint64_t datagrams);
    /// By us: read, but there was no memory to keep them.
    void count_discarded(std::uint64_t datagrams);
    void count_reply_held();
    /// How many wait for their time now.
    void set_replies_waiting(std::size_t count);
    /// The room that the kernel has for datagrams that wait to be read, in the unit of net.core.rmem_max.
    void receive_buffer_granted(std::uint64_t granted_bytes, std::uint64_t wanted_bytes);
    void set_gauges(std::size_t send_queue_bytes, bool reading_paused);

    /// Whether anything was ever received or sent.
    bool has_carried() const { return has_carried_; }

private:
    void count_loss(std::atomic<std::uint64_t>& counter, std::uint64_t& unrecorded, std::uint64_t datagrams);
    /// What was lost and not told yet, as events and as a statistics block.
    void record_losses();
    void record_loss(std::string_view by, std::uint64_t count, std::string message);
    capture::Arrivals arrivals() const;
    void append_statistics();

    const Clock& clock_;
    capture::LogWriter writer_;
    std::shared_ptr<SessionCounters> counters_;
    bool has_carried_ = false;

    std::optional<Protocol> open_;        ///< since `begin`: the log then ends with a close event
    capture::Arrivals earlier_arrivals_;  ///< before the counters were last reset
    std::uint64_t unrecorded_drops_ = 0;
    std::uint64_t unrecorded_discards_ = 0;
    bool buffer_limit_told_ = false;
    net::Timer loss_timer_;
};

}  // namespace sockdesk::engine
