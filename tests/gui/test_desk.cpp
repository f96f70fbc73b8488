// Tabs, keys, languages, what is kept from one start to the next.
#include <fstream>

#include <gtest/gtest.h>

#include "app/translation.hpp"
#include "driver.hpp"

namespace sockdesk::gui_tests {
namespace {

TEST(Tabs, AreMadeChosenAndClosedByKeys) {
    Driver d;
    d.key(ImGuiMod_Ctrl | ImGuiKey_T);
    d.key(ImGuiMod_Ctrl | ImGuiKey_T);
    ASSERT_EQ(d.desk().tabs().size(), 3U);
    const std::uint32_t third = d.tab().key;
    EXPECT_EQ(third, 3U);
    d.key(ImGuiMod_Ctrl | ImGuiKey_Tab);
    EXPECT_EQ(d.tab().key, 1U);
    d.key(ImGuiMod_Ctrl | ImGuiMod_Shift | ImGuiKey_Tab);
    EXPECT_EQ(d.tab().key, third);
    d.key(ImGuiMod_Ctrl | ImGuiKey_W);
    ASSERT_EQ(d.desk().tabs().size(), 2U);
    EXPECT_EQ(d.tab().key, 2U);
    d.key(ImGuiMod_Ctrl | ImGuiKey_W);
    d.key(ImGuiMod_Ctrl | ImGuiKey_W);
    EXPECT_EQ(d.desk().tabs().size(), 1U) << "a desk is never empty";
    d.click("###new_tab");
    EXPECT_EQ(d.desk().tabs().size(), 2U);
    d.key(ImGuiMod_Ctrl | ImGuiKey_Q);
    EXPECT_TRUE(d.quit_asked());
}

}  // namespace
}  // namespace sockdesk::gui_tests
