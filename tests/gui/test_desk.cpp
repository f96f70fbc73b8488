// Tabs, keys, languages, what is kept from one start to the next.
#include <fstream>

#include <gtest/gtest.h>

#include "app/translation.hpp"
#include "driver.hpp"
#include "peers.hpp"

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

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// Every view and dialog there is, so that each text is looked up at least once.
void show_everything(Driver& d) {
    for (const char* menu :
         {"###menu_session", "###menu_edit", "###menu_view", "###menu_tools", "###menu_help"}) {
        d.click(menu);
        d.key(ImGuiKey_Escape);
    }
    for (const char* protocol : {"###tcp-server", "###tcp-client", "udp"}) {
        d.choose("###protocol", protocol[0] == '#' ? protocol : "###udp");
        d.fill("###box", "zz");
        d.click("###send_hex");
        d.click("###send");
        d.click("###send_ascii");
        d.fill("###box", "");
        d.click("###send");
        d.click("###open");
        d.frames(3);
        d.click("###send");
        if (d.tab().session.is_locked()) d.click("###open");
        d.until("closed", [&] { return !d.tab().session.is_locked(); });
    }
    d.click("###cycle");
    d.fill("###period", "soon");
    d.click("###send");
    d.click("###cycle");
    d.fill("encoding/##text", "gkb");
    d.frames(2);
    d.fill("encoding/##text", "utf-8");
    d.click("###save");
    d.fill("###save_path", d.folder().string());
    d.click("###save_ok");
    d.fill("###save_path", (d.folder() / "none" / "x").string());
    d.click("###save_ok");
    d.fill("###save_path", "/dev/null");
    d.click("###save_ok");
    std::ofstream(d.folder() / "full.pcapng") << "not empty";
    d.fill("###save_path", (d.folder() / "full.pcapng").string());
    d.click("###save_ok");
    d.click("###save_back");
    d.click("###save_cancel");
    d.click("###cycle_set");
    d.fill("###cycle_times", "0");
    d.fill("###cycle_burst", "0");
    d.click("###cycle_by_rate");
    d.fill("###cycle_rate", "0");
    d.key(ImGuiKey_Escape);
    d.click("###append_set");
    d.click("trailer_sides/###trailer_arrives");
    d.click("###trailer_ok");
    d.click("###replies_set");
    d.click("###rule_add");
    d.key(ImGuiKey_Escape);
    d.click("###replies_discard");
    d.click("###menu_help");
    d.click("###menu_keys");
    d.key(ImGuiKey_Escape);
    d.click("###menu_help");
    d.click("###menu_about");
    d.key(ImGuiKey_Escape);
}

TEST(Language, IsWhatTheLocaleSays) {
    Driver d({}, app::Language::chinese);
    EXPECT_TRUE(d.is_shown("###open"));
    EXPECT_EQ(d.find("###open")->label, "打开###open");
    EXPECT_EQ(d.find("###log_mode")->label, "按日志模式显示###log_mode");
}

TEST(Language, ChangesWhileRunningAndIsKept) {
    Driver d;
    EXPECT_EQ(d.find("###open")->label, "Open###open");
    d.click("###menu_view");
    d.click("###menu_chinese");
    EXPECT_EQ(d.find("###open")->label, "打开###open");
    EXPECT_EQ(d.find("###send")->label, "发送###send");
    d.restart();
    EXPECT_EQ(d.find("###open")->label, "打开###open");
}

TEST(Language, HasEveryTextInChinese) {
    Driver d({}, app::Language::chinese);
    show_everything(d);
    std::string missing;
    for (const std::string& text : app::missing_translations()) missing += text + "\n";
    EXPECT_EQ(missing, "");
}

TEST(Desk, DrawsBothThemesAndSizes) {
    Driver d;
    d.click("###menu_view");
    d.click("###menu_dark");
    d.key(ImGuiMod_Ctrl | ImGuiKey_Equal);
    d.key(ImGuiMod_Ctrl | ImGuiKey_Minus);
    d.key(ImGuiMod_Ctrl | ImGuiKey_Minus);
    d.restart();
    const std::string kept = read_file(d.folder() / "workspace.json");
    EXPECT_NE(kept.find("\"theme\": \"dark\""), std::string::npos) << kept;
    EXPECT_NE(kept.find("\"font_size\": 13"), std::string::npos) << kept;
}

TEST(Workspace, ComesBackWithItsTabsClosed) {
    Driver d;
    d.fill("local_host/##text", "127.0.0.1");
    d.fill("###box", "kept text");
    d.fill("encoding/##text", "gbk");
    d.click("###open");
    d.until("open", [&] { return d.tab().session.state() == engine::SessionState::open; });
    d.key(ImGuiMod_Ctrl | ImGuiKey_T);
    d.choose("###protocol", "###tcp-server");
    d.fill("###local_port", "9000");
    d.restart();
    ASSERT_EQ(d.desk().tabs().size(), 2U);
    EXPECT_EQ(d.tab().session.title(), "TCP Server :9000") << "the tab that was in front is in front";
    const app::SessionModel& first = *d.desk().tabs()[0]->live();
    EXPECT_EQ(first.tab().send.text, "kept text");
    EXPECT_EQ(first.tab().view.encoding, "gbk");
    EXPECT_EQ(first.tab().session.local_host, "127.0.0.1");
    EXPECT_EQ(first.state(), engine::SessionState::closed);
}

app::SessionSetup asked() {
    app::SessionSetup setup;
    setup.config.local = HostPort{"127.0.0.1", 0};
    setup.open_at_start = true;
    return setup;
}

app::ReplyRuleDraft rule(std::string match, std::string answer) {
    app::ReplyRuleDraft rule;
    rule.match = std::move(match);
    rule.answer = std::move(answer);
    return rule;
}

TEST(RequestedAgain, TakesTheRulesOfTheCommandLine) {
    Driver d(asked());
    d.tab().session.tab().replies.rules = {rule("C:\\\\x", "kept\\r")};
    d.tab().session.tab().replies.escapes = true;
    app::SessionSetup again = asked();
    again.replies.rules = {rule("ping", "p\\ng")};
    again.replies.per_second = 7;
    app::WindowRequest request;
    request.session = again;
    d.restart(request);
    ASSERT_EQ(d.desk().tabs().size(), 1U);
    const app::ReplySettings& replies = d.tab().session.tab().replies;
    EXPECT_TRUE(replies.on);
    EXPECT_EQ(replies.per_second, "7");
    ASSERT_EQ(replies.rules.size(), 2U) << "the kept ones stay";
    EXPECT_EQ(replies.rules[0].match, "ping");
    EXPECT_EQ(replies.rules[0].answer, "p\\\\ng") << "the backslash is one where escapes are understood";
    EXPECT_FALSE(replies.rules[1].enabled) << "it answered nobody before";
    // It answers.
    const Socket peer = Socket::make(SOCK_DGRAM);
    ASSERT_TRUE(peer.bind());
    ASSERT_TRUE(d.until("open", [&] { return d.tab().session.state() == engine::SessionState::open; }));
    peer.send_to(d.tab().session.local()->port, "ping");
    std::string got;
    ASSERT_TRUE(d.until("the answer", [&] { return peer.read(got), !got.empty(); }));
    EXPECT_EQ(got, "p\\ng");
    d.restart(request);
    EXPECT_EQ(d.tab().session.tab().replies.rules.size(), 2U) << "once more is not twice";
}

TEST(RequestedAgain, KeepsWhatTheCommandLineDoesNotSpeakOf) {
    Driver d(asked());
    d.fill("###box", "a draft");
    app::TabState& kept = d.tab().session.tab();
    kept.send.trailer = {true, "crc16-modbus"};
    kept.send.file.path = "/tmp/firmware.bin";
    kept.view.verify = {true, "lrc"};
    kept.view.encoding = "gbk";
    app::SessionSetup again = asked();
    again.typed = app::PayloadSpec{"hi", false, false, false, "utf-8", ""};
    again.sends = {engine::make_payload({'h', 'i'}), engine::make_payload({'y', 'o'})};
    app::WindowRequest request;
    request.session = again;
    d.restart(request);
    const app::TabState& tab = d.tab().session.tab();
    EXPECT_EQ(tab.send.text, "hi");
    EXPECT_EQ(tab.send.trailer.trailer, "crc16-modbus");
    EXPECT_EQ(tab.send.file.path, "/tmp/firmware.bin");
    EXPECT_EQ(tab.view.verify, (app::VerifySettings{true, "lrc"}));
    const auto& history = d.desk().side().history().entries();
    ASSERT_EQ(history.size(), 3U);
    EXPECT_EQ(history[0].text, "yo");
    EXPECT_EQ(history[1].text, "hi");
    EXPECT_EQ(history[2].text, "a draft") << "not lost";
    EXPECT_EQ(history[2].trailer, "crc16-modbus");

    // Without a payload nothing about payloads changes.
    request.session = asked();
    d.tab().session.tab().send.text = "another draft";
    d.restart(request);
    EXPECT_EQ(d.tab().session.tab().send.text, "another draft");
}

TEST(SaveDialog, SavesAsksAndAppends) {
    Driver d;
    const auto path = d.folder() / "log.pcapng";
    d.fill("local_host/##text", "127.0.0.1");
    d.click("###open");
    d.until("open", [&] { return d.tab().session.state() == engine::SessionState::open; });
    d.click("###save");
    d.fill("###save_path", path.string());
    d.click("###save_ok");
    ASSERT_TRUE(d.until("saving", [&] { return d.tab().session.is_saving(); }));
    ASSERT_TRUE(d.until("the event is in the file",
                        [&] { return read_file(path).find("127.0.0.1") != std::string::npos; }));
    d.click("###save");
    ASSERT_TRUE(d.until("ended", [&] { return !d.tab().session.is_saving(); }));
    const std::size_t size = read_file(path).size();

    // Again to the same file: it asks first.
    d.click("###save");
    d.click("###save_ok");
    EXPECT_TRUE(d.is_shown("###save_append"));
    EXPECT_FALSE(d.tab().session.is_saving());
    d.click("###save_back");
    EXPECT_TRUE(d.is_shown("###save_path"));
    d.click("###save_ok");
    d.click("###save_append");
    ASSERT_TRUE(d.until("appending", [&] { return d.tab().session.is_saving(); }));
    EXPECT_GE(read_file(path).size(), size);
    d.click("###save");
    d.until("ended", [&] { return !d.tab().session.is_saving(); });

    d.click("###save");
    d.click("###save_ok");
    d.click("###save_overwrite");
    ASSERT_TRUE(d.until("overwriting", [&] { return d.tab().session.is_saving(); }));
}

TEST(SaveDialog, ShowsWhyItCannot) {
    Driver d;
    std::ofstream(d.folder() / "notes.txt") << "not a capture";
    d.click("###save");
    d.fill("###save_path", (d.folder() / "notes.txt").string());
    d.click("###save_ok");
    d.click("###save_append");
    ASSERT_TRUE(d.until("it is refused", [&] { return d.tab().session.notice().is_error; }));
    EXPECT_FALSE(d.tab().session.is_saving());
    EXPECT_NE(d.tab().session.notice().text.find("notes.txt"), std::string::npos);
    EXPECT_EQ(read_file(d.folder() / "notes.txt"), "not a capture");
}

}  // namespace
}  // namespace sockdesk::gui_tests
