#include "net/udp_port.hpp"

#include <sys/socket.h>

#include <new>

#include "net/socket_address.hpp"
#include "net/system_failure.hpp"
#include "net/udp_descriptor.hpp"

namespace sockdesk::net {

bool UdpPort::keep(Timestamp time, capture::Direction direction, const Endpoint& from_here,
                   const Endpoint& remote, ByteView payload) {
    try {
        writer.append_datagram(time, direction, from_here, remote, payload);
        return true;
    } catch (const std::bad_alloc&) {
        observer.on_discarded(1);
        return false;
    }
}

bool UdpPort::ready_or_paused() {
    if (!writer.ready(capture::Patience::must_not_wait)) {
        paused = true;
    }
    return !paused;
}

bool UdpPort::drain_error_queue() {
    bool any = false;
    while (const auto returned = take_returned_datagram(fd.get())) {
        if (!returned->refused_here) {
            any = true;
            observer.on_error(returned->remote, undeliverable(returned->remote, returned->error_number));
        }
    }
    return any;
}

void UdpPort::learn_local() {
    if (local) {
        return;
    }
    const Endpoint bound = local_endpoint(fd.get());
    if (bound.port != 0) {
        local = bound;
        observer.on_bound(bound);
    }
}

std::size_t UdpPort::receive_buffer_bytes() const {
    int size = 0;
    socklen_t length = sizeof size;
    if (!fd || ::getsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &size, &length) != 0) {
        return 0;
    }
    return static_cast<std::size_t>(size) / 2;
}

}  // namespace sockdesk::net
