// What a session in the terminal sends without being asked again: `--send` and its like, `--cycle`, `--source`; a server to each client.
// Begins it, and knows what of it is under way.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/file_source.hpp"
#include "base/clock.hpp"
#include "engine/engine.hpp"

namespace sockdesk::cli {

struct UnaskedPlans {
    engine::CyclePlan sequence;             ///< `--send`, `--shortcut`; without steps: none
    std::vector<engine::CyclePlan> cycles;  ///< `--cycle`
    std::optional<app::FileSourceOptions> source;

    bool empty() const { return sequence.steps.empty() && cycles.empty() && !source; }
    /// Nothing in it goes on until it is stopped.
    bool all_end() const;
};

class UnaskedSends {
public:
    /// `first`: ids of cycles from here on are for these.
    UnaskedSends(UnaskedPlans plans, CycleId first);

    bool any() const { return !plans_.empty(); }

    /// The engine begins it by itself, before anything is received.
    std::optional<engine::CyclePlan> greeting() const;
    /// The session is open, or a client has come: begins the rest. What fails is that the file can no longer be read.
    Result<void> begin(engine::Engine& engine, SessionId session, const engine::SendTarget& target,
                       SteadyTime now);

    struct End {
        bool is_source = false;
        bool file_failed = false;      ///< and not the session or the peer
        std::uint64_t sent_bytes = 0;  ///< of the source
        std::uint64_t total_bytes = 0;
    };
    /// None: the cycle is not one of these.
    std::optional<End> finished(const engine::CycleFinished& event, SteadyTime now);

    bool under_way() const { return greetings_ != 0 || !runs_.empty(); }
    /// The file is under way.
    bool sends_file() const;
    /// Of what has an end, something is under way, or it has not begun at all.
    bool unfinished() const;
    bool begun() const { return begun_; }

    /// What was stopped before its end by us, such as "6 of 8 rounds"; empty: nothing was.
    std::string cut_off() const;

    /// All that was sent of the file so far, to however many.
    struct SourceTotals {
        std::size_t runs = 0;
        std::size_t running = 0;
        std::size_t complete = 0;
        std::uint64_t sent_bytes = 0;
        std::uint64_t total_bytes = 0;
        std::uint64_t running_sent_bytes = 0;
        std::uint64_t running_total_bytes = 0;
        std::chrono::nanoseconds took{0};  ///< from the first beginning to the last end, or to now
    };
    SourceTotals source_totals(SteadyTime now) const;

private:
    struct Run {
        std::optional<std::uint64_t> rounds;      ///< of a cycle
        std::shared_ptr<app::FileSource> source;  ///< null: a cycle
    };

    void count_cut_off(const std::optional<std::uint64_t>& rounds, std::uint64_t done);

    UnaskedPlans plans_;
    decltype(CycleId::value) next_id_;
    bool begun_ = false;
    std::uint64_t greetings_ = 0;  ///< under way; a server has one for each client
    std::map<CycleId, Run> runs_;

    std::uint64_t cut_off_rounds_ = 0;  ///< of these
    std::uint64_t cut_off_done_ = 0;    ///< so many were sent
    std::uint64_t cut_off_bytes_ = 0;
    std::uint64_t cut_off_bytes_done_ = 0;

    SourceTotals ended_;
    std::optional<SteadyTime> source_begun_;
    SteadyTime source_ended_{};
};

}  // namespace sockdesk::cli
