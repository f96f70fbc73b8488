// One session as a person set it up: what both faces start from, and what the workspace keeps.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/payload_compiler.hpp"
#include "app/reply_rules.hpp"
#include "capture/saver.hpp"
#include "codec/trailer.hpp"
#include "engine/outgoing.hpp"
#include "engine/session_config.hpp"

namespace sockdesk::app {

/// How payloads are shown.
enum class PayloadView : std::uint8_t { text, hex, both };

/// Automatic replies.
struct ReplySetup {
    std::vector<ReplyRuleDraft> rules;
    bool escapes = false;                     ///< in their texts
    std::optional<std::uint32_t> per_second;  ///< none: as usual; 0: no limit
};

struct SessionSetup {
    engine::SessionConfig config;
    /// A name that `codec::Encoding::find` knows; for text in both directions.
    std::string encoding = "utf-8";
    PayloadView view = PayloadView::text;

    /// To be sent as soon as the session is open (a server: to each client as it connects), in order.
    std::vector<engine::Outgoing> sends;
    /// The first of them as it was typed, for the box of the window; without the trailer.
    std::optional<PayloadSpec> typed;
    /// Each of `sends` has it already; what is typed later is to have it, too.
    std::optional<codec::Trailer> trailer;
    /// As in `engine::CyclePlan`; without a period the payloads are sent for `rounds` rounds one after the other.
    std::chrono::nanoseconds period{0};
    std::uint32_t burst = 1;
    std::optional<std::uint64_t> rounds = 1;

    ReplySetup replies;

    std::optional<std::filesystem::path> save_path;
    capture::SaveMode save_mode = capture::SaveMode::create;

    bool open_at_start = false;
};

}  // namespace sockdesk::app
