#include "engine/engine.hpp"

#include <filesystem>
#include <future>
#include <list>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "engine/session.hpp"
#include "net/local_addresses.hpp"
#include "net/loop.hpp"

namespace sockdesk::engine {

namespace {

template <typename... Handlers>
struct Overloaded : Handlers... {
    using Handlers::operator()...;
};
// C++20 deduces this for aggregates; Clang 14 does not yet.
template <typename... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

}  // namespace

struct Engine::State {
    using RecordingPath = std::function<Result<std::filesystem::path>(const SessionConfig&)>;
    /// Which of a session's two files.
    using File = SessionSaving& (Session::*)();

    SystemClock clock;
    std::shared_ptr<capture::SegmentPool> pool;
    RecordingPath recording_path;

    std::mutex mutex;  // guards what follows, up to the next comment
    std::vector<Event> events;
    std::uint32_t last_session = 0;
    std::function<void()> wake;

    std::atomic<bool> wake_pending{false};

    // Loop thread only.
    std::map<SessionId, std::unique_ptr<Session>> sessions;

    // Loop thread only: files being completed, each on a thread of its own.
    std::list<std::thread> completions;
    bool leaving = false;  ///< the destructor has taken over `completions`

    net::Loop loop;  // last: its thread ends before anything that it uses

    explicit State(const EngineOptions& options)
        : pool(std::make_shared<capture::SegmentPool>(options.memory)),
          recording_path(options.recording_path) {}

    void emit(Event event) {
        {
            const std::lock_guard lock(mutex);
            events.push_back(std::move(event));
        }
        loop.post([this] { notify(); });
    }

    /// Loop thread.
    void notify() {
        if (wake_pending.exchange(true, std::memory_order_seq_cst)) {
            return;
        }
        std::function<void()> call;
        {
            const std::lock_guard lock(mutex);
            call = wake;
        }
        if (call) {
            call();
        }
    }

    /// Loop thread.
    void complete(SessionId id, File which, UnfinishedFile file) {
        const auto thread = completions.emplace(completions.end());
        *thread = std::thread([this, id, which, thread, file = std::move(file)]() mutable {
            const auto flushed = file.saver->flush();
            if (file.news && !flushed) {
                file.news->error = flushed.error();
            }
            const RecordIndex saved = file.saver->saved();
            file.saver.reset();
            if (file.is_worthless) {
                std::error_code ignored;  // an empty capture more does no harm
                std::filesystem::remove(file.path, ignored);
            }
            loop.post([this, id, which, thread, saved, path = file.path, news = file.news] {
                completed(id, which, path, saved, news);
                if (!leaving) {
                    thread->join();
                    completions.erase(thread);
                }
            });
        });
    }

    void completed(SessionId id, File which, const std::filesystem::path& path, RecordIndex saved,
                   const std::optional<SaveChanged>& news) {
        if (news) {
            tell(which, *news);
        }
        if (Session* session = find(id)) {
            (session->*which)().completed(path, saved);
        }
    }

    void tell(File which, const SaveChanged& news) {
        if (which == &Session::saving) {
            emit(news);
        } else {
            emit(RecordingChanged{news.session, news.path, news.saving, news.error});
        }
    }

    SessionSaving::Outlet outlet_of(SessionId id, File which) {
        SessionSaving::Outlet outlet;
        outlet.emit = [this, which](const SaveChanged& news) { tell(which, news); };
        outlet.complete = [this, id, which](UnfinishedFile file) { complete(id, which, std::move(file)); };
        outlet.failed = [this, id, which](const std::filesystem::path& path, const Error& error) {
            loop.post([this, id, which, path, error] {
                if (Session* session = find(id)) {
                    (session->*which)().failed(path, error);
                }
            });
        };
        return outlet;
    }

    std::unique_ptr<Session> make_session(SessionId id, capture::LogWriter writer,
                                          std::shared_ptr<SessionCounters> counters) {
        Session::Outlet outlet;
        outlet.emit = [this](Event event) { emit(std::move(event)); };
        outlet.notify = [this] { notify(); };
        outlet.recording_path = recording_path;
        return std::make_unique<Session>(id, loop, clock, std::move(writer), std::move(counters),
                                         std::move(outlet), outlet_of(id, &Session::saving),
                                         outlet_of(id, &Session::recording));
    }

    Session* find(SessionId id) {
        const auto found = sessions.find(id);
        return found == sessions.end() ? nullptr : found->second.get();
    }

    void execute(const Command& command) {
        Session* session = find(std::visit([](const auto& each) { return each.session; }, command));
        if (session == nullptr) {
            return;  // removed meanwhile
        }
        std::visit(Overloaded{
                       [&](const OpenSession& open) { session->open(open.config, open.greeting); },
                       [&](const CloseSession&) { session->close(); },
                       [&](const RemoveSession& remove) {
                           session->close();
                           session->saving().stop();
                           session->end_recording();
                           sessions.erase(remove.session);
                           emit(SessionRemoved{remove.session});
                       },
                       [&](const Send& send) { session->send(send.target, send.payload); },
                       [&](const StartCycle& start) { session->start_cycle(start.cycle, start.plan); },
                       [&](const StartPlayback& start) { session->start_playback(start); },
                       [&](const StopCycle& stop) { session->stop_cycle(stop.cycle); },
                       [&](const Disconnect& disconnect) { session->disconnect(disconnect.connection); },
                       [&](const FinishSending& finish) { session->finish_sending(finish.connection); },
                       [&](const SetEcho& echo) { session->set_echo(echo.echo); },
                       [&](const SetReplies& set) { session->set_replies(set.plan); },
                       [&](const StartSaving& save) { session->saving().start(save.path, save.mode); },
                       [&](const StopSaving&) { session->saving().stop(); },
                   },
                   command);
    }
};

Engine::Engine(EngineOptions options) : state_(std::make_unique<State>(options)) {
    state_->pool->on_spill_state([state = state_.get()](const std::optional<Error>& error) {
        state->emit(LogStorageChanged{SessionId{}, error});
    });
    state_->pool->on_available([state = state_.get()] {
        state->loop.post([state] {
            for (const auto& [id, session] : state->sessions) {
                session->memory_available();
            }
        });
    });
}

Engine::~Engine() {
    state_->pool->on_available(nullptr);
    state_->pool->on_spill_state(nullptr);
    std::promise<std::list<std::thread>> left;
    state_->loop.post([this, &left] {
        for (const auto& [id, session] : state_->sessions) {
            session->close();
            session->saving().stop();
            session->end_recording();
        }
        state_->sessions.clear();
        state_->leaving = true;
        left.set_value(std::move(state_->completions));
    });
    for (auto& thread : left.get_future().get()) {
        thread.join();
    }
}

SessionHandle Engine::create_session(std::string name) {
    SessionHandle handle;
    {
        const std::lock_guard lock(state_->mutex);
        handle.id = SessionId{++state_->last_session};
    }
    handle.log = capture::Log::make(state_->pool, std::move(name));
    auto counters = std::make_shared<SessionCounters>();
    handle.counters = counters;
    // Shared only because what is posted must be copyable.
    auto writer = std::make_shared<capture::LogWriter>(handle.log);
    state_->loop.post([state = state_.get(), id = handle.id, writer = std::move(writer), counters] {
        state->sessions.emplace(id, state->make_session(id, std::move(*writer), counters));
    });
    return handle;
}

std::shared_ptr<capture::SegmentPool> Engine::memory() const { return state_->pool; }

void Engine::submit(Command command) {
    state_->loop.post([state = state_.get(), command = std::move(command)] { state->execute(command); });
}

std::vector<Event> Engine::take_events() {
    // Cleared first: whatever comes after is announced again.
    state_->wake_pending.store(false, std::memory_order_seq_cst);
    std::vector<Event> taken;
    const std::lock_guard lock(state_->mutex);
    taken.swap(state_->events);
    return taken;
}

void Engine::on_activity(std::function<void()> wake) {
    const std::lock_guard lock(state_->mutex);
    state_->wake = std::move(wake);
}

std::vector<LocalAddress> local_addresses() {
    std::vector<LocalAddress> result;
    for (auto& entry : net::interface_addresses()) {
        result.push_back({entry.address, std::move(entry.interface_name)});
    }
    return result;
}

}  // namespace sockdesk::engine
