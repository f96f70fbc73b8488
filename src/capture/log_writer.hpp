// The only way into a log. Used by the loop thread alone.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "capture/log.hpp"
#include "capture/record.hpp"
#include "capture/tcp_flow.hpp"

namespace sockdesk::capture {

class LogWriter {
public:
    /// Largest payload of one record: what fits an IP packet (RFC 791 section 3.1, RFC 8200 section 3).
    static constexpr std::size_t max_datagram_v4 = 65'507;
    static constexpr std::size_t max_datagram_v6 = 65'527;
    /// Longer pieces of a stream are split into several records by `append_stream`.
    static constexpr std::size_t max_stream_piece = 65'495;

    explicit LogWriter(std::shared_ptr<Log> log);
    ~LogWriter();
    LogWriter(LogWriter&&) noexcept;

    const std::shared_ptr<Log>& log() const;

    /// True: at least 4 MiB of blocks will be taken without fail. A caller reads from a socket only while
    /// this is true, and asks again when the pool says that memory is available. Appending when it is false
    /// still works for session events.
    bool ready(Patience patience = Patience::can_wait);

    // Times are made monotonic within a log: a time before that of the previous record is raised to it.
    // Nothing appended is visible to readers before `publish`.

    void append_datagram(Timestamp time, Direction direction, const Endpoint& local, const Endpoint& remote,
                         ByteView payload);

    /// Splits at `max_stream_piece`. An empty payload appends nothing.
    void append_stream(Timestamp time, Direction direction, TcpFlow& flow, ByteView payload,
                       FanOut fan_out = {});

    /// Room in the log itself for what comes next of a flow, up to `max_stream_piece` bytes: who reads a socket into it saves a
    /// copy. Nothing is appended before `commit_stream`; until then the writer must not be used for anything else, or the
    /// room is void.
    std::span<std::uint8_t> reserve_stream(Timestamp time, Direction direction, TcpFlow& flow);
    /// The first `size` bytes of that room become a record, of which the view is answered. 0 appends nothing.
    ByteView commit_stream(Timestamp time, Direction direction, TcpFlow& flow, std::size_t size);

    /// SYN, SYN-ACK, ACK. These and the ends of a flow are packets of the capture but not records of the log:
    /// the session event that goes with them is.
    void open_flow(Timestamp time, TcpFlow& flow);
    void end_flow(Timestamp time, TcpFlow& flow, FlowEnd end);

    void append_event(const SessionEvent& event);

    /// Interface statistics block: what came so far and what became of it.
    void append_statistics(Timestamp time, const Arrivals& arrivals);

    /// Makes all that was appended visible, with one release store. Once a batch.
    void publish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace sockdesk::capture
