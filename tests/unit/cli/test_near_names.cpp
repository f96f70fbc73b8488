#include "cli/near_names.hpp"

#include <array>

#include <gtest/gtest.h>

namespace sockdesk::cli {
namespace {

constexpr std::array<std::string_view, 6> options = {"--send",  "--send-hex", "--local",
                                                     "--every", "--encoding", "--echo"};

TEST(NearestName, forgives_a_slip_of_the_finger) {
    EXPECT_EQ(nearest_name("--sned", options), "--send");
    EXPECT_EQ(nearest_name("--snd", options), "--send");
    EXPECT_EQ(nearest_name("-local", options), "--local");
    EXPECT_EQ(nearest_name("--send_hex", options), "--send-hex");
    EXPECT_EQ(nearest_name("--evry", options), "--every");
    EXPECT_EQ(nearest_name("--enc", options), "--encoding");
}

TEST(NearestName, offers_nothing_far_fetched) {
    EXPECT_EQ(nearest_name("--no-such-option", options), "");
    EXPECT_EQ(nearest_name("", options), "");
    EXPECT_EQ(nearest_name("--", options), "");
    EXPECT_EQ(nearest_name("--port", options), "");
}

}  // namespace
}  // namespace sockdesk::cli
