// What the receiving and the sending half of a UDP socket share: its descriptor, where it is bound, the log and the one who is told.
// Private to this room.
#pragma once

#include <optional>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/endpoint.hpp"
#include "base/result.hpp"
#include "capture/log_writer.hpp"
#include "net/udp_socket.hpp"
#include "net/unique_fd.hpp"

namespace sockdesk::net {

struct UdpPort {
    capture::LogWriter& writer;
    UdpObserver& observer;
    SystemClock clock{};

    UniqueFd fd{};   ///< none while nothing was sent from a socket that was opened unbound
    int family = 0;  ///< AF_INET or AF_INET6
    std::optional<Endpoint> local{};
    /// The log has no memory: nothing is read, and nothing leaves the queue, until `UdpSocket::resume_reading`.
    bool paused = false;

    /// Into the log. False: there is no memory, which `LogWriter::ready` cannot exclude, as it promises less than the largest batch.
    bool keep(Timestamp time, capture::Direction direction, const Endpoint& from_here, const Endpoint& remote,
              ByteView payload);

    /// Whether the log takes what comes next; pauses when it does not.
    bool ready_or_paused();

    /// Reports datagrams that came back. True when there was one: a call that failed meanwhile may have failed because of it.
    bool drain_error_queue();

    /// The first send binds an unbound socket, whether it succeeds or not.
    void learn_local();

    /// As `UdpSocket::receive_buffer_bytes`.
    std::size_t receive_buffer_bytes() const;
};

}  // namespace sockdesk::net
