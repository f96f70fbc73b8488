#include "capture/segment_pool.hpp"

#include <thread>
#include <vector>

#include "support.hpp"

namespace sockdesk::capture {
namespace {

TEST(SegmentPool, keeps_segments_ready_within_the_budget) {
    SegmentPool pool({4, 3 * Segment::memory_bytes});
    EXPECT_EQ(pool.budget_bytes(), 3 * Segment::memory_bytes);
    while (pool.used_bytes() < 3 * Segment::memory_bytes) std::this_thread::yield();
    std::vector<std::unique_ptr<Segment>> taken;
    // One may still be on its way to being ready: then it is told.
    std::atomic<bool> told{false};
    pool.on_available([&] { told = true; });
    while (taken.size() < 3) {
        if (auto segment = pool.take()) {
            taken.push_back(std::move(segment));
        } else {
            while (!told.exchange(false)) std::this_thread::yield();
        }
    }
    EXPECT_EQ(pool.take(), nullptr);
    EXPECT_EQ(pool.used_bytes(), 3 * Segment::memory_bytes);

    auto extra = pool.take_over_budget();
    ASSERT_TRUE(extra);
    EXPECT_EQ(pool.used_bytes(), 4 * Segment::memory_bytes);
    pool.recycle(std::move(extra));
    EXPECT_EQ(pool.used_bytes(), 3 * Segment::memory_bytes);
    EXPECT_EQ(pool.take(), nullptr);
    EXPECT_FALSE(told);
    pool.recycle(std::move(taken.back()));
    EXPECT_TRUE(told);
    EXPECT_NE(taken.back() = pool.take(), nullptr);
    for (auto& segment : taken) pool.recycle(std::move(segment));
}

TEST(SegmentPool, tells_only_who_was_refused) {
    SegmentPool pool({0, 2 * Segment::memory_bytes});
    int told = 0;
    pool.on_available([&] { ++told; });
    auto first = pool.take();
    auto second = pool.take();
    pool.recycle(std::move(second));
    EXPECT_EQ(told, 0);
    second = pool.take();
    EXPECT_FALSE(pool.take());
    pool.recycle(std::move(second));
    pool.recycle(std::move(first));
    EXPECT_EQ(told, 1);
    pool.on_available(nullptr);
    pool.recycle(nullptr);
}

TEST(SegmentPool, gives_recycled_segments_out_empty) {
    SegmentPool pool({0, 0});
    auto segment = pool.take();
    segment->written_bytes = 5;
    segment->published_bytes = 5;
    segment->published_records = 1;
    segment->first_record = 9;
    Segment* const place = segment.get();
    pool.recycle(std::move(segment));
    segment = pool.take();
    EXPECT_EQ(segment.get(), place);
    EXPECT_EQ(segment->room(), Segment::capacity_bytes);
    EXPECT_EQ(segment->published_bytes, 0U);
    EXPECT_EQ(segment->published_records, 0U);
    EXPECT_EQ(segment->first_record, 0U);
    pool.recycle(std::move(segment));
}

TEST(SegmentPool, does_not_keep_everything_it_gets_back) {
    SegmentPool pool({1, 0});
    std::vector<std::unique_ptr<Segment>> taken;
    for (int i = 0; i < 10; ++i) taken.push_back(pool.take());
    for (auto& segment : taken) pool.recycle(std::move(segment));
    EXPECT_LE(pool.used_bytes(), 4 * Segment::memory_bytes);
}

TEST(SegmentPool, has_a_budget_of_its_own_accord) {
    SegmentPool pool;
    EXPECT_GT(pool.budget_bytes(), std::size_t{64} << 20);
}

}  // namespace
}  // namespace sockdesk::capture
