// What a session in the terminal does about the engine's events.
#include <algorithm>

#include <fmt/format.h>

#include "cli/terminal_session.hpp"
#include "engine/receive_buffer.hpp"

namespace sockdesk::cli {

using engine::SessionState;

void TerminalSession::handle(const engine::StateChanged& event) {
    switch (event.state) {
        case SessionState::opening:
            open_ = false;
            if (event.error) last_attempt_ = event.error;
            break;
        case SessionState::open:
            if (!open_ && !is_server()) begin_sends(engine::ToDefault{});
            if (!was_open_) tell_small_receive_buffer();
            open_ = was_open_ = true;
            rules_.opened(steady_now());
            break;
        case SessionState::failed:
            if (event.error) fail_with(event.error->message);
            leave();
            break;
        case SessionState::closed:
            if (!was_open_ && out_of_time_) {
                fail_with(last_attempt_
                              ? last_attempt_->message
                              : fmt::format("open {}: not done in the time that --for gives; give it longer",
                                            session_.log->name()));
            }
            leave();
            break;
    }
}

/// Before anything is lost: who starts a receiver for a flood can still raise the limit.
void TerminalSession::tell_small_receive_buffer() {
    constexpr std::uint64_t enough = std::uint64_t{4} << 20;
    const std::uint64_t granted = session_.counters->receive_buffer_bytes;
    const std::uint64_t wanted = session_.counters->receive_buffer_wanted_bytes;
    if (granted != 0 && granted < std::min(wanted, enough)) {
        note(engine::describe_small_receive_buffer(granted, wanted));
    }
}

void TerminalSession::handle(const engine::ClientConnected& event) {
    ++clients_;
    begin_sends(event.connection);
}

void TerminalSession::handle(const engine::ClientDisconnected&) { --clients_; }

void TerminalSession::handle(const engine::CycleFinished& event) {
    if (event.missed_rounds != 0) {
        note(fmt::format("{} of {} rounds were left out: their time had passed", event.missed_rounds,
                         event.rounds + event.missed_rounds));
    }
    if (event.late != 0) {
        note(fmt::format("{} sends were late: whoever receives them, or this machine, did not keep up",
                         event.late));
    }
    if (event.cycle == fence_cycle) {
        fence_passed_ = true;
        return;
    }
    if (const auto end = sends_.finished(event, steady_now())) {
        sends_ended(event, *end);
        return;
    }
    if (!input_) return;
    // Everybody left while the lines were on their way: they wait for the next client.
    if (event.error && is_server() && clients_ == 0 && !input_->interactive()) {
        input_->batch_returned();
        return;
    }
    input_->batch_done();
    // A person sees the error in the log and types on.
    if (event.error && !input_->interactive()) input_problem(event.error->message);
}

void TerminalSession::sends_ended(const engine::CycleFinished& event, const UnaskedSends::End& end) {
    if (!event.error) return;
    const bool stays = is_server() || config().reconnect;
    if (end.file_failed && stays) {
        fail_and_tell(event.error->message);  // who comes later gets what there is then
    } else if (!stays) {
        fail_with(event.error->message);
        request_stop();
    } else if (end.is_source && config().reconnect) {
        note(
            fmt::format("{}: the connection was lost after {} of {} bytes; the next one gets the file from "
                        "its beginning",
                        request_.unasked.source->path.string(), end.sent_bytes, end.total_bytes));
    }
}

void TerminalSession::handle(const engine::RepliesHeld& event) {
    note(engine::describe_replies_held(event.count));
}

void TerminalSession::handle(const engine::LogStorageChanged& event) {
    if (event.error) {
        note(event.error->message + "; more memory is used meanwhile");
    }
}

void TerminalSession::handle(const engine::SaveChanged& event) {
    saving_ = event.saving;
    if (event.error && phase_ != Phase::preparing) fail_and_tell(event.error->message);
    if (phase_ == Phase::preparing) {
        if (event.error) {
            diagnostics_.clear();  // it was not appended to after all
            fail_with(event.error->message);
            leave();
        } else {
            open_session();
        }
    }
    if (phase_ == Phase::leaving && removed_ && !saving_) phase_ = Phase::done;
}

void TerminalSession::handle(const engine::SessionRemoved&) {
    removed_ = true;
    if (!saving_) phase_ = Phase::done;
}

}  // namespace sockdesk::cli
