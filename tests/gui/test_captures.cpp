// Captures in the window: opened, exported, replayed, kept by themselves.
#include <fstream>

#include <gtest/gtest.h>

#include "driver.hpp"
#include "peers.hpp"

namespace sockdesk::gui_tests {
namespace {

namespace fs = std::filesystem;
using engine::SessionState;

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::string read_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::uint16_t open_udp(Driver& d) {
    d.fill("local_host/##text", "127.0.0.1");
    d.click("###open");
    d.until("the UDP session opens", [&] { return d.tab().session.state() == SessionState::open; });
    return d.tab().session.local()->port;
}

// A session that has received these datagrams.
std::uint16_t open_and_receive(Driver& d, const std::vector<std::string>& payloads) {
    const std::uint16_t port = open_udp(d);
    Socket peer = Socket::make(SOCK_DGRAM);
    EXPECT_TRUE(peer.bind());
    for (const std::string& payload : payloads) peer.send_to(port, payload);
    d.until("all have come", [&] { return d.tab().session.totals().rx_packets == payloads.size(); });
    return port;
}

// The log of a session with these datagrams, as a file.
fs::path make_capture(Driver& d, const std::vector<std::string>& payloads) {
    const fs::path path = d.folder() / "kept.pcapng";
    open_and_receive(d, payloads);
    d.click("###save");
    d.fill("###save_path", path.string());
    d.click("###save_ok");
    d.until("saving", [&] { return d.tab().session.is_saving(); });
    d.click("###save");
    d.until("it is complete", [&] { return !d.tab().session.is_saving(); });
    d.click("###open");
    d.until("closed", [&] { return d.tab().session.state() == SessionState::closed; });
    return path;
}

void open_capture(Driver& d, const fs::path& path) {
    d.key(ImGuiMod_Ctrl | ImGuiKey_O);
    d.fill("###path", path.string());
    d.click("###open_ok");
}

bool shows_a_capture(Driver& d) { return d.desk().front_session() == nullptr; }

TEST(OpenedCapture, ShowsItsLogAndNothingToSendWith) {
    Driver d;
    const fs::path path = make_capture(d, {"first datagram", "second datagram"});
    open_capture(d, path);
    ASSERT_TRUE(shows_a_capture(d));
    ASSERT_TRUE(d.until("it is read", [&] { return contains(d.log_text(), "second datagram"); }));
    EXPECT_TRUE(contains(d.log_text(), "first datagram"));
    EXPECT_TRUE(contains(d.log_text(), "Bound to 127.0.0.1:"));
    EXPECT_EQ(d.window_title(), "kept.pcapng - Sockdesk");
    EXPECT_FALSE(d.is_shown("###send"));
    EXPECT_FALSE(d.is_shown("###open"));
    EXPECT_TRUE(d.is_shown("###capture_path"));

    // Once more is the same tab.
    open_capture(d, path);
    EXPECT_EQ(d.desk().tabs().size(), 2U);
    d.key(ImGuiMod_Ctrl | ImGuiKey_W);
    EXPECT_EQ(d.desk().tabs().size(), 1U);
}

TEST(OpenedCapture, CopiesAndShowsHexAsASessionDoes) {
    Driver d;
    const fs::path path = make_capture(d, {"AB"});
    open_capture(d, path);
    ASSERT_TRUE(d.until("it is read", [&] { return contains(d.log_text(), "AB"); }));
    d.click("###as_hex");
    EXPECT_TRUE(contains(d.log_text(), "41 42"));
    d.click("###menu_edit");
    d.click("###menu_all");
    d.key(ImGuiMod_Ctrl | ImGuiKey_C);
    EXPECT_TRUE(contains(d.clipboard(), "41 42"));
}

TEST(OpenedCapture, IsVerifiedAsASessionIs) {
    Driver d;
    const fs::path path = make_capture(d, {"good\r", "bad", "good too\r"});
    open_capture(d, path);
    ASSERT_TRUE(d.until("it is read", [&] { return contains(d.log_text(), "good too"); }));
    EXPECT_TRUE(d.front().view.marked_records().empty());
    d.click("###menu_tools");
    d.click("###menu_verify");
    d.click("###trailer_ok");  // 0D, unless something else is chosen
    ASSERT_TRUE(d.until("one is marked", [&] { return d.front().view.marked_records().size() == 1; }));
    EXPECT_EQ(d.front().trailer_checks.counts().failed, 1U);
    EXPECT_EQ(d.front().trailer_checks.counts().received, 3U);
    d.restart();
    ASSERT_TRUE(d.until("it is marked again", [&] { return d.front().view.marked_records().size() == 1; }));
}

TEST(OpenedCapture, ComesBackAtTheNextStart) {
    Driver d;
    const fs::path path = make_capture(d, {"still there"});
    open_capture(d, path);
    ASSERT_TRUE(d.until("it is read", [&] { return contains(d.log_text(), "still there"); }));
    d.restart();
    ASSERT_EQ(d.desk().tabs().size(), 2U);
    EXPECT_TRUE(shows_a_capture(d)) << "it was in front";
    ASSERT_TRUE(d.until("it is read again", [&] { return contains(d.log_text(), "still there"); }));

    fs::remove(path);
    d.restart();
    EXPECT_EQ(d.desk().tabs().size(), 1U);
    EXPECT_TRUE(contains(d.front().notice().text, "kept.pcapng")) << d.front().notice().text;
}

TEST(OpenedCapture, IsWhatTheCommandLineNames) {
    Driver d;
    const fs::path path = make_capture(d, {"named"});
    app::WindowRequest request;
    request.captures = {path, d.folder() / "none.pcapng"};
    d.restart(request);
    EXPECT_TRUE(shows_a_capture(d));
    EXPECT_EQ(d.front().title(), "kept.pcapng");
    EXPECT_TRUE(contains(d.front().notice().text, "none.pcapng")) << d.front().notice().text;
}

TEST(OpenedCapture, IsOneThatWasDropped) {
    Driver d;
    const fs::path path = make_capture(d, {"dropped"});
    d.desk().open_files({path});
    d.frames(2);
    ASSERT_TRUE(d.until("it is read", [&] { return contains(d.log_text(), "dropped"); }));
}

TEST(OpenedCapture, TellsWhatIsNone) {
    Driver d;
    std::ofstream(d.folder() / "notes.txt") << "this is not a capture at all";
    open_capture(d, d.folder() / "notes.txt");
    EXPECT_TRUE(d.is_shown("###open_ok")) << "the dialog stays";
    EXPECT_FALSE(shows_a_capture(d));
    d.click("###open_cancel");
    EXPECT_FALSE(d.is_shown("###open_ok"));
}

TEST(OpenedCapture, ShowsADamagedOneAsFarAsItGoes) {
    Driver d;
    const fs::path path = make_capture(d, {"before the damage"});
    {
        std::ofstream file(path, std::ios::binary | std::ios::app);
        file << std::string(64, '\xEE');
    }
    open_capture(d, path);
    ASSERT_TRUE(d.until("it is read", [&] { return contains(d.log_text(), "before the damage"); }));
    auto* tab = dynamic_cast<gui::CaptureTab*>(&d.front());
    ASSERT_NE(tab, nullptr);
    ASSERT_TRUE(d.until("the end", [&] { return tab->capture->progress().done; }));
    EXPECT_TRUE(tab->capture->progress().problem);
}

TEST(OpenedCapture, IsReadAnewWhenItHasGrown) {
    Driver d;
    const std::string whole = read_file(make_capture(d, {"first datagram", "second datagram"}));
    const fs::path path = d.folder() / "growing.pcapng";
    std::ofstream(path, std::ios::binary) << whole.substr(0, whole.size() * 3 / 4);
    open_capture(d, path);
    auto* tab = dynamic_cast<gui::CaptureTab*>(&d.front());
    ASSERT_NE(tab, nullptr);
    ASSERT_TRUE(d.until("the part is read", [&] { return tab->capture->progress().done; }));
    std::ofstream(path, std::ios::binary) << whole;
    open_capture(d, path);
    EXPECT_EQ(d.desk().tabs().size(), 2U);
    ASSERT_TRUE(shows_a_capture(d));
    tab = dynamic_cast<gui::CaptureTab*>(&d.front());
    ASSERT_TRUE(d.until("all of it is read", [&] { return tab->capture->progress().done; }));
    EXPECT_FALSE(tab->capture->progress().problem);
    EXPECT_EQ(tab->capture->progress().file_bytes, whole.size());
}

TEST(FileChooser, LooksIntoFolders) {
    Driver d;
    fs::create_directories(d.folder() / "inner");
    const fs::path path = make_capture(d, {"chosen by hand"});
    d.key(ImGuiMod_Ctrl | ImGuiKey_O);
    d.fill("###path", (d.folder() / "inner").string());
    d.key(ImGuiKey_Enter);
    EXPECT_TRUE(d.is_shown("###open_ok")) << "Enter on a folder looks into it";
    d.fill("###path", path.string());
    d.key(ImGuiKey_Enter);
    EXPECT_TRUE(shows_a_capture(d));
}

// ---- export

void start_export(Driver& d, std::string_view format, const fs::path& target) {
    d.key(ImGuiMod_Ctrl | ImGuiKey_E);
    d.choose("###export_format", "###format_" + std::string(format));
    d.fill("###export_path", target.string());
    d.click("###export_ok");
}

TEST(Export, WritesEveryFormat) {
    Driver d;
    open_and_receive(d, {"alpha", "beta"});
    const auto exported = [&](std::string_view format) {
        const fs::path target = d.folder() / ("out." + std::string(format));
        start_export(d, format, target);
        EXPECT_TRUE(
            d.until("it is written", [&] { return fs::exists(target) && !d.is_shown("###export_stop"); }));
        EXPECT_FALSE(d.front().notice().is_error) << d.front().notice().text;
        EXPECT_TRUE(contains(d.front().notice().text, "Exported")) << d.front().notice().text;
        return read_file(target);
    };
    EXPECT_EQ(exported("raw"), "alphabeta");
    EXPECT_TRUE(contains(exported("log"), "RECV ASCII FROM 127.0.0.1 :"));
    EXPECT_TRUE(contains(exported("hexdump"), "61 6C 70 68 61"));
    EXPECT_TRUE(contains(exported("csv"), "alpha"));
    EXPECT_TRUE(contains(exported("json"), "\"hex\":\"62657461\""));
    EXPECT_TRUE(contains(exported("pcapng"), "beta"));
}

TEST(Export, AsksBeforeItReplacesAFile) {
    Driver d;
    open_and_receive(d, {"new"});
    const fs::path target = d.folder() / "old.raw";
    std::ofstream(target) << "old";
    start_export(d, "raw", target);
    EXPECT_TRUE(d.is_shown("###export_overwrite"));
    d.click("###export_back");
    EXPECT_EQ(read_file(target), "old");
    d.click("###export_ok");
    d.click("###export_overwrite");
    ASSERT_TRUE(d.until("it is replaced", [&] { return read_file(target) == "new"; }));
}

TEST(Export, RefusesWhatItCannotWrite) {
    Driver d;
    open_and_receive(d, {"x"});
    start_export(d, "raw", d.folder() / "none" / "x.raw");
    EXPECT_TRUE(d.is_shown("###export_ok")) << "the dialog stays";
    d.click("###export_cancel");
    EXPECT_FALSE(d.is_shown("###export_ok"));
}

TEST(Export, TakesOneDirection) {
    Driver d;
    open_and_receive(d, {"in"});
    Socket peer = Socket::make(SOCK_DGRAM);
    ASSERT_TRUE(peer.bind());
    d.fill("target/##text", "127.0.0.1:" + std::to_string(peer.port()));
    d.fill("###box", "out");
    d.click("###send");
    ASSERT_TRUE(d.until("it is sent", [&] { return d.tab().session.totals().tx_packets == 1; }));
    const fs::path target = d.folder() / "sent.raw";
    d.key(ImGuiMod_Ctrl | ImGuiKey_E);
    d.choose("###export_format", "###format_raw");
    d.click("###direction_sent");
    d.fill("###export_path", target.string());
    d.click("###export_ok");
    ASSERT_TRUE(d.until("it is written", [&] { return fs::exists(target); }));
    EXPECT_EQ(read_file(target), "out");
}

TEST(Export, TakesWhatTheFilterShowsAndNothingThatWasCleared) {
    Driver d;
    const std::uint16_t port = open_and_receive(d, {"cleared "});
    d.key(ImGuiMod_Ctrl | ImGuiKey_L);
    Socket peer = Socket::make(SOCK_DGRAM);
    ASSERT_TRUE(peer.bind());
    peer.send_to(port, "shown ");
    peer.send_to(port, "x");
    d.until("all have come", [&] { return d.tab().session.totals().rx_packets == 3; });
    d.key(ImGuiMod_Ctrl | ImGuiMod_Shift | ImGuiKey_F);
    d.type("len>2");
    d.until("it is filtered", [&] { return d.front().log.has_filter(); });
    const auto exported = [&](std::string_view scope) {
        const fs::path target = d.folder() / (std::string(scope.substr(3)) + ".bin");
        d.key(ImGuiMod_Ctrl | ImGuiKey_E);
        d.choose("###export_format", "###format_raw");
        d.click(scope);
        d.fill("###export_path", target.string());
        d.click("###export_ok");
        EXPECT_TRUE(
            d.until("it is written", [&] { return fs::exists(target) && !d.is_shown("###export_stop"); }));
        return read_file(target);
    };
    EXPECT_EQ(exported("###scope_filtered"), "shown ");
    EXPECT_EQ(exported("###scope_all"), "cleared shown x");
    d.click("###hide");
    fs::remove(d.folder() / "scope_filtered.bin");
    EXPECT_EQ(exported("###scope_filtered"), "") << "received data is hidden";
}

TEST(Export, KeepsAnUnknownEndingOfTheName) {
    Driver d;
    open_and_receive(d, {"x"});
    start_export(d, "csv", d.folder() / "from 10.0.0.7");
    const auto written = [&](const char* name) {
        return d.until("it is written",
                       [&] { return fs::exists(d.folder() / name) && !d.is_shown("###export_stop"); });
    };
    ASSERT_TRUE(written("from 10.0.0.7"));
    d.key(ImGuiMod_Ctrl | ImGuiKey_E);
    d.fill("###export_path", (d.folder() / "from 10.0.0.7").string());
    d.choose("###export_format", "###format_raw");
    d.click("###export_ok");
    ASSERT_TRUE(written("from 10.0.0.7.bin"));

    d.key(ImGuiMod_Ctrl | ImGuiKey_E);
    d.fill("###export_path", (d.folder() / ".bin").string());
    d.click("###export_ok");
    EXPECT_TRUE(d.is_shown("###export_ok")) << "a file without a name";
    EXPECT_FALSE(fs::exists(d.folder() / ".bin"));
}

// ---- dialogs

TEST(Dialog, KeepsTheKeysOfTheDeskOut) {
    Driver d;
    open_and_receive(d, {"stays"});
    d.key(ImGuiMod_Ctrl | ImGuiKey_E);
    ASSERT_TRUE(d.is_shown("###export_ok"));
    d.key(ImGuiMod_Ctrl | ImGuiKey_T);
    d.key(ImGuiMod_Ctrl | ImGuiKey_L);
    d.key(ImGuiKey_F5);
    EXPECT_EQ(d.desk().tabs().size(), 1U);
    EXPECT_EQ(d.tab().session.state(), SessionState::open);
    EXPECT_TRUE(contains(d.log_text(), "stays"));
    EXPECT_TRUE(d.is_shown("###export_ok"));
    d.key(ImGuiKey_Escape);
    EXPECT_FALSE(d.is_shown("###export_ok"));
    d.key(ImGuiMod_Ctrl | ImGuiKey_T);
    EXPECT_EQ(d.desk().tabs().size(), 2U);
}

TEST(Dialog, StaysWhenEscapeClosesAListAboveIt) {
    Driver d;
    d.key(ImGuiMod_Ctrl | ImGuiKey_E);
    d.click("###export_format");
    ASSERT_TRUE(d.is_shown("###format_csv"));
    d.key(ImGuiKey_Escape);
    EXPECT_FALSE(d.is_shown("###format_csv"));
    EXPECT_TRUE(d.is_shown("###export_ok"));
    d.key(ImGuiKey_Escape);
    EXPECT_FALSE(d.is_shown("###export_ok"));
}

// ---- old captures

TEST(OldCaptures, AreKeptListedOpenedAndDeleted) {
    Driver d;
    open_and_receive(d, {"recorded by itself"});
    d.click("###menu_session");
    d.click("###menu_recordings");
    ASSERT_TRUE(d.is_shown("###recordings_close"));
    EXPECT_TRUE(d.is_shown("###recording_open"));
    EXPECT_TRUE(d.is_disabled("###recording_delete")) << "it is being recorded";
    d.click("###recordings_close");
    d.key(ImGuiMod_Ctrl | ImGuiKey_W);  // ends the recording
    const auto& folder = d.storage().recordings();
    ASSERT_TRUE(d.until("it is complete", [&] {
        const auto list = folder.list();
        return list.size() == 1 && !list.front().in_use;
    }));

    d.click("###menu_session");
    d.click("###menu_recordings");
    d.click("###recording_open");
    ASSERT_TRUE(shows_a_capture(d));
    ASSERT_TRUE(d.until("it is read", [&] { return contains(d.log_text(), "recorded by itself"); }));
    d.key(ImGuiMod_Ctrl | ImGuiKey_W);

    d.click("###menu_session");
    d.click("###menu_recordings");
    d.click("###recording_delete");
    EXPECT_EQ(folder.list().size(), 1U) << "it asks first";
    d.click("###recording_keep");
    d.click("###recording_delete");
    d.click("###recording_delete_ok");
    EXPECT_EQ(folder.list().size(), 0U);
    EXPECT_FALSE(d.is_shown("###recording_open"));
}

TEST(OldCaptures, AreNotMadeWhenSwitchedOff) {
    Driver d;
    d.click("###menu_tools");
    d.click("###menu_settings");
    d.click("###record_sessions");
    d.click("###settings_ok");
    open_and_receive(d, {"not recorded"});
    EXPECT_EQ(d.storage().recordings().list().size(), 0U);
    EXPECT_TRUE(d.tab().session.recording_problem().empty());
    d.restart();
    EXPECT_TRUE(contains(read_file(d.folder() / "workspace.json"), "\"record_sessions\": false"));
}

TEST(Settings, AreKeptWithinTheirLimits) {
    Driver d;
    d.click("###menu_tools");
    d.click("###menu_settings");
    d.fill("###memory", "1");
    d.fill("###recordings", "100");
    d.click("###settings_ok");
    d.restart();
    const std::string kept = read_file(d.folder() / "workspace.json");
    EXPECT_TRUE(contains(kept, "\"memory_mib\": 256")) << kept;
    EXPECT_TRUE(contains(kept, "\"recordings_mib\": 100")) << kept;
}

// ---- replay

TEST(Replay, SendsACaptureAgain) {
    Driver d;
    const fs::path path = make_capture(d, {"one", "two", "three"});
    d.key(ImGuiMod_Ctrl | ImGuiKey_T);
    open_udp(d);
    Socket peer = Socket::make(SOCK_DGRAM);
    ASSERT_TRUE(peer.bind());
    d.fill("target/##text", "127.0.0.1:" + std::to_string(peer.port()));

    d.click("###menu_tools");
    d.click("###menu_replay");
    d.choose("###replay_source", "###source_file");
    d.fill("###path", path.string());
    d.fill("###replay_filter", "len>");
    d.click("###replay_ok");
    ASSERT_TRUE(
        d.until("a filter that cannot be understood stops it", [&] { return d.is_shown("###replay_ok"); }));
    d.fill("###replay_filter", "len>3");
    d.choose("###replay_speed", "###speed_0");
    d.click("###replay_ok");
    std::string got;
    ASSERT_TRUE(d.until("the long one arrives", [&] { return peer.read(got), got == "three"; }));
    ASSERT_TRUE(d.until("it ends", [&] { return !d.tab().session.is_playing(); }));
    EXPECT_TRUE(contains(d.front().notice().text, "1 payload.")) << d.front().notice().text;
}

TEST(Replay, TakesTheTabInFrontAndAnOpenSession) {
    Driver d;
    const fs::path path = make_capture(d, {"again "});
    d.click("###open");
    ASSERT_TRUE(d.until("open", [&] { return d.tab().session.state() == SessionState::open; }));
    Socket peer = Socket::make(SOCK_DGRAM);
    ASSERT_TRUE(peer.bind());
    d.fill("target/##text", "127.0.0.1:" + std::to_string(peer.port()));
    open_capture(d, path);
    ASSERT_TRUE(d.until("it is read", [&] { return contains(d.log_text(), "again"); }));
    d.click("###menu_tools");
    d.click("###menu_replay");
    d.click("###replay_ok");
    std::string got;
    ASSERT_TRUE(d.until("it arrives", [&] { return peer.read(got), got == "again "; }));
}

TEST(Replay, SaysThatTheSessionIsClosed) {
    Driver d;
    d.click("###menu_tools");
    d.click("###menu_replay");
    d.click("###replay_ok");
    EXPECT_TRUE(d.is_shown("###replay_ok"));
    d.click("###replay_cancel");
    EXPECT_FALSE(d.is_shown("###replay_ok"));
}

}  // namespace
}  // namespace sockdesk::gui_tests
