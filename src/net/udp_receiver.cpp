#include "net/udp_receiver.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "net/udp_descriptor.hpp"

namespace sockdesk::net {

namespace {

/// One turn of the loop reads at most this many batches from one socket, so that timers and other sockets
/// have their turn.
constexpr int max_batches_a_turn = 16;

/// Asking for the drop counter costs as much as reading a datagram.
constexpr std::chrono::milliseconds drop_check_delay{20};

}  // namespace

UdpReceiver::UdpReceiver(Loop& loop, UdpPort& port, std::function<void()> after_timer)
    : port_(port),
      look_(loop,
            [this, after_timer] {
                read();
                after_timer();
            }),
      drop_check_(loop, [this, after_timer] {
          drop_check_due_ = false;
          check_drops();
          // While nothing is read, nothing that is read tells when to look.
          if (port_.paused) {
              check_drops_soon();
          }
          after_timer();
      }) {}

void UdpReceiver::begin() { pace_.emplace(2 * port_.receive_buffer_bytes()); }

void UdpReceiver::read() {
    Look look;
    const bool emptied = read_batches(look);
    const SteadyTime now = port_.clock.steady_now();
    const ReceivePace::Next next = pace_->after_look(now, look.datagrams, look.payload_bytes);
    in_intervals_ = next == ReceivePace::Next::after_interval && !port_.paused;
    if (in_intervals_) {
        // Late, because the loop was busy elsewhere: still not at once, when next to nothing has gathered.
        next_look_ =
            emptied ? std::max(next_look_ + ReceivePace::interval, now + ReceivePace::interval / 2) : now;
        look_.arm(next_look_);
    }
    if (look.datagrams != 0 || port_.paused) {
        check_drops_soon();
    }
}

bool UdpReceiver::read_batches(Look& look) {
    for (int turn = 0; turn < max_batches_a_turn; ++turn) {
        // What comes while the port is paused waits in the kernel's buffer; what does not fit there is counted.
        if (!port_.ready_or_paused()) {
            return true;
        }
        const int count = batch_.receive(port_.fd.get());
        if (count < 0) {
            if (errno == EINTR) {
                continue;
            }
            if (errno != EAGAIN) {
                port_.drain_error_queue();
                continue;
            }
            return true;
        }
        take_batch(static_cast<std::size_t>(count), look);
        if (count < static_cast<int>(DatagramBatch::max_datagrams)) {
            return true;
        }
    }
    return false;
}

void UdpReceiver::take_batch(std::size_t count, Look& look) {
    received_.clear();
    for (std::size_t i = 0; i < count; ++i) {
        const auto datagram = batch_[i];
        Endpoint to = port_.local.value_or(Endpoint{});
        if (datagram.destination) {
            to.address = *datagram.destination;
        }
        look.payload_bytes += datagram.payload.size();
        if (port_.keep(datagram.received_at ? *datagram.received_at : port_.clock.now(),
                       capture::Direction::received, to, datagram.remote, datagram.payload)) {
            received_.push_back({datagram.remote, datagram.destination, datagram.payload});
        }
    }
    look.datagrams += count;
    port_.observer.on_datagrams(received_);
}

void UdpReceiver::read_rest() {
    if (!port_.fd || port_.paused) {
        return;
    }
    // Each waiting datagram takes at least this of the buffer, however short it is.
    constexpr std::size_t least_charge = 512;
    const std::size_t most = 2 * port_.receive_buffer_bytes() / least_charge;
    Look look;
    for (std::size_t turn = 0; turn <= most / (DatagramBatch::max_datagrams * max_batches_a_turn); ++turn) {
        if (read_batches(look)) {
            return;
        }
    }
}

void UdpReceiver::check_drops_soon() {
    if (!drop_check_due_) {
        drop_check_due_ = true;
        drop_check_.start(drop_check_delay);
    }
}

void UdpReceiver::check_drops() {
    const auto counter = port_.fd ? dropped_datagrams(port_.fd.get()) : std::nullopt;
    if (!counter) {
        return;
    }
    const std::uint32_t more = *counter - drop_counter_;  // right over a wrap as well
    drop_counter_ = *counter;
    if (more != 0) {
        port_.observer.on_dropped(more);
    }
}

}  // namespace sockdesk::net
