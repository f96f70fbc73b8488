// The log on screen: lazily formatted rows, scrolling and following, views and encodings, selection and
// copying.
#include <gtest/gtest.h>

#include "capture/log_writer.hpp"
#include "driver.hpp"
#include "peers.hpp"

namespace sockdesk::gui_tests {
namespace {

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

// The session of a tab that was never opened has a log that nobody else writes to.
class Scribe {
public:
    explicit Scribe(Driver& driver)
        : writer_(std::const_pointer_cast<capture::Log>(driver.tab().session.handle().log)) {}

    void datagrams(std::size_t count, std::string_view prefix = "record ", std::uint16_t port = 4000) {
        for (std::size_t i = 0; i < count; ++i) {
            add(std::string(prefix) + std::to_string(written_++), port);
            if (i % 1024 == 0) writer_.publish();
        }
        writer_.publish();
    }
    void datagram(std::string_view payload, std::uint16_t port = 4000) {
        add(payload, port);
        writer_.publish();
    }
    void piece(capture::TcpFlow& flow, std::string_view payload) {
        writer_.append_stream(next(), capture::Direction::received, flow, as_bytes(payload));
        writer_.publish();
    }

private:
    void add(std::string_view payload, std::uint16_t port) {
        const IpAddress loopback = *IpAddress::parse("127.0.0.1");
        writer_.append_datagram(next(), capture::Direction::received, {loopback, 9}, {loopback, port},
                                as_bytes(payload));
    }
    Timestamp next() { return time_ += std::chrono::milliseconds(1); }

    capture::LogWriter writer_;
    std::size_t written_ = 0;
    Timestamp time_ = Timestamp(std::chrono::seconds(1'790'000'000));
};

// The grid of the log in Dear ImGui's own font, which is drawn at the size that the style asks for.
float line_height() { return ImGui::GetStyle().FontSizeBase; }
float cell_width() {
    return ImGui::GetIO().Fonts->Fonts[0]->GetFontBaked(line_height())->GetCharAdvance('0');
}

TEST(LogView, FormatsWhatIsVisibleOfAMillionRecords) {
    Driver d;
    Scribe scribe(d);
    scribe.datagrams(1'000'000);
    const auto& log = d.tab().log;
    const auto cost = [&](auto&& action) {
        const std::uint64_t before = log.formatted_records();
        action();
        return log.formatted_records() - before;
    };
    // Two pages: the one in view and the last one, which tells how far one can scroll.
    constexpr std::uint64_t two_pages = 100;
    EXPECT_LT(cost([&] { d.frames(2); }), two_pages);
    EXPECT_TRUE(contains(d.log_text(), "record 999999"));
    EXPECT_EQ(cost([&] { d.frames(50); }), 0U) << "what was formatted is kept";
    EXPECT_LT(cost([&] {
                  d.key(ImGuiKey_F1);
                  d.wheel("###log", 5);
              }),
              two_pages);
    EXPECT_LT(cost([&] {
                  d.tab().log.scroll_to_fraction(0.5);
                  d.frames(2);
              }),
              two_pages);
    EXPECT_TRUE(contains(d.log_text(), "record 4999") || contains(d.log_text(), "record 5000"))
        << d.log_text();
    EXPECT_LT(cost([&] {
                  d.tab().session.tab().view.view = app::PayloadView::both;
                  d.frames(3);
              }),
              two_pages);
    EXPECT_LT(cost([&] {
                  d.tab().session.tab().view.encoding = "gbk";
                  d.frames(3);
              }),
              two_pages);
    EXPECT_LT(cost([&] {
                  d.tab().log.select_all();
                  d.frames(3);
              }),
              two_pages);
    EXPECT_LT(cost([&] {
                  d.tab().log.scroll_to_start();
                  d.frames(2);
              }),
              two_pages);
    EXPECT_TRUE(contains(d.log_text(), "record 0") || contains(d.log_text(), "72 65 63 6F 72 64 20 30"));
}

TEST(LogView, ScrollingUpStopsFollowingAndTheEndResumes) {
    Driver d;
    Scribe scribe(d);
    scribe.datagrams(500);
    EXPECT_TRUE(contains(d.log_text(), "record 499"));
    d.wheel("###log", 3);
    EXPECT_FALSE(d.tab().log.is_following());
    const std::string before = d.log_text();
    scribe.datagrams(100);
    EXPECT_EQ(d.log_text(), before);
    d.click("###log_newest");
    EXPECT_TRUE(contains(d.log_text(), "record 599"));
    scribe.datagrams(1);
    EXPECT_TRUE(contains(d.log_text(), "record 600"));

    d.wheel("###log", 2);
    scribe.datagrams(1);
    EXPECT_FALSE(contains(d.log_text(), "record 601"));
    for (int i = 0; i < 5; ++i) d.wheel("###log", -3);
    EXPECT_TRUE(d.tab().log.is_following()) << "reaching the end resumes";
    EXPECT_TRUE(contains(d.log_text(), "record 601"));

    // Without auto-scroll nothing moves the view.
    d.click("###auto_scroll");
    const std::string still = d.log_text();
    scribe.datagrams(50);
    EXPECT_EQ(d.log_text(), still);
}

TEST(LogView, ChangingTheEncodingRendersAllAnew) {
    Driver d;
    Scribe scribe(d);
    scribe.datagram("\xC4\xE3\xBA\xC3");
    EXPECT_TRUE(contains(d.log_text(), "\\xC4\\xE3\\xBA\\xC3"));
    d.fill("encoding/##text", "gbk");
    EXPECT_TRUE(contains(d.log_text(), "你好"));
    // No such encoding: marked, and the log stays readable.
    d.fill("encoding/##text", "gkb");
    EXPECT_TRUE(contains(d.log_text(), "你好"));
    EXPECT_TRUE(contains(d.tab().session.field_errors().at(app::Field::encoding), "gbk"))
        << "the nearest name is offered";
}

TEST(LogView, ShowsTextHexAndBoth) {
    Driver d;
    Scribe scribe(d);
    scribe.datagram("line one\r\nline two\x01");
    EXPECT_TRUE(contains(d.log_text(), "line one\nline two\\x01\n")) << d.log_text();
    d.click("###as_hex");
    EXPECT_TRUE(contains(d.log_text(), "6C 69 6E 65 20 6F 6E 65 0D 0A 6C 69 6E 65"));
    EXPECT_TRUE(contains(d.log_text(), "RECV HEX FROM 127.0.0.1 :4000>"));
    d.click("###as_both");
    EXPECT_TRUE(contains(d.log_text(), "0000  6C 69 6E 65 20 6F 6E 65 0D 0A 6C 69 6E 65 20 74"));
    d.click("###view_ascii");
    EXPECT_TRUE(contains(d.log_text(), "line one\n"));
    EXPECT_EQ(d.tab().session.tab().view.view, app::PayloadView::text);
}

TEST(LogView, ShowsTheBareStreamWithoutLogMode) {
    Driver d;
    Scribe scribe(d);
    d.click("###log_mode");
    scribe.datagram("one", 4000);
    scribe.datagram("two", 4000);
    scribe.datagram("three", 5000);
    // The log's text as soon as all of it has been decided on, in the background.
    const auto shown = [&] {
        d.until("looked at", [&] { return d.tab().log.is_complete(); });
        return d.log_text();
    };
    EXPECT_EQ(shown(),
              "【Receive from 127.0.0.1 : 4000】\none\ntwo\n【Receive from 127.0.0.1 : 5000】\nthree\n");

    // The pieces of a TCP stream belong together, a character in two of them included.
    capture::TcpFlow flow;
    flow.local = {*IpAddress::parse("127.0.0.1"), 9};
    flow.remote = {*IpAddress::parse("127.0.0.1"), 6000};
    scribe.piece(flow, "hel");
    scribe.piece(flow, "lo \xE4\xBD");
    EXPECT_TRUE(contains(shown(), "\nhello \\xE4\\xBD\n")) << d.log_text();
    scribe.piece(flow, "\xA0\nnext");
    EXPECT_TRUE(contains(shown(), "\nhello 你\nnext\n")) << d.log_text();
}

TEST(LogView, HidesWhatWasReceived) {
    Driver d;
    Scribe scribe(d);
    scribe.datagrams(20);
    d.click("###hide");
    EXPECT_EQ(d.log_text(), "");
    d.click("###log_mode");
    EXPECT_EQ(d.log_text(), "");
    d.click("###log_mode");
    d.click("###hide");
    EXPECT_TRUE(contains(d.log_text(), "record 19"));
}

TEST(LogView, ClearsTheViewAndNotTheLog) {
    Driver d;
    Scribe scribe(d);
    scribe.datagrams(5);
    d.click("###clear_received");
    EXPECT_EQ(d.log_text(), "");
    scribe.datagrams(1);
    EXPECT_TRUE(contains(d.log_text(), "record 5"));
    d.key(ImGuiMod_Ctrl | ImGuiKey_L);
    EXPECT_EQ(d.log_text(), "");
    EXPECT_EQ(d.tab().session.handle().log->published(), 6U);
}

TEST(LogView, IsClearedWhileSelecting) {
    Driver d;
    Scribe scribe(d);
    scribe.datagrams(5);
    d.frames(2);
    const ImRect log = d.find("###log")->rect;
    ImGuiIO& io = ImGui::GetIO();
    io.AddMousePosEvent(log.Min.x + 30, log.Min.y + 10);
    d.frames(2);
    io.AddMouseButtonEvent(ImGuiMouseButton_Left, true);
    d.frames(2);
    io.AddMousePosEvent(log.Min.x + 60, log.Min.y - 30);  // beyond the edge it scrolls
    d.frames(2);
    EXPECT_TRUE(d.tab().log.has_selection());
    d.tab().clear_log();
    d.frames(2);
    EXPECT_FALSE(d.tab().log.has_selection());
    io.AddMouseButtonEvent(ImGuiMouseButton_Left, false);
    d.frames(2);
    EXPECT_EQ(d.log_text(), "");
}

TEST(LogView, SelectsAndCopies) {
    Driver d;
    Scribe scribe(d);
    scribe.datagram("alpha beta");
    scribe.datagram("gamma");
    d.frames(2);
    const Item* log = d.find("###log");
    ASSERT_NE(log, nullptr);
    const ImVec2 origin = log->rect.Min;
    const auto at = [&](float row, float column) {
        return ImVec2{origin.x + 10 + column * cell_width(), origin.y + 6 + (row + 0.5F) * line_height()};
    };

    d.click_at(at(1, 2), ImGuiMouseButton_Left, 2);
    d.key(ImGuiMod_Ctrl | ImGuiKey_C);
    EXPECT_EQ(d.clipboard(), "alpha");

    d.drag(at(1, 6), at(4, 3));
    d.key(ImGuiMod_Ctrl | ImGuiKey_C);
    EXPECT_TRUE(d.clipboard().starts_with("beta\n")) << d.clipboard();
    EXPECT_TRUE(d.clipboard().ends_with("\ngam")) << d.clipboard();

    d.key(ImGuiMod_Ctrl | ImGuiKey_A);
    d.key(ImGuiMod_Ctrl | ImGuiKey_C);
    EXPECT_TRUE(contains(d.clipboard(), "alpha beta") && contains(d.clipboard(), "gamma"));

    d.key(ImGuiKey_Escape);
    d.click_at(at(4, 2), ImGuiMouseButton_Right);
    d.click("###copy_hex");
    EXPECT_EQ(d.clipboard(), "67 61 6D 6D 61");
    d.click_at(at(4, 2), ImGuiMouseButton_Right);
    d.click("###copy_c");
    EXPECT_EQ(d.clipboard(), "const unsigned char data[5] = {\n    0x67, 0x61, 0x6d, 0x6d, 0x61,\n};");
    d.click_at(at(4, 2), ImGuiMouseButton_Right);
    d.click("###copy_python");
    EXPECT_EQ(d.clipboard(), "b\"gamma\"");
    d.click_at(at(4, 2), ImGuiMouseButton_Right);
    d.click("###reply");
    EXPECT_EQ(d.tab().session.tab().session.target, "127.0.0.1:4000");
}

TEST(LogView, SendsAgain) {
    Driver d;
    d.fill("local_host/##text", "127.0.0.1");
    d.click("###open");
    ASSERT_TRUE(d.until("open", [&] { return d.tab().session.state() == engine::SessionState::open; }));
    Socket peer = Socket::make(SOCK_DGRAM);
    ASSERT_TRUE(peer.bind());
    peer.send_to(d.tab().session.local()->port, std::string("a\0b", 3));
    ASSERT_TRUE(d.until("shown", [&] { return contains(d.log_text(), "a\\x00b"); }));
    const ImVec2 origin = d.find("###log")->rect.Min;
    d.click_at({origin.x + 20, origin.y + 6 + 2.5F * line_height()}, ImGuiMouseButton_Right);
    d.click("###send_again");
    std::string got;
    EXPECT_TRUE(
        d.until("the same bytes go back", [&] { return peer.read(got), got == std::string("a\0b", 3); }));
}

TEST(LogView, CopiesNoMoreThanAClipboardBears) {
    Driver d;
    Scribe scribe(d);
    const std::string large(60'000, 'x');
    for (int i = 0; i < 300; ++i) scribe.datagram(large);
    d.frames(2);
    d.tab().log.select_all();
    d.tab().view.focus();
    d.frames(2);
    d.key(ImGuiMod_Ctrl | ImGuiKey_C);
    EXPECT_LE(d.clipboard().size(), std::size_t{4} << 20);
    EXPECT_GT(d.clipboard().size(), std::size_t{3} << 20);
    EXPECT_TRUE(contains(d.tab().session.notice().text, "4 MiB"));
}

TEST(LogView, DrawsWithAndWithoutWrapping) {
    Driver d;
    Scribe scribe(d);
    scribe.datagram(std::string(1000, 'w') + " end");
    d.frames(2);
    const std::size_t wrapped = d.tab().log.shown_rows().size();
    EXPECT_GT(wrapped, 4U);
    d.click("###wrap");
    d.frames(2);
    EXPECT_LT(d.tab().log.shown_rows().size(), wrapped);
}

}  // namespace
}  // namespace sockdesk::gui_tests
