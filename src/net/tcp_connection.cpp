#include "net/tcp_connection.hpp"

#include <algorithm>
#include <cerrno>
#include <deque>
#include <new>
#include <utility>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "net/socket_address.hpp"
#include "net/system_failure.hpp"
#include "net/uv_handle.hpp"

namespace sockdesk::net {

namespace {

/// What is handed to libuv in one piece when the kernel has no room: small, because libuv does not tell how
/// much of a piece had been taken when the connection breaks, and only whole pieces are logged.
constexpr std::size_t waiting_piece_bytes = 16'384;

/// One turn of the loop hands at most this much of one connection's queue to the kernel, so that others have their turn.
constexpr std::size_t max_flush_bytes = std::size_t{1} << 20;

struct QueuedPayload {
    std::shared_ptr<const Bytes> payload;
    std::size_t taken = 0;
    std::shared_ptr<FanOutGroup> group;
};

}  // namespace

struct TcpConnection::State : std::enable_shared_from_this<State> {
    TcpConnection& owner;
    Loop& loop;
    capture::LogWriter& writer;
    TcpConnectionObserver& observer;
    TcpTotals& totals;
    Options options;
    SystemClock clock;

    UvHandle<uv_tcp_t> handle;
    capture::TcpFlow flow;

    std::deque<QueuedPayload> queue;
    std::size_t queued_bytes = 0;
    std::size_t piece_bytes = 0;  ///< of the front payload, with libuv until its callback
    bool finish_wanted = false;
    bool finished = false;
    bool peer_finished = false;
    bool reading_wanted = false;
    bool held = false;    ///< by the owner
    bool paused = false;  ///< for want of memory for the log
    bool flush_posted = false;
    bool ended = false;

    /// libuv needs a request's memory until its callback, later than the connection may live.
    struct WriteRequest {
        uv_write_t request{};
        std::shared_ptr<const Bytes> payload;
    };

    State(TcpConnection& self, Loop& on_loop, uv_tcp_t* connected, const Options& with,
          capture::LogWriter& into, TcpConnectionObserver& tell, TcpTotals& sums)
        : owner(self),
          loop(on_loop),
          writer(into),
          observer(tell),
          totals(sums),
          options(with),
          handle(connected) {
        handle->data = this;
    }

    void change_queued_bytes(std::ptrdiff_t by) {
        queued_bytes += static_cast<std::size_t>(by);
        totals.queued_bytes += static_cast<std::size_t>(by);
    }

    void set_paused(bool now) {
        if (paused != now) {
            paused = now;
            totals.paused_connections += now ? std::size_t{1} : static_cast<std::size_t>(-1);
        }
    }

    uv_stream_t* stream() { return reinterpret_cast<uv_stream_t*>(handle.get()); }

    int descriptor() const {
        uv_os_fd_t fd = -1;
        uv_fileno(reinterpret_cast<const uv_handle_t*>(handle.get()), &fd);
        return fd;
    }

    void update_reading() {
        if (reading_wanted && !held && !paused && !peer_finished && !ended) {
            uv_read_start(stream(), &State::on_allocate, &State::on_read);  // harmless when it reads already
        } else {
            uv_read_stop(stream());
        }
    }

    static void on_allocate(uv_handle_t* handle, std::size_t, uv_buf_t* buffer) {
        auto* self = static_cast<State*>(handle->data);
        // Straight into the log, as one record. Without room `on_read` is told UV_ENOBUFS, and nothing is read.
        buffer->base = nullptr;
        buffer->len = 0;
        try {
            if (self->writer.ready()) {
                const auto room =
                    self->writer.reserve_stream(self->clock.now(), capture::Direction::received, self->flow);
                buffer->base = reinterpret_cast<char*>(room.data());
                buffer->len = room.size();
            }
        } catch (const std::bad_alloc&) {
            // As when the log has no room.
        }
    }

    static void on_read(uv_stream_t* stream, ssize_t count, const uv_buf_t*) {
        auto* self = static_cast<State*>(stream->data);
        if (count > 0) {
            const ByteView payload = self->writer.commit_stream(
                self->clock.now(), capture::Direction::received, self->flow, static_cast<std::size_t>(count));
            self->observer.on_received(self->owner, payload);
        } else if (count == UV_ENOBUFS) {
            self->set_paused(true);
            self->update_reading();
        } else if (count == UV_EOF) {
            self->peer_finished = true;
            self->update_reading();
            self->end_flow(capture::FlowEnd::finished_by_peer);
            auto& observer = self->observer;
            observer.on_end_of_stream(self->owner);
            observer.on_batch_end();
            return;
        } else if (count < 0) {
            self->fail_connection(static_cast<int>(-count));
            return;
        }
        self->observer.on_batch_end();
    }

    void end_flow(capture::FlowEnd end) { writer.end_flow(clock.now(), flow, end); }

    void fail_connection(int error_number) {
        if (ended) {
            return;
        }
        ended = true;
        update_reading();
        const bool reset = error_number == ECONNRESET || error_number == EPIPE;
        // A host that has vanished from the local network shows as unreachable before the time is out.
        const bool timed_out =
            error_number == ETIMEDOUT || error_number == EHOSTUNREACH || error_number == ENETUNREACH;
        end_flow(reset ? capture::FlowEnd::reset_by_peer : capture::FlowEnd::reset_here);
        const Error error = connection_failure(flow.remote, reset ? ECONNRESET : error_number);
        auto& tell = observer;  // the observer may destroy this connection
        tell.on_ended(owner, timed_out ? "timed out" : "reset by peer", error);
        tell.on_batch_end();
    }

    /// Hands what is queued to the kernel, as far as it takes it and the log has room for it.
    void flush() {
        std::size_t flushed = 0;
        while (!queue.empty() && piece_bytes == 0 && !ended && writer.ready()) {
            if (flushed >= max_flush_bytes) {
                flush_later();
                break;
            }
            // In pieces of one record each, so that a record is what the kernel took at once.
            QueuedPayload& front = queue.front();
            const std::size_t left = front.payload->size() - front.taken;
            uv_buf_t buffer = buffer_of(front, std::min(left, capture::LogWriter::max_stream_piece));
            const int taken = uv_try_write(stream(), &buffer, 1);
            if (taken == UV_EAGAIN) {
                write_when_possible(front);
            } else if (taken < 0) {
                defer_failure(-taken);
                break;
            } else {
                flushed += static_cast<std::size_t>(taken);
                take(static_cast<std::size_t>(taken));
            }
        }
        if (queue.empty() && finish_wanted && !finished && !ended) {
            shut_down();
        }
    }

    /// At the loop's next turn, unless something else does it before.
    void flush_later() {
        if (std::exchange(flush_posted, true)) {
            return;
        }
        loop.post([weak = weak_from_this()] {
            if (const auto self = weak.lock(); self && self->handle) {
                self->flush_posted = false;
                self->flush_and_tell();
            }
        });
    }

    void flush_and_tell() {
        flush();
        if (queue.empty() && !ended) {
            observer.on_drained(owner);
        }
        observer.on_batch_end();
    }

    static uv_buf_t buffer_of(const QueuedPayload& queued, std::size_t size) {
        // libuv's buffers are for reading and for writing, so they are not const; a write changes nothing.
        auto* base = const_cast<std::uint8_t*>(queued.payload->data() + queued.taken);
        return uv_buf_init(reinterpret_cast<char*>(base), static_cast<unsigned>(size));
    }

    /// The kernel took so much of the front of the queue.
    void take(std::size_t size) {
        QueuedPayload& front = queue.front();
        const ByteView bytes(front.payload->data() + front.taken, size);
        // Only the first piece carries the group: the rest of a payload that a slow client took later is its own.
        capture::FanOut fan_out;
        if (front.group && front.taken == 0) {
            fan_out = {front.group->id, front.group->next_position++};
        }
        writer.append_stream(clock.now(), capture::Direction::sent, flow, bytes, fan_out);
        change_queued_bytes(-static_cast<std::ptrdiff_t>(size));
        front.taken += size;
        if (front.taken == front.payload->size()) {
            queue.pop_front();
        }
        observer.on_sent(owner, size);
    }

    void write_when_possible(const QueuedPayload& front) {
        piece_bytes = std::min(front.payload->size() - front.taken, waiting_piece_bytes);
        auto* write = new WriteRequest;
        write->payload = front.payload;
        write->request.data = write;
        uv_buf_t buffer = buffer_of(front, piece_bytes);
        const int status = uv_write(&write->request, stream(), &buffer, 1, &State::on_written);
        if (status < 0) {
            delete write;
            piece_bytes = 0;
            defer_failure(-status);
        }
    }

    static void on_written(uv_write_t* request, int status) {
        const std::unique_ptr<WriteRequest> write(static_cast<WriteRequest*>(request->data));
        auto* self = static_cast<State*>(request->handle->data);
        if (self == nullptr || self->ended) {
            return;
        }
        const std::size_t size = std::exchange(self->piece_bytes, 0);
        if (status < 0) {
            self->fail_connection(-status);
            return;
        }
        self->take(size);
        self->flush_and_tell();
    }

    /// A write failed inside a caller's `send`, who must not find the connection gone when that returns.
    void defer_failure(int error_number) {
        loop.post([weak = weak_from_this(), error_number] {
            if (const auto self = weak.lock(); self && self->handle) {
                self->fail_connection(error_number);
            }
        });
    }

    void shut_down() {
        finished = true;
        end_flow(capture::FlowEnd::finished_here);
        auto* request = new uv_shutdown_t{};
        const int status = uv_shutdown(request, stream(), [](uv_shutdown_t* done, int) { delete done; });
        if (status < 0) {
            delete request;
        }
    }
};

TcpConnection::TcpConnection(Loop& loop, uv_tcp_s* connected, const Options& options,
                             capture::LogWriter& writer, TcpConnectionObserver& observer, TcpTotals& totals)
    : state_(std::make_shared<State>(*this, loop, connected, options, writer, observer, totals)) {
    loop.require_loop_thread();
    uv_tcp_nodelay(connected, 1);  // what a person sends leaves at once, as one segment where it fits one
    state_->flow.local = local_endpoint(state_->descriptor());
    state_->flow.remote = options.remote;
    state_->flow.initiated_here = options.initiated_here;
    writer.open_flow(state_->clock.now(), state_->flow);
}

TcpConnection::~TcpConnection() {
    if (!state_->ended && !state_->finished) {
        state_->end_flow(capture::FlowEnd::finished_here);
    }
    state_->change_queued_bytes(-static_cast<std::ptrdiff_t>(state_->queued_bytes));
    state_->set_paused(false);
    state_->handle.reset();
}

void TcpConnection::start_reading() {
    state_->reading_wanted = true;
    state_->update_reading();
}

const Endpoint& TcpConnection::local() const { return state_->flow.local; }
const Endpoint& TcpConnection::remote() const { return state_->flow.remote; }

Result<void> TcpConnection::send(std::shared_ptr<const Bytes> payload, std::shared_ptr<FanOutGroup> group) {
    if (payload->empty()) {
        return fail(ErrorKind::bad_input,
                    fmt::format("send to {}: nothing to send. TCP has no empty messages, as UDP has.",
                                remote().to_string()));
    }
    if (state_->ended || state_->finish_wanted) {
        return fail(
            ErrorKind::closed,
            fmt::format("send to {}: our side of the connection is finished already.", remote().to_string()));
    }
    if (!state_->writer.ready()) {
        return fail(ErrorKind::too_large,
                    "send: the memory for logs is used up, and what is not in the log is not sent. "
                    "Close sessions that are no longer needed.");
    }
    // A payload larger than the limit is taken when nothing else waits: otherwise it could never be sent.
    const std::size_t limit = state_->options.send_queue_limit_bytes;
    if (state_->queued_bytes != 0 && state_->queued_bytes + payload->size() > limit) {
        return fail(ErrorKind::too_large,
                    fmt::format("send {} bytes to {}: the peer does not read; {} bytes already wait to be "
                                "sent, and the limit is {}. Let it read first, or disconnect it.",
                                payload->size(), remote().to_string(), state_->queued_bytes, limit));
    }
    state_->change_queued_bytes(static_cast<std::ptrdiff_t>(payload->size()));
    state_->queue.push_back({std::move(payload), 0, std::move(group)});
    state_->flush();
    return {};
}

void TcpConnection::finish_sending() {
    state_->finish_wanted = true;
    state_->flush();
}

bool TcpConnection::peer_finished() const { return state_->peer_finished; }
bool TcpConnection::finished_sending() const { return state_->finished; }
std::size_t TcpConnection::queued_bytes() const { return state_->queued_bytes; }
bool TcpConnection::reading_paused() const { return state_->paused; }

void TcpConnection::hold_reading(bool hold) {
    if (state_->held != hold) {
        state_->held = hold;
        state_->update_reading();
    }
}

void TcpConnection::resume_reading() {
    if (!state_->writer.ready()) {
        return;
    }
    if (state_->paused) {
        state_->set_paused(false);
        state_->update_reading();
    }
    if (!state_->queue.empty()) {
        state_->flush_later();
    }
}

}  // namespace sockdesk::net
