// Wakes threads that wait for new data, without a system call when nobody waits.
#pragma once

#include <atomic>
#include <cstdint>

namespace sockdesk::capture {

class Doorbell {
public:
    /// The one who made something new calls this after having stored it with memory_order_seq_cst: either
    /// this call sees that somebody waits, or the look of the one who is about to wait sees what was stored.
    void ring_if_waited_for() {
        // Taken down by the first who rings: one that is slow to wake up costs one system call, not one each
        // time.
        if (waited_for_.load(std::memory_order_seq_cst) &&
            waited_for_.exchange(false, std::memory_order_seq_cst)) {
            ring();
        }
    }

    void ring() {
        rings_.fetch_add(1, std::memory_order_seq_cst);
        rings_.notify_all();
    }

    /// Returns when `anything_new()` is true at the first look, or the bell was rung since. May return early.
    /// `anything_new` loads with memory_order_seq_cst.
    template <typename Look>
    void wait(Look anything_new) {
        // In this order: who takes the flag down after it was put up rings after the count was read.
        const std::uint32_t before = rings_.load(std::memory_order_seq_cst);
        waited_for_.store(true, std::memory_order_seq_cst);
        if (!anything_new()) rings_.wait(before, std::memory_order_seq_cst);
    }

private:
    std::atomic<bool> waited_for_{false};
    std::atomic<std::uint32_t> rings_{0};
};

}  // namespace sockdesk::capture
