#include "app/session_model.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "app/cycle_pace.hpp"
#include "app/message_translation.hpp"
#include "app/translation.hpp"
#include "codec/encoding.hpp"

namespace sockdesk::app {
namespace {

using engine::Protocol;
using engine::SessionState;

// Below the baseline: the session was opened again since, and counts from zero.
std::uint64_t since(std::uint64_t value, std::uint64_t base) { return value < base ? value : value - base; }

std::string place(const HostPort& at) {
    if (at.host.empty() || at.host == "0.0.0.0" || at.host == "::") {
        return at.port == 0 ? std::string() : fmt::format(" :{}", at.port);
    }
    return " " + (at.port == 0 ? at.host : at.to_string());
}

}  // namespace

const char* protocol_label(Protocol protocol) {
    switch (protocol) {
        case Protocol::tcp_server:
            return "TCP Server";
        case Protocol::tcp_client:
            return "TCP Client";
        case Protocol::udp:
            break;
    }
    return "UDP";
}

SessionModel::SessionModel(engine::SessionHandle handle, TabState tab, Submit submit)
    : handle_(std::move(handle)), tab_(std::move(tab)), submit_(std::move(submit)) {
    echo_to_rule(tab_);
}

bool SessionModel::is_locked() const {
    return state_ == SessionState::open || state_ == SessionState::opening;
}

FieldErrors SessionModel::field_errors() const {
    FieldErrors errors = check_session(tab_.session);
    if (auto encoding = codec::Encoding::find(tab_.view.encoding); !encoding) {
        errors[Field::encoding] = tr_message(encoding.error().message);
    }
    if (tab_.send.cycle) {
        if (const auto pace = cycle_pace(tab_.send); !pace) {
            using CycleField = CycleFault::Field;
            const CycleField field = pace.error().field;
            const bool often = field == CycleField::period || field == CycleField::rate;
            errors[often ? Field::period : Field::cycle] = pace.error().message;
        }
    }
    return errors;
}

std::string SessionModel::title() const {
    const SessionDraft& draft = tab_.session;
    std::string title = protocol_label(draft.protocol);
    if (draft.protocol == Protocol::tcp_client) {
        return title + place({draft.remote_host, parse_port(draft.remote_port).value_or(0)});
    }
    if (local_) {
        title += place({local_->address.to_string(), local_->port});
    } else {
        title += place({draft.local_host, parse_port(draft.local_port).value_or(0)});
    }
    if (!clients_.empty()) title += fmt::format(" ({})", clients_.size());
    return title;
}

void SessionModel::open() {
    // An encoding that is marked as unknown does not keep a socket closed: it concerns text alone.
    for (const auto& [field, error] : check_session(tab_.session)) return refuse(trf("Open: {}", error));
    notice_ = {};
    baseline_ = {};
    discarded_baseline_ = 0;
    held_baseline_ = 0;
    update_replies();
    peers_.clear();
    state_ = SessionState::opening;
    // One that goes on is the cycle of the send group: its button stops it.
    if (greeting_ && !greeting_->rounds) {
        cycle_ = engine::greeting_cycle;
        is_playback_ = false;
        cycle_progress_ = greeting_->progress;
    }
    engine::SessionConfig config = make_config(tab_.session);
    // Sends of the window name their target; only a greeting goes to the session's own. A name left from yesterday must not
    // keep a socket from opening.
    if (tab_.session.protocol == Protocol::udp && !greeting_) config.remote.reset();
    submit_(engine::OpenSession{id(), std::move(config), std::exchange(greeting_, std::nullopt)});
}

void SessionModel::close() {
    cycle_.reset();
    run_.reset();
    submit_(engine::CloseSession{id()});
}

std::optional<engine::SendTarget> SessionModel::target() {
    switch (tab_.session.protocol) {
        case Protocol::tcp_client:
            return engine::ToDefault{};
        case Protocol::tcp_server:
            if (clients_.empty()) {
                refuse(tr("Send: no client is connected. Sending begins to work when the first one comes."));
                return {};
            }
            if (is_chosen_client_gone()) {
                refuse(trf("Send: {} is no longer connected. Choose another client, or all of them.",
                           chosen_remote_->to_string()));
                return {};
            }
            if (chosen_client_) return *chosen_client_;
            return engine::ToAll{};
        case Protocol::udp:
            break;
    }
    auto target = parse_target(tab_.session.target);
    if (!target) {
        refuse(trf("Send: {}", target.error().message));
        return {};
    }
    return *target;
}

void SessionModel::stop() {
    if (!cycle_) return;
    submit_(engine::StopCycle{id(), *cycle_});
    // With no client there, nobody would answer.
    if (tab_.session.protocol == Protocol::tcp_server && cycle_ == engine::greeting_cycle) cycle_.reset();
}

void SessionModel::choose_client(std::optional<ConnectionId> connection) {
    chosen_client_ = connection;
    chosen_remote_.reset();
    for (const Client& client : clients_) {
        if (client.connection == connection) chosen_remote_ = client.remote;
    }
}

bool SessionModel::is_chosen_client_gone() const {
    return chosen_client_ && std::none_of(clients_.begin(), clients_.end(), [&](const Client& client) {
               return client.connection == *chosen_client_;
           });
}

void SessionModel::disconnect(ConnectionId connection) { submit_(engine::Disconnect{id(), connection}); }

void SessionModel::reply_to(const Endpoint& remote) {
    if (tab_.session.protocol == Protocol::udp) {
        tab_.session.target = remote.to_string();
    } else if (tab_.session.protocol == Protocol::tcp_server) {
        const auto client = std::find_if(clients_.begin(), clients_.end(),
                                         [&](const Client& c) { return c.remote == remote; });
        if (client == clients_.end())
            return refuse(trf("Reply: {} is no longer connected.", remote.to_string()));
        choose_client(client->connection);
    }
}

void SessionModel::start_saving(const std::string& path, capture::SaveMode mode) {
    tab_.view.save_path = path;
    submit_(engine::StartSaving{id(), path, mode});
}

void SessionModel::stop_saving() { submit_(engine::StopSaving{id()}); }

void SessionModel::set_greeting(const SessionSetup& setup) {
    if (setup.sends.empty()) return;
    engine::CyclePlan plan;
    for (const engine::Outgoing& outgoing : setup.sends) plan.steps.emplace_back(outgoing);
    plan.period = setup.period;
    plan.burst = setup.burst;
    plan.rounds = setup.rounds;
    plan.progress = std::make_shared<engine::CycleProgress>();
    greeting_ = std::move(plan);
}

capture::Totals SessionModel::raw_totals() const {
    const engine::SessionCounters& counters = *handle_.counters;
    capture::Totals totals;
    totals.rx_packets = counters.rx_packets.load(std::memory_order_relaxed);
    totals.rx_bytes = counters.rx_bytes.load(std::memory_order_relaxed);
    totals.tx_packets = counters.tx_packets.load(std::memory_order_relaxed);
    totals.tx_bytes = counters.tx_bytes.load(std::memory_order_relaxed);
    totals.dropped = counters.dropped.load(std::memory_order_relaxed);
    return totals;
}

capture::Totals SessionModel::totals() const {
    const capture::Totals now = raw_totals();
    return {since(now.rx_packets, baseline_.rx_packets), since(now.rx_bytes, baseline_.rx_bytes),
            since(now.tx_packets, baseline_.tx_packets), since(now.tx_bytes, baseline_.tx_bytes),
            since(now.dropped, baseline_.dropped)};
}

Loss SessionModel::loss() const {
    const engine::SessionCounters& counters = *handle_.counters;
    Loss loss;
    loss.by_kernel = totals().dropped;
    loss.by_us = since(counters.discarded.load(std::memory_order_relaxed), discarded_baseline_);
    loss.buffer_bytes = counters.receive_buffer_bytes.load(std::memory_order_relaxed);
    loss.buffer_wanted_bytes = counters.receive_buffer_wanted_bytes.load(std::memory_order_relaxed);
    return loss;
}

void SessionModel::reset_totals() {
    baseline_ = raw_totals();
    discarded_baseline_ = handle_.counters->discarded.load(std::memory_order_relaxed);
    held_baseline_ = handle_.counters->replies_held.load(std::memory_order_relaxed);
}

std::uint64_t SessionModel::replies_held() const {
    return since(handle_.counters->replies_held.load(std::memory_order_relaxed), held_baseline_);
}

std::uint64_t SessionModel::send_queue_bytes() const {
    return handle_.counters->send_queue_bytes.load(std::memory_order_relaxed);
}

bool SessionModel::reading_paused() const {
    return handle_.counters->reading_paused.load(std::memory_order_relaxed);
}

std::uint64_t SessionModel::all_bytes() const {
    const capture::Totals now = raw_totals();
    return now.rx_bytes + now.tx_bytes;
}

}  // namespace sockdesk::app
