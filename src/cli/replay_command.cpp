#include "cli/replay_command.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include "archive/recordings.hpp"
#include "cli/amounts.hpp"
#include "cli/batch_writer.hpp"
#include "cli/capture_arguments.hpp"
#include "cli/capture_input.hpp"
#include "cli/interrupts.hpp"
#include "cli/replay_flow.hpp"
#include "cli/stop_rules.hpp"
#include "cli/wake_up.hpp"
#include "codec/escapes.hpp"
#include "engine/engine.hpp"

namespace sockdesk::cli {

namespace {

using capture::Transport;
using engine::SessionState;

constexpr std::size_t batch_bytes = std::size_t{128} << 10;

/// Of the capture that is replayed, and of what is sent and answered and not printed yet.
constexpr std::size_t capture_memory_bytes = std::size_t{256} << 20;
constexpr std::size_t session_memory_bytes = std::size_t{128} << 20;

constexpr CycleId playback{1};

class ReplayCommand {
public:
    explicit ReplayCommand(const ReplayRequest& request)
        : request_(request),
          encoding_(codec::Encoding::find(request.encoding).value_or(codec::Encoding::utf8())),
          output_(STDOUT_FILENO),
          rules_(StopWhen{.count = {}, .after = {}, .idle = {}, .wait = request.wait}, true, steady_now()),
          pool_(std::make_shared<capture::SegmentPool>(
              capture::SegmentPoolOptions{.ready_segments = 1,
                                          .budget_bytes = capture_memory_bytes,
                                          .spill_folder = archive::default_state_folder()})),
          input_(pool_, request.file, false, [this] { wake_up_.notify(); }) {}

    int run() {
        if (!read_capture() || !make_plan()) return status_;
        engine_.emplace(engine::EngineOptions{.memory = {.budget_bytes = session_memory_bytes}});
        engine_->on_activity([this] { wake_up_.notify(); });
        begin();
        while (!is_over()) {
            wait(next_deadline());
            wake_up_.clear();
            handle_events();
            open_what_is_due();
            print_records();
            apply_rules();
        }
        leave();
        tell_lateness();
        return status_;
    }

private:
    static SteadyTime steady_now() { return SystemClock().steady_now(); }

    // ---- before

    bool read_capture() {
        while (!stopped_) {
            wake_up_.clear();
            const auto opened = input_.advance();
            if (!opened) {
                fail_with(input_.worded(opened.error().message));
                return false;
            }
            if (*opened) {
                const archive::ReadProgress progress = input_.progress();
                if (progress.problem) fail_with(input_.worded(progress.problem->message));
                if (progress.done) return true;
            }
            wait(std::nullopt);
        }
        return false;
    }

    bool make_plan() {
        const auto& log = input_.file().log();
        app::ReplayChoice choice;
        if (log->published() != 0) {
            capture::LogReader reader(log);
            choice.filter = make_filter(request_.filter, encoding_, reader.record(0).time);
        }
        choice.direction = request_.direction;
        choice.transport = request_.transport;

        // Beside the waiting for signals: a long capture takes seconds.
        std::atomic<bool> cancel{false};
        std::atomic<bool> done{false};
        std::optional<Result<app::ReplayPlan>> made;
        std::thread planning([&] {
            made = app::plan_replay(log, choice, cancel);
            done.store(true);
            wake_up_.notify();
        });
        while (!done.load() && !stopped_) {
            wait(std::nullopt);
            wake_up_.clear();
        }
        cancel.store(true);
        planning.join();
        if (stopped_) return false;
        if (!*made) {
            const Error& error = made->error();
            fail_with(error.message + (error.kind == ErrorKind::bad_input ? ", or with --protocol" : ""));
            return false;
        }
        return accept(std::move(**made));
    }

    bool accept(app::ReplayPlan plan) {
        if (plan.flows.size() > 1 && request_.from && request_.from->port != 0) {
            fail_with(fmt::format("{} connections cannot all come from port {}; leave the port of --from out",
                                  plan.flows.size(), request_.from->port));
            return false;
        }
        transport_ = plan.transport;
        begin_ = plan.begin;
        records_ = plan.records();
        duration_ = app::replay_time(plan.duration(), request_.speed);
        for (app::ReplayFlow& flow : plan.flows) flows_.push_back(Flow{.plan = std::move(flow)});
        if (duration_ >= std::chrono::minutes(1)) {
            tell(fmt::format("{} {} will take {}; --speed makes it shorter", records_,
                             transport_ == Transport::udp ? "datagrams" : "pieces of streams",
                             in_words(duration_)));
        }
        return true;
    }

    // ---- meanwhile

    void begin() {
        const SteadyTime now = steady_now();
        for (Flow& flow : flows_) {
            flow.opens_at = now + app::replay_time(flow.plan.begin - begin_, request_.speed);
        }
        open_what_is_due();
    }

    void open_what_is_due() {
        const SteadyTime now = steady_now();
        for (Flow& flow : flows_) {
            if (flow.state == Flow::State::waiting && flow.opens_at <= now && !closing_) open(flow);
        }
    }

    void open(Flow& flow) {
        engine::SessionConfig config;
        config.protocol = transport_ == Transport::udp ? engine::Protocol::udp : engine::Protocol::tcp_client;
        config.remote = request_.to;
        config.local = request_.from;
        flow.session = engine_->create_session(
            fmt::format("{} {}", engine::protocol_name(config.protocol), request_.to.to_string()));
        flow.reader.emplace(flow.session.log);
        flow.printer =
            make_record_printer(request_.format, flow.session.id, config.protocol, request_.view, encoding_);
        flow.state = Flow::State::opening;
        engine_->submit(engine::OpenSession{flow.session.id, config, std::nullopt});
    }

    void handle_events() {
        for (const engine::Event& event : engine_->take_events()) {
            if (const auto* change = std::get_if<engine::StateChanged>(&event)) state_changed(*change);
            if (const auto* finished = std::get_if<engine::CycleFinished>(&event)) all_sent(*finished);
            if (const auto* removed = std::get_if<engine::SessionRemoved>(&event)) {
                flow_of(removed->session).removed = true;
            }
        }
    }

    Flow& flow_of(SessionId session) {
        return *std::ranges::find_if(flows_,
                                     [session](const Flow& flow) { return flow.session.id == session; });
    }

    void state_changed(const engine::StateChanged& change) {
        Flow& flow = flow_of(change.session);
        switch (change.state) {
            case SessionState::opening:
                break;
            case SessionState::open:
                if (flow.state == Flow::State::opening) send(flow);
                break;
            case SessionState::failed:
                if (change.error) fail_with(change.error->message);
                flow.state = Flow::State::over;
                break;
            case SessionState::closed:
                flow.state = Flow::State::over;
                break;
        }
    }

    void send(Flow& flow) {
        flow.state = Flow::State::sending;
        const bool alone = flows_.size() == 1;
        // From its own beginning: the socket was opened when that was due.
        const Timestamp flow_begin = flow.plan.begin;
        auto source = std::make_shared<app::ReplaySource>(input_.file().log(), std::move(flow.plan),
                                                          flow_begin, request_.speed, alone);
        engine_->submit(
            engine::StartPlayback{flow.session.id, playback, std::move(source), engine::ToDefault{}});
    }

    void all_sent(const engine::CycleFinished& finished) {
        Flow& flow = flow_of(finished.session);
        late_ += finished.late;
        if (finished.error && !closing_) fail_with(finished.error->message);
        if (flow.state != Flow::State::sending) return;
        flow.state = Flow::State::sent;
        if (transport_ == Transport::tcp) {
            engine_->submit(engine::FinishSending{flow.session.id, ConnectionId{0}});
            if (flow.peer_finished) close(flow);
        }
    }

    void close(const Flow& flow) { engine_->submit(engine::CloseSession{flow.session.id}); }

    void print_records() {
        bool received = false;
        for (Flow& flow : flows_) {
            if (!flow.reader) continue;
            const RecordCount published = flow.session.log->published();
            while (flow.next_record < published) {
                received |= print_record(flow, flow.reader->record(flow.next_record++));
                if (output_.buffer().size() >= batch_bytes) flush();
            }
            flow.session.log->release_before(flow.next_record);
        }
        if (received) rules_.received(steady_now());
        flush();
    }

    /// True for what was received.
    bool print_record(Flow& flow, const capture::RecordView& record) {
        if (record.kind == capture::RecordKind::payload) {
            flow.printer->print_payload(record, output_.buffer());
            return record.direction == capture::Direction::received;
        }
        const capture::SessionEvent event = capture::decode_event(record);
        flow.printer->print_event(event, output_.buffer(), diagnostics_);
        if (event.kind == capture::SessionEvent::Kind::half_close) {
            flow.peer_finished = true;
            if (flow.state == Flow::State::sent) close(flow);  // both directions are over
        }
        return false;
    }

    void flush() {
        if (!output_.buffer().empty() && output_.flush() != BatchWriter::State::good) {
            stopped_ = true;
            if (output_.state() == BatchWriter::State::failed && !std::exchange(output_failed_, true)) {
                fail_with(fmt::format("standard output: {}", std::strerror(output_.error())));
            }
        }
        fmt::print(stderr, "{}", diagnostics_);
        diagnostics_.clear();
    }

    void apply_rules() {
        const auto sends = [](const Flow& flow) {
            return flow.state != Flow::State::sent && flow.state != Flow::State::over;
        };
        const SteadyTime now = steady_now();
        rules_.set_all_sent(std::ranges::none_of(flows_, sends), now);
        if (rules_.reached(now)) stopped_ = true;
        if (stopped_ && !std::exchange(closing_, true)) {
            for (Flow& flow : flows_) {
                if (flow.state == Flow::State::waiting) flow.state = Flow::State::over;
                if (flow.state != Flow::State::over) close(flow);
            }
        }
    }

    bool is_over() const {
        return std::ranges::all_of(flows_, [](const Flow& flow) { return flow.state == Flow::State::over; });
    }

    std::optional<SteadyTime> next_deadline() const {
        if (closing_) return std::nullopt;
        std::optional<SteadyTime> until = rules_.deadline();
        for (const Flow& flow : flows_) {
            if (flow.state != Flow::State::waiting) continue;
            until = until ? std::min(*until, flow.opens_at) : flow.opens_at;
        }
        return until;
    }

    void wait(std::optional<SteadyTime> until) {
        // Nothing is asked of stdout: that nobody reads it any more is told unasked.
        std::array<pollfd, 3> descriptors = {{{stopped_ ? -1 : interrupts_.fd(), POLLIN, 0},
                                              {wake_up_.fd(), POLLIN, 0},
                                              {stopped_ ? -1 : STDOUT_FILENO, 0, 0}}};
        timespec timeout{};
        if (until) {
            const auto left = std::max(*until - steady_now(), std::chrono::nanoseconds{0});
            timeout.tv_sec = static_cast<time_t>(left.count() / 1'000'000'000);
            timeout.tv_nsec = static_cast<long>(left.count() % 1'000'000'000);
        }
        if (ppoll(descriptors.data(), descriptors.size(), until ? &timeout : nullptr, nullptr) <= 0) return;
        if (descriptors[0].revents != 0 || descriptors[2].revents != 0) stopped_ = true;
    }

    // ---- afterwards

    /// The end of every log is printed.
    void leave() {
        for (Flow& flow : flows_) {
            flow.removed = !flow.reader;
            if (flow.reader) engine_->submit(engine::RemoveSession{flow.session.id});
        }
        while (!std::ranges::all_of(flows_, &Flow::removed)) {
            wait(std::nullopt);
            wake_up_.clear();
            handle_events();
        }
        print_records();
        engine_->on_activity(nullptr);
    }

    void tell_lateness() const {
        if (late_ == 0 || request_.speed == 0) return;
        tell(fmt::format(
            "{} of {} went later than they should have: whoever receives them, or this machine, did "
            "not keep up",
            late_, records_));
    }

    /// The same of several connections is told once.
    void fail_with(const std::string& message) {
        status_ = exit_failed;
        if (told_.insert(message).second) tell(message);
    }

    static void tell(const std::string& message) {
        const bool named = message.starts_with("replay");
        fmt::print(stderr, "sockdesk {}{}\n", named ? "" : "replay: ", codec::escape_controls(message));
    }

    const ReplayRequest& request_;
    const codec::Encoding encoding_;
    Interrupts interrupts_;
    WakeUp wake_up_;
    BatchWriter output_;
    std::string diagnostics_;
    StopRules rules_;

    std::shared_ptr<capture::SegmentPool> pool_;
    CaptureInput input_;  // after `wake_up_`, which its threads use
    std::optional<engine::Engine> engine_;

    Transport transport_ = Transport::udp;
    Timestamp begin_{};
    RecordCount records_ = 0;
    std::chrono::nanoseconds duration_{0};
    std::vector<Flow> flows_;

    std::uint64_t late_ = 0;
    std::set<std::string> told_;
    bool stopped_ = false;
    bool closing_ = false;
    bool output_failed_ = false;
    int status_ = exit_done;
};

}  // namespace

int run_replay(const ReplayRequest& request) { return ReplayCommand(request).run(); }

}  // namespace sockdesk::cli
