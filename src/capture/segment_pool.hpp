// Memory for logs, made ready before it is needed. A page fault costs more than a small datagram's whole way
// through the loop thread, so a background thread allocates segments and touches every page of them in
// advance.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "capture/segment.hpp"

namespace sockdesk::capture {

struct SegmentPoolOptions {
    std::size_t ready_segments = 4;  ///< kept faulted in beyond those in use
    /// Bytes that all segments together may take; beyond it `take` gives none. 0: three quarters of the
    /// machine's memory.
    std::size_t budget_bytes = 0;
};

/// Shared by every log of the process. Thread-safe.
class SegmentPool {
public:
    explicit SegmentPool(SegmentPoolOptions options = {});
    ~SegmentPool();
    SegmentPool(const SegmentPool&) = delete;
    SegmentPool& operator=(const SegmentPool&) = delete;

    /// A fresh segment. Never blocks on the background thread: when none is ready one is allocated on the
    /// spot. Null when the budget is spent.
    std::unique_ptr<Segment> take();

    /// Beyond the budget if it must be: for the few records that must not be refused (session events).
    std::unique_ptr<Segment> take_over_budget();

    /// Gives a segment back, to be handed out again.
    void recycle(std::unique_ptr<Segment> segment);

    /// `callback` is called, from any thread, each time `take` would succeed again after it has failed.
    void on_available(std::function<void()> callback);

    std::size_t budget_bytes() const;
    std::size_t used_bytes() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace sockdesk::capture
