// The state that makes the packets of one TCP connection follow each other in the capture: sequence numbers
// (RFC 9293 section 3.4) for both directions, kept from the first byte to the last. The packets are
// synthesised: what the kernel really put on the wire is not visible to a socket, but payload, order,
// direction and time are true.
#pragma once

#include <cstdint>
#include <optional>

#include "base/endpoint.hpp"
#include "base/ids.hpp"

namespace sockdesk::capture {

/// One direction of a connection.
struct TcpHalf {
    std::uint64_t bytes = 0;                 ///< payload bytes so far; the sequence number is derived from it
    std::uint64_t acknowledged = 0;          ///< of these, how many the other direction has acknowledged
    std::optional<RecordIndex> last_record;  ///< for `RecordView::previous_in_stream`
    bool finished = false;                   ///< FIN was written
};

/// Owned by the connection, changed by `LogWriter` only.
struct TcpFlow {
    Endpoint local;
    Endpoint remote;
    bool initiated_here = false;  ///< we sent the SYN
    TcpHalf received;
    TcpHalf sent;
};

/// How a flow ends in the capture.
enum class FlowEnd {
    finished_by_peer,  ///< FIN from the peer; the other direction stays open
    finished_here,     ///< FIN from us
    reset_by_peer,     ///< RST from the peer
    reset_here,        ///< RST from us, also for a connection given up after a time-out
};

}  // namespace sockdesk::capture
