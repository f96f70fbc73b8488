#include "engine/session.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "engine/cycle.hpp"
#include "engine/playback.hpp"
#include "engine/tcp_client_channel.hpp"
#include "engine/tcp_server_channel.hpp"
#include "engine/udp_channel.hpp"

namespace sockdesk::engine {

namespace {

/// What a cycle that goes as fast as it can may have waiting: enough to keep the kernel busy, little to lose
/// at a stop.
constexpr std::size_t fast_cycle_queue_bytes = std::size_t{1} << 20;

constexpr std::size_t min_send_queue_bytes = 1024;
constexpr std::chrono::milliseconds min_reconnect_delay{1};

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
      outlet_(std::move(outlet)),
      ledger_(loop, clock, std::move(writer), std::move(counters), [this] { batch_end(); }),
      saving_(id, ledger_.writer().log(), std::move(saving_outlet)),
      recording_(id, ledger_.writer().log(), std::move(recording_outlet)),
      random_(seed()),
      maker_(clock, random_),
      replier_(loop, clock, maker_, *this) {}

Session::~Session() { shut(); }

void Session::open(const SessionConfig& config, const std::optional<CyclePlan>& greeting) {
    shut();
    config_ = config;
    // Nothing could ever be sent with a limit of 0, and a wait of 0 would connect without end.
    config_.send_queue_limit_bytes = std::max(config_.send_queue_limit_bytes, min_send_queue_bytes);
    config_.reconnect_min = std::max(config_.reconnect_min, min_reconnect_delay);
    config_.reconnect_max = std::max(config_.reconnect_max, config_.reconnect_min);
    greeting_ = greeting;
    start_recording();
    ledger_.begin();
    replier_.set_echo(config_.echo);
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
        ledger_.record_close();
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

void Session::end_recording() { ledger_.has_carried() ? recording_.stop() : recording_.stop_and_delete(); }

void Session::send(const SendTarget& target, const Outgoing& payload) {
    if (!channel_) {
        refuse(std::nullopt, session_closed());
        return;
    }
    if (auto sent = send_now(target, payload); !sent) {
        refuse(std::nullopt, sent.error());
    } else if (const Recipe* const recipe = payload.recipe()) {
        recipe->sent_by_hand->fetch_add(1, std::memory_order_relaxed);
    }
    batch_end();
}

Result<void> Session::send_now(const SendTarget& target, const Outgoing& what) {
    const Recipe* const recipe = what.recipe();
    const std::uint64_t counter =
        recipe != nullptr ? recipe->sent_by_hand->load(std::memory_order_relaxed) : 0;
    if (recipe == nullptr) {
        return channel_->send(target, maker_.make(what, {}, counter));
    }
    if (channel_->reaches_several(target)) {
        const auto make = [&](const SendEnds& ends) { return maker_.make(what, ends, counter); };
        return channel_->send_to_each(target, std::ref(make));
    }
    const auto later = channel_->send_when_known(
        target, [this, what, counter](const SendEnds& ends) { return maker_.make(what, ends, counter); },
        most_bytes(what));
    if (!later || *later) {
        return later ? Result<void>() : tl::unexpected(later.error());
    }
    channel_->prepare_to(target);
    return channel_->send(target, maker_.make(what, channel_->ends_of(target), counter));
}

void Session::refuse(std::optional<CycleId> cycle, const Error& error) {
    // A refusal belongs into the log only where there is a session to log: a click on a closed one is the
    // face's matter.
    if (channel_) {
        ledger_.record_error(error, std::nullopt);
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
        start(Playback::make(loop_, clock_, *this, playback));
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
    if (!channel_ || !ledger_.writer().ready()) {
        return {};
    }
    channel_->prepare_to(target);
    const std::size_t limit = config_.send_queue_limit_bytes;
    SendRoute route;
    route.room_bytes =
        channel_->room(target, as_fast_as_possible ? std::min(fast_cycle_queue_bytes, limit) : limit);
    route.at_once = channel_->at_once(target);
    route.to_each = channel_->reaches_several(target);
    return route;
}

SendEnds Session::cycle_ends(const SendTarget& target) { return channel_->ends_of(target); }

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
    replier_.set_echo(echo);
}

void Session::set_replies(std::shared_ptr<const ReplyPlan> plan) {
    replier_.set_plan(std::move(plan));
    batch_end();
}

Result<void> Session::give_reply(const ReplyTo& to, const Payload& payload) {
    return channel_ ? channel_->reply(to, payload) : Result<void>{};
}

bool Session::has_room(ConnectionId connection) const {
    return !channel_ || channel_->has_room_for_reply(connection);
}

void Session::hold_reading(ConnectionId connection, bool hold) {
    if (channel_) {
        channel_->hold_reading(connection, hold);
    }
}

void Session::replies_given() {
    if (channel_) {
        channel_->cycle_ended();
    }
}

void Session::tell_replies_held(std::uint64_t count) {
    ledger_.record_note(describe_replies_held(count));
    batch_end();  // who is told finds it in the log
    emit(RepliesHeld{id_, count});
}

void Session::tell_reply_refused(const ReplyTo& to, const Error& error) {
    ledger_.record_error(error, to.remote);
}

void Session::tell_replies_refused(std::uint64_t more) {
    ledger_.record_note(more == 1 ? std::string("1 more answer could not be sent")
                                  : fmt::format("{} more answers could not be sent", more));
}

void Session::tell_replies_dropped(std::uint64_t count) {
    ledger_.record_note(
        count == 1 ? std::string("1 answer still waited for its time and was not given")
                   : fmt::format("{} answers still waited for their time and were not given", count));
}

void Session::memory_available() {
    if (channel_) {
        channel_->resume_reading();
        channel_drained();
    }
}

void Session::channel_opened(const std::optional<Endpoint>& local, const std::optional<Endpoint>& remote) {
    if (local) {
        ledger_.record_open(config_, local, remote);
    }
    // First the change, then its record: who has read in the log that it is open can send.
    emit(StateChanged{id_, SessionState::open, local, remote, {}});
    batch_end();
}

void Session::channel_opening(const std::optional<Error>& error) {
    emit(StateChanged{id_, SessionState::opening, {}, {}, error});
}

void Session::channel_failed(const Error& error) {
    ledger_.record_error(error, std::nullopt);
    end_cycles();
    retire_channel();
    ledger_.record_close();
    batch_end();  // whoever sees the change finds its reason in the log
    emit(StateChanged{id_, SessionState::failed, {}, {}, error});
}

void Session::channel_ended() { close(); }

void Session::channel_drained() {
    // One that ends takes itself out of the list.
    for (std::size_t i = 0; i < cycles_.size();) {
        const std::shared_ptr<Transmission> cycle = cycles_[i];
        cycle->run();
        if (i < cycles_.size() && cycles_[i] == cycle) {
            ++i;
        }
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

void Session::batch_end() {
    ledger_.set_gauges(channel_ ? channel_->queued_bytes() : 0, channel_ && channel_->reading_paused());
    ledger_.writer().publish();
    outlet_.notify();
}

}  // namespace sockdesk::engine
