#include "engine/session.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include <fmt/format.h>

#include "engine/cycle.hpp"
#include "engine/playback.hpp"
#include "engine/receive_buffer.hpp"
#include "engine/tcp_client_channel.hpp"
#include "engine/tcp_server_channel.hpp"
#include "engine/udp_channel.hpp"

namespace sockdesk::engine {

namespace {

/// A flood drops in every batch; the log tells it at most so often.
constexpr std::chrono::milliseconds loss_report_interval{100};

/// What a cycle that goes as fast as it can may have waiting: enough to keep the kernel busy, little to lose
/// at a stop.
constexpr std::size_t fast_cycle_queue_bytes = std::size_t{1} << 20;

constexpr std::size_t min_send_queue_bytes = 1024;
constexpr std::chrono::milliseconds min_reconnect_delay{1};

void add(std::atomic<std::uint64_t>& counter, std::uint64_t more) {
    // The loop thread is the only writer.
    counter.store(counter.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
}

std::mt19937_64 seed() {
    std::random_device device;
    std::seed_seq numbers{device(), device(), device(), device()};
    return std::mt19937_64(numbers);
}

Error session_closed() {
    return Error{ErrorKind::closed, "send: the session is closed. Open it first.", {}, Error::no_position};
}

std::unique_ptr<Channel> make_channel(ChannelHost& host, const SessionConfig& config) {
    switch (config.protocol) {
        case Protocol::tcp_server:
            return std::make_unique<TcpServerChannel>(host, config);
        case Protocol::tcp_client:
            return std::make_unique<TcpClientChannel>(host, config);
        case Protocol::udp:
            break;
    }
    return std::make_unique<UdpChannel>(host, config);
}

}  // namespace

Session::Session(SessionId id, net::Loop& loop, const Clock& clock, capture::LogWriter writer,
                 std::shared_ptr<SessionCounters> counters, Outlet outlet,
                 SessionSaving::Outlet saving_outlet, SessionSaving::Outlet recording_outlet)
    : id_(id),
      loop_(loop),
      clock_(clock),
      writer_(std::move(writer)),
      counters_(std::move(counters)),
      outlet_(std::move(outlet)),
      saving_(id, writer_.log(), std::move(saving_outlet)),
      recording_(id, writer_.log(), std::move(recording_outlet)),
      random_(seed()),
      maker_(clock, random_),
      replier_(loop, clock, maker_, *this),
      loss_timer_(loop, [this] {
          record_losses();
          batch_end();
      }) {}

Session::~Session() { shut(); }

void Session::open(const SessionConfig& config, const std::optional<CyclePlan>& greeting) {
    shut();
    config_ = config;
    // Nothing could ever be sent with a limit of 0, and a wait of 0 would connect without end.
    config_.send_queue_limit_bytes = std::max(config_.send_queue_limit_bytes, min_send_queue_bytes);
    config_.reconnect_min = std::max(config_.reconnect_min, min_reconnect_delay);
    config_.reconnect_max = std::max(config_.reconnect_max, config_.reconnect_min);
    greeting_ = greeting;
    earlier_arrivals_ = arrivals();
    for (auto* counter :
         {&counters_->rx_packets, &counters_->rx_bytes, &counters_->tx_packets, &counters_->tx_bytes,
          &counters_->dropped, &counters_->discarded, &counters_->replies_held}) {
        counter->store(0, std::memory_order_relaxed);
    }
    start_recording();
    was_open_ = false;
    buffer_limit_told_ = false;
    replier_.begin();
    channel_ = make_channel(*this, config_);
    // Held here, because opening can fail before it returns.
    const auto opening = channel_;
    opening->open();
    batch_end();
}

void Session::close() {
    shut();
    emit(StateChanged{id_, SessionState::closed, {}, {}, {}});
}

void Session::shut() {
    if (channel_) {
        end_cycles();
        retire_channel();
        record_close();
        batch_end();
    }
}

void Session::retire_channel() {
    const auto retired = std::exchange(channel_, nullptr);
    if (!retired) {
        return;
    }
    replier_.end();
    retired->close();
    loop_.post([retired] {});
}

void Session::start_recording() {
    if (!outlet_.recording_path || recording_.is_saving()) {
        return;
    }
    if (const auto path = outlet_.recording_path(config_)) {
        if (!path->empty()) {
            recording_.start(*path, capture::SaveMode::create);
        }
    } else {
        outlet_.emit(RecordingChanged{id_, {}, false, path.error()});
    }
}

void Session::end_recording() { has_carried_ ? recording_.stop() : recording_.stop_and_delete(); }

void Session::record_close() {
    loss_timer_.stop();
    record_losses();
    receive_buffer_granted(0, 0);
    if (!was_open_) {
        return;
    }
    was_open_ = false;
    capture::SessionEvent event;
    event.kind = capture::SessionEvent::Kind::close;
    event.protocol = protocol_name(config_.protocol);
    event.totals = {counters_->rx_packets, counters_->rx_bytes, counters_->tx_packets,
                    counters_->tx_bytes,   counters_->dropped,  counters_->discarded};
    append_statistics();
    record(std::move(event));
}

void Session::send(const SendTarget& target, const Outgoing& payload) {
    if (!channel_) {
        refuse(std::nullopt, session_closed());
        return;
    }
    if (auto sent = send_now(target, payload); !sent) {
        refuse(std::nullopt, sent.error());
    } else {
        hand_counters_.sent(payload);
    }
    batch_end();
}

Result<void> Session::send_now(const SendTarget& target, const Outgoing& what) {
    const std::uint64_t counter = hand_counters_.of(what);
    if (what.recipe() != nullptr && channel_->reaches_several(target)) {
        return channel_->send_to_each(target,
                                      [&](const SendEnds& ends) { return maker_.make(what, ends, counter); });
    }
    return channel_->send(target, maker_.make(what, channel_->ends_of(target), counter));
}

void Session::refuse(std::optional<CycleId> cycle, const Error& error) {
    // A refusal belongs into the log only where there is a session to log: a click on a closed one is the
    // face's matter.
    if (channel_) {
        record_error(error, std::nullopt);
    }
    emit(SendRefused{id_, cycle, error});
    batch_end();
}

bool Session::can_start(CycleId id) {
    if (channel_) {
        return true;
    }
    const Error error = session_closed();
    refuse(id, error);
    emit(CycleFinished{id_, id, 0, 0, error});
    batch_end();
    return false;
}

void Session::start(std::shared_ptr<Transmission> transmission) {
    cycles_.push_back(transmission);
    transmission->run();
}

void Session::start_cycle(CycleId id, CyclePlan plan) {
    if (can_start(id)) {
        start(std::make_shared<Cycle>(loop_, clock_, *this, id, std::move(plan)));
    }
}

void Session::start_playback(const StartPlayback& playback) {
    if (can_start(playback.cycle)) {
        start(Playback::make(loop_, clock_, *this, playback.cycle, playback.target, playback.source));
    }
}

void Session::start_greeting(SendTarget target) {
    if (greeting_) {
        CyclePlan plan = *greeting_;
        plan.target = std::move(target);
        start_cycle(greeting_cycle, std::move(plan));
    }
}

void Session::stop_cycle(CycleId id) {
    if (id == greeting_cycle) {
        greeting_.reset();  // nor for those who come later
    }
    for (const auto& cycle : std::vector(cycles_)) {  // a copy: ending a cycle takes it out of the list
        if (cycle->id() == id) {
            cycle->stop();
        }
    }
    batch_end();
}

void Session::end_cycles() {
    for (const auto& cycle : std::vector(cycles_)) {
        cycle->stop();
    }
}

void Session::cycle_refused(const Transmission& cycle, const Error& error) { refuse(cycle.id(), error); }

void Session::cycle_finished(Transmission& cycle, const std::optional<Error>& error) {
    emit(CycleFinished{id_, cycle.id(), cycle.rounds(), cycle.missed_rounds(), error, cycle.late()});
    const auto found = std::find_if(cycles_.begin(), cycles_.end(),
                                    [&](const auto& entry) { return entry.get() == &cycle; });
    if (found != cycles_.end()) {
        loop_.post([finished = *found] {});  // it is on the stack
        cycles_.erase(found);
    }
    if (channel_) {
        channel_->cycle_ended();
    }
    batch_end();
}

SendRoute Session::cycle_route(const SendTarget& target, bool as_fast_as_possible) {
    if (!channel_ || !writer_.ready()) {
        return {};
    }
    const std::size_t limit = config_.send_queue_limit_bytes;
    SendRoute route;
    route.room_bytes =
        channel_->room(target, as_fast_as_possible ? std::min(fast_cycle_queue_bytes, limit) : limit);
    route.at_once = channel_->at_once(target);
    route.to_each = channel_->reaches_several(target);
    route.ends = channel_->ends_of(target);
    return route;
}

Result<void> Session::cycle_send(const SendTarget& target, std::span<const Payload> payloads,
                                 std::size_t& taken) {
    const auto channel = channel_;  // a send can cost it
    return channel->send_batch(target, payloads, taken);
}

Result<void> Session::cycle_send_to_each(const SendTarget& target,
                                         const std::function<Payload(const SendEnds&)>& make) {
    const auto channel = channel_;
    return channel->send_to_each(target, make);
}

bool Session::cycle_drained(const SendTarget& target) const {
    return !channel_ || channel_->is_drained(target);
}

bool Session::is_still_sending_to(ConnectionId connection) const {
    return replier_.is_waiting(connection) ||
           std::any_of(cycles_.begin(), cycles_.end(), [&](const auto& cycle) {
               const auto& targets = cycle->targets();
               return !cycle->is_endless() &&
                      std::any_of(targets.begin(), targets.end(), [&](const auto& target) {
                          const auto* one = std::get_if<ConnectionId>(&target);
                          return one == nullptr || *one == connection;
                      });
           });
}

void Session::disconnect(ConnectionId connection) {
    if (channel_) {
        channel_->disconnect(connection);
        batch_end();
    }
}

void Session::finish_sending(ConnectionId connection) {
    if (channel_) {
        channel_->finish_sending(connection);
        batch_end();
    }
}

void Session::set_echo(bool echo) {
    config_.echo = echo;
    if (channel_) {
        channel_->set_echo(echo);
    }
}

void Session::set_replies(std::shared_ptr<const ReplyPlan> plan) {
    replier_.set_plan(std::move(plan));
    batch_end();
}

void Session::give_reply(const ReplyTo& to, const Payload& payload) {
    if (!channel_) {
        return;
    }
    if (auto sent = channel_->reply(to, payload); !sent) {
        record_error(sent.error(), to.remote);
    }
}

void Session::replies_given() {
    if (channel_) {
        channel_->cycle_ended();
    }
}

void Session::reply_held() { add(counters_->replies_held, 1); }

void Session::tell_replies_held(std::uint64_t count) {
    capture::SessionEvent event;
    event.kind = capture::SessionEvent::Kind::note;
    event.message = fmt::format("{} answers were held back: more than the rate limit allows", count);
    record(std::move(event));
    batch_end();  // who is told finds it in the log
    emit(RepliesHeld{id_, count});
}

void Session::memory_available() {
    if (channel_) {
        channel_->resume_reading();
        channel_drained();
    }
}

void Session::channel_opened(const std::optional<Endpoint>& local, const std::optional<Endpoint>& remote) {
    if (local) {
        was_open_ = true;
        capture::SessionEvent event;
        event.kind = capture::SessionEvent::Kind::open;
        event.protocol = protocol_name(config_.protocol);
        event.local = local;
        event.remote = remote;
        event.port_chosen_by_system = !config_.local || config_.local->port == 0;
        record(std::move(event));
    }
    // First the change, then its record: who has read in the log that it is open can send.
    emit(StateChanged{id_, SessionState::open, local, remote, {}});
    batch_end();
}

void Session::channel_opening(const std::optional<Error>& error) {
    emit(StateChanged{id_, SessionState::opening, {}, {}, error});
}

void Session::channel_failed(const Error& error) {
    record_error(error, std::nullopt);
    end_cycles();
    retire_channel();
    record_close();
    batch_end();  // whoever sees the change finds its reason in the log
    emit(StateChanged{id_, SessionState::failed, {}, {}, error});
}

void Session::channel_ended() { close(); }

void Session::record(capture::SessionEvent event) {
    event.time = clock_.now();
    try {
        writer_.append_event(event);
    } catch (const std::bad_alloc&) {
        // The machine has no memory left. The session outlives that, and its counters tell what the log cannot.
    }
}

void Session::record_error(const Error& error, const std::optional<Endpoint>& remote) {
    capture::SessionEvent event;
    event.kind = capture::SessionEvent::Kind::error;
    event.code = error.code;
    event.message = error.message;
    event.remote = remote;
    record(std::move(event));
}

void Session::count_received(std::uint64_t packets, std::uint64_t bytes) {
    has_carried_ = true;
    add(counters_->rx_packets, packets);
    add(counters_->rx_bytes, bytes);
}

void Session::count_sent(std::uint64_t packets, std::uint64_t bytes) {
    has_carried_ = true;
    add(counters_->tx_packets, packets);
    add(counters_->tx_bytes, bytes);
}

void Session::count_dropped(std::uint64_t datagrams) {
    count_loss(counters_->dropped, unrecorded_drops_, datagrams);
}

void Session::count_discarded(std::uint64_t datagrams) {
    count_loss(counters_->discarded, unrecorded_discards_, datagrams);
}

void Session::count_loss(std::atomic<std::uint64_t>& counter, std::uint64_t& unrecorded,
                         std::uint64_t datagrams) {
    add(counter, datagrams);
    if (unrecorded_drops_ == 0 && unrecorded_discards_ == 0) {
        loss_timer_.start(loss_report_interval);
    }
    unrecorded += datagrams;
}

void Session::receive_buffer_granted(std::uint64_t granted_bytes, std::uint64_t wanted_bytes) {
    counters_->receive_buffer_bytes.store(granted_bytes, std::memory_order_relaxed);
    counters_->receive_buffer_wanted_bytes.store(wanted_bytes, std::memory_order_relaxed);
}

void Session::record_losses() {
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

void Session::record_loss(std::string_view by, std::uint64_t count, std::string message) {
    capture::SessionEvent event;
    event.kind = capture::SessionEvent::Kind::drop;
    event.count = count;
    event.by = by;
    event.message = std::move(message);
    record(std::move(event));
}

capture::Arrivals Session::arrivals() const {
    return {earlier_arrivals_.kept + counters_->rx_packets, earlier_arrivals_.dropped + counters_->dropped,
            earlier_arrivals_.discarded + counters_->discarded};
}

void Session::append_statistics() {
    try {
        writer_.append_statistics(clock_.now(), arrivals());
    } catch (const std::bad_alloc&) {
        // As in `record`.
    }
}

void Session::channel_drained() {
    for (const auto& cycle : std::vector(cycles_)) {
        cycle->run();
    }
}

void Session::target_lost(const SendTarget& target, std::size_t lost_bytes, const Error& error) {
    const auto* client = std::get_if<ConnectionId>(&target);
    replier_.forget(client != nullptr ? *client : ConnectionId{0});
    for (const auto& cycle : std::vector(cycles_)) {
        if (std::find(cycle->targets().begin(), cycle->targets().end(), target) != cycle->targets().end()) {
            const bool complete = cycle->is_endless() && lost_bytes == 0;
            cycle->stop(complete ? std::nullopt : std::optional(error));
        }
    }
}

void Session::update_gauges() {
    counters_->send_queue_bytes.store(channel_ ? channel_->queued_bytes() : 0, std::memory_order_relaxed);
    counters_->reading_paused.store(channel_ && channel_->reading_paused(), std::memory_order_relaxed);
}

void Session::batch_end() {
    update_gauges();
    writer_.publish();
    outlet_.notify();
}

}  // namespace sockdesk::engine
