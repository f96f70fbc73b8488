// When and how a session in the terminal ends.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "cli/terminal_session.hpp"
#include "codec/escapes.hpp"

namespace sockdesk::cli {

int TerminalSession::exit_status() {
    tell_source_summary();
    if (const app::TrailerTally* tally = printer_->tally()) {
        note(app::describe_tally(*tally, *request_.verify));
    }
    if (!failure_ && !interrupted_) {
        if (const std::string left = left_unsent(); !left.empty()) fail_with(left);
    }
    if (failure_ && !failure_told_) note(*failure_);
    // A session that could not even be opened has failed, whatever was expected of it.
    if (expectations_ && !expectations_->all_met() && (was_open_ || !failure_)) {
        diagnostics_ += expectations_->report(unmet_);
        if (!was_open_ && last_attempt_)
            note(fmt::format("the session was not open: {}", last_attempt_->message));
        return exit_expectation_failed;
    }
    if (failure_) return exit_failed;
    return input_failed_ && !interrupted_ ? exit_failed : exit_done;
}

std::string TerminalSession::left_unsent() const {
    if (!expectations_met() || !stopped_) return {};
    std::string left = sends_.cut_off();
    const auto add = [&left](const std::string& what) { left += (left.empty() ? "" : ", ") + what; };
    if (!left.empty()) left += " sent";
    if (queued_at_end_ != 0) {
        add(fmt::format("{}{} bytes were not taken any more", left.empty() ? "" : "of which ",
                        queued_at_end_));
    }
    if (replies_at_end_ != 0) {
        add(fmt::format("{} answer{} not given yet", replies_at_end_,
                        replies_at_end_ == 1 ? " was" : "s were"));
    }
    if (left.empty()) return {};
    return fmt::format(
        "what was expected has come, but the session ended before everything was sent{}: {}",
        stalled_ ? fmt::format(", as nothing was taken for {} s", StallWatch::patience.count()) : "", left);
}

void TerminalSession::tell_source_summary() {
    UnaskedSends::SourceTotals totals = sends_.source_totals(steady_now());
    // What was in the queue never left it.
    if (totals.complete != totals.runs) totals.sent_bytes -= std::min(totals.sent_bytes, queued_at_end_);
    if (totals.runs != 0) note(source_summary(totals, request_.unasked.source->path.string()));
}

bool TerminalSession::nothing_waits() {
    if (sends_.unfinished()) return false;
    if (input_ && (input_->has_lines() || input_->reads_on())) return false;
    return session_.counters->send_queue_bytes == 0 && session_.counters->replies_waiting == 0;
}

void TerminalSession::apply_expectations(SteadyTime now) {
    expectations_->pass_time(now);
    if (!expectations_->all_met()) {
        if (!expectations_->is_late(now)) return;
        unmet_ = fmt::format("within {}", expectations_->patience());
        request_stop();
        return;
    }
    if (!fence_asked_) {
        // What has arrived is answered by then, or waits to be answered, and all that was asked for has begun.
        fence_asked_ = true;
        engine::StartCycle fence;
        fence.session = session_.id;
        fence.cycle = fence_cycle;
        engine_.submit(std::move(fence));
    }
    if (!fence_passed_) return;
    if (nothing_waits()) {
        request_stop();
        return;
    }
    const engine::SessionCounters& counters = *session_.counters;
    stalled_ = stall_.is_stalled(counters.send_queue_bytes, counters.tx_bytes, now);
    if (stalled_) request_stop();
}

void TerminalSession::apply_rules() {
    if (phase_ == Phase::running && expectations_) apply_expectations(steady_now());
    if (phase_ != Phase::running) return;
    const bool sent = everything_sent();
    if (sent && is_client() && input_ && !config().reconnect) {
        finish_sending();
        if (peer_finished_) {  // both directions are over
            request_stop();
            return;
        }
    }
    const SteadyTime now = steady_now();
    // A peer that has closed may be gone altogether: input that does not come is not waited for without end.
    rules_.set_all_sent(sent || (is_client() && peer_finished_ && !(input_ && input_->has_lines())), now);
    if (rules_.reached(now)) {
        out_of_time_ = true;
        request_stop();
    }
}

void TerminalSession::request_stop() {
    stopped_ = true;
    if (phase_ == Phase::preparing) {
        leave();
    } else if (phase_ == Phase::running) {
        phase_ = Phase::closing;
        queued_at_end_ = session_.counters->send_queue_bytes;
        replies_at_end_ = session_.counters->replies_waiting;
        engine_.submit(engine::CloseSession{session_.id});
    }
}

void TerminalSession::leave() {
    if (phase_ == Phase::leaving || phase_ == Phase::done) return;
    phase_ = Phase::leaving;
    // Answered when all that came before is in the log and the file complete.
    engine_.submit(engine::RemoveSession{session_.id});
}

void TerminalSession::fail_with(const std::string& message) {
    if (failure_) return;
    failure_ = message;
    failure_told_ = request_.format == Format::raw && message == last_error_;
}

void TerminalSession::fail_and_tell(const std::string& message) {
    const bool first = !failure_;
    fail_with(message);
    if (first) failure_told_ = true;
    note(message);
}

void TerminalSession::input_problem(const std::string& message) {
    if (!input_->interactive()) input_failed_ = true;
    note(message);
}

void TerminalSession::note(const std::string& message) {
    diagnostics_ += fmt::format("sockdesk: {}\n", codec::escape_controls(message));
}

}  // namespace sockdesk::cli
