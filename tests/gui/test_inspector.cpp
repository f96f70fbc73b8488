// The inspector: which record it shows, selecting its bytes with mouse and keys, readings, fields of a format.
#include <gtest/gtest.h>

#include "capture/log_writer.hpp"
#include "driver.hpp"

namespace sockdesk::gui_tests {
namespace {

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

// The session of a tab that was never opened has a log that nobody else writes to.
class Log {
public:
    explicit Log(Driver& driver)
        : driver_(driver),
          writer_(std::const_pointer_cast<capture::Log>(driver.tab().session.handle().log)) {}

    void datagram(std::string_view payload) {
        const IpAddress loopback = *IpAddress::parse("127.0.0.1");
        writer_.append_datagram(next(), capture::Direction::received, {loopback, 9}, {loopback, 4000},
                                as_bytes(payload));
        writer_.publish();
        driver_.frames(2);
    }
    void note() {
        capture::SessionEvent event;
        event.message = "a note";
        event.time = next();
        writer_.append_event(event);
        writer_.publish();
        driver_.frames(2);
    }

private:
    Timestamp next() { return time_ += std::chrono::milliseconds(1); }

    Driver& driver_;
    capture::LogWriter writer_;
    Timestamp time_ = Timestamp(std::chrono::seconds(1'790'000'000));
};

float line_height() { return ImGui::GetStyle().FontSizeBase; }
float cell_width() {
    return ImGui::GetIO().Fonts->Fonts[0]->GetFontBaked(line_height())->GetCharAdvance('0');
}

app::InspectorModel& model(Driver& d) { return d.tab().inspector.model(); }
std::string shown(Driver& d) {
    d.frames();
    return std::string(as_chars(model(d).bytes()));
}
std::string selected(Driver& d) { return std::string(as_chars(model(d).selected_bytes())); }

/// The middle of a byte of the first rows, with so many a row.
ImVec2 in_hex(Driver& d, std::size_t offset, std::size_t per_row) {
    const ImVec2 origin = d.find("###bytes")->rect.Min;
    const std::size_t i = offset % per_row;
    const auto column = static_cast<float>(6 + i * 3 + (i >= 8 ? 1 : 0)) + 1;
    return {origin.x + 10 + column * cell_width(),
            origin.y + 6 + (static_cast<float>(offset / per_row) + 0.5F) * line_height()};
}
ImVec2 in_text(Driver& d, std::size_t offset, std::size_t per_row) {
    ImVec2 at = in_hex(d, offset, per_row);
    const auto columns = static_cast<float>(6 + per_row * 3 + 2 + offset % per_row) + 0.5F;
    at.x = d.find("###bytes")->rect.Min.x + 10 + columns * cell_width();
    return at;
}
/// The window of the tests has room for either; this is what it chose.
std::size_t per_row(Driver& d) { return d.find("###bytes")->rect.GetWidth() > 70 * cell_width() ? 16 : 8; }

ImVec2 in_log(Driver& d, float row) {
    const ImVec2 origin = d.find("###log")->rect.Min;
    return {origin.x + 30, origin.y + 6 + (row + 0.5F) * line_height()};
}

TEST(Inspector, OpensByKeyAndMenuAndIsKept) {
    Driver d;
    EXPECT_FALSE(d.is_shown("###inspector_grip"));
    d.key(ImGuiMod_Ctrl | ImGuiKey_I);
    EXPECT_TRUE(d.is_shown("###inspector_grip"));
    d.click("###inspector_close");
    EXPECT_FALSE(d.is_shown("###inspector_grip"));
    d.click("###menu_view");
    d.click("###menu_inspector");
    ASSERT_TRUE(d.is_shown("###inspector_grip"));
    Log log(d);
    log.datagram("abc");
    d.fill("###struct_format", "<3s");
    const ImVec2 grip = d.find("###inspector_grip")->rect.GetCenter();
    d.drag(grip, {grip.x, grip.y - 60});
    const int height = d.tab().settings().inspector_height;
    EXPECT_GT(height, 100);
    EXPECT_NEAR(d.find("###inspector_grip")->rect.GetCenter().y, grip.y - 60, 3);
    d.restart();
    EXPECT_TRUE(d.is_shown("###inspector_grip"));
    EXPECT_EQ(d.tab().settings().struct_format, "<3s");
    EXPECT_EQ(d.tab().settings().inspector_height, height);
    d.drag(d.find("###inspector_grip")->rect.GetCenter(), {grip.x, -500});
    EXPECT_TRUE(d.is_shown("###log")) << "the log keeps some room";
    d.drag(d.find("###inspector_grip")->rect.GetCenter(), {grip.x, 5000});
    EXPECT_TRUE(d.is_shown("###inspector_close")) << "and so does the inspector";
}

TEST(Inspector, ShowsTheNewestRecordOrTheOneClicked) {
    Driver d;
    d.key(ImGuiMod_Ctrl | ImGuiKey_I);
    EXPECT_EQ(shown(d), "");
    Log log(d);
    log.datagram("first");
    EXPECT_EQ(shown(d), "first");
    log.datagram("second");
    EXPECT_EQ(shown(d), "second");
    log.note();
    EXPECT_EQ(shown(d), "second") << "an event has no bytes to look at";

    d.click_at(in_log(d, 1));
    EXPECT_EQ(shown(d), "first");
    log.datagram("third");
    EXPECT_EQ(shown(d), "first") << "what was clicked stays";
    EXPECT_EQ(model(d).title(), "RECV FROM 127.0.0.1:4000");
    d.click_at(in_log(d, 6));
    EXPECT_EQ(shown(d), "") << "an event was clicked";
    d.click_at(in_log(d, 4));
    EXPECT_EQ(shown(d), "second");
    d.key(ImGuiKey_Escape);
    EXPECT_EQ(shown(d), "third");
    d.key(ImGuiMod_Ctrl | ImGuiKey_L);
    EXPECT_EQ(shown(d), "") << "the view was cleared";
    log.datagram("");
    EXPECT_EQ(shown(d), "");
    EXPECT_FALSE(d.is_shown("###bytes"));
    log.datagram("fourth");
    EXPECT_EQ(shown(d), "fourth");
    // The bare stream joins pieces.
    d.click("###log_mode");
    EXPECT_TRUE(d.until("the stream is known", [&] { return shown(d) == "fourth"; }));
}

TEST(Inspector, KeepsTheRecordThatOneWorksOn) {
    Driver d;
    d.key(ImGuiMod_Ctrl | ImGuiKey_I);
    Log log(d);
    log.datagram("first");
    log.datagram("second");
    d.click_at(in_hex(d, 2, per_row(d)));
    log.datagram("third");
    EXPECT_EQ(shown(d), "second");
    EXPECT_EQ(selected(d), "c");
    d.tab().log.clear_selection();
    EXPECT_EQ(shown(d), "third");
    // Neither is anything opened behind a dialog that asks something.
    d.front().export_asked = true;
    d.frames(3);
    ASSERT_NE(ImGui::GetTopMostPopupModal(), nullptr);
    d.key(ImGuiMod_Ctrl | ImGuiKey_F);
    EXPECT_FALSE(d.tab().tools.search_bar.is_open());
}

TEST(Inspector, BytesAreSelectedOnEitherSide) {
    Driver d;
    d.key(ImGuiMod_Ctrl | ImGuiKey_I);
    Log log(d);
    log.datagram("0123456789abcdefghijklmnopqrstuvwxyz");
    const std::size_t n = per_row(d);
    EXPECT_EQ(selected(d), "0");
    d.click_at(in_hex(d, 9, n));
    EXPECT_EQ(selected(d), "9");
    d.drag(in_hex(d, 7, n), in_hex(d, n + 2, n));
    EXPECT_EQ(selected(d), std::string("0123456789abcdefghijklmnopqrstuvwxyz").substr(7, n + 3 - 7));
    d.drag(in_text(d, 12, n), in_text(d, 9, n));
    EXPECT_EQ(selected(d), "9abc");
    d.key(ImGuiMod_Ctrl | ImGuiKey_C);
    EXPECT_EQ(d.clipboard(), "39 61 62 63");
    EXPECT_TRUE(contains(d.tab().notice().text, "39 61 62 63"));

    d.key(ImGuiKey_RightArrow);
    EXPECT_EQ(selected(d), "a") << "from where the mouse ended";
    d.key(ImGuiMod_Shift | ImGuiKey_RightArrow);
    d.key(ImGuiMod_Shift | ImGuiKey_RightArrow);
    EXPECT_EQ(selected(d), "abc");
    d.key(ImGuiMod_Shift | ImGuiKey_LeftArrow);
    EXPECT_EQ(selected(d), "ab");
    d.key(ImGuiKey_Home);
    d.key(ImGuiMod_Shift | ImGuiKey_DownArrow);
    EXPECT_EQ(selected(d).size(), n + 1);
    d.key(ImGuiKey_Escape);
    EXPECT_EQ(selected(d).size(), 1U);
    d.key(ImGuiMod_Ctrl | ImGuiKey_End);
    EXPECT_EQ(selected(d), "z");
    d.key(ImGuiKey_DownArrow);
    d.key(ImGuiKey_RightArrow);
    EXPECT_EQ(selected(d), "z");
    d.key(ImGuiMod_Ctrl | ImGuiMod_Shift | ImGuiKey_Home);
    EXPECT_EQ(selected(d).size(), 36U);
    d.key(ImGuiKey_Home);
    d.key(ImGuiMod_Ctrl | ImGuiKey_A);
    EXPECT_EQ(selected(d).size(), 36U);
}

TEST(Inspector, ReadingsAreCopiedByAClick) {
    Driver d;
    d.key(ImGuiMod_Ctrl | ImGuiKey_I);
    Log log(d);
    log.datagram("\x1F\x90\xC4\xE3\xBA\xC3");
    d.click("uint16/big/###copy");
    EXPECT_EQ(d.clipboard(), "8080");
    EXPECT_TRUE(contains(d.tab().notice().text, "8080"));
    d.click("int16/little/###copy");
    EXPECT_EQ(d.clipboard(), "-28641");
    EXPECT_FALSE(d.is_shown("uint8/big/###copy")) << "a byte has no order";
    const std::size_t n = per_row(d);
    d.drag(in_hex(d, 2, n), in_hex(d, 5, n));
    const auto in_sight = [&](std::string_view path) {
        const Item* item = d.find(path);
        return item != nullptr && item->clip.Contains(item->rect.GetCenter());
    };
    ASSERT_FALSE(in_sight("gbk/###copy")) << "further down";
    const ImVec2 rows = d.find("uint8/little/###copy")->clip.GetCenter();
    ImGui::GetIO().AddMousePosEvent(rows.x, rows.y);
    d.frames(2);
    for (int i = 0; i < 40 && !in_sight("gbk/###copy"); ++i) {
        ImGui::GetIO().AddMouseWheelEvent(0, -1);
        d.frames(3);
    }
    d.click("gbk/###copy");
    EXPECT_EQ(d.clipboard(), "你好");
}

TEST(Inspector, FieldsOfAFormatAndItsErrors) {
    Driver d;
    d.key(ImGuiMod_Ctrl | ImGuiKey_I);
    Log log(d);
    log.datagram(std::string_view("\x1f\x90hello\0\0\0\xfe", 11));
    d.fill("###struct_format", "!H8sb");
    ASSERT_EQ(model(d).fields().size(), 3U);
    d.click("field1/###copy");
    EXPECT_EQ(d.clipboard(), "\"hello\\x00\\x00\\x00\"");
    d.click("###field1");
    EXPECT_EQ(selected(d), std::string_view("hello\0\0\0", 8)) << "a field leads to its bytes";

    d.fill("###struct_format", "!Hz");
    ASSERT_TRUE(model(d).format_error());
    EXPECT_EQ(model(d).format_error()->position, 2U);
    EXPECT_FALSE(d.is_shown("###field0"));
    d.fill("###struct_format", "!H8s16x");
    EXPECT_EQ(model(d).missing_bytes(), 15U);
    EXPECT_TRUE(d.is_shown("###field1"));
    d.tab().log.clear_selection();  // the click on the field keeps its record in front
    log.datagram("\x01\x02");
    EXPECT_EQ(model(d).fields().size(), 1U);
    EXPECT_TRUE(d.is_shown("###field0"));
    d.fill("###struct_format", "99999999999999B");
    EXPECT_TRUE(model(d).format_error());
}

TEST(Inspector, ALargePayloadIsFormattedAsFarAsItIsSeen) {
    Driver d;
    d.key(ImGuiMod_Ctrl | ImGuiKey_I);
    Log log(d);
    std::string payload;
    while (payload.size() < 65'000) payload += "all work and no play ";
    payload.resize(65'000);
    log.datagram(payload);
    d.fill("###struct_format", "65000B");
    EXPECT_EQ(model(d).fields().size(), 65'000U);
    EXPECT_TRUE(d.is_shown("###field0"));
    EXPECT_FALSE(d.is_shown("###field5000")) << "a row for each field on screen and no other";
    d.click_at(in_hex(d, 0, per_row(d)));
    d.key(ImGuiMod_Ctrl | ImGuiKey_End);
    EXPECT_EQ(model(d).selection().caret(), 64'999U);
    const Item* bytes = d.find("###bytes");
    EXPECT_NEAR(bytes->rect.Max.y, bytes->clip.Max.y, 3 * line_height()) << "scrolled to the end";
    d.key(ImGuiMod_Ctrl | ImGuiKey_Home);
    bytes = d.find("###bytes");
    EXPECT_NEAR(bytes->rect.Min.y, bytes->clip.Min.y, 3 * line_height());
    // Pulled out below, the selection goes on and the bytes scroll.
    ImGuiIO& io = ImGui::GetIO();
    const ImVec2 from = in_hex(d, 3, per_row(d));
    io.AddMousePosEvent(from.x, from.y);
    d.frames(2);
    io.AddMouseButtonEvent(ImGuiMouseButton_Left, true);
    d.frames(2);
    io.AddMousePosEvent(from.x, d.find("###bytes")->clip.Max.y + 30);
    d.frames(60);
    io.AddMouseButtonEvent(ImGuiMouseButton_Left, false);
    d.frames(3);
    EXPECT_GT(model(d).selection().range().size(), per_row(d) * 30) << "far beyond what one screen holds";
    EXPECT_EQ(model(d).selection().range().begin, 3U);
}

}  // namespace
}  // namespace sockdesk::gui_tests
