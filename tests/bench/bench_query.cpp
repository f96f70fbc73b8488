// What it costs to go through a log: searching, filtering, and asking what was found. Each log holds 1 GiB of payload.
//
// `sum_bytes` is the yardstick: the same records, each byte only added up by one pass of the processor.
#include <algorithm>
#include <cstring>
#include <memory>
#include <random>
#include <string>

#include <benchmark/benchmark.h>

#include "capture/log.hpp"
#include "capture/log_writer.hpp"
#include "query/filter.hpp"
#include "query/search.hpp"
#include "query/selection.hpp"

namespace {

using namespace sockdesk;
using namespace sockdesk::capture;
using namespace sockdesk::query;

constexpr std::size_t log_bytes = std::size_t{1} << 30U;

enum class Kind { datagrams, stream };

/// Text with something to find in one record of a thousand.
class Corpus {
public:
    Corpus(Kind kind, std::size_t size)
        : pool_(std::make_shared<SegmentPool>(options())), log_(Log::make(pool_, "bench")) {
        LogWriter writer(log_);
        TcpFlow flow;
        flow.local = here;
        flow.remote = there;
        std::mt19937 random(1);
        std::string text(std::size_t{1} << 20U, ' ');
        for (char& c : text) c = "etaoin shrdlucmfwyp.vbgkjqxz0123456789\n"[random() % 39];
        std::int64_t time = 1'700'000'000'000'000'000;
        Bytes payload(size);
        for (std::size_t made = 0, i = 0; made < log_bytes; made += size, ++i) {
            std::memcpy(payload.data(), text.data() + random() % (text.size() - size), size);
            if (i % 1000 == 500) std::memcpy(payload.data() + size / 2, "needle", 6);
            const Timestamp now(std::chrono::nanoseconds(time += 1000));
            if (kind == Kind::stream) {
                writer.append_stream(now, Direction::received, flow, payload);
            } else {
                writer.append_datagram(now, Direction::received, here, there, payload);
            }
            if (i % 64 == 0) writer.publish();
        }
        writer.publish();
    }

    const std::shared_ptr<Log>& log() const { return log_; }

    /// Made when it is asked for; one is kept.
    static const Corpus& of(Kind kind, std::int64_t size) {
        static std::unique_ptr<Corpus> kept;
        static std::pair<Kind, std::int64_t> what;
        if (!kept || what != std::pair(kind, size)) {
            kept.reset();
            kept = std::make_unique<Corpus>(kind, static_cast<std::size_t>(size));
            what = {kind, size};
        }
        return *kept;
    }

private:
    static SegmentPoolOptions options() {
        SegmentPoolOptions result;
        result.budget_bytes = 4 * log_bytes;
        return result;
    }

    inline static const Endpoint here{IpAddress::v4({127, 0, 0, 1}), 54321};
    inline static const Endpoint there{IpAddress::v4({127, 0, 0, 1}), 40000};

    std::shared_ptr<SegmentPool> pool_;
    std::shared_ptr<Log> log_;
};

/// `go_through` a log once an iteration; counts payload bytes and records.
template <typename GoThrough>
void measure(benchmark::State& state, Kind kind, GoThrough go_through) {
    const std::shared_ptr<Log>& log = Corpus::of(kind, state.range(0)).log();
    for (auto _ : state) go_through(log);
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(log_bytes));
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(log->published()));
}

void sum_bytes(benchmark::State& state) {
    measure(state, Kind::datagrams, [](const std::shared_ptr<Log>& log) {
        LogReader reader(log, Access::sequential);
        std::uint64_t sum = 0;
        for (RecordIndex i = 0; i < log->published(); ++i) {
            for (const std::uint8_t byte : reader.payload(i).bytes) sum += byte;
        }
        benchmark::DoNotOptimize(sum);
    });
}

void search(benchmark::State& state, Kind kind, const Pattern& pattern) {
    measure(state, kind, [&](const std::shared_ptr<Log>& log) {
        const Search search(log, pattern);
        search.wait();
        if (search.progress().matches == 0) state.SkipWithError("nothing was found");
    });
}

void search_literal(benchmark::State& state) {
    search(state, Kind::datagrams, *Pattern::literal({'n', 'e', 'e', 'd', 'l', 'e'}));
}

void search_literal_either_case(benchmark::State& state) {
    search(state, Kind::datagrams, *Pattern::literal({'N', 'e', 'E', 'd', 'l', 'e'}, LetterCase::ignored));
}

void search_hex(benchmark::State& state) {
    search(state, Kind::datagrams, *Pattern::hex("6E 65 ?? 64 6C 65"));
}

void search_regex(benchmark::State& state) { search(state, Kind::datagrams, *Pattern::regex("ne+dle")); }

void search_literal_stream(benchmark::State& state) {
    search(state, Kind::stream, *Pattern::literal({'n', 'e', 'e', 'd', 'l', 'e'}));
}

void search_regex_stream(benchmark::State& state) { search(state, Kind::stream, *Pattern::regex("ne+dle")); }

void filter(benchmark::State& state, const char* line) {
    const auto parsed = Filter::parse(line);
    measure(state, Kind::datagrams, [&](const std::shared_ptr<Log>& log) {
        const Selection selection(log, parsed->selector(), 0);
        selection.wait();
        benchmark::DoNotOptimize(selection.records().size());
    });
}

void filter_address(benchmark::State& state) { filter(state, "rx from 127.0.0.1:40000 len>10"); }
void filter_text(benchmark::State& state) { filter(state, "\"needle\""); }
void filter_regex(benchmark::State& state) { filter(state, "/ne+dle/"); }

/// Every record passes: what the selection itself costs.
void select_all(benchmark::State& state) {
    class All final : public Selector {
        bool selects(const RecordView&) override { return true; }
    };
    measure(state, Kind::datagrams, [&](const std::shared_ptr<Log>& log) {
        const Selection selection(log, std::make_unique<All>(), 0);
        selection.wait();
        benchmark::DoNotOptimize(selection.records().size());
    });
}

#define SOCKDESK_OVER_LOG(name) \
    BENCHMARK(name)->Arg(64)->Arg(1400)->Arg(65'495)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()
SOCKDESK_OVER_LOG(sum_bytes);
SOCKDESK_OVER_LOG(search_literal);
SOCKDESK_OVER_LOG(search_literal_either_case);
SOCKDESK_OVER_LOG(search_hex);
SOCKDESK_OVER_LOG(search_regex);
SOCKDESK_OVER_LOG(search_literal_stream);
SOCKDESK_OVER_LOG(search_regex_stream);
SOCKDESK_OVER_LOG(select_all);
SOCKDESK_OVER_LOG(filter_address);
SOCKDESK_OVER_LOG(filter_text);
SOCKDESK_OVER_LOG(filter_regex);

// ---- what a frame asks

/// 10 million records, one of so many chosen.
const RecordSet& chosen(std::int64_t one_of) {
    static std::unique_ptr<RecordSet> kept;
    static std::int64_t what = 0;
    if (!kept || what != one_of) {
        kept = std::make_unique<RecordSet>();
        std::mt19937 random(1);
        for (int i = 0; i < 10'000'000; ++i) kept->append(random() % static_cast<std::uint64_t>(one_of) == 0);
        kept->publish();
        what = one_of;
    }
    return *kept;
}

template <typename Question>
void ask(benchmark::State& state, Question question) {
    const RecordSet& set = chosen(state.range(0));
    std::mt19937_64 random(2);
    for (auto _ : state) benchmark::DoNotOptimize(question(set, random()));
    state.SetItemsProcessed(state.iterations());
}

void set_nth(benchmark::State& state) {
    ask(state, [](const RecordSet& set, std::uint64_t random) { return set.nth(random % set.size()); });
}
void set_rank(benchmark::State& state) {
    ask(state, [](const RecordSet& set, std::uint64_t random) { return set.rank(random % 10'000'000); });
}
void set_at_or_after(benchmark::State& state) {
    ask(state,
        [](const RecordSet& set, std::uint64_t random) { return set.at_or_after(random % 10'000'000); });
}
void set_before(benchmark::State& state) {
    ask(state, [](const RecordSet& set, std::uint64_t random) { return set.before(random % 10'000'000); });
}
BENCHMARK(set_nth)->Arg(1)->Arg(10)->Arg(10'000);
BENCHMARK(set_rank)->Arg(1)->Arg(10)->Arg(10'000);
BENCHMARK(set_at_or_after)->Arg(10)->Arg(10'000);
BENCHMARK(set_before)->Arg(10)->Arg(10'000);

void set_append(benchmark::State& state) {
    auto set = std::make_unique<RecordSet>();
    std::uint64_t i = 0;
    for (auto _ : state) {
        set->append(i % 3 == 0);
        if (++i % 512 == 0) set->publish();
        if (i == 100'000'000) {
            state.PauseTiming();
            set = std::make_unique<RecordSet>();
            i = 0;
            state.ResumeTiming();
        }
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(set_append);

}  // namespace
