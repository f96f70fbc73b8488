// Memory for logs, made ready before it is needed and taken back from where it is needed least. A page fault costs more
// than a small datagram's whole way through the loop thread, so a background thread allocates segments and touches
// every page of them in advance; when the budget is spent it lets logs do without what nobody looks at.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "base/result.hpp"
#include "capture/segment.hpp"

namespace sockdesk::capture {

struct SegmentPoolOptions {
    static constexpr std::size_t default_budget_bytes = std::size_t{384} << 20;

    std::size_t ready_segments = 4;  ///< kept faulted in beyond those in use
    /// Bytes that all segments together should take. 0: three quarters of the machine's memory.
    std::size_t budget_bytes = default_budget_bytes;
    /// Where nameless files are made for what must leave memory and lies in no other file. Empty: nothing leaves
    /// memory, and the budget is the limit.
    std::filesystem::path spill_folder = {};
};

/// What a caller does when memory is short.
enum class Patience : std::uint8_t {
    can_wait,       ///< the peer keeps the data meanwhile (TCP)
    must_not_wait,  ///< what is not read now is lost (UDP): the budget is exceeded if it must be
};

/// Who has segments and can do without some: a log.
class SegmentHolder {
public:
    enum class Outlook : std::uint8_t {
        none,   ///< everything is in use
        soon,   ///< something is about to be stored and can go then
        ready,  ///< `let_go` may work
    };
    struct Idle {
        Outlook outlook = Outlook::none;
        std::uint64_t last_used = 0;  ///< ready: `SegmentPool::tick` of its last use
    };

    /// Called by the pool's thread.
    virtual Idle longest_idle() = 0;
    /// Null when it was needed after all. May write to disk.
    virtual Result<std::unique_ptr<Segment>> let_go() = 0;

protected:
    ~SegmentHolder() = default;
};

/// Shared by every log of the process. Thread-safe.
class SegmentPool {
public:
    explicit SegmentPool(SegmentPoolOptions options = {});
    ~SegmentPool();
    SegmentPool(const SegmentPool&) = delete;
    SegmentPool& operator=(const SegmentPool&) = delete;

    /// A fresh segment. Never waits for the background thread: when none is ready one is allocated on the spot.
    /// Null when memory is short and the caller can wait, or when the machine has no more.
    std::unique_ptr<Segment> take(Patience patience = Patience::can_wait);

    /// Waits until as much memory is ready as `ready_segments` says or the budget allows, but no longer than that. For who
    /// is about to ask for a flood: memory is never had at a worse time than in the middle of it.
    void wait_until_ready(std::chrono::milliseconds at_most);

    /// Beyond every limit if it must be: for the few records that must not be refused (session events), and for
    /// reading back what somebody looks at.
    std::unique_ptr<Segment> take_over_budget();

    /// Gives a segment back, to be handed out again.
    void recycle(std::unique_ptr<Segment> segment);

    /// `callback` is called, from any thread, each time `take` would succeed again after it has failed.
    void on_available(std::function<void()> callback);

    /// `callback` is called from the pool's thread when something could not be moved to disk (then the budget is exceeded
    /// rather than anything lost), and without an error when it works again.
    void on_spill_state(std::function<void(const std::optional<Error>&)> callback);

    std::size_t budget_bytes() const;
    void set_budget(std::size_t bytes);
    std::size_t used_bytes() const;
    const std::filesystem::path& spill_folder() const;

    // ---- for holders
    void add_holder(SegmentHolder& holder);
    /// Returns when the pool's thread is not in a call of the holder, and never will be again.
    void remove_holder(SegmentHolder& holder);
    /// Something that could not be let go of can be now.
    void poke();
    /// A number that grows with each call: orders uses.
    std::uint64_t tick();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace sockdesk::capture
