#include "query/record_set.hpp"

#include <atomic>
#include <random>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace sockdesk::query {
namespace {

/// The same set, kept in the plainest way.
struct Model {
    RecordIndex first = 0;
    std::vector<bool> members;

    std::vector<RecordIndex> list() const {
        std::vector<RecordIndex> result;
        for (std::size_t i = 0; i < members.size(); ++i) {
            if (members[i]) result.push_back(first + i);
        }
        return result;
    }
};

/// Asks everything about the records around the places given.
void expect_same(const RecordSet& set, const Model& model, const std::vector<RecordIndex>& places) {
    const std::vector<RecordIndex> list = model.list();
    ASSERT_EQ(set.size(), list.size());
    ASSERT_EQ(set.decided(), model.first + model.members.size());
    for (const RecordIndex place : places) {
        const auto lower = std::lower_bound(list.begin(), list.end(), place);
        const auto rank = static_cast<MemberIndex>(lower - list.begin());
        ASSERT_EQ(set.rank(place), rank) << place;
        ASSERT_EQ(set.contains(place), lower != list.end() && *lower == place) << place;
        ASSERT_EQ(set.at_or_after(place),
                  lower == list.end() ? std::nullopt : std::optional<RecordIndex>(*lower))
            << place;
        ASSERT_EQ(set.before(place),
                  lower == list.begin() ? std::nullopt : std::optional<RecordIndex>(*(lower - 1)))
            << place;
        if (rank < list.size()) {
            ASSERT_EQ(set.nth(rank), list[rank]);
        }
    }
}

std::vector<RecordIndex> all_places(const Model& model) {
    std::vector<RecordIndex> places;
    for (RecordIndex i = 0; i < model.first + model.members.size() + 3; ++i) places.push_back(i);
    places.push_back(~RecordIndex{0});
    return places;
}

TEST(RecordSet, is_empty_at_first) {
    const RecordSet set(7);
    EXPECT_EQ(set.first(), 7U);
    EXPECT_EQ(set.decided(), 7U);
    EXPECT_EQ(set.size(), 0U);
    EXPECT_FALSE(set.contains(7));
    EXPECT_EQ(set.rank(100), 0U);
    EXPECT_FALSE(set.at_or_after(0));
    EXPECT_FALSE(set.before(100));
}

TEST(RecordSet, shows_nothing_before_it_is_published) {
    RecordSet set;
    set.append(true);
    EXPECT_EQ(set.size(), 0U);
    EXPECT_FALSE(set.contains(0));
    set.publish();
    EXPECT_EQ(set.size(), 1U);
    EXPECT_TRUE(set.contains(0));
    set.append(true);
    EXPECT_EQ(set.size(), 1U);
    EXPECT_FALSE(set.at_or_after(1));
}

class RecordSetSizes : public testing::TestWithParam<std::size_t> {};

TEST_P(RecordSetSizes, answers_as_the_plain_one_does) {
    for (const std::uint32_t one_in : {1U, 2U, 7U, 600U, 100'000U}) {
        std::mt19937 random(one_in);
        Model model{one_in % 3 * 1000, {}};
        RecordSet set(model.first);
        for (std::size_t i = 0; i < GetParam(); ++i) {
            const bool member = random() % one_in == 0;
            model.members.push_back(member);
            set.append(member);
            if (random() % 50 == 0) set.publish();
        }
        set.publish();
        expect_same(set, model, all_places(model));
    }
}

INSTANTIATE_TEST_SUITE_P(RecordSet, RecordSetSizes,
                         testing::Values(0, 1, 2, 63, 64, 65, 511, 512, 513, 1023, 1024, 1025, 4000));

TEST(RecordSet, is_right_where_chunks_meet) {
    constexpr std::size_t chunk = std::size_t{1} << 20U;
    std::mt19937 random(1);
    Model model{5, {}};
    RecordSet set(model.first);
    std::vector<RecordIndex> places;
    for (std::size_t i = 0; i < 2 * chunk + 700; ++i) {
        // A chunk that is empty but for its ends, between ones that are not.
        const bool member = i / chunk == 1 ? i % chunk < 2 || i % chunk == chunk - 1 : random() % 900 == 0;
        model.members.push_back(member);
        set.append(member);
    }
    set.publish();
    for (const std::size_t around : {std::size_t{0}, chunk, 2 * chunk, 2 * chunk + 700}) {
        for (std::size_t i = around < 1500 ? 0 : around - 1500; i < around + 1500; ++i)
            places.push_back(5 + i);
    }
    expect_same(set, model, places);
    // And after members came in late, in every chunk.
    for (int i = 0; i < 500; ++i) {
        const std::size_t place = random() % model.members.size();
        EXPECT_EQ(set.insert(5 + place), !model.members[place]);
        model.members[place] = true;
    }
    expect_same(set, model, places);
}

TEST(RecordSet, takes_members_late_while_it_grows) {
    std::mt19937 random(3);
    Model model{2, {}};
    RecordSet set(model.first);
    for (int i = 0; i < 5000; ++i) {
        model.members.push_back(random() % 40 == 0);
        set.append(model.members.back());
        if (random() % 4 == 0) {
            // Near the end, as with streams; also in the word that is being filled and the one just filled.
            const std::size_t back = random() % std::min<std::size_t>(model.members.size(), 700);
            const std::size_t place = model.members.size() - 1 - back;
            EXPECT_EQ(set.insert(2 + place), !model.members[place]);
            model.members[place] = true;
        }
        if (i % 997 == 0) {
            set.publish();
            expect_same(set, model, all_places(model));
        }
    }
    set.publish();
    expect_same(set, model, all_places(model));
    EXPECT_FALSE(set.insert(*set.at_or_after(0)));
}

TEST(RecordSet, can_be_asked_by_many_while_it_grows) {
    constexpr RecordIndex records = 200'000;
    // Every third record is a member, so each answer can be checked by itself. Those of every ninth come late.
    RecordSet set;
    std::atomic<bool> over{false};
    std::vector<std::thread> readers;
    std::atomic<std::uint64_t> wrong{0};
    for (unsigned seed = 0; seed < 3; ++seed) {
        readers.emplace_back([&, seed] {
            std::mt19937_64 random(seed);
            while (!over.load()) {
                const RecordIndex decided = set.decided();
                const std::uint64_t size = set.size();
                if (decided == 0 || size == 0) continue;
                const RecordIndex place = random() % decided;
                // Of three members one may still be missing, and comes while it is asked.
                const MemberIndex rank = set.rank(place);
                if (rank > place / 3 + 1 || rank + place / 9 + 1 < place / 3) ++wrong;
                const RecordIndex nth = set.nth(random() % size);
                if (nth >= set.decided() || nth % 3 != 0 || !set.contains(nth)) ++wrong;
                if (const auto next = set.at_or_after(place); next && (*next < place || *next % 3 != 0))
                    ++wrong;
                if (const auto before = set.before(place); before && (*before >= place || *before % 3 != 0))
                    ++wrong;
                if (!set.before(place) && place > 6) ++wrong;
            }
        });
    }
    RecordIndex late = 0;
    for (RecordIndex i = 0; i < records; ++i) {
        set.append(i % 3 == 0 && i % 9 != 0);
        if (i % 37 == 0) set.publish();
        for (; late + 2000 < i; late += 9) set.insert(late);
    }
    set.publish();
    over = true;
    for (auto& reader : readers) reader.join();
    EXPECT_EQ(wrong.load(), 0U);
    for (; late < records; late += 9) set.insert(late);
    EXPECT_EQ(set.size(), (records + 2) / 3);
}

}  // namespace
}  // namespace sockdesk::query
