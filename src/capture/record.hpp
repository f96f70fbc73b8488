// What the log of a session consists of, as readers see it. Every record exists once, as a pcapng block in a
// segment; the types here are views of such a block or the values that a writer makes one from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/endpoint.hpp"
#include "base/ids.hpp"

namespace sockdesk::capture {

enum class Direction : std::uint8_t { received, sent };
enum class Transport : std::uint8_t { udp, tcp };

/// Several records that one send made: a TCP server writing one payload to all its clients.
/// The views show the group once (position 0, "TO ALL"); the capture holds one packet for every client.
struct FanOut {
    std::uint64_t group = 0;     ///< 0: no group. Unique within one log. The capture keeps 40 bits
    std::uint32_t position = 0;  ///< 0 is the first packet of the group. The capture keeps 24 bits

    explicit operator bool() const { return group != 0; }
    friend bool operator==(const FanOut&, const FanOut&) = default;
};

/// What went through a session since it was last opened.
struct Totals {
    std::uint64_t rx_packets = 0;
    std::uint64_t rx_bytes = 0;
    std::uint64_t tx_packets = 0;
    std::uint64_t tx_bytes = 0;
    std::uint64_t dropped = 0;    ///< datagrams that the kernel dropped before the socket could be read
    std::uint64_t discarded = 0;  ///< datagrams that were read and could not be kept

    friend bool operator==(const Totals&, const Totals&) = default;
};

/// What came for a session from the beginning of its log, whatever became of it.
struct Arrivals {
    std::uint64_t kept = 0;       ///< datagrams, or reads of a stream, that are in the log
    std::uint64_t dropped = 0;    ///< by the kernel
    std::uint64_t discarded = 0;  ///< by us

    friend bool operator==(const Arrivals&, const Arrivals&) = default;
};

/// Something that happened to a session, other than a payload. Fields that a kind does not use stay empty.
struct SessionEvent {
    enum class Kind : std::uint8_t {
        open,        ///< the socket has a local address: bound, listening or connected. protocol, local,
                     ///< port_chosen_by_system; remote for a client
        connect,     ///< a client of a server came. local, remote
        disconnect,  ///< a connection ended. local, remote, reason, message
        half_close,  ///< the peer (remote) has finished sending; what we send still reaches it
        error,       ///< something failed and the session may go on. code, message; remote where known
        drop,  ///< datagrams were lost: count, since the last such event; by; message: what can be done about it
        close,  ///< the session was closed. totals
        note,   ///< anything else worth keeping, e.g. a reconnect attempt. message
    };

    Kind kind = Kind::note;
    Timestamp time{};
    std::string protocol;  ///< "udp", "tcp-server", "tcp-client"
    std::optional<Endpoint> local;
    std::optional<Endpoint> remote;
    bool port_chosen_by_system = false;
    std::string by;       ///< "kernel": before they could be read; "sockdesk": read, but not kept
    std::string reason;   ///< "closed by peer", "reset by peer", "timed out", "closed"
    std::string code;     ///< symbolic system error such as "EADDRINUSE"
    std::string message;  ///< a sentence for a person
    std::uint64_t count = 0;
    Totals totals;
};

enum class RecordKind : std::uint8_t { payload, event };

/// One record, decoded from its block. `payload` points into the log and is valid as `LogReader::record`
/// says. Stream order: `previous_in_stream` is the record before this one of the same TCP connection and
/// direction.
struct RecordView {
    RecordIndex index = 0;
    RecordKind kind = RecordKind::payload;
    Timestamp time{};

    // kind == payload
    Direction direction = Direction::received;
    Transport transport = Transport::udp;
    Endpoint local;
    Endpoint remote;
    ByteView payload;
    FanOut fan_out;
    std::optional<RecordIndex> previous_in_stream;
    /// TCP: how many bytes of this direction of the connection came before this record. The packet keeps 48
    /// bits of it over IPv4 and 40 over IPv6, so it starts again from 0 after 256 TiB or 1 TiB.
    std::uint64_t stream_offset = 0;

    // kind == event: the raw block body, see `decode_event`
    ByteView event_body;
};

/// The event of a record with kind == event.
SessionEvent decode_event(const RecordView& record);

}  // namespace sockdesk::capture
