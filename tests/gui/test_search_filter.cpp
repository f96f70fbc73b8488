// Searching, filtering and jumping in a log of a million records.
#include <gtest/gtest.h>

#include "capture/log_writer.hpp"
#include "driver.hpp"

namespace sockdesk::gui_tests {
namespace {

constexpr std::size_t million = 1'000'000;

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

class SearchFilter : public testing::Test {
protected:
    void SetUp() override {
        for (std::size_t i = 0; i < million; ++i) {
            const std::string payload =
                "record " + std::to_string(i) + (i % 100'000 == 77 ? " needle here" : "");
            datagram(payload, i % 1000 == 5 ? 5000 : 4000);
            if (i % 1024 == 0) writer_.publish();
        }
        writer_.publish();
        d_.frames(2);
    }
    void datagram(std::string_view payload, std::uint16_t port) {
        const IpAddress loopback = *IpAddress::parse("127.0.0.1");
        time_ += std::chrono::milliseconds(1);
        writer_.append_datagram(time_, capture::Direction::received, {loopback, 9}, {loopback, port},
                                as_bytes(payload));
    }
    app::LogSearchModel& search() { return d_.tab().tools.search; }
    /// What is drawn stronger: the text of the current match.
    std::string current_match() {
        d_.frames(2);
        std::string found;
        for (const app::VisibleRow& row : d_.tab().log.shown_rows()) {
            if (row.row != 0) continue;
            for (const auto& each : search().highlights(*row.item, d_.tab().log.format())) {
                if (!each.is_current) continue;
                found += row.item->text.substr(each.range.begin, each.range.end - each.range.begin) + "|";
            }
        }
        return found;
    }
    bool searched() {
        return d_.until("searched", [&] {
            return search().is_active() && search().figures().is_complete && !search().figures().hidden;
        });
    }

    Driver d_;
    capture::LogWriter writer_{std::const_pointer_cast<capture::Log>(d_.tab().source)};
    Timestamp time_ = Timestamp(std::chrono::seconds(1'790'000'000));
};

TEST_F(SearchFilter, FindsAndGoesOn) {
    d_.tab().log.scroll_to_start();
    d_.key(ImGuiMod_Ctrl | ImGuiKey_F);
    d_.type("NEEDLE");
    ASSERT_TRUE(searched());
    ASSERT_TRUE(d_.until("the first one", [&] { return search().current().has_value(); }));
    EXPECT_EQ(search().figures().records, 10U);
    EXPECT_TRUE(contains(d_.log_text(), "record 77 needle"));
    EXPECT_EQ(current_match(), "needle|");
    const std::uint64_t formatted = d_.tab().log.formatted_records();
    d_.key(ImGuiKey_Enter);
    EXPECT_TRUE(contains(d_.log_text(), "record 100077 needle")) << d_.log_text();
    EXPECT_LT(d_.tab().log.formatted_records() - formatted, 100U) << "a jump formats a page";
    d_.key(ImGuiKey_F3);
    EXPECT_TRUE(contains(d_.log_text(), "record 200077 needle"));
    d_.key(ImGuiMod_Shift | ImGuiKey_F3);
    d_.key(ImGuiMod_Shift | ImGuiKey_F3);
    EXPECT_EQ(search().figures().place, 1U);
    d_.key(ImGuiMod_Shift | ImGuiKey_F3);
    EXPECT_TRUE(contains(d_.log_text(), "record 900077 needle")) << "over the start to the end";
    EXPECT_EQ(search().told(), app::LogSearchModel::Told::wrapped_to_end);

    // In hex the same bytes are marked.
    d_.click("###as_hex");
    d_.frames(2);
    EXPECT_EQ(current_match(), "6E 65 65 64 6C 65|");
    d_.click("###as_both");
    d_.frames(2);
    EXPECT_EQ(current_match(), "6E 65|ne|65 64 6C 65|edle|") << "over the end of a row, on both sides";

    // What is appended is searched as well.
    datagram("one more needle", 4000);
    writer_.publish();
    ASSERT_TRUE(d_.until("found", [&] { return search().figures().records == 11; }));
    d_.click("###match_case");
    ASSERT_TRUE(d_.until("none in capitals",
                         [&] { return search().figures().is_complete && search().figures().records == 0; }));
    d_.click("###search_close");
    EXPECT_FALSE(search().is_active());
}

TEST_F(SearchFilter, LooksForBytesAndExpressions) {
    d_.key(ImGuiMod_Ctrl | ImGuiKey_F);
    d_.click("###search_hex");
    d_.type("6E 65 ?? 64");
    ASSERT_TRUE(searched());
    EXPECT_EQ(search().figures().records, 10U);
    d_.type("zz");
    d_.frames(2);
    ASSERT_TRUE(search().error().has_value());
    EXPECT_EQ(search().error()->position, 11U);
    d_.click("###search_regex");
    d_.fill("###search", "record [0-9]+77 needle");
    ASSERT_TRUE(searched());
    EXPECT_EQ(search().figures().records, 9U) << "record 77 itself has no digit before";
    d_.fill("###search", "a(b");
    d_.frames(2);
    EXPECT_TRUE(search().error().has_value());
    d_.key(ImGuiKey_Escape);
    EXPECT_FALSE(search().is_active());
}

TEST_F(SearchFilter, FiltersAndTellsWhatItHides) {
    d_.key(ImGuiMod_Ctrl | ImGuiMod_Shift | ImGuiKey_F);
    d_.type("from 127.0.0.1:5000");
    ASSERT_TRUE(
        d_.until("filtered", [&] { return d_.tab().log.is_complete() && d_.tab().log.has_filter(); }));
    EXPECT_EQ(d_.tab().log.shown_count(), 1000U);
    EXPECT_EQ(d_.tab().log.hidden_count(), million - 1000);
    EXPECT_TRUE(contains(d_.log_text(), "record 999005\n")) << d_.log_text();
    EXPECT_FALSE(contains(d_.log_text(), "record 999999"));

    // A line that cannot be understood leaves the one before in force.
    d_.type(" len>");
    d_.frames(2);
    EXPECT_TRUE(d_.tab().tools.filter.error().has_value());
    EXPECT_EQ(d_.tab().log.shown_count(), 1000U);
    d_.type("1000");
    ASSERT_TRUE(d_.until("hidden", [&] { return d_.tab().log.is_complete() && d_.tab().log.is_empty(); }));
    EXPECT_EQ(d_.tab().log.hidden_count(), million);

    // Records that come pass through it.
    datagram(std::string(1001, 'x'), 5000);
    writer_.publish();
    ASSERT_TRUE(d_.until("shown", [&] { return d_.tab().log.shown_count() == 1; }));

    // Search passes over what is hidden.
    d_.click("###filter_close");
    EXPECT_FALSE(d_.tab().log.has_filter());
    EXPECT_TRUE(d_.tab().settings().filter.empty());
    EXPECT_EQ(d_.tab().settings().recent_filters.front(), "from 127.0.0.1:5000 len>1000");
}

TEST_F(SearchFilter, SearchPassesOverWhatIsHidden) {
    d_.tab().tools.filter_bar.apply(d_.tab(), "#1..500000");
    d_.key(ImGuiMod_Ctrl | ImGuiKey_F);
    d_.type("needle");
    ASSERT_TRUE(d_.until("counted", [&] { return search().is_active() && search().figures().hidden == 5; }));
    ASSERT_TRUE(d_.until("found", [&] { return search().current().has_value(); }));
    for (int i = 0; i < 5; ++i) {
        EXPECT_LT(search().current()->record, 500'000U);
        d_.key(ImGuiKey_F3);
    }
    d_.tab().tools.filter_bar.apply(d_.tab(), "len>1000");
    ASSERT_TRUE(
        d_.until("all hidden", [&] { return d_.tab().log.is_complete() && d_.tab().log.is_empty(); }));
}

TEST_F(SearchFilter, CompletesTheLine) {
    d_.key(ImGuiMod_Ctrl | ImGuiMod_Shift | ImGuiKey_F);
    d_.type("fro");
    d_.key(ImGuiKey_Tab);
    EXPECT_TRUE(d_.tab().settings().filter.starts_with("from")) << d_.tab().settings().filter;
    EXPECT_GT(d_.tab().settings().filter.size(), 3U);
}

TEST_F(SearchFilter, JumpsToRecordsAndTimes) {
    const auto go = [&](std::string_view where) {
        d_.key(ImGuiMod_Ctrl | ImGuiKey_G);
        d_.key(ImGuiMod_Ctrl | ImGuiKey_A);
        d_.key(ImGuiKey_Delete);
        d_.type(where);
        d_.key(ImGuiKey_Enter);
    };
    const std::uint64_t formatted = d_.tab().log.formatted_records();
    go("#123,457");
    EXPECT_TRUE(contains(d_.log_text(), "record 123456\n")) << d_.log_text();
    EXPECT_FALSE(d_.tab().tools.go_to_bar.is_open());
    EXPECT_EQ(d_.tab().log.caret_record(), RecordIndex{123'456});
    EXPECT_LT(d_.tab().log.formatted_records() - formatted, 200U);

    // One record a millisecond: ten seconds after the beginning are ten thousand records on.
    const std::time_t then = 1'790'000'010;
    std::tm local{};
    localtime_r(&then, &local);
    char time[16];
    std::strftime(time, sizeof time, "%H:%M:%S", &local);
    go(std::string(time) + ".5");
    EXPECT_TRUE(contains(d_.log_text(), "record 10499\n")) << d_.log_text();

    const std::string before = d_.log_text();
    go("#2000000");
    EXPECT_TRUE(d_.tab().tools.go_to_bar.is_open()) << "there is no such record, and it says so";
    EXPECT_EQ(d_.log_text().substr(0, 200), before.substr(0, 200));
    d_.key(ImGuiKey_Escape);
    EXPECT_FALSE(d_.tab().tools.go_to_bar.is_open());
}

TEST_F(SearchFilter, KeepsTheFilterInTheWorkspace) {
    d_.tab().tools.filter_bar.apply(d_.tab(), "\"needle\"");
    ASSERT_TRUE(d_.until("filtered", [&] { return d_.tab().log.is_complete(); }));
    EXPECT_EQ(d_.tab().log.item_count(), 10U);
    const app::TabState state = d_.tab().state();
    EXPECT_EQ(state.view.filter, "\"needle\"");
    EXPECT_EQ(state.view.recent_filters, std::vector<std::string>{"\"needle\""});
}

}  // namespace
}  // namespace sockdesk::gui_tests
