#include <limits>
#include <unordered_map>
#include <utility>

#include "capture/ip_packet.hpp"
#include "capture/journal_event.hpp"
#include "capture/log.hpp"
#include "capture/pcapng.hpp"

namespace sockdesk::capture {

namespace {

/// Streams whose end is remembered. A terminal follows two for each connection; past this many the memory
/// starts anew.
constexpr std::size_t most_stream_ends = 65'536;

/// How far ahead the next piece of a stream is looked for in one go. A connection that has fallen silent is not worth going
/// through, and reading back from disk, gigabytes of others.
constexpr RecordCount most_looked_ahead = 200'000;

/// The sequence number gives the low 32 bits of the offset, a borrowed field the high ones.
std::uint64_t stream_offset(const TcpFields& tcp) {
    constexpr std::uint32_t first_data = 1;  // the initial sequence number is 0 and SYN takes it
    return std::uint64_t{tcp.offset_high} << 32U | (tcp.sequence - first_data);
}

/// What `parse_ip_packet` would find in one of our own blocks, without the rest.
PayloadBytes payload_of_block(ByteView block) {
    constexpr PayloadBytes none{{}, RecordKind::event, Transport::udp};
    constexpr std::size_t captured_at = 20;
    constexpr std::uint8_t protocol_tcp = 6;
    if (block.size() < pcapng::packet_block_head + ipv4_header_size) return none;
    if (load_native<std::uint32_t>(block.data()) !=
        static_cast<std::uint32_t>(pcapng::BlockType::enhanced_packet)) {
        return none;
    }
    const std::size_t captured = load_native<std::uint32_t>(block.data() + captured_at);
    if (captured < ipv4_header_size || captured > block.size() - pcapng::packet_block_head) return none;
    const ByteView packet = block.subspan(pcapng::packet_block_head, captured);
    const bool v4 = packet[0] >> 4U == 4;
    const std::size_t ip_size = v4 ? std::size_t{4} * (packet[0] & 0x0FU) : ipv6_header_size;
    if (packet.size() < ip_size + udp_header_size) return none;
    const bool tcp = packet[v4 ? 9 : 6] == protocol_tcp;
    std::size_t size = ip_size + udp_header_size;
    if (tcp) {
        if (packet.size() < ip_size + tcp_header_size) return none;
        size = ip_size + std::size_t{4} * (packet[ip_size + 12] >> 4U);
        if (packet.size() < size) return none;
    }
    return {packet.subspan(size), RecordKind::payload, tcp ? Transport::tcp : Transport::udp};
}

Timestamp timestamp(std::uint64_t nanoseconds) {
    constexpr auto latest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    return Timestamp(std::chrono::nanoseconds(static_cast<std::int64_t>(std::min(nanoseconds, latest))));
}

}  // namespace

struct LogReader::State {
    State(std::shared_ptr<const Log> read, Access access) : log(std::move(read)), hold(log->table_, access) {}

    std::shared_ptr<const Log> log;
    SegmentTable::Hold hold;  ///< on `segment`; made after `log`, so let go before it

    // The segment that was read last, and which records are known to be in it.
    const Segment* segment = nullptr;
    SegmentTable::Position position = 0;
    RecordIndex first = 0;
    RecordIndex end = 0;

    std::unordered_map<RecordIndex, RecordIndex> searched_until;  ///< see `next_in_stream`
    std::string excuse;  ///< the entry of an event in place of records that could not be read back

    bool go_to(RecordIndex record);
    const IndexEntry& entry(RecordIndex record) const { return segment->index()[record - first]; }
    RecordView view(RecordIndex record) const;
    RecordView missing(RecordIndex record);
};

/// Makes `segment` the one with that record. False when it is not in memory, or not published.
bool LogReader::State::go_to(RecordIndex record) {
    if (segment != nullptr && record >= first && record < end) return true;
    const SegmentTable& table = log->table_;
    if (table.count() == 0) return false;
    const SegmentTable::Position wanted = table.find(record);
    if (segment == nullptr || wanted != position) {
        segment = hold.move_to(wanted);
        if (segment == nullptr) return false;
        position = wanted;
        first = table.first_record(wanted);
    }
    end = first + segment->published_records.load(std::memory_order_acquire);
    return record >= first && record < end;
}

RecordView LogReader::State::view(RecordIndex record) const {
    RecordView result;
    result.index = record;
    const IndexEntry at = entry(record);
    const std::size_t published = segment->published_bytes.load(std::memory_order_acquire);
    const ByteView bytes(segment->bytes(), published);
    if (at.block_offset > published) return result;
    const auto block = pcapng::read_block(bytes.subspan(at.block_offset));
    if (!block) return result;

    if (block->is(pcapng::BlockType::journal_export)) {
        result.kind = RecordKind::event;
        result.event_body = block->body;
        result.time = decode_event(block->body).time;
        return result;
    }
    const auto packet = pcapng::read_enhanced_packet(block->body);
    if (!packet) return result;
    const auto ip = parse_ip_packet(packet->packet, PacketOrigin::ours);
    if (!ip) return result;
    result.time = timestamp(packet->time_units);
    result.direction = packet->direction.value_or(Direction::received);
    result.fan_out = packet->fan_out;
    result.transport = ip->transport;
    const bool received = result.direction == Direction::received;
    result.local = received ? ip->destination : ip->source;
    result.remote = received ? ip->source : ip->destination;
    result.payload = ip->payload;
    if (ip->transport == Transport::tcp) result.stream_offset = stream_offset(ip->tcp);
    if (at.previous_in_stream_distance != 0)
        result.previous_in_stream = record - at.previous_in_stream_distance;
    return result;
}

/// In place of a record that is not there: an event, which says why if it should be.
RecordView LogReader::State::missing(RecordIndex record) {
    RecordView view;
    view.index = record;
    view.kind = RecordKind::event;
    if (!hold.error()) return view;
    SessionEvent event;
    event.kind = SessionEvent::Kind::error;
    event.code = hold.error()->code;
    event.message = hold.error()->message;
    event.time = log->table_.first_time(log->table_.find(record));
    excuse = encode_event(event);
    view.time = event.time;
    view.event_body = as_bytes(excuse);
    return view;
}

LogReader::LogReader(std::shared_ptr<const Log> log, Access access)
    : state_(std::make_unique<State>(std::move(log), access)) {}
LogReader::~LogReader() = default;
LogReader::LogReader(LogReader&&) noexcept = default;
LogReader& LogReader::operator=(LogReader&&) noexcept = default;

const Log& LogReader::log() const { return *state_->log; }

RecordView LogReader::record(RecordIndex index) {
    if (state_->go_to(index)) return state_->view(index);
    return state_->missing(index);
}

PayloadBytes LogReader::payload(RecordIndex index) {
    State& state = *state_;
    if (!state.go_to(index)) return {{}, RecordKind::event, Transport::udp};
    const std::size_t published = state.segment->published_bytes.load(std::memory_order_relaxed);
    const std::size_t at = state.entry(index).block_offset;
    if (at > published) return {{}, RecordKind::event, Transport::udp};
    return payload_of_block({state.segment->bytes() + at, published - at});
}

RecordIndex LogReader::first_not_before(Timestamp time) {
    // The segment first, by what is in memory of each, so that one is read back from disk at most.
    const SegmentTable& table = state_->log->table_;
    RecordIndex low = state_->log->first_available();
    RecordIndex high = state_->log->published();
    if (const SegmentTable::Position count = table.count(); count != 0) {
        const SegmentTable::Position position = table.find(time);
        low = std::max(low, table.first_record(position));
        if (position + 1 < count) high = std::min(high, table.first_record(position + 1));
    }
    while (low < high) {
        const RecordIndex middle = low + (high - low) / 2;
        if (record(middle).time < time) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

ByteView LogReader::block(RecordIndex index) {
    if (!state_->go_to(index)) return {};
    const ByteView bytes(state_->segment->bytes(),
                         state_->segment->published_bytes.load(std::memory_order_acquire));
    const std::size_t offset = state_->entry(index).block_offset;
    if (offset > bytes.size()) return {};
    const auto block = pcapng::read_block(bytes.subspan(offset));
    return block ? bytes.subspan(offset, block->size) : ByteView{};
}

ByteView LogReader::blocks(RecordIndex index) {
    const ByteView own = block(index);
    if (own.empty()) return {};
    const std::uint8_t* begin = state_->segment->bytes();
    const std::uint8_t* end = own.data() + own.size();
    if (index != state_->first) {
        const ByteView before = block(index - 1);
        if (before.empty()) return {};
        begin = before.data() + before.size();
    }
    // A segment that another one follows is complete.
    const bool complete = state_->position + 1 < state_->log->table_.count();
    if (complete &&
        index + 1 == state_->first + state_->segment->published_records.load(std::memory_order_acquire)) {
        end = state_->segment->bytes() + state_->segment->published_bytes.load(std::memory_order_acquire);
    }
    // A file that something else has changed may hold anything.
    if (begin > end) return {};
    return {begin, end};
}

std::optional<RecordIndex> LogReader::next_in_stream(RecordIndex index) {
    State& state = *state_;
    if (!state.go_to(index)) return std::nullopt;
    const RecordView asked = state.view(index);
    if (asked.kind != RecordKind::payload || asked.transport != Transport::tcp) return std::nullopt;

    const RecordCount published = std::min(state.log->published(), index + most_looked_ahead);
    const auto known = state.searched_until.find(index);
    RecordIndex at = known == state.searched_until.end() ? index + 1 : known->second;
    bool found = false;
    while (at < published && state.go_to(at)) {
        const RecordIndex end = std::min(state.end, published);
        // The distance alone tells: it leads from exactly one record of the stream back to the one asked for.
        while (at < end && state.entry(at).previous_in_stream_distance != at - index) ++at;
        found = at < end;
        if (found) break;
    }
    if (known != state.searched_until.end()) {
        known->second = at;
    } else {
        if (state.searched_until.size() >= most_stream_ends) state.searched_until.clear();
        state.searched_until.emplace(index, at);
    }
    if (!found) return std::nullopt;
    return at;
}

}  // namespace sockdesk::capture
