// `--every`, `--rate`, `--burst`, and `--source` with what goes with it, read. Private to this room.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "app/file_source.hpp"
#include "app/session_setup.hpp"
#include "cli/command_line.hpp"

namespace sockdesk::cli {

/// How often a round is sent.
struct SendRhythm {
    std::string_view option;  ///< that says so
    std::chrono::nanoseconds period{0};
    std::uint32_t burst = 1;
};

// What reads options throws `Refusal`.

/// As exactly as a period and a burst can say it.
SendRhythm rhythm_of_rate(std::uint64_t thousandths_a_second, std::optional<std::uint32_t> burst = {});
/// None where the options say nothing about it.
std::optional<SendRhythm> read_rhythm(const SessionCommand& command);
/// Whether the file can be read shows here, and not when somebody has connected.
std::optional<app::FileSourceOptions> read_source(const SessionCommand& command,
                                                  const app::SessionSetup& setup);

}  // namespace sockdesk::cli
