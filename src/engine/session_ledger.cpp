#include "engine/session_ledger.hpp"

#include <new>
#include <utility>

#include "engine/receive_buffer.hpp"

namespace sockdesk::engine {

namespace {

/// A flood drops in every batch; the log tells it at most so often.
constexpr std::chrono::milliseconds loss_report_interval{100};

void add(std::atomic<std::uint64_t>& counter, std::uint64_t more) {
    // The loop thread is the only writer.
    counter.store(counter.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
}

}  // namespace

SessionLedger::SessionLedger(net::Loop& loop, const Clock& clock, capture::LogWriter writer,
                             std::shared_ptr<SessionCounters> counters, std::function<void()> recorded)
    : clock_(clock),
      writer_(std::move(writer)),
      counters_(std::move(counters)),
      loss_timer_(loop, [this, recorded = std::move(recorded)] {
          record_losses();
          recorded();
      }) {}

void SessionLedger::begin() {
    earlier_arrivals_ = arrivals();
    for (auto* counter :
         {&counters_->rx_packets, &counters_->rx_bytes, &counters_->tx_packets, &counters_->tx_bytes,
          &counters_->dropped, &counters_->discarded, &counters_->replies_held}) {
        counter->store(0, std::memory_order_relaxed);
    }
    open_.reset();
    buffer_limit_told_ = false;
}

void SessionLedger::record_open(const SessionConfig& config, const std::optional<Endpoint>& local,
                                const std::optional<Endpoint>& remote) {
    open_ = config.protocol;
    capture::SessionEvent event;
    event.kind = capture::SessionEvent::Kind::open;
    event.protocol = protocol_name(config.protocol);
    event.local = local;
    event.remote = remote;
    event.port_chosen_by_system = !config.local || config.local->port == 0;
    record(std::move(event));
}

void SessionLedger::record_close() {
    loss_timer_.stop();
    record_losses();
    receive_buffer_granted(0, 0);
    const auto protocol = std::exchange(open_, std::nullopt);
    if (!protocol) {
        return;
    }
    capture::SessionEvent event;
    event.kind = capture::SessionEvent::Kind::close;
    event.protocol = protocol_name(*protocol);
    event.totals = {counters_->rx_packets, counters_->rx_bytes, counters_->tx_packets,
                    counters_->tx_bytes,   counters_->dropped,  counters_->discarded};
    append_statistics();
    record(std::move(event));
}

void SessionLedger::record(capture::SessionEvent event) {
    event.time = clock_.now();
    try {
        writer_.append_event(event);
    } catch (const std::bad_alloc&) {
        // The machine has no memory left. The session outlives that, and its counters tell what the log cannot.
    }
}

void SessionLedger::record_error(const Error& error, const std::optional<Endpoint>& remote) {
    capture::SessionEvent event;
    event.kind = capture::SessionEvent::Kind::error;
    event.code = error.code;
    event.message = error.message;
    event.remote = remote;
    record(std::move(event));
}

void SessionLedger::record_note(std::string message) {
    capture::SessionEvent event;
    event.kind = capture::SessionEvent::Kind::note;
    event.message = std::move(message);
    record(std::move(event));
}

void SessionLedger::count_received(std::uint64_t packets, std::uint64_t bytes) {
    has_carried_ = true;
    add(counters_->rx_packets, packets);
    add(counters_->rx_bytes, bytes);
}

void SessionLedger::count_sent(std::uint64_t packets, std::uint64_t bytes) {
    has_carried_ = true;
    add(counters_->tx_packets, packets);
    add(counters_->tx_bytes, bytes);
}

void SessionLedger::count_dropped(std::uint64_t datagrams) {
    count_loss(counters_->dropped, unrecorded_drops_, datagrams);
}

void SessionLedger::count_discarded(std::uint64_t datagrams) {
    count_loss(counters_->discarded, unrecorded_discards_, datagrams);
}

void SessionLedger::count_reply_held() { add(counters_->replies_held, 1); }

void SessionLedger::set_replies_waiting(std::size_t count) {
    counters_->replies_waiting.store(count, std::memory_order_relaxed);
}

void SessionLedger::count_loss(std::atomic<std::uint64_t>& counter, std::uint64_t& unrecorded,
                               std::uint64_t datagrams) {
    add(counter, datagrams);
    if (unrecorded_drops_ == 0 && unrecorded_discards_ == 0) {
        loss_timer_.start(loss_report_interval);
    }
    unrecorded += datagrams;
}

void SessionLedger::receive_buffer_granted(std::uint64_t granted_bytes, std::uint64_t wanted_bytes) {
    counters_->receive_buffer_bytes.store(granted_bytes, std::memory_order_relaxed);
    counters_->receive_buffer_wanted_bytes.store(wanted_bytes, std::memory_order_relaxed);
}

void SessionLedger::set_gauges(std::size_t send_queue_bytes, bool reading_paused) {
    counters_->send_queue_bytes.store(send_queue_bytes, std::memory_order_relaxed);
    counters_->reading_paused.store(reading_paused, std::memory_order_relaxed);
}

void SessionLedger::record_losses() {
    if (unrecorded_drops_ == 0 && unrecorded_discards_ == 0) {
        return;
    }
    if (unrecorded_drops_ != 0) {
        const std::uint64_t granted = counters_->receive_buffer_bytes;
        const std::uint64_t wanted = counters_->receive_buffer_wanted_bytes;
        std::string advice;
        if (granted < wanted && !std::exchange(buffer_limit_told_, true)) {
            advice = describe_small_receive_buffer(granted, wanted);
        }
        record_loss("kernel", std::exchange(unrecorded_drops_, 0), std::move(advice));
    }
    if (unrecorded_discards_ != 0) {
        record_loss("sockdesk", std::exchange(unrecorded_discards_, 0),
                    "There was no memory for them. Close sessions or other programs.");
    }
    // Not only at the end, which a process that is killed does not come to.
    append_statistics();
}

void SessionLedger::record_loss(std::string_view by, std::uint64_t count, std::string message) {
    capture::SessionEvent event;
    event.kind = capture::SessionEvent::Kind::drop;
    event.count = count;
    event.by = by;
    event.message = std::move(message);
    record(std::move(event));
}

capture::Arrivals SessionLedger::arrivals() const {
    return {earlier_arrivals_.kept + counters_->rx_packets, earlier_arrivals_.dropped + counters_->dropped,
            earlier_arrivals_.discarded + counters_->discarded};
}

void SessionLedger::append_statistics() {
    try {
        writer_.append_statistics(clock_.now(), arrivals());
    } catch (const std::bad_alloc&) {
        // As in `record`.
    }
}

}  // namespace sockdesk::engine
