// One tab without its looks: the fields, the state that the engine reports, and what the buttons do.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/file_source.hpp"
#include "app/payload_compiler.hpp"
#include "app/rate_meter.hpp"
#include "app/session_draft.hpp"
#include "engine/engine.hpp"
#include "engine/payload_source.hpp"

namespace sockdesk::app {

/// One line for the status bar.
struct Notice {
    bool is_error = false;
    std::string text;  ///< empty: all is well
};

struct Client {
    ConnectionId connection;
    Endpoint remote;
};

/// What a click on "send" made of the box.
struct CompiledPayload {
    /// Of the next send; where they depend on its moment, those of the moment when they were last looked at.
    Bytes bytes;
    std::size_t trailer_bytes = 0;  ///< how many of them, at the end, are the trailer
    bool is_constant = true;        ///< they do not depend on the moment
    std::vector<bool> unknown;      ///< those that chance decides at each send; empty: none
    bool varying_size = false;      ///< and it decides how many there are
    std::uint64_t revision = 0;     ///< another one whenever any of this changed
    std::optional<Error> error;     ///< then nothing may be sent
};

/// What of a UDP session did not come into its log, and the room that the system keeps for what waits.
struct Loss {
    std::uint64_t by_kernel = 0;
    std::uint64_t by_us = 0;
    std::uint64_t buffer_bytes = 0;  ///< 0: closed, or no datagrams
    std::uint64_t buffer_wanted_bytes = 0;
};

/// "UDP", "TCP Server", "TCP Client": the same in every language.
const char* protocol_label(engine::Protocol protocol);

class SessionModel {
public:
    using Submit = std::function<void(engine::Command)>;

    static constexpr std::size_t max_peers = 64;

    SessionModel(engine::SessionHandle handle, TabState tab, Submit submit);

    /// The fields. Views edit them in place.
    TabState& tab() { return tab_; }
    const TabState& tab() const { return tab_; }
    SessionId id() const { return handle_.id; }
    const engine::SessionHandle& handle() const { return handle_; }

    // ---- state
    engine::SessionState state() const { return state_; }
    /// Opening or open: the fields of the network group are locked.
    bool is_locked() const;
    const std::optional<Endpoint>& local() const { return local_; }
    /// Where a send goes now, as far as that is one address and known.
    std::optional<Endpoint> known_remote() const;
    const std::optional<Endpoint>& remote() const { return remote_; }
    const std::vector<Client>& clients() const { return clients_; }
    /// UDP: who wrote to us, newest first.
    const std::deque<Endpoint>& peers() const { return peers_; }
    bool is_cycling() const { return cycle_.has_value(); }
    /// How far the cycle is that runs; null: none does, or it is a playback.
    const engine::CycleProgress* cycle_progress() const {
        return cycle_ && !is_playback_ ? cycle_progress_.get() : nullptr;
    }
    bool is_playing() const { return cycle_ && is_playback_; }
    bool is_saving() const { return saving_; }
    const Notice& notice() const { return notice_; }
    void set_notice(Notice notice) {
        notice_ = std::move(notice);
        notice_is_of_state_ = false;
    }
    FieldErrors field_errors() const;
    /// `UDP :7788`, `TCP Server :9000 (3)`, `TCP Client 10.0.0.2:80`: the same in every language.
    std::string title() const;

    // ---- what the buttons do
    void open();
    void close();
    void toggle_open() { is_locked() ? close() : open(); }
    /// Sends what is in the box; with the cycle box ticked, again and again. Where a file stands in the place of the box, sends that.
    void send();
    void stop();
    /// These bytes, once, to where the box would go.
    void send_bytes(Bytes bytes);
    /// Once, to `where`, or to where the box would go. False: it cannot be, and a notice says why.
    bool send_outgoing(engine::Outgoing outgoing, const std::optional<HostPort>& where = {});
    /// Shortcuts in a row, beside whatever the box does; `running` until it ends or `stop_run`. Steps without a target go to where the
    /// box would. False: as above.
    bool run(engine::CyclePlan plan);
    std::optional<CycleId> running() const { return run_; }
    void stop_run();
    /// Called with what was in the box when it was sent by hand.
    void on_sent(std::function<void(const SendSettings&)> callback) { on_sent_ = std::move(callback); }
    /// Plays these payloads to where the box would go; `is_cycling` until it ends, `stop` ends it. False: it cannot be, and a
    /// notice says why.
    enum class Playing : std::uint8_t { replay, file };
    bool play(std::shared_ptr<engine::PayloadSource> source, Playing what = Playing::replay);
    /// The file that is being sent; null: none is.
    struct SendingFile {
        std::shared_ptr<const FileSource> source;
        std::chrono::nanoseconds interval{0};
        SteadyTime since{};
    };
    const SendingFile* sending_file() const {
        return is_playing() && sending_file_.source ? &sending_file_ : nullptr;
    }
    struct FileProgress {
        std::uint64_t total_bytes = 0;  ///< of the file
        std::uint64_t sent_bytes = 0;   ///< of the file, as far as it has been accepted to be sent
        std::uint64_t packets = 0;
        double bytes_per_second = 0;             ///< so far; 0: not known yet
        std::chrono::duration<double> left{-1};  ///< until all is sent; below 0: not known yet
    };
    /// Of `sending_file`.
    std::optional<FileProgress> file_progress(SteadyTime now) const;
    /// How far the shortcuts in a row are: of which round which step was sent last. Null while none are.
    const engine::CycleProgress* run_progress() const { return run_ ? run_progress_.get() : nullptr; }
    void disconnect(ConnectionId connection);
    /// Makes the engine answer by the rules in the fields, if they or what they are read by have changed. Once a frame.
    void update_replies();
    /// What is wrong with the rules, so that none of them answers; empty if all is well.
    const std::string& reply_trouble() const { return reply_trouble_; }
    /// Answers not given since the counters were reset: too many.
    std::uint64_t replies_held() const;
    /// UDP: `remote` becomes the target; TCP server: the client with that address is chosen.
    void reply_to(const Endpoint& remote);
    void start_saving(const std::string& path, capture::SaveMode mode);
    void stop_saving();

    /// TCP server: the client chosen, none for all.
    std::optional<ConnectionId> chosen_client() const { return chosen_client_; }
    void choose_client(std::optional<ConnectionId> connection);
    /// Who was chosen, and is still meant when the connection is gone: nobody else gets what was meant for one.
    const std::optional<Endpoint>& chosen_remote() const { return chosen_remote_; }
    bool is_chosen_client_gone() const;

    /// What the box stands for at the moment. Compiled anew only when something changed.
    const CompiledPayload& compiled();
    /// The same, with the bytes of this moment if those of the last one are old. For views: it asks for no frame.
    const CompiledPayload& compiled_at(Timestamp now, SteadyTime when);
    /// The box as it would be kept: a shortcut, an entry of the history.
    PayloadSpec box_spec() const;
    /// Shows the box's bytes in the other way of writing. False, and nothing changed: it cannot be done
    /// without loss.
    bool convert_box(bool to_hex);

    /// To be sent when the session is opened for the first time: what the command line asked for.
    void set_greeting(const SessionSetup& setup);

    // ---- what the engine says
    void handle(const engine::Event& event);

    // ---- figures
    capture::Totals totals() const;
    /// The counts since the counters were reset.
    Loss loss() const;
    void reset_totals();
    std::uint64_t send_queue_bytes() const;
    bool reading_paused() const;
    /// Why the session is not being recorded by itself although it should be; empty if all is well.
    const std::string& recording_problem() const { return recording_problem_; }
    RateMeter& rate() { return rate_; }
    std::uint64_t all_bytes() const;

private:
    void on(const engine::StateChanged& event);
    void on(const engine::SessionRemoved& event);
    void on(const engine::ClientConnected& event);
    void on(const engine::ClientDisconnected& event);
    void on(const engine::PeerSeen& event);
    void on(const engine::SendRefused& event);
    void on(const engine::CycleFinished& event);
    void on(const engine::RepliesHeld& event);
    void on(const engine::SaveChanged& event);
    void on(const engine::RecordingChanged& event);
    void on(const engine::LogStorageChanged&) {}  // concerns no one session

    std::optional<engine::SendTarget> target();
    void send_file();
    void refuse(std::string text) { set_notice({true, std::move(text)}); }
    capture::Totals raw_totals() const;

    engine::SessionHandle handle_;
    TabState tab_;
    Submit submit_;

    engine::SessionState state_ = engine::SessionState::closed;
    std::optional<Endpoint> local_;
    std::optional<Endpoint> remote_;
    std::vector<Client> clients_;
    std::optional<ConnectionId> chosen_client_;
    std::optional<Endpoint> chosen_remote_;
    std::deque<Endpoint> peers_;
    std::optional<CycleId> cycle_;
    bool is_playback_ = false;  ///< what `cycle_` is
    std::shared_ptr<engine::CycleProgress> cycle_progress_;
    std::optional<engine::Outgoing> cycling_;  ///< what `cycle_` sends, where that was in the box
    std::shared_ptr<engine::CycleProgress> playback_progress_;
    std::optional<CycleId> run_;
    std::shared_ptr<engine::CycleProgress> run_progress_;  ///< of `run_`
    std::function<void(const SendSettings&)> on_sent_;
    Playing playing_ = Playing::replay;
    SendingFile sending_file_;
    std::optional<engine::CyclePlan> greeting_;
    bool saving_ = false;
    Notice notice_;
    bool notice_is_of_state_ = false;  ///< why the session could not be opened: over once it is open
    std::string recording_problem_;
    capture::Totals baseline_;
    std::uint64_t discarded_baseline_ = 0;
    RateMeter rate_;
    std::uint64_t held_baseline_ = 0;

    // ---- what the box stands for
    bool is_compiled() const;
    void compile_box(KeptPayload::Purpose purpose);
    std::uint64_t next_counter() const;
    void make_preview(Timestamp now);
    std::optional<PayloadSpec> compiled_spec_;
    PayloadFiles payload_files_;
    KeptPayload box_;
    CompiledPayload compiled_;
    SteadyTime previewed_{};
    std::uint64_t previewed_counter_ = 0;

    // ---- what the engine answers by
    struct AppliedReplies {
        ReplySettings settings;
        std::string encoding;
    };
    std::optional<AppliedReplies> applied_replies_;
    std::string reply_trouble_;
};

}  // namespace sockdesk::app
