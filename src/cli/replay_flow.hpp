// What one socket does of a replay. Private to this room.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "app/replay_source.hpp"
#include "base/clock.hpp"
#include "cli/record_printer.hpp"
#include "engine/engine.hpp"

namespace sockdesk::cli {

struct Flow {
    enum class State : std::uint8_t {
        waiting,  ///< for its time
        opening,
        sending,
        sent,  ///< and what is answered is looked at
        over,
    };

    app::ReplayFlow plan;
    SteadyTime opens_at{};
    State state = State::waiting;
    engine::SessionHandle session = {};
    std::optional<capture::LogReader> reader = {};
    std::unique_ptr<RecordPrinter> printer = {};
    RecordIndex next_record = 0;
    bool peer_finished = false;
    bool removed = false;
};

}  // namespace sockdesk::cli
