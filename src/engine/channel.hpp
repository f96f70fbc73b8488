// What a session is while it is open: one of three kinds of channel, and what a channel may ask of its
// session. Private to this room; everything here lives on the loop thread.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>

#include "base/endpoint.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "engine/command.hpp"
#include "engine/event.hpp"
#include "engine/payload_maker.hpp"
#include "engine/replier.hpp"
#include "engine/session_ledger.hpp"
#include "net/loop.hpp"

namespace sockdesk::engine {

/// The session, as its channel sees it.
class ChannelHost {
public:
    virtual net::Loop& loop() = 0;
    virtual SessionLedger& ledger() = 0;
    virtual SessionId session_id() const = 0;

    /// The socket has a local address (again, after a reconnect). Told to log and face.
    virtual void channel_opened(const std::optional<Endpoint>& local,
                                const std::optional<Endpoint>& remote) = 0;
    /// Not open yet, or not any more but trying again; `error` is why the last attempt failed.
    virtual void channel_opening(const std::optional<Error>& error) = 0;
    /// Gives up. The channel is closed and destroyed soon after, not from within the call.
    virtual void channel_failed(const Error& error) = 0;
    /// Came to its regular end, e.g. a client whose server has closed. As above.
    virtual void channel_ended() = 0;

    virtual void emit(Event event) = 0;

    /// There is more room in a queue of the channel, or somebody new to send to: cycles that wait go on.
    virtual void channel_drained() = 0;
    /// Nothing can be sent to `target` any more; `lost_bytes` were queued for it. Cycles to it end, with `error` unless they
    /// were endless and nothing is lost.
    virtual void target_lost(const SendTarget& target, std::size_t lost_bytes, const Error& error) = 0;
    /// Publishes what was logged and wakes the face.
    virtual void batch_end() = 0;

    /// To be told what arrives; null while nothing is answered.
    virtual Replier* replier() = 0;

    /// Begins what was to be sent unasked (`OpenSession::greeting`).
    virtual void start_greeting(SendTarget target) = 0;
    /// A cycle that will come to its end is still sending to this connection (or to all).
    virtual bool is_still_sending_to(ConnectionId connection) const = 0;

protected:
    ~ChannelHost() = default;
};

class Channel {
public:
    virtual ~Channel() = default;

    /// Begins: looks up, binds, connects. Answers through the host, possibly before it returns.
    virtual void open() = 0;
    /// Ends every connection, with its records in the log. Nothing is told to the host afterwards.
    virtual void close() = 0;

    virtual Result<void> send(const SendTarget& target, const Payload& payload) = 0;
    /// One after the other, as far as they are accepted; never an empty batch.
    virtual Result<void> send_batch(const SendTarget& target, std::span<const Payload> payloads,
                                    std::size_t& accepted);
    /// How many payloads `send_batch` gains by.
    virtual std::size_t at_once(const SendTarget&) const { return 1; }
    /// Several receivers now, or at another time.
    virtual bool reaches_several(const SendTarget&) const { return false; }
    /// To each of them what `make` answers; only where `reaches_several`.
    virtual Result<void> send_to_each(const SendTarget& target,
                                      const std::function<Payload(const SendEnds&)>& make);
    /// As far as it can be known before something is sent there, it is known afterwards where to, and where from. A name begins to be
    /// looked up: until its address is known, there is no room for it.
    virtual void prepare_to(const SendTarget&) {}
    /// Both ends of `target` are about to be known: `make` is called and its payload sent then. False: now is the time. `most_bytes`: what it may
    /// make.
    virtual Result<bool> send_when_known(const SendTarget&,
                                         const std::function<Payload(const SendEnds&)>& make,
                                         std::size_t most_bytes);
    /// Of one receiver.
    virtual SendEnds ends_of(const SendTarget&) const = 0;
    /// How many more bytes may be queued to `target` when `limit` may wait there; 0: not now. To all: of the client with the
    /// fewest, so that one that does not read cannot hold up the others.
    virtual std::size_t room(const SendTarget& target, std::size_t limit) const = 0;
    /// Nothing waits for the kernel on its way to `target` (to all: to the client with the fewest).
    virtual bool is_drained(const SendTarget& target) const = 0;
    /// Bytes that wait for the kernel, on their way to anybody.
    virtual std::size_t queued_bytes() const = 0;

    /// Sends an answer to whom it is for; nothing where they are gone.
    virtual Result<void> reply(const ReplyTo& to, const Payload& payload) = 0;
    /// The peer reads its answers. If not, `Replier::drained` is called when it has.
    virtual bool has_room_for_reply(ConnectionId) const { return true; }
    /// As long as it is held for answers, nothing is read from that connection.
    virtual void hold_reading(ConnectionId, bool /*hold*/) {}
    virtual void disconnect(ConnectionId) {}
    virtual void finish_sending(ConnectionId) {}
    /// A cycle has ended: a half-closed connection may have waited for it.
    virtual void cycle_ended() {}

    /// There is memory for the log again.
    virtual void resume_reading() = 0;
    virtual bool reading_paused() const = 0;
};

}  // namespace sockdesk::engine
