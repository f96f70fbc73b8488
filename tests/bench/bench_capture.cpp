// What the log costs: appending on the way of every datagram, reading on the way to the screen.
#include <cstring>
#include <memory>

#include <benchmark/benchmark.h>

#include "capture/ip_packet.hpp"
#include "capture/log.hpp"
#include "capture/log_writer.hpp"

namespace {

using namespace sockdesk;
using namespace sockdesk::capture;

const Endpoint here{IpAddress::v4({127, 0, 0, 1}), 54321};
const Endpoint there{IpAddress::v4({127, 0, 0, 1}), 40000};
const Endpoint here_v6{IpAddress::v6({0x20, 1, 0xD, 0xB8, 1}), 54321};
const Endpoint there_v6{IpAddress::v6({0x20, 1, 0xD, 0xB8, 2}), 40000};

struct Desk {
    SegmentPool pool{{4, 0}};
    std::shared_ptr<Log> log = std::make_shared<Log>(pool, "bench");
    LogWriter writer{log};
    std::int64_t time = 1'700'000'000'000'000'000;

    Timestamp now() { return Timestamp(std::chrono::nanoseconds(time += 1000)); }

    /// A batch is over: published, and the memory goes round as it does behind a terminal.
    void end_batch() {
        writer.publish();
        log->release_before(log->published());
        benchmark::DoNotOptimize(writer.ready());
    }
};

void append_datagrams(benchmark::State& state, const Endpoint& local, const Endpoint& remote) {
    Desk desk;
    const Bytes payload(static_cast<std::size_t>(state.range(0)), 0x5A);
    int in_batch = 0;
    for (auto _ : state) {
        desk.writer.append_datagram(desk.now(), Direction::received, local, remote, payload);
        if (++in_batch == 64) {
            in_batch = 0;
            desk.end_batch();
        }
    }
    state.SetItemsProcessed(state.iterations());
    state.SetBytesProcessed(state.iterations() * state.range(0));
}

void append_datagram(benchmark::State& state) { append_datagrams(state, here, there); }
BENCHMARK(append_datagram)->Arg(0)->Arg(64)->Arg(1400)->Arg(65'507);

void append_datagram_v6(benchmark::State& state) { append_datagrams(state, here_v6, there_v6); }
BENCHMARK(append_datagram_v6)->Arg(64)->Arg(1400);

void append_stream(benchmark::State& state) {
    Desk desk;
    TcpFlow flow;
    flow.local = here;
    flow.remote = there;
    const Bytes payload(static_cast<std::size_t>(state.range(0)), 0x5A);
    for (auto _ : state) {
        desk.writer.append_stream(desk.now(), Direction::received, flow, payload);
        desk.end_batch();
    }
    state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(append_stream)->Arg(64)->Arg(65'536);

/// What `append_stream` is measured against: the same bytes into the same amount of memory, without and with
/// their sum.
template <typename Copy>
void copy_round(benchmark::State& state, Copy copy) {
    constexpr std::size_t rounds = 4 * Segment::capacity_bytes;
    const auto size = static_cast<std::size_t>(state.range(0));
    const Bytes payload(size, 0x5A);
    Bytes memory(rounds);
    std::size_t at = 0;
    benchmark::DoNotOptimize(memory.data());
    for (auto _ : state) {
        if (at + size > rounds) at = 0;
        copy(memory.data() + at, payload.data(), size);
        benchmark::ClobberMemory();
        at += size;
    }
    state.SetBytesProcessed(state.iterations() * state.range(0));
}

void plain_memcpy(benchmark::State& state) {
    copy_round(state, [](auto* to, auto* from, std::size_t size) { std::memcpy(to, from, size); });
}
BENCHMARK(plain_memcpy)->Arg(65'536);

void copy_and_checksum(benchmark::State& state) {
    copy_round(state, [](auto* to, auto* from, std::size_t size) {
        benchmark::DoNotOptimize(copy_and_sum(to, from, size));
    });
}
BENCHMARK(copy_and_checksum)->Arg(65'536);

void read_records(benchmark::State& state) {
    constexpr RecordCount count = 500'000;
    Desk desk;
    const Bytes payload(64, 0x5A);
    for (RecordCount i = 0; i < count; ++i) {
        desk.writer.append_datagram(desk.now(), Direction::received, here, there, payload);
    }
    desk.writer.publish();
    LogReader reader(desk.log);
    const auto step = static_cast<RecordIndex>(state.range(0));
    RecordIndex index = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(reader.record(index));
        index = (index + step) % count;
    }
    state.SetItemsProcessed(state.iterations());
}
// One after the other, and each in another segment than the last.
BENCHMARK(read_records)->Arg(1)->Arg(199'999);

void next_in_stream(benchmark::State& state) {
    constexpr RecordCount count = 500'000;
    Desk desk;
    TcpFlow flow;
    flow.local = here;
    flow.remote = there;
    desk.writer.append_stream(desk.now(), Direction::received, flow, Bytes(10));
    for (RecordCount i = 1; i < count; ++i) {
        desk.writer.append_datagram(desk.now(), Direction::received, here, there, Bytes());
    }
    desk.writer.publish();
    for (auto _ : state) {
        LogReader reader(desk.log);
        benchmark::DoNotOptimize(reader.next_in_stream(0));
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(count));
}
BENCHMARK(next_in_stream)->Unit(benchmark::kMicrosecond);

}  // namespace
