// A real engine on loopback, and waiting for what it tells. Nothing here sleeps: every wait is for an event
// or a record, and gives up after a time that only a broken program reaches.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "capture/log.hpp"
#include "engine/engine.hpp"

namespace sockdesk::engine {

class EngineTest : public testing::Test {
protected:
    static constexpr std::chrono::seconds patience{20};

    EngineTest() {
        engine_.emplace();
        engine_->on_activity([this] {
            const std::lock_guard lock(mutex_);
            activity_ = true;
            changed_.notify_all();
        });
    }

    /// Waits until `met` is true, looked at anew after each sign of life from the engine.
    testing::AssertionResult wait_until(const std::function<bool()>& met) {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        while (true) {
            for (Event& event : engine_->take_events()) {
                events_.push_back(std::move(event));
            }
            if (met()) {
                return testing::AssertionSuccess();
            }
            std::unique_lock lock(mutex_);
            if (!changed_.wait_until(lock, deadline, [this] { return activity_; })) {
                return testing::AssertionFailure() << "waited in vain";
            }
            activity_ = false;
        }
    }

    /// The first event of a kind that fits and has not been given out before.
    template <typename Kind>
    Kind wait_for(const std::function<bool(const Kind&)>& fits = [](const Kind&) { return true; }) {
        std::optional<Kind> found;
        EXPECT_TRUE(wait_until([&] {
            for (auto event = events_.begin(); event != events_.end(); ++event) {
                const Kind* kind = std::get_if<Kind>(&*event);
                if (kind != nullptr && fits(*kind)) {
                    found = *kind;
                    events_.erase(event);
                    return true;
                }
            }
            return false;
        }));
        return found.value_or(Kind{});
    }

    StateChanged wait_for_state(SessionId session, SessionState state) {
        return wait_for<StateChanged>(
            [=](const StateChanged& change) { return change.session == session && change.state == state; });
    }

    struct Payloads {
        std::vector<std::string> received;
        std::vector<std::string> sent;
    };

    static Payloads payloads(const SessionHandle& session) {
        Payloads all;
        capture::LogReader reader(session.log);
        for (RecordIndex i = 0; i < session.log->published(); ++i) {
            const capture::RecordView record = reader.record(i);
            if (record.kind == capture::RecordKind::payload) {
                auto& list = record.direction == capture::Direction::received ? all.received : all.sent;
                list.emplace_back(as_chars(record.payload));
            }
        }
        return all;
    }

    static std::vector<capture::SessionEvent> session_events(const SessionHandle& session) {
        std::vector<capture::SessionEvent> all;
        capture::LogReader reader(session.log);
        for (RecordIndex i = 0; i < session.log->published(); ++i) {
            const capture::RecordView record = reader.record(i);
            if (record.kind == capture::RecordKind::event) {
                all.push_back(capture::decode_event(record));
            }
        }
        return all;
    }

    static std::string joined(const std::vector<std::string>& pieces) {
        std::string all;
        for (const auto& piece : pieces) {
            all += piece;
        }
        return all;
    }

    /// Opens a session and waits until it is open.
    std::pair<SessionHandle, Endpoint> open(const SessionConfig& config,
                                            std::optional<CyclePlan> greeting = {}) {
        SessionHandle session = engine_->create_session("test");
        engine_->submit(OpenSession{session.id, config, std::move(greeting)});
        const StateChanged opened = wait_for_state(session.id, SessionState::open);
        return {session, opened.local.value_or(Endpoint{})};
    }

    static SessionConfig udp_on(const std::string& host) {
        SessionConfig config;
        config.protocol = Protocol::udp;
        config.local = HostPort{host, 0};
        return config;
    }

    static SessionConfig server_on(const std::string& host) {
        SessionConfig config;
        config.protocol = Protocol::tcp_server;
        config.local = HostPort{host, 0};
        return config;
    }

    static SessionConfig client_to(const Endpoint& server) {
        SessionConfig config;
        config.protocol = Protocol::tcp_client;
        config.remote = HostPort{server.address.to_string(), server.port};
        return config;
    }

    static Payload text(std::string_view characters) {
        const ByteView bytes = as_bytes(characters);
        return make_payload(Bytes(bytes.begin(), bytes.end()));
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    bool activity_ = false;
    std::vector<Event> events_;
    std::optional<Engine> engine_;
};

}  // namespace sockdesk::engine
