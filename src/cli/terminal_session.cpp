#include "cli/terminal_session.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

#include <poll.h>
#include <unistd.h>

#include <fmt/format.h>

#include "archive/recordings.hpp"
#include "codec/escapes.hpp"

namespace sockdesk::cli {

namespace {

using engine::Protocol;

/// Enough for a write to be worth its system call, little enough to look after signals and timers in between.
constexpr std::size_t batch_bytes = std::size_t{128} << 10;

/// How long the first datagram is kept waiting at most, on a machine whose memory is slow to come by.
constexpr std::chrono::milliseconds longest_preparation{250};

/// How often to look whether everything has gone out, when nothing more is expected.
constexpr std::chrono::milliseconds flush_interval{50};

/// How often to look whether the process has come to the foreground, when input waits on a terminal.
constexpr std::chrono::seconds foreground_interval{1};

/// A session that sends something and has nothing else to wait for ends by itself (`--wait`); a server and a
/// client that connects again are there to stay.
bool waits_when_sent(const TerminalRequest& request) {
    const StopWhen& stop = request.stop;
    const bool sends = !request.unasked.empty() || request.read_stdin;
    return sends && request.expectations.empty() && request.setup.config.protocol != Protocol::tcp_server &&
           !request.setup.config.reconnect && !stop.count && !stop.after && !stop.idle;
}

std::string session_name(const engine::SessionConfig& config) {
    const auto& address =
        config.protocol == Protocol::tcp_client || !config.local ? config.remote : config.local;
    return fmt::format("{} {}", engine::protocol_name(config.protocol), address ? address->to_string() : "");
}

engine::EngineOptions engine_options(const engine::SessionConfig& config) {
    engine::EngineOptions options;
    options.memory.budget_bytes = TerminalSession::log_memory_bytes;
    if (config.protocol == Protocol::udp) {
        options.memory.spill_folder = archive::default_state_folder();
        // A flood of large datagrams may fill segments faster than fresh memory can be had.
        options.memory.ready_segments = 8;
    }
    return options;
}

void write_diagnostics(const std::string& text) {
    // Whoever closed stderr does not want to know.
    [[maybe_unused]] const std::size_t written = std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
}

/// How lines of standard input become messages; none: as they are.
std::optional<app::PayloadCompiler> line_compiler(const TerminalRequest& request) {
    app::PayloadSpec spec;
    spec.encoding = request.setup.encoding;
    spec.escapes = request.escapes;
    spec.templates = request.templates;
    if (request.setup.trailer) spec.trailer = request.setup.trailer->to_string();
    if (spec == app::PayloadSpec()) return std::nullopt;
    return app::PayloadCompiler::make(spec).value();
}

}  // namespace

TerminalSession::TerminalSession(TerminalRequest request)
    : request_(std::move(request)),
      output_(STDOUT_FILENO),
      rules_(request_.stop, waits_when_sent(request_), steady_now()),
      sends_(request_.unasked, first_unasked_cycle),
      engine_(engine_options(config())),
      session_(engine_.create_session(session_name(config()))),
      reader_(session_.log) {
    const codec::Encoding encoding =
        codec::Encoding::find(request_.setup.encoding).value_or(codec::Encoding::utf8());
    printer_ = make_record_printer(request_.format, session_.id, config().protocol, request_.setup.view,
                                   encoding, request_.verify);
    if (!request_.expectations.empty()) {
        expectations_.emplace(std::move(request_.expectations), encoding);
        expectations_->begin(steady_now());
    }
    if (request_.unasked.source && isatty(STDERR_FILENO) == 1) progress_.emplace(STDERR_FILENO);
    if (request_.read_stdin) {
        LineOptions options;
        options.compiler = line_compiler(request_);
        options.keep_empty = config().protocol == Protocol::udp;
        input_.emplace(STDIN_FILENO, options);
        // A peer that has said all it wants to say may still want to hear the rest of a file.
        request_.setup.config.keep_half_open = is_client() && !config().reconnect && !input_->interactive();
    }
}

int TerminalSession::run() {
    start();
    while (phase_ != Phase::done) {
        wait();
        wake_up_.clear();
        if (interrupts_.requested()) interrupt();
        handle_events();
        print_records();
        send_input();
        apply_rules();
        flush();
        show_progress();
    }
    print_records();
    engine_.on_activity(nullptr);
    if (progress_) progress_->erase();
    const int status = exit_status();
    flush();
    return status;
}

void TerminalSession::start() {
    engine_.on_activity([this] { wake_up_.notify(); });
    if (config().protocol == Protocol::udp) engine_.memory()->wait_until_ready(longest_preparation);
    if (!request_.setup.save_path) {
        open_session();
        return;
    }
    std::error_code ignored;
    const std::filesystem::path& path = *request_.setup.save_path;
    if (request_.setup.save_mode == capture::SaveMode::append &&
        std::filesystem::is_regular_file(path, ignored) && std::filesystem::file_size(path, ignored) > 0) {
        note(fmt::format("{} holds a capture already: appending to it (--overwrite replaces it)",
                         path.string()));
    }
    engine_.submit(engine::StartSaving{session_.id, path, request_.setup.save_mode});
}

bool TerminalSession::set_replies() {
    const app::ReplySetup& replies = request_.setup.replies;
    if (replies.rules.empty()) return true;
    auto plan = app::compile_plan(replies.rules, {request_.setup.encoding, replies.escapes});
    if (!plan) {  // a file in it was there a moment ago
        fail_with(fmt::format("--reply: {}", plan.error().what.error.message));
        return false;
    }
    if (replies.per_second) plan->limit_to(*replies.per_second);
    engine_.submit(engine::SetReplies{session_.id, std::make_shared<engine::ReplyPlan>(std::move(*plan))});
    return true;
}

void TerminalSession::open_session() {
    phase_ = Phase::running;
    if (!set_replies()) {
        leave();
        return;
    }
    engine_.submit(engine::OpenSession{session_.id, config(), sends_.greeting()});
    // The time until it is connected counts as well where that may never be.
    if (config().reconnect) rules_.opened(steady_now());
}

void TerminalSession::begin_sends(const engine::SendTarget& target) {
    const auto begun = sends_.begin(engine_, session_.id, target, steady_now());
    if (begun) return;
    fail_and_tell(begun.error().message);  // it could be read a moment ago
    if (!is_server()) request_stop();
}

std::optional<SteadyTime> TerminalSession::next_look() const {
    if (next_record_ < session_.log->published()) return SteadyTime{};
    if (phase_ != Phase::running) return std::nullopt;
    std::optional<SteadyTime> first = rules_.deadline();
    const auto consider = [&first](std::optional<SteadyTime> time) {
        if (time && (!first || *time < *first)) first = time;
    };
    if (expectations_) {
        consider(fence_passed_ ? steady_now() + flush_interval : expectations_->deadline());
        consider(expectations_->decides_at());
    }
    if (progress_ && sends_.sends_file()) consider(progress_->due());
    return first;
}

void TerminalSession::wait() {
    // Nothing is asked of stdout: that nobody reads it any more is told unasked.
    const int watched_output = phase_ == Phase::running ? STDOUT_FILENO : -1;
    std::array<pollfd, 4> descriptors = {{{interrupted_ ? -1 : interrupts_.fd(), POLLIN, 0},
                                          {wake_up_.fd(), POLLIN, 0},
                                          {watched_output, 0, 0},
                                          {-1, POLLIN, 0}}};
    std::optional<SteadyTime> until = next_look();
    if (phase_ == Phase::running && input_ && input_->wants_input() &&
        (somebody_listens() || input_->interactive())) {
        if (input_->in_background()) {
            const SteadyTime again = steady_now() + foreground_interval;
            until = until ? std::min(*until, again) : again;
        } else {
            descriptors[3].fd = input_->fd();
        }
    }

    timespec timeout{};
    if (until) {
        const auto left = std::max(*until - steady_now(), std::chrono::nanoseconds{0});
        timeout.tv_sec = static_cast<time_t>(left.count() / 1'000'000'000);
        timeout.tv_nsec = static_cast<long>(left.count() % 1'000'000'000);
    }
    if (ppoll(descriptors.data(), descriptors.size(), until ? &timeout : nullptr, nullptr) <= 0) return;
    if (descriptors[2].revents != 0) request_stop();
    input_ready_ = descriptors[3].revents != 0;
}

void TerminalSession::interrupt() {
    if (std::exchange(interrupted_, true)) return;
    request_stop();
}

void TerminalSession::handle_events() {
    for (const engine::Event& event : engine_.take_events()) {
        std::visit([this](const auto& each) { handle(each); }, event);
    }
}

void TerminalSession::print_records() {
    const RecordCount published = session_.log->published();
    bool received = false;
    while (next_record_ < published && interrupts_.requested() == interrupted_) {
        while (next_record_ < published && output_.buffer().size() < batch_bytes) {
            const capture::RecordView record = reader_.record(next_record_++);
            if (record.kind == capture::RecordKind::payload &&
                record.direction == capture::Direction::received) {
                received = true;
                last_peer_ = record.remote;
                if (!rules_.count_received()) continue;
                if (expectations_) expectations_->add(record, steady_now());
            }
            print_record(record);
        }
        flush();
        session_.log->release_before(next_record_);
    }
    if (received) rules_.received(steady_now());
    flush();
}

void TerminalSession::print_record(const capture::RecordView& record) {
    if (record.kind == capture::RecordKind::payload) {
        printer_->print_payload(record, output_.buffer());
        return;
    }
    const capture::SessionEvent event = capture::decode_event(record);
    printer_->print_event(event, output_.buffer(), diagnostics_);
    switch (event.kind) {
        case capture::SessionEvent::Kind::error:
            last_error_ = event.message;
            // stdout has no place for it, and it may be what the process ends with.
            if (request_.format == Format::raw) {
                note(event.message);
                if (failure_ == event.message) failure_told_ = true;
            }
            break;
        case capture::SessionEvent::Kind::half_close:
            peer_finished_ = true;
            break;
        case capture::SessionEvent::Kind::disconnect:
            if (expectations_ && event.local && event.remote) {
                expectations_->stream_ended(*event.local, *event.remote, steady_now());
            }
            connection_ended(event);
            break;
        default:
            break;
    }
}

/// A client's connection that broke is a failure; one that either side has ended is not.
void TerminalSession::connection_ended(const capture::SessionEvent& event) {
    if (!is_client() || config().reconnect || stopped_ || expectations_met()) return;
    if (event.reason == "closed by peer") return;
    if (event.reason != "closed") {
        fail_with(fmt::format("connection to {}: {}", event.remote ? event.remote->to_string() : "the server",
                              event.reason));
    } else if (!finish_sent_ && !last_error_.empty()) {
        fail_with(last_error_);  // it says what kind of end this was
    }
}

void TerminalSession::flush() {
    if (output_.buffer().empty() && diagnostics_.empty()) return;
    if (progress_) progress_->erase();
    if (output_.flush() != BatchWriter::State::good) {
        if (output_.state() == BatchWriter::State::failed) {
            fail_with(fmt::format("standard output: {}", std::strerror(output_.error())));
        }
        request_stop();
    }
    write_diagnostics(diagnostics_);
    diagnostics_.clear();
}

bool TerminalSession::somebody_listens() const {
    if (!open_) return false;
    switch (config().protocol) {
        case Protocol::tcp_server:
            return clients_ != 0;
        case Protocol::udp:
            return config().remote.has_value() || last_peer_.has_value();
        case Protocol::tcp_client:
            break;
    }
    return true;
}

void TerminalSession::send_input() {
    if (!input_ || phase_ != Phase::running) return;
    if (std::exchange(input_ready_, false)) input_->read_input();
    if (!somebody_listens()) {
        if (input_->interactive() && input_->has_lines()) {
            input_->discard_lines();
            note(is_server()   ? "not sent: no client is connected"
                 : is_client() ? "not sent: not connected"
                               : "not sent: nobody to send to; give --remote, or wait until somebody writes");
        }
        return;
    }
    const auto payloads = input_->next_batch([this](const std::string& problem) { input_problem(problem); });
    if (!payloads) return;
    engine::CyclePlan plan;
    plan.steps.assign(payloads->begin(), payloads->end());
    if (is_server()) {
        plan.target = engine::ToAll{};
    } else if (!config().remote) {
        plan.target = HostPort{last_peer_->address.to_string(), last_peer_->port};
    }
    engine_.submit(engine::StartCycle{session_.id, input_cycle, std::move(plan)});
}

void TerminalSession::show_progress() {
    if (!progress_ || phase_ != Phase::running || !sends_.sends_file()) return;
    const SteadyTime now = steady_now();
    if (now < progress_->due()) return;
    progress_->update(sends_.source_totals(now), request_.unasked.source->path.string(), now);
}

bool TerminalSession::everything_sent() {
    if (!open_ || sends_.under_way()) return false;
    if (sends_.any() && !sends_.begun()) return false;
    return !input_ || input_->finished();
}

void TerminalSession::finish_sending() {
    if (finish_sent_) return;
    finish_sent_ = true;
    engine_.submit(engine::FinishSending{session_.id, ConnectionId{0}});
}

}  // namespace sockdesk::cli
