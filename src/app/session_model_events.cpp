// What the engine says about a session, and what becomes of it in the tab.
#include <algorithm>

#include <fmt/format.h>

#include "app/message_translation.hpp"
#include "app/session_model.hpp"
#include "app/translation.hpp"
#include "codec/encoding.hpp"
#include "codec/escapes.hpp"
#include "codec/hex.hpp"

namespace sockdesk::app {

using engine::SessionState;

namespace {

std::string words_of_end(const FileSource& file, std::uint64_t payloads) {
    const FileSource::Progress progress = file.progress();
    if (!progress.all_taken) {
        return trf("Stopped after {} of {} bytes of the file.", file.bytes_up_to(payloads),
                   progress.total_bytes);
    }
    return payloads == 1 ? tr("The file was sent in 1 payload.")
                         : trf("The file was sent in {} payloads.", payloads);
}

}  // namespace

void SessionModel::handle(const engine::Event& event) {
    std::visit(
        [this](const auto& e) {
            if (e.session == id()) on(e);
        },
        event);
}

void SessionModel::on(const engine::StateChanged& event) {
    state_ = event.state;
    if (event.state == SessionState::open) {
        local_ = event.local;
        remote_ = event.remote;
        if (notice_is_of_state_) notice_ = {};
        return;
    }
    local_.reset();
    remote_.reset();
    clients_.clear();
    choose_client({});
    if (event.state != SessionState::opening) {
        cycle_.reset();
        cycling_.reset();
        sending_file_ = {};
        run_.reset();
    }
    if (event.error) {
        refuse(tr_message(event.error->message));
        notice_is_of_state_ = true;
    } else if (event.state == SessionState::closed && !notice_.is_error) {
        notice_ = {};
    }
}

void SessionModel::on(const engine::SessionRemoved&) {}

void SessionModel::on(const engine::ClientConnected& event) {
    clients_.push_back({event.connection, event.remote});
}

void SessionModel::on(const engine::ClientDisconnected& event) {
    std::erase_if(clients_, [&](const Client& client) { return client.connection == event.connection; });
}

void SessionModel::on(const engine::PeerSeen& event) {
    std::erase(peers_, event.remote);
    peers_.push_front(event.remote);
    if (peers_.size() > max_peers) peers_.pop_back();
    // Whoever writes first is most likely whom one wants to answer.
    if (tab_.session.target.empty()) tab_.session.target = event.remote.to_string();
}

void SessionModel::on(const engine::SendRefused& event) { refuse(tr_message(event.error.message)); }

void SessionModel::on(const engine::CycleFinished& event) {
    // A server greets each client; one that has gone does not end it for the others.
    const bool one_of_many =
        tab_.session.protocol == engine::Protocol::tcp_server && event.cycle == engine::greeting_cycle;
    const bool was_playback = is_playing() && cycle_ == event.cycle;
    const SendingFile file = was_playback ? sending_file_ : SendingFile{};
    if (cycle_ == event.cycle && !one_of_many) {
        cycle_.reset();
        cycling_.reset();
        sending_file_ = {};
    }
    if (run_ == event.cycle) run_.reset();
    if (event.error) {
        refuse(tr_message(event.error->message));
    } else if (file.source) {
        notice_ = {false, words_of_end(*file.source, event.rounds)};
    } else if (was_playback) {
        notice_ = {false, event.rounds == 1 ? tr("The replay ended after 1 payload.")
                                            : trf("The replay ended after {} payloads.", event.rounds)};
    } else if (event.missed_rounds > 0) {
        notice_ = {false, trf("The cycle ended after {} rounds; {} came too late and were left out.",
                              event.rounds, event.missed_rounds)};
    }
}

void SessionModel::on(const engine::RepliesHeld& event) {
    refuse(event.count == 1 ? std::string(tr("1 answer was held back: more than the rate limit allows"))
                            : trf("{} answers were held back: more than the rate limit allows", event.count));
}

void SessionModel::on(const engine::SaveChanged& event) {
    saving_ = event.saving;
    if (event.error) refuse(tr_message(event.error->message));
}

void SessionModel::on(const engine::RecordingChanged& event) {
    recording_problem_.clear();
    if (!event.error) return;
    // In the status bar until the session is recorded again, also when the notice has given way to another.
    recording_problem_ = tr_message(event.error->message);
    refuse(recording_problem_);
}

}  // namespace sockdesk::app
