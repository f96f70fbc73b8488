// Any bytes as a capture file of another program, and as one of ours: what is found lies within the bytes, is never read twice, and
// goes into a log.
#include <algorithm>
#include <cstdlib>

#include "archive/native_blocks.hpp"
#include "archive/packet_converter.hpp"
#include "archive/packet_reader.hpp"
#include "capture/log_writer.hpp"

namespace {

using namespace sockdesk;
using namespace sockdesk::archive;

void require(bool truth) {
    if (!truth) std::abort();
}

void require_within(ByteView part, ByteView whole) {
    if (part.empty()) return;
    require(part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

capture::SegmentPool& pool() {
    static capture::SegmentPool only({.ready_segments = 1, .budget_bytes = 0});
    return only;
}

void read_as_foreign(ByteView file) {
    const auto reader = make_packet_reader(file.first(std::min(file.size(), longest_head)));
    if (!reader) return;
    require(!(*reader)->description().empty());
    const auto log = std::make_shared<capture::Log>(pool(), "fuzz");
    {
        capture::LogWriter writer(log);
        PacketConverter converter(writer);
        ByteView rest = file;
        while (true) {
            const Step step = (*reader)->next(rest);
            if (step.kind == Step::Kind::broken) {
                require(!step.why.empty());
                break;
            }
            if (step.kind == Step::Kind::incomplete) {
                require(step.size > rest.size() && step.size <= longest_block + 64);
                break;
            }
            require(step.size > 0 && step.size <= rest.size());
            if (step.kind == Step::Kind::packet) {
                require_within(step.packet.bytes, rest.first(step.size));
                require(step.packet.time.time_since_epoch().count() >= 0);
                converter.take(step.packet);
            } else if (step.kind == Step::Kind::event) {
                require_within(step.event_body, rest.first(step.size));
                converter.take_event(step.event_body);
            }
            rest = rest.subspan(step.size);
        }
        converter.append_summary();
    }
    // Whatever came in can be shown.
    capture::LogReader records(log);
    Timestamp before{};
    for (RecordIndex i = 0; i < log->published(); ++i) {
        const capture::RecordView record = records.record(i);
        require(record.time >= before);
        before = record.time;
        if (record.previous_in_stream) require(*record.previous_in_stream < i);
    }
}

void read_as_native(ByteView file) {
    const auto start = native_start(file.first(std::min(file.size(), native_head)));
    NativeBlocks blocks;
    RecordIndex records = 0;
    ByteView rest = file;
    bool first = true;
    while (true) {
        const NativeBlocks::Found found = blocks.next(rest, records);
        if (found.kind == NativeBlocks::Found::Kind::broken) {
            require(found.why[0] != '\0');
            // What was taken for ours does not begin with something that is not.
            require(!first || !start);
            return;
        }
        if (found.kind == NativeBlocks::Found::Kind::incomplete) {
            require(found.size == 0 || found.size > rest.size());
            return;
        }
        require(found.size >= 12 && found.size <= rest.size() &&
                found.previous_in_stream_distance <= records);
        if (found.kind == NativeBlocks::Found::Kind::record) ++records;
        rest = rest.subspan(found.size);
        first = false;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // At the end of memory of its own, so that a byte too far is noticed.
    const Bytes exact(data, data + size);
    read_as_foreign(exact);
    read_as_native(exact);
    return 0;
}
