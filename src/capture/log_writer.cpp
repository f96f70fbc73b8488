#include "capture/log_writer.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

#include "capture/ip_packet.hpp"
#include "capture/journal_event.hpp"
#include "capture/pcapng.hpp"

namespace sockdesk::capture {

static_assert(LogWriter::max_datagram_v4 == max_udp_payload_v4);
static_assert(LogWriter::max_datagram_v6 == max_udp_payload_v6);
static_assert(LogWriter::max_stream_piece == max_tcp_payload);

namespace {

/// What `ready` promises to take.
constexpr std::size_t promised_room = std::size_t{4} << 20;

/// A direction that carries so much while the other is silent is acknowledged by a packet without payload.
/// Who analyses the capture takes data that is 2³¹ bytes ahead of the last acknowledgement for old data sent
/// again.
constexpr std::uint64_t acknowledge_every = std::uint64_t{64} << 20;

/// Of a packet with payload.
constexpr std::uint8_t data_flags = TcpFields::psh | TcpFields::ack;

/// Both ends of one family: that of the remote end, which a packet really came from or went to. A local
/// address of the other family (a socket that is not bound yet) becomes the unspecified one.
Endpoint fitting_local(const Endpoint& local, const Endpoint& remote) {
    if (local.address.family() == remote.address.family()) return local;
    return {remote.address.is_v4() ? IpAddress() : IpAddress::v6({}), local.port};
}

}  // namespace

struct LogWriter::State {
    explicit State(std::shared_ptr<Log> written) : log(std::move(written)) {}

    std::shared_ptr<Log> log;
    Segment* segment = nullptr;  ///< the one being written, owned by the log's table
    std::unique_ptr<Segment> spare;
    SegmentTable::Position position = 0;     ///< of `segment` in the table
    SegmentTable::Position unpublished = 0;  ///< first position with something not published
    RecordIndex next_record = 0;
    std::uint64_t segment_first_byte = 0;
    std::string session_protocol;  ///< of the last open event, for the words of later ones

    Timestamp monotonic(Timestamp time) {
        log->last_time_ = std::max(log->last_time_, time);
        return log->last_time_;
    }

    /// Room for a block in the current segment, or in a new one. Nothing is written yet.
    std::uint8_t* room_for(std::size_t block_size) {
        if (segment == nullptr || segment->room() < block_size) [[unlikely]]
            begin_segment();
        return segment->bytes() + segment->written_bytes;
    }

    void advance(std::size_t block_size) { segment->written_bytes += static_cast<std::uint32_t>(block_size); }

    /// Enters the block that will be advanced over next as a record.
    RecordIndex index_record(std::optional<RecordIndex> previous = std::nullopt) {
        const RecordIndex record = next_record++;
        std::uint64_t distance = previous ? record - *previous : 0;
        if (distance > std::numeric_limits<std::uint32_t>::max()) distance = 0;
        segment->index()[segment->written_records++] = {segment->written_bytes,
                                                        static_cast<std::uint32_t>(distance)};
        return record;
    }

    std::uint8_t* end() { return segment->bytes() + segment->written_bytes; }

    /// A flow as one direction of it has it. The ends are kept here, as `PacketEnds` only refers to them.
    struct FlowEnds {
        FlowEnds(Direction direction, TcpFlow& flow)
            : received(direction == Direction::received),
              from(received ? flow.received : flow.sent),
              to(received ? flow.sent : flow.received),
              local(fitting_local(flow.local, flow.remote)),
              ends{received ? flow.remote : local, received ? local : flow.remote} {}
        FlowEnds(const FlowEnds&) = delete;
        FlowEnds& operator=(const FlowEnds&) = delete;

        bool received;
        TcpHalf& from;
        TcpHalf& to;
        Endpoint local;
        PacketEnds ends;
    };

    void acknowledge(Timestamp time, Direction direction, TcpFlow& flow);
    /// At most `max_stream_piece` bytes, which may lie where they belong already.
    void append_piece(Timestamp time, Direction direction, TcpFlow& flow, ByteView piece, FanOut fan_out);
    void begin_segment();
    void resume();
    void append_packet(Timestamp time, Direction direction, TcpFlow& flow, std::uint8_t flags);
    void publish();
};

void LogWriter::State::begin_segment() {
    std::unique_ptr<Segment> fresh = std::move(spare);
    if (!fresh) fresh = log->pool_.take(Patience::must_not_wait);
    if (!fresh) fresh = log->pool_.take_over_budget();
    const bool first = segment == nullptr;
    if (!first) {
        segment_first_byte += segment->written_bytes;
        ++position;
    }
    segment = fresh.get();
    log->table_.append(std::move(fresh), {next_record, segment_first_byte, log->last_time_});
    if (!first) return;
    const Bytes start = pcapng::section_start(log->name());
    std::memcpy(segment->bytes(), start.data(), start.size());
    advance(start.size());
}

/// Goes on where an earlier writer of the same log ended.
void LogWriter::State::resume() {
    const SegmentTable::Position linked = log->table_.linked();
    if (linked == 0) return;
    position = unpublished = linked - 1;
    segment = log->table_.linked_segment(position);
    segment_first_byte = log->table_.first_byte(position);
    next_record = log->table_.first_record(position) + segment->written_records;
}

/// A packet of a flow without payload: not a record.
void LogWriter::State::append_packet(Timestamp time, Direction direction, TcpFlow& flow, std::uint8_t flags) {
    const bool received = direction == Direction::received;
    const TcpHalf& from = received ? flow.received : flow.sent;
    TcpHalf& to = received ? flow.sent : flow.received;
    const Endpoint local = fitting_local(flow.local, flow.remote);
    const PacketEnds ends = received ? PacketEnds{flow.remote, local} : PacketEnds{local, flow.remote};

    TcpFields fields;
    fields.flags = flags;
    const bool syn = (flags & TcpFields::syn) != 0;
    // Initial sequence numbers are 0; SYN and FIN count as one byte each.
    fields.sequence = syn ? 0 : static_cast<std::uint32_t>(1 + from.bytes + (from.finished ? 1 : 0));
    if ((flags & TcpFields::ack) != 0) {
        to.acknowledged = to.bytes;
        fields.acknowledgement = static_cast<std::uint32_t>(1 + to.bytes + (to.finished ? 1 : 0));
    }
    const std::size_t size = tcp_packet_size(ends, flags, 0);
    const std::size_t block_size = pcapng::packet_block_size(size, {});
    std::uint8_t* out = room_for(block_size);
    write_tcp_packet(out + pcapng::packet_block_head, ends, fields, {});
    pcapng::write_packet_block_around(out, {monotonic(time), direction, {}}, size);
    advance(block_size);
}

/// Of a flow that goes in one direction only, from time to time.
void LogWriter::State::acknowledge(Timestamp time, Direction direction, TcpFlow& flow) {
    const bool received = direction == Direction::received;
    const TcpHalf& from = received ? flow.received : flow.sent;
    if (from.bytes - from.acknowledged < acknowledge_every) [[likely]]
        return;
    append_packet(time, received ? Direction::sent : Direction::received, flow, TcpFields::ack);
}

void LogWriter::State::append_piece(Timestamp time, Direction direction, TcpFlow& flow, ByteView piece,
                                    FanOut fan_out) {
    const FlowEnds way(direction, flow);
    TcpFields fields;
    fields.flags = data_flags;
    fields.acknowledgement = static_cast<std::uint32_t>(1 + way.to.bytes + (way.to.finished ? 1 : 0));
    fields.sequence = static_cast<std::uint32_t>(1 + way.from.bytes);
    fields.offset_high = static_cast<std::uint32_t>(way.from.bytes >> 32U);

    const std::size_t size = tcp_packet_size(way.ends, fields.flags, piece.size());
    const std::size_t block_size = pcapng::packet_block_size(size, fan_out);
    std::uint8_t* out = room_for(block_size);
    write_tcp_packet(out + pcapng::packet_block_head, way.ends, fields, piece);
    pcapng::write_packet_block_around(out, {monotonic(time), direction, fan_out}, size);
    way.to.acknowledged = way.to.bytes;
    way.from.last_record = index_record(way.from.last_record);
    way.from.bytes += piece.size();
    advance(block_size);
}

void LogWriter::State::publish() {
    if (segment == nullptr) return;
    const std::uint64_t bytes = segment_first_byte + segment->written_bytes;
    if (bytes == log->published_bytes_.load(std::memory_order_relaxed)) return;
    // The order matters: a reader that sees a later number must find the earlier ones at least as new. A
    // segment's records before its bytes, the bytes before the segment that follows it, all of it before the
    // count of the log.
    for (auto at = unpublished; at <= position; ++at) {
        Segment* written = log->table_.linked_segment(at);
        written->published_records.store(written->written_records, std::memory_order_release);
        written->published_bytes.store(written->written_bytes, std::memory_order_release);
    }
    unpublished = position;
    log->table_.publish();
    log->published_.store(next_record, std::memory_order_release);
    log->published_bytes_.store(bytes, std::memory_order_seq_cst);
    log->doorbell_.ring_if_waited_for();
}

LogWriter::LogWriter(std::shared_ptr<Log> log) : state_(std::make_unique<State>(std::move(log))) {
    state_->resume();
}

LogWriter::~LogWriter() {
    if (!state_) return;
    state_->publish();
    state_->log->pool_.recycle(std::move(state_->spare));
}

LogWriter::LogWriter(LogWriter&&) noexcept = default;

const std::shared_ptr<Log>& LogWriter::log() const { return state_->log; }

bool LogWriter::ready(Patience patience) {
    if (state_->spare) return true;
    if (state_->segment != nullptr && state_->segment->room() >= promised_room) return true;
    state_->spare = state_->log->pool_.take(patience);
    return state_->spare != nullptr;
}

void LogWriter::append_datagram(Timestamp time, Direction direction, const Endpoint& local,
                                const Endpoint& remote, ByteView payload) {
    const Endpoint near = fitting_local(local, remote);
    const PacketEnds ends =
        direction == Direction::received ? PacketEnds{remote, near} : PacketEnds{near, remote};
    const std::size_t most = ends.is_v4() ? max_datagram_v4 : max_datagram_v6;
    assert(payload.size() <= most);  // the kernel has no longer ones
    payload = payload.first(std::min(payload.size(), most));

    const std::size_t size = udp_packet_size(ends, payload.size());
    const std::size_t block_size = pcapng::packet_block_size(size, {});
    std::uint8_t* out = state_->room_for(block_size);
    write_udp_packet(out + pcapng::packet_block_head, ends, payload);
    pcapng::write_packet_block_around(out, {state_->monotonic(time), direction, {}}, size);
    state_->index_record();
    state_->advance(block_size);
}

void LogWriter::append_stream(Timestamp time, Direction direction, TcpFlow& flow, ByteView payload,
                              FanOut fan_out) {
    while (!payload.empty()) {
        const ByteView piece = payload.first(std::min(payload.size(), max_stream_piece));
        payload = payload.subspan(piece.size());
        state_->acknowledge(time, direction, flow);
        state_->append_piece(time, direction, flow, piece, fan_out);
    }
}

std::span<std::uint8_t> LogWriter::reserve_stream(Timestamp time, Direction direction, TcpFlow& flow) {
    state_->acknowledge(time, direction, flow);
    const State::FlowEnds way(direction, flow);
    const std::size_t header_size = tcp_packet_size(way.ends, data_flags, 0);
    std::uint8_t* out = state_->room_for(pcapng::packet_block_size(header_size + max_stream_piece, {}));
    return {out + pcapng::packet_block_head + header_size, max_stream_piece};
}

ByteView LogWriter::commit_stream(Timestamp time, Direction direction, TcpFlow& flow, std::size_t size) {
    if (size == 0) return {};
    assert(size <= max_stream_piece);
    const State::FlowEnds way(direction, flow);
    const std::size_t header_size = tcp_packet_size(way.ends, data_flags, 0);
    const ByteView piece(state_->end() + pcapng::packet_block_head + header_size, size);
    state_->append_piece(time, direction, flow, piece, {});
    return piece;
}

void LogWriter::open_flow(Timestamp time, TcpFlow& flow) {
    const Direction out = flow.initiated_here ? Direction::sent : Direction::received;
    const Direction back = flow.initiated_here ? Direction::received : Direction::sent;
    state_->append_packet(time, out, flow, TcpFields::syn);
    state_->append_packet(time, back, flow, TcpFields::syn | TcpFields::ack);
    state_->append_packet(time, out, flow, TcpFields::ack);
}

void LogWriter::end_flow(Timestamp time, TcpFlow& flow, FlowEnd end) {
    const bool by_peer = end == FlowEnd::finished_by_peer || end == FlowEnd::reset_by_peer;
    const Direction out = by_peer ? Direction::received : Direction::sent;
    const Direction back = by_peer ? Direction::sent : Direction::received;
    if (end == FlowEnd::reset_by_peer || end == FlowEnd::reset_here) {
        state_->append_packet(time, out, flow, TcpFields::rst | TcpFields::ack);
        return;
    }
    TcpHalf& half = by_peer ? flow.received : flow.sent;
    if (half.finished) return;
    state_->append_packet(time, out, flow, TcpFields::fin | TcpFields::ack);
    half.finished = true;
    state_->append_packet(time, back, flow, TcpFields::ack);
}

void LogWriter::append_event(const SessionEvent& event) {
    SessionEvent timed = event;
    timed.time = state_->monotonic(event.time);
    if (event.kind == SessionEvent::Kind::open) state_->session_protocol = event.protocol;
    const std::string entry = encode_event(timed, state_->session_protocol);
    const std::size_t block_size = pcapng::journal_block_size(entry.size());
    std::uint8_t* out = state_->room_for(block_size);
    pcapng::write_journal_block(out, entry);
    state_->index_record();
    state_->advance(block_size);
}

void LogWriter::append_statistics(Timestamp time, const Arrivals& arrivals) {
    std::uint8_t* out = state_->room_for(pcapng::statistics_block_size);
    pcapng::write_statistics_block(out, state_->monotonic(time), arrivals);
    state_->advance(pcapng::statistics_block_size);
}

void LogWriter::publish() { state_->publish(); }

}  // namespace sockdesk::capture
