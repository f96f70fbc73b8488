#include "app/rate_text.hpp"

#include <gtest/gtest.h>

namespace sockdesk::app {
namespace {

TEST(RateText, IsReadInThousandths) {
    EXPECT_EQ(read_rate("200"), 200'000u);
    EXPECT_EQ(read_rate("200/s"), 200'000u);
    EXPECT_EQ(read_rate("1.5k/s"), 1'500'000u);
    EXPECT_EQ(read_rate("1K/s"), 1'000'000u);
    EXPECT_EQ(read_rate("0.0005M"), 500'000u);
    EXPECT_EQ(read_rate("0.5/s"), 500u);
    EXPECT_EQ(read_rate("0"), 0u);
    EXPECT_EQ(read_rate("0.00019"), 0u) << "what is below a thousandth is cut off";
    EXPECT_EQ(read_rate("1000M/s"), highest_rate_thousandths);
    for (const char* wrong : {"", "/s", "k", "k/s", ".5", "1.", "1.k", "-1", "+1", "1e3", "1 k", "1/m",
                              "1.2.3", "1kk", "1001M", "99999999999999999999", "1.0000M/s/s"}) {
        EXPECT_FALSE(read_rate(wrong)) << wrong;
    }
}

}  // namespace
}  // namespace sockdesk::app
