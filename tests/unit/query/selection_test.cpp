#include "query/selection.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "support.hpp"

#include <gmock/gmock.h>

namespace sockdesk::query {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Whatever the function says; tells what it was asked.
class FunctionSelector final : public Selector {
public:
    using Function = std::function<bool(const capture::RecordView&)>;
    explicit FunctionSelector(Function function) : function_(std::move(function)) {}
    bool selects(const capture::RecordView& record) override { return function_(record); }

private:
    Function function_;
};

std::unique_ptr<Selector> select(FunctionSelector::Function function) {
    return std::make_unique<FunctionSelector>(std::move(function));
}

std::unique_ptr<Selector> long_ones() {
    return select([](const capture::RecordView& record) { return record.payload.size() > 3; });
}

/// Lets a test wait for a call.
class Bell {
public:
    void ring() {
        const std::lock_guard lock(mutex_);
        ++rings_;
        rung_.notify_all();
    }
    void wait_for(int rings) {
        std::unique_lock lock(mutex_);
        rung_.wait(lock, [&] { return rings_ >= rings; });
    }
    int rings() {
        const std::lock_guard lock(mutex_);
        return rings_;
    }

private:
    std::mutex mutex_;
    std::condition_variable rung_;
    int rings_ = 0;
};

TEST(Selection, decides_on_what_is_there) {
    Conversation talk;
    for (const char* text : {"ab", "abcd", "", "abcde", "x"}) talk.receive(text);
    talk.publish();
    const Selection all(talk.log(), long_ones(), 0);
    all.wait();
    EXPECT_EQ(all.records().decided(), 5U);
    EXPECT_THAT(members(all.records()), ElementsAre(1, 3));
    const Selection later(talk.log(), long_ones(), 2);
    later.wait();
    EXPECT_THAT(members(later.records()), ElementsAre(3));
    EXPECT_EQ(later.records().first(), 2U);
}

TEST(Selection, of_records_to_come_waits_for_them) {
    Conversation talk;
    talk.receive("abcd");
    talk.publish();
    const Selection selection(talk.log(), long_ones(), 2);
    selection.wait();
    EXPECT_THAT(members(selection.records()), IsEmpty());
    talk.receive("abcd");
    talk.receive("abcd");
    talk.publish();
    selection.wait();
    EXPECT_THAT(members(selection.records()), ElementsAre(2));
}

TEST(Selection, goes_on_with_what_is_appended_and_tells) {
    Conversation talk;
    Bell bell;
    const Selection selection(talk.log(), long_ones(), 0, [&] { bell.ring(); });
    for (int i = 1; i <= 5; ++i) {
        talk.receive("abcd");
        talk.publish();
        bell.wait_for(i);
        EXPECT_EQ(selection.records().size(), static_cast<std::uint64_t>(i));
    }
}

TEST(Selection, asks_for_every_record_once_and_in_order) {
    Conversation talk;
    RecordIndex next = 0;
    std::atomic<bool> in_order{true};
    const Selection selection(talk.log(), select([&](const capture::RecordView& record) {
                                  if (record.index != next++) in_order = false;
                                  return record.index % 2 == 0;
                              }),
                              0);
    for (int i = 0; i < 20'000; ++i) {
        talk.receive("x");
        if (i % 100 == 0) talk.publish();
        if (i % 5000 == 0) selection.wait();
    }
    talk.publish();
    selection.wait();
    EXPECT_TRUE(in_order);
    EXPECT_EQ(selection.records().decided(), 20'000U);
    EXPECT_EQ(selection.records().size(), 10'000U);
}

TEST(Selection, can_be_looked_at_while_it_is_made) {
    Conversation talk;
    for (int i = 0; i < 100'000; ++i) talk.receive(i % 10 == 0 ? "abcd" : "x");
    talk.publish();
    const Selection selection(talk.log(), long_ones(), 0);
    std::uint64_t before = 0;
    while (selection.records().decided() < 100'000) {
        const std::uint64_t size = selection.records().size();
        ASSERT_GE(size, before);
        before = size;
        if (size > 0) {
            ASSERT_EQ(selection.records().nth(size - 1), 10 * (size - 1));
        }
    }
    EXPECT_EQ(selection.records().size(), 10'000U);
}

TEST(Selection, stops_at_once_however_much_is_left) {
    Conversation talk;
    for (int i = 0; i < 2000; ++i) talk.receive("x");
    talk.publish();
    Bell asked;
    std::atomic<int> decided{0};
    {
        const Selection selection(talk.log(), select([&](const capture::RecordView&) {
                                      ++decided;
                                      asked.ring();
                                      std::this_thread::yield();
                                      return true;
                                  }),
                                  0);
        asked.wait_for(1);
    }
    const int until_destroyed = decided;
    EXPECT_GE(until_destroyed, 1);
    // And one that waits for more than is there.
    { const Selection idle(talk.log(), long_ones(), 5000); }
}

TEST(Selection, does_not_tell_of_every_batch_of_a_flood) {
    Conversation talk;
    Bell bell;
    const auto begin = std::chrono::steady_clock::now();
    {
        const Selection selection(talk.log(), long_ones(), 0, [&] { bell.ring(); });
        for (int i = 0; i < 200'000; ++i) {
            talk.receive("x");
            talk.publish();
        }
        bell.wait_for(1);
    }
    const auto intervals = (std::chrono::steady_clock::now() - begin) / std::chrono::milliseconds(50);
    EXPECT_LE(bell.rings(), 2 * intervals + 10) << "of 200,000 batches";
}

TEST(Selection, passes_over_what_was_given_back) {
    Conversation talk;
    const std::string payload(60'000, 'x');
    for (int i = 0; i < 500; ++i) talk.receive(payload);
    talk.publish();
    talk.log()->release_before(400);
    const RecordIndex available = talk.log()->first_available();
    ASSERT_GT(available, 0U);
    const Selection selection(talk.log(), long_ones(), 0);
    selection.wait();
    EXPECT_EQ(selection.records().decided(), 500U);
    EXPECT_EQ(selection.records().size(), 500 - available);
    EXPECT_EQ(selection.records().at_or_after(0), available);
}

TEST(Selection, can_be_waited_for_by_several) {
    Conversation talk;
    const Selection selection(talk.log(), long_ones(), 0);
    std::vector<std::thread> threads;
    std::atomic<int> early{0};
    for (int i = 0; i < 4; ++i) {
        talk.receive("abcd");
        talk.publish();
        threads.emplace_back([&, published = talk.log()->published()] {
            selection.wait();
            if (selection.records().decided() < published) ++early;
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(early, 0);
}

}  // namespace
}  // namespace sockdesk::query
