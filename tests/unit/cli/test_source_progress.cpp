#include "cli/source_progress.hpp"

#include <gtest/gtest.h>

#include "cli/amounts.hpp"

namespace sockdesk::cli {
namespace {

using namespace std::chrono_literals;

UnaskedSends::SourceTotals half() {
    UnaskedSends::SourceTotals totals;
    totals.runs = totals.running = 1;
    totals.sent_bytes = totals.running_sent_bytes = 5'000'000;
    totals.total_bytes = totals.running_total_bytes = 10'000'000;
    totals.took = 2s;
    return totals;
}

TEST(SourceProgress, a_line_has_the_figures_first_and_fits) {
    EXPECT_EQ(progress_line(half(), 2.5e6, "/a/file", 80),
              "50 %  5.0 MB of 10.0 MB  2.5 MB/s  2.0 s left  /a/file");
    EXPECT_EQ(progress_line(half(), 0, "/a/file", 80), "50 %  5.0 MB of 10.0 MB  /a/file");
    EXPECT_EQ(progress_line(half(), 2.5e6, "/a/file", 10), "50 %  5.0 ");
    EXPECT_EQ(progress_line(half(), 0, "网络", 31), "50 %  5.0 MB of 10.0 MB  网络");
    EXPECT_EQ(progress_line(half(), 0, "网络", 28), "50 %  5.0 MB of 10.0 MB  网");
    EXPECT_EQ(progress_line(half(), 0, "a\x1b[2J", 80), "50 %  5.0 MB of 10.0 MB  a\\x1B[2J");
}

TEST(SourceProgress, an_empty_file_is_all_sent) {
    UnaskedSends::SourceTotals totals;
    totals.running = 1;
    EXPECT_EQ(progress_line(totals, 0, "f", 80), "100 %  0 B of 0 B  f");
}

TEST(SourceProgress, at_the_end_it_says_what_was_sent) {
    UnaskedSends::SourceTotals totals = half();
    totals.running = 0;
    EXPECT_EQ(source_summary(totals, "f"), "f: 5000000 of 10000000 bytes sent in 2.0 s (2.5 MB/s)");
    totals.complete = 1;
    totals.sent_bytes = 10'000'000;
    EXPECT_EQ(source_summary(totals, "f"), "f: 10000000 bytes sent in 2.0 s (5.0 MB/s)");
    totals.runs = 2;
    EXPECT_EQ(source_summary(totals, "f"),
              "f: sent 2 times, 1 of them whole, 10000000 bytes in 2.0 s (5.0 MB/s)");
}

TEST(SourceProgress, times_in_words) {
    EXPECT_EQ(in_words(210ms), "0.21 s");
    EXPECT_EQ(in_words(12s), "12 s");
    EXPECT_EQ(in_words(72s), "1 min 12 s");
    EXPECT_EQ(in_words(3h + 25min), "3 h 25 min");
    EXPECT_EQ(in_words(49h), "2 d 1 h");
}

}  // namespace
}  // namespace sockdesk::cli
