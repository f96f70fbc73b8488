// Any bytes as a capture: every block that is found is taken apart as far as it goes.
#include <cstdlib>

#include "capture/event_text.hpp"
#include "capture/ip_packet.hpp"
#include "capture/journal_event.hpp"
#include "capture/pcapng.hpp"

namespace {

using namespace sockdesk;
using namespace sockdesk::capture;

void require(bool truth) {
    if (!truth) std::abort();
}

/// The part lies within the whole.
void require_within(ByteView part, ByteView whole) {
    if (part.empty()) return;
    require(part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void take_packet(ByteView packet) {
    for (const PacketOrigin origin : {PacketOrigin::ours, PacketOrigin::foreign}) {
        if (const auto ip = parse_ip_packet(packet, origin)) require_within(ip->payload, packet);
    }
}

void take_event(ByteView entry) {
    const SessionEvent event = decode_event(entry);
    const SessionEvent again = decode_event(as_bytes(encode_event(event)));
    // Longer texts are cut.
    if (event.message.size() <= max_event_text) require(again.message == event.message);
    require(again.kind == event.kind && again.time == event.time && again.local == event.local &&
            again.remote == event.remote && again.totals == event.totals && again.count == event.count);
    require(describe(event).find('\n') == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    ByteView rest(data, size);
    // Mostly there is no valid block in the input: its pieces are worth trying alone.
    take_packet(rest);
    take_event(rest);
    FileOrder order = FileOrder::native;
    while (!rest.empty()) {
        if (const auto section = pcapng::section_order(rest)) order = *section;
        const auto block = pcapng::read_block(rest, order);
        if (!block) break;
        require_within(block->body, rest);
        if (block->is(pcapng::BlockType::enhanced_packet)) {
            if (const auto packet = pcapng::read_enhanced_packet(block->body, order)) {
                require_within(packet->packet, block->body);
                take_packet(packet->packet);
            }
        } else if (block->is(pcapng::BlockType::journal_export)) {
            take_event(block->body);
        } else {
            pcapng::OptionReader options(block->body, order);
            while (const auto option = options.next()) require_within(option->value, block->body);
        }
        rest = rest.subspan(block->size);
    }
    return 0;
}
