// A session in the terminal: the log on stdout, what is to be sent from the arguments and from standard
// input, until one of the stop rules says so, the peer has closed, or somebody presses Ctrl+C.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "capture/log.hpp"
#include "cli/arguments.hpp"
#include "cli/batch_writer.hpp"
#include "cli/expectations.hpp"
#include "cli/interrupts.hpp"
#include "cli/record_printer.hpp"
#include "cli/source_progress.hpp"
#include "cli/stall_watch.hpp"
#include "cli/stdin_sender.hpp"
#include "cli/stop_rules.hpp"
#include "cli/unasked_sends.hpp"
#include "cli/wake_up.hpp"
#include "engine/engine.hpp"

namespace sockdesk::cli {

class TerminalSession {
public:
    /// What of the log may wait in memory to be printed and saved: with the rest of the process some 512 MiB. Beyond it datagrams wait on
    /// disk, as nobody else keeps them, and TCP peers wait: a reader of stdout that has stopped must not fill the disk
    /// with what they still have.
    static constexpr std::size_t log_memory_bytes = std::size_t{448} << 20;

    explicit TerminalSession(TerminalRequest request);

    /// Runs the session to its end; returns the exit status. Once.
    int run();

private:
    enum class Phase {
        preparing,  ///< the file to save to is being opened
        running,
        closing,  ///< told to close
        leaving,  ///< closed; the file is being completed
        done,
    };

    void start();
    void open_session();
    void wait();
    std::optional<SteadyTime> next_look() const;
    void interrupt();
    void handle_events();
    void print_records();
    void print_record(const capture::RecordView& record);
    void connection_ended(const capture::SessionEvent& event);
    void flush();
    void send_input();
    void begin_sends(const engine::SendTarget& target);
    void sends_ended(const engine::CycleFinished& event, const UnaskedSends::End& end);
    void show_progress();
    void apply_rules();
    void request_stop();
    void leave();

    void handle(const engine::StateChanged& event);
    void handle(const engine::ClientConnected&);
    void handle(const engine::ClientDisconnected&);
    void handle(const engine::CycleFinished& event);
    void handle(const engine::SaveChanged& event);
    void handle(const engine::RecordingChanged&) {}  // only what is asked for is kept
    void handle(const engine::RepliesHeld& event);
    void handle(const engine::LogStorageChanged& event);
    void handle(const engine::SessionRemoved&);
    void handle(const engine::PeerSeen&) {}
    void handle(const engine::SendRefused&) {}  // CycleFinished says it as well, and the log does

    static constexpr CycleId input_cycle{1};
    /// Nothing is sent by it: when it is answered, the loop thread is through with all that came before.
    static constexpr CycleId fence_cycle{2};
    static constexpr CycleId first_unasked_cycle{3};

    static SteadyTime steady_now() { return SystemClock().steady_now(); }
    bool is_server() const { return config().protocol == engine::Protocol::tcp_server; }
    bool is_client() const { return config().protocol == engine::Protocol::tcp_client; }
    const engine::SessionConfig& config() const { return request_.setup.config; }
    void tell_small_receive_buffer();
    bool everything_sent();
    bool somebody_listens() const;
    void finish_sending();
    /// Hands the engine the rules of `--reply`. False: they cannot be carried out, and that is told.
    bool set_replies();
    /// Whether what was asked to be sent, or to be answered, has gone to the kernel; but for what has no end.
    bool nothing_waits();
    /// Stops when one of the expectations is late, or all are met and nothing waits any more.
    void apply_expectations(SteadyTime now);
    bool expectations_met() const { return expectations_ && expectations_->all_met(); }
    /// What was asked to be sent and was not, though all expectations were met; empty: nothing.
    std::string left_unsent() const;
    int exit_status();
    void tell_source_summary();

    /// Exit status 1, with this line on stderr at the end; the first failure is the one that is told.
    void fail_with(const std::string& message);
    /// The same, with the line on stderr at once: the session goes on, and that must not be noticed at its
    /// end only.
    void fail_and_tell(const std::string& message);
    /// Something of standard input was not sent: told at once, and exit status 1 unless somebody ends the
    /// session by hand.
    void input_problem(const std::string& message);
    /// A line on stderr with the next batch.
    void note(const std::string& message);

    TerminalRequest request_;
    Interrupts interrupts_;
    WakeUp wake_up_;
    BatchWriter output_;
    std::string diagnostics_;
    StopRules rules_;
    std::optional<StdinSender> input_;
    std::optional<Expectations> expectations_;
    std::string unmet_ = "before the session ended";
    bool fence_asked_ = false;  ///< all of them are met
    bool fence_passed_ = false;
    StallWatch stall_;
    UnaskedSends sends_;
    std::optional<ProgressLine> progress_;

    engine::Engine engine_;  // after `wake_up_`, which its thread uses
    engine::SessionHandle session_;
    capture::LogReader reader_;
    std::unique_ptr<RecordPrinter> printer_;
    RecordIndex next_record_ = 0;

    Phase phase_ = Phase::preparing;
    bool interrupted_ = false;
    bool input_ready_ = false;

    bool open_ = false;
    bool was_open_ = false;
    std::optional<Error> last_attempt_;
    std::string last_error_;  ///< the last one in the log
    std::uint64_t clients_ = 0;
    std::optional<Endpoint> last_peer_;
    bool peer_finished_ = false;
    bool finish_sent_ = false;

    bool saving_ = false;
    bool removed_ = false;
    bool stopped_ = false;              ///< it was we who ended it
    bool out_of_time_ = false;          ///< by a stop rule
    bool stalled_ = false;              ///< whoever is sent to does not take it any more
    std::uint64_t queued_at_end_ = 0;   ///< bytes that were dropped
    std::uint64_t replies_at_end_ = 0;  ///< whose delay was not over
    std::optional<std::string> failure_;
    bool failure_told_ = false;
    bool input_failed_ = false;
};

}  // namespace sockdesk::cli
