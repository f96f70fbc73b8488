#include "cli/source_arguments.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <string>

#include <fmt/format.h>

#include "cli/numbers.hpp"
#include "cli/option_reader.hpp"

namespace sockdesk::cli {

namespace {

/// A rate that has no period of whole nanoseconds is kept exactly by sending a few at a time, where nobody can tell them apart.
constexpr std::chrono::nanoseconds longest_invisible_period = std::chrono::microseconds{100};

}  // namespace

SendRhythm rhythm_of_rate(std::uint64_t thousandths_a_second, std::optional<std::uint32_t> burst) {
    constexpr std::uint64_t thousand_seconds_ns = 1'000'000'000'000;
    SendRhythm rhythm;
    rhythm.option = "--rate";
    if (!burst) {
        const std::uint64_t common = std::gcd(thousand_seconds_ns, thousandths_a_second);
        const std::chrono::nanoseconds exact{static_cast<std::int64_t>(thousand_seconds_ns / common)};
        if (exact <= longest_invisible_period) {
            rhythm.period = exact;
            rhythm.burst = static_cast<std::uint32_t>(thousandths_a_second / common);
            return rhythm;
        }
    }
    rhythm.burst = burst.value_or(1);
    const auto period = static_cast<long double>(thousand_seconds_ns) * rhythm.burst /
                        static_cast<long double>(thousandths_a_second);
    constexpr long double longest = 100'000.0L * 3'600'000'000'000.0L;
    rhythm.period =
        std::chrono::nanoseconds{static_cast<std::int64_t>(std::clamp(period + 0.5L, 1.0L, longest))};
    return rhythm;
}

std::optional<SendRhythm> read_rhythm(const SessionCommand& command) {
    const auto every = command.value("--every");
    const auto rate = command.value("--rate");
    std::optional<std::uint32_t> burst;
    if (const auto text = command.value("--burst")) {
        burst =
            static_cast<std::uint32_t>(need("--burst", parse_count(*text, 1, std::uint64_t{1'000'000'000})));
        if (!every && !rate) {
            refuse("--burst: say how often, too: --every DUR, or --rate N/s for how many a second in all");
        }
    }
    if (every && rate) refuse("--every and --rate both say how often: give one of them");
    if (rate) return rhythm_of_rate(need("--rate", parse_rate(*rate)), burst);
    if (!every) return std::nullopt;
    return SendRhythm{"--every", need("--every", parse_duration(*every)), burst.value_or(1)};
}

std::optional<app::FileSourceOptions> read_source(const SessionCommand& command,
                                                  const app::SessionSetup& setup) {
    const auto path = command.value("--source");
    if (!path) {
        for (const std::string_view name : {"--piece", "--lines", "--interval"}) {
            if (command.has(name))
                refuse(fmt::format("{}: no file is named, which --source PATH does", name));
        }
        return std::nullopt;
    }
    if (path->empty()) refuse("--source: the file's name is empty");
    app::FileSourceOptions options;
    options.path = std::string(*path);
    options.datagrams = command.protocol == engine::Protocol::udp;
    options.trailer = setup.trailer;
    if (command.has("--lines") && command.has("--piece"))
        refuse("--lines and --piece both say how the file is cut: give one of them");
    if (command.has("--lines")) options.cut = app::FileCut::lines;
    if (const auto piece = command.value("--piece")) {
        options.cut = app::FileCut::pieces;
        options.piece_bytes = need("--piece", parse_size(*piece));
    }
    if (const auto interval = command.value("--interval"))
        options.interval = need("--interval", parse_duration(*interval));
    if (options.cut == app::FileCut::stream) {
        if (options.interval.count() != 0)
            refuse("--interval: say between what: --lines, or --piece N bytes");
        if (options.trailer) refuse("--checksum: say of what: with --source, --lines or --piece N bytes");
    }
    if (options.datagrams && !setup.config.remote) refuse("whom to send to is missing: --remote HOST:PORT");
    if (auto readable = app::FileSource::open(options); !readable) {
        const bool usage = readable.error().kind == ErrorKind::bad_input;
        throw Refusal{usage ? exit_bad_usage : exit_failed,
                      fmt::format("--source: {}", readable.error().message)};
    }
    return options;
}

}  // namespace sockdesk::cli
