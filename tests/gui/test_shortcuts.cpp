// Canned payloads and the history through the real views: added, found, dragged, sent, run in order, kept.
#include <algorithm>
#include <chrono>
#include <fstream>

#include <sys/stat.h>

#include <gtest/gtest.h>

#include "app/kept_state.hpp"
#include "app/shortcut_files.hpp"
#include "app/shortcut_merge.hpp"
#include "app/translation.hpp"
#include "driver.hpp"
#include "peers.hpp"

namespace sockdesk::gui_tests {
namespace {

using app::Shortcut;
using engine::SessionState;

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// A UDP session that sends to a socket of ours.
struct Desk {
    Desk() : peer(Socket::make(SOCK_DGRAM)) {
        EXPECT_TRUE(peer.bind());
        d.fill("local_host/##text", "127.0.0.1");
        d.click("###open");
        d.until("the session opens", [&] { return d.tab().session.state() == SessionState::open; });
        d.fill("target/##text", "127.0.0.1:" + std::to_string(peer.port()));
    }
    bool arrives(std::string_view what) {
        got.clear();
        return d.until(what, [&] { return peer.read(got), got == what; });
    }
    app::ShortcutLibrary& library() { return d.desk().side().library(); }
    std::string names() {
        std::string all;
        for (const auto& item : library().items()) all += (all.empty() ? "" : " ") + item.shortcut.name;
        return all;
    }
    app::ShortcutId add(std::string name, std::string payload, std::string delay = {}) {
        Shortcut shortcut;
        shortcut.name = std::move(name);
        shortcut.payload = std::move(payload);
        shortcut.delay = std::move(delay);
        const auto id = library().add(std::move(shortcut));
        d.frames(2);
        return *id;
    }
    ImVec2 row(int index) {
        const Item* item = d.find("###shortcut_list_" + std::to_string(index));
        EXPECT_NE(item, nullptr) << "row " << index;
        return item != nullptr ? item->rect.GetCenter() : ImVec2();
    }
    void choose(app::ShortcutId id) { d.click("###chosen_" + std::to_string(id.value)); }

    Driver d;
    Socket peer;
    std::string got;
};

TEST(Shortcuts, AreAddedFromTheBoxAndSent) {
    Desk desk;
    Driver& d = desk.d;
    d.fill("###box", "48 69");
    d.click("###send_hex");
    d.fill("###box", "48 69");
    d.click("###shortcuts");
    d.click("###shortcut_add_first");
    d.fill("###shortcut_name", "greeting");
    d.fill("shortcut_trailer/##text", "fixed=21");
    d.click("###shortcut_ok");
    ASSERT_EQ(desk.names(), "greeting");
    EXPECT_TRUE(desk.library().items()[0].shortcut.hex);
    d.click_at(desk.row(0), ImGuiMouseButton_Left, 2);
    EXPECT_TRUE(desk.arrives("Hi!"));
    // Enter sends the row with the cursor, the triangle of a row that row.
    d.key(ImGuiKey_Enter);
    EXPECT_TRUE(desk.arrives("Hi!"));
    d.click("###send_shortcut_" + std::to_string(desk.library().items()[0].id.value));
    EXPECT_TRUE(desk.arrives("Hi!"));
}

TEST(Shortcuts, AreMadeOfWhatArrived) {
    Desk desk;
    Driver& d = desk.d;
    desk.peer.send_to(d.tab().session.local()->port, "PING\r\n");
    ASSERT_TRUE(d.until("it arrives", [&] { return contains(d.log_text(), "PING"); }));
    const Item* log = d.find("###log");
    ImVec2 at = log != nullptr ? ImVec2(log->rect.Min.x + 40, log->rect.Min.y + 10) : ImVec2(500, 140);
    for (int attempt = 0; attempt < 12 && !d.is_shown("###to_shortcuts"); ++attempt, at.y += 15) {
        d.click_at(at);
        d.click_at(at, ImGuiMouseButton_Right);
        if (d.is_shown("###to_shortcuts") && d.is_disabled("###to_shortcuts")) d.key(ImGuiKey_Escape);
    }
    d.click("###to_shortcuts");
    ASSERT_TRUE(d.is_shown("###shortcut_ok"));
    d.click("###shortcut_ok");
    ASSERT_EQ(desk.library().items().size(), 1U);
    const Shortcut& made = desk.library().items()[0].shortcut;
    EXPECT_EQ(made.payload, "PING\\r\\n");
    EXPECT_TRUE(made.escapes);
}

TEST(Shortcuts, AreFoundAndDragged) {
    Desk desk;
    Driver& d = desk.d;
    for (const char* name : {"one", "two", "three"}) desk.add(name, std::string("payload of ") + name);
    d.click("###shortcuts");
    const ImVec2 third = desk.row(2);
    const ImVec2 first = desk.row(0);
    d.drag(third, {first.x, first.y - 6});
    EXPECT_EQ(desk.names(), "three one two");
    d.drag(desk.row(0), {desk.row(2).x, desk.row(2).y + 6});
    EXPECT_EQ(desk.names(), "one two three");

    d.fill("###shortcut_search", "OF TW");
    EXPECT_TRUE(d.is_shown("###shortcut_list_0"));
    EXPECT_FALSE(d.is_shown("###shortcut_list_1"));
    d.key(ImGuiKey_DownArrow);
    d.key(ImGuiKey_Enter);
    EXPECT_TRUE(desk.arrives("payload of two")) << "from the search into the list by keys";

    d.fill("###shortcut_search", "");
    d.click_at(desk.row(0));
    d.key(ImGuiKey_Delete);
    EXPECT_EQ(desk.names(), "two three");
    d.click("###shortcut_undo");
    EXPECT_EQ(desk.names(), "one two three");
    d.click_at(desk.row(0));
    d.key(ImGuiMod_Alt | ImGuiKey_DownArrow);
    EXPECT_EQ(desk.names(), "two one three");
}

TEST(Shortcuts, RunInOrderSoManyTimes) {
    Desk desk;
    Driver& d = desk.d;
    const auto a = desk.add("a", "A{{counter}}", "20");
    const auto b = desk.add("b", "B", "5");
    desk.add("left out", "X");
    const auto c = desk.add("c", "C");
    Shortcut counting = *desk.library().find(a);
    counting.templates = true;
    desk.library().replace(a, counting);
    d.click("###shortcuts");
    desk.choose(c);
    desk.choose(b);
    desk.choose(a);
    d.fill("###shortcut_rounds", "2");
    d.click("###shortcut_run");
    EXPECT_TRUE(desk.arrives("A0BCA1BC"));
    EXPECT_TRUE(d.until("it ends", [&] { return !d.tab().session.running(); }));
    EXPECT_TRUE(d.is_shown("###shortcut_run"));

    d.fill("###shortcut_rounds", "none");
    d.click("###shortcut_run");
    EXPECT_FALSE(d.tab().session.running());
    EXPECT_TRUE(d.front().notice().is_error);
}

TEST(Shortcuts, RunUntilStoppedBesideTheBox) {
    Desk desk;
    Driver& d = desk.d;
    const auto a = desk.add("a", "a", "1");
    d.click("###shortcuts");
    desk.choose(a);
    d.click("###shortcut_endless");
    d.click("###shortcut_run");
    ASSERT_TRUE(d.tab().session.running());
    EXPECT_FALSE(d.tab().session.is_cycling()) << "the box is free";
    ASSERT_TRUE(d.until("many", [&] { return desk.peer.read(desk.got), desk.got.size() > 20; }));
    d.fill("###box", "by hand");
    d.click("###send");
    ASSERT_TRUE(
        d.until("the box's own", [&] { return desk.peer.read(desk.got), contains(desk.got, "by hand"); }));
    d.click("###shortcut_stop");
    EXPECT_TRUE(d.until("it stops", [&] { return !d.tab().session.running(); }));
}

TEST(Shortcuts, SendNothingWhenOneIsWrong) {
    Desk desk;
    Driver& d = desk.d;
    const auto good = desk.add("good", "good");
    const auto bad = desk.add("bad one", "4x");
    Shortcut hex = *desk.library().find(bad);
    hex.hex = true;
    desk.library().replace(bad, hex);
    d.click("###shortcuts");
    desk.choose(good);
    desk.choose(bad);
    d.click("###shortcut_run");
    EXPECT_FALSE(d.tab().session.running());
    EXPECT_TRUE(d.front().notice().is_error);
    EXPECT_TRUE(contains(d.front().notice().text, "\"bad one\"")) << d.front().notice().text;
    EXPECT_TRUE(contains(d.front().notice().text, "character 2")) << d.front().notice().text;
    EXPECT_EQ(d.tab().session.totals().tx_packets, 0U);
}

TEST(Shortcuts, AnswerToTheirKeysWhereverOneTypes) {
    Desk desk;
    Driver& d = desk.d;
    desk.add("a", "by key");
    d.click("###shortcuts");
    d.click_at(desk.row(0), ImGuiMouseButton_Right);
    d.click("###shortcut_edit");
    d.fill("###shortcut_hotkey", "ctrl+c");
    d.click("###shortcut_ok");
    EXPECT_TRUE(d.is_shown("###shortcut_ok")) << "the window's own keys are refused";
    d.fill("###shortcut_hotkey", "ctrl+1");
    d.click("###shortcut_ok");
    ASSERT_FALSE(d.is_shown("###shortcut_ok"));
    d.fill("###box", "typing ");
    d.key(ImGuiMod_Ctrl | ImGuiKey_1);
    EXPECT_TRUE(desk.arrives("by key"));
    EXPECT_EQ(d.tab().session.tab().send.text, "typing ");
    d.click("###side_close");
    d.key(ImGuiMod_Ctrl | ImGuiKey_1);
    EXPECT_TRUE(desk.arrives("by key")) << "with the panel closed, too";

    // Another one does not get the same key.
    d.key(ImGuiMod_Ctrl | ImGuiKey_K);
    d.click("###shortcut_add");
    d.fill("###shortcut_hotkey", "Ctrl+1");
    d.click("###shortcut_ok");
    EXPECT_TRUE(d.is_shown("###shortcut_ok"));
    d.click("###shortcut_cancel");
    EXPECT_EQ(desk.library().items().size(), 1U);
}

TEST(Shortcuts, GoToAnAddressOfTheirOwn) {
    Desk desk;
    Driver& d = desk.d;
    Socket other = Socket::make(SOCK_DGRAM);
    ASSERT_TRUE(other.bind());
    const auto id = desk.add("a", "to the other");
    Shortcut aimed = *desk.library().find(id);
    aimed.target = "127.0.0.1:" + std::to_string(other.port());
    desk.library().replace(id, aimed);
    d.fill("target/##text", "");
    d.click("###shortcuts");
    d.click_at(desk.row(0), ImGuiMouseButton_Left, 2);
    std::string got;
    EXPECT_TRUE(d.until("it arrives there", [&] { return other.read(got), got == "to the other"; }));
}

TEST(Shortcuts, ComeBackAtTheNextStart) {
    Driver d;
    d.click("###shortcuts");
    d.click("###shortcut_starter_first");
    const std::size_t count = d.desk().side().library().items().size();
    ASSERT_GT(count, 40U);
    d.click("###shortcut_more");
    d.click("###shortcut_starter");
    EXPECT_EQ(d.desk().side().library().items().size(), count) << "not a second time";
    d.restart();
    EXPECT_EQ(d.desk().side().library().items().size(), count);
    EXPECT_TRUE(d.is_shown("###shortcut_list_0")) << "the panel is where it was";
    EXPECT_TRUE(contains(read_file(d.folder() / "workspace.shortcuts.json"), "Modbus RTU"));

    // A file that cannot be understood is put aside, and said.
    std::ofstream(d.folder() / "workspace.shortcuts.json") << "{ damaged";
    d.restart();
    EXPECT_EQ(d.desk().side().library().items().size(), 0U);
    EXPECT_TRUE(contains(d.front().notice().text, "workspace.shortcuts.json.broken"))
        << d.front().notice().text;
    EXPECT_EQ(read_file(d.folder() / "workspace.shortcuts.json.broken"), "{ damaged");
}

TEST(Shortcuts, GoThroughFiles) {
    Desk desk;
    Driver& d = desk.d;
    const auto json = d.folder() / "out.json";
    const auto csv = d.folder() / "out.csv";
    desk.add("first", "1, \"one\"");
    desk.add("second", "line\nbreak", "5");
    d.click("###shortcuts");
    for (const auto& path : {json, csv}) {
        d.click("###shortcut_more");
        d.click("###shortcut_export");
        if (path == csv) d.click("###shortcut_export_csv");
        d.fill("###shortcut_export_path", path.string());
        d.click("###shortcut_export_ok");
        EXPECT_FALSE(d.is_shown("###shortcut_export_ok"));
    }
    d.click("###shortcut_more");
    d.click("###shortcut_export");
    d.fill("###shortcut_export_path", csv.string());
    d.click("###shortcut_export_ok");
    EXPECT_TRUE(d.is_shown("###shortcut_export_ok")) << "it asks before it overwrites";
    d.click("###shortcut_export_cancel");

    const auto import = [&](const std::filesystem::path& path) {
        d.click("###shortcut_more");
        d.click("###shortcut_import");
        d.fill("###path", path.string());
        d.click("###shortcut_import_ok");
    };
    import(json);
    import(csv);
    EXPECT_EQ(desk.names(), "first second first second first second");
    EXPECT_EQ(desk.library().items()[5].shortcut, desk.library().items()[1].shortcut);
    std::ofstream(d.folder() / "bad.csv") << "payload,delay\na,1\nb,soon\n";
    import(d.folder() / "bad.csv");
    EXPECT_TRUE(d.is_shown("###shortcut_import_ok"));
    EXPECT_EQ(desk.library().items().size(), 6U) << "nothing of it was imported";
}

TEST(Shortcuts, AreSentAsTheyAreSeenAfterAnotherSearch) {
    Desk desk;
    Driver& d = desk.d;
    for (int i = 0; i < 8; ++i) desk.add("item " + std::to_string(i), "payload " + std::to_string(i));
    d.click("###shortcuts");
    d.click_at(desk.row(5));
    d.fill("###shortcut_search", "payload");
    d.key(ImGuiKey_DownArrow);
    d.key(ImGuiKey_Enter);
    EXPECT_TRUE(desk.arrives("payload 0")) << "another search begins at its first row";
    d.click_at(desk.row(5));
    const auto moved = desk.library().items()[5].id;
    desk.library().move(moved, desk.library().items()[0].id, false);
    d.frames(2);
    d.key(ImGuiKey_Enter);
    EXPECT_TRUE(desk.arrives("payload 5")) << "the cursor stays on the shortcut, not at the place";
}

TEST(Shortcuts, AnswerToAltWithLettersWhereOneTypes) {
    Desk desk;
    Driver& d = desk.d;
    Shortcut alt;
    alt.name = "alt";
    alt.payload = "by alt";
    alt.hotkey = "Alt+Shift+Q";
    Shortcut both = alt;
    both.payload = "by both";
    both.hotkey = "Ctrl+Alt+7";
    desk.library().add(alt);
    desk.library().add(both);
    d.fill("###box", "typing");
    d.key(ImGuiMod_Alt | ImGuiMod_Shift | ImGuiKey_Q);
    EXPECT_TRUE(desk.arrives("by alt"));
    d.key(ImGuiMod_Ctrl | ImGuiMod_Alt | ImGuiKey_7);
    EXPECT_TRUE(desk.arrives("by both"));
    EXPECT_EQ(d.tab().session.tab().send.text, "typing");
}

TEST(Shortcuts, OfTwoWindowsAreJoined) {
    Desk desk;
    Driver& d = desk.d;
    const auto mine = desk.add("mine", "x");
    ASSERT_EQ(d.desk().side().save(), "");
    const app::KeptFormat<std::vector<app::KeptShortcut>> format{
        app::shortcuts_from_kept_json,
        [](const std::vector<app::KeptShortcut>& content) { return app::to_kept_json(content); },
        app::merge_shortcuts};
    app::KeptState<std::vector<app::KeptShortcut>> other(d.folder() / "workspace.shortcuts.json", format);
    app::ShortcutLibrary theirs;
    theirs.set_content(other.load().content);
    ASSERT_EQ(theirs.items().size(), 1U);
    Shortcut precious;
    precious.name = "precious";
    theirs.add(precious);
    ASSERT_TRUE(other.save_now(theirs.content()).saved);
    d.click("###shortcuts");
    desk.choose(mine);
    ASSERT_TRUE(d.until("it is written and joined", [&] { return desk.library().items().size() == 2; }));
    EXPECT_EQ(desk.names(), "mine precious");
    d.restart();
    EXPECT_EQ(desk.names(), "mine precious");
    EXPECT_EQ(desk.library().chosen_count(), 1U);
}

TEST(Shortcuts, AreWrittenWhenTheDiskTakesThemAgain) {
    Desk desk;
    Driver& d = desk.d;
    const auto file = d.folder() / "workspace.shortcuts.json";
    std::filesystem::create_directories(file / "in the way");
    desk.add("a", "x");
    const std::string trouble = d.desk().side().save();
    EXPECT_TRUE(contains(trouble, "workspace.shortcuts.json")) << trouble;
    EXPECT_FALSE(contains(trouble, ".new-")) << trouble;
    std::filesystem::remove_all(file);
    d.restart();
    EXPECT_EQ(desk.names(), "a") << "what could not be written is not taken for written";
}

TEST(Shortcuts, SayWhatTheyDidForAWhile) {
    Desk desk;
    Driver& d = desk.d;
    desk.add("a", "x");
    desk.add("b", "y");
    d.click("###shortcuts");
    d.click_at(desk.row(0));
    d.key(ImGuiKey_Delete);
    ASSERT_TRUE(d.is_shown("###shortcut_undo"));
    d.frames(31 * 60);  // of a sixtieth of a second each, to Dear ImGui
    EXPECT_FALSE(d.is_shown("###shortcut_undo"));
    d.click("###shortcut_more");
    d.click("###shortcut_bring_back");
    EXPECT_EQ(desk.names(), "a b");
}

TEST(Shortcuts, AreChosenAsFoundAndByGroup) {
    Desk desk;
    Driver& d = desk.d;
    for (const char* name : {"one", "two", "three", "four"}) {
        Shortcut shortcut;
        shortcut.name = shortcut.payload = name;
        shortcut.group = name[0] == 't' ? "t" : "other";
        desk.library().add(shortcut);
    }
    d.click("###shortcuts");
    d.fill("###shortcut_search", "o");
    d.click("###shortcut_more");
    d.click("###shortcut_choose_all");
    EXPECT_EQ(desk.library().chosen_count(), 3U) << "all but three";
    d.click("###shortcut_more");
    d.click("###shortcut_choose_none");
    d.fill("###shortcut_search", "tw");
    d.click("###shortcut_more");
    d.click("###shortcut_choose_all");
    EXPECT_EQ(desk.library().chosen_count(), 1U) << "only what was found";
    d.fill("###shortcut_search", "");
    d.click("###shortcut_more");
    d.click("###shortcut_choose_none");
    d.click_at(desk.row(0), ImGuiMouseButton_Right);
    d.click("###group_choose");
    EXPECT_EQ(desk.library().chosen_count(), 2U);
    EXPECT_EQ(desk.names(), "one four two three");
    // Groups change places: by key, and with the mouse.
    d.click_at(desk.row(3));
    d.click_at(desk.row(3));
    d.key(ImGuiMod_Alt | ImGuiKey_UpArrow);
    EXPECT_EQ(desk.names(), "two three one four");
    d.drag(desk.row(0), {desk.row(3).x, desk.row(3).y + 6});
    EXPECT_EQ(desk.names(), "one four two three");
}

TEST(Shortcuts, DoNotFloodByOneClick) {
    Desk desk;
    Driver& d = desk.d;
    const auto id = desk.add("a", "a");
    d.click("###shortcuts");
    desk.choose(id);
    d.click("###shortcut_endless");
    d.click("###shortcut_run");
    EXPECT_FALSE(d.tab().session.running());
    EXPECT_TRUE(d.front().notice().is_error);
    d.fill("###box", "new one");
    d.click("###shortcut_add");
    d.click("###shortcut_ok");
    EXPECT_EQ(desk.library().items().back().shortcut.delay, "1000");
}

TEST(Shortcuts, GoThroughFilesOfEitherName) {
    Desk desk;
    Driver& d = desk.d;
    const auto id = desk.add("first", "1");
    desk.library().choose(id, true);
    d.click("###shortcuts");
    const mode_t before = ::umask(022);
    d.click("###shortcut_more");
    d.click("###shortcut_export");
    d.fill("###shortcut_export_path", (d.folder() / "x.csv").string());
    d.click("###shortcut_export_ok");
    ::umask(before);
    EXPECT_FALSE(d.is_shown("###shortcut_export_ok"));
    EXPECT_FALSE(std::filesystem::exists(d.folder() / "x.csv"));
    ASSERT_TRUE(std::filesystem::exists(d.folder() / "x.json"));
    struct stat status {};
    ASSERT_EQ(::stat((d.folder() / "x.json").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0644U);
    std::filesystem::rename(d.folder() / "x.json", d.folder() / "x.csv");
    d.click("###shortcut_more");
    d.click("###shortcut_import");
    d.fill("###path", (d.folder() / "x.csv").string());
    d.click("###shortcut_import_ok");
    EXPECT_EQ(desk.names(), "first first") << "what it is says what stands in it";
    EXPECT_EQ(desk.library().chosen_count(), 1U) << "what comes from elsewhere is in nobody's sequence";
}

TEST(Shortcuts, OfTheStarterComeOnceInAllLanguages) {
    Driver d;
    d.click("###shortcuts");
    d.click("###shortcut_starter_first");
    const std::size_t count = d.desk().side().library().items().size();
    d.desk().side().library().choose_all(true);
    app::set_language(app::Language::chinese);
    d.click("###shortcut_more");
    d.click("###shortcut_starter");
    app::set_language(app::Language::english);
    EXPECT_EQ(d.desk().side().library().items().size(), count);
}

TEST(Shortcuts, HaveGroupsOfAnyName) {
    Desk desk;
    Driver& d = desk.d;
    for (const char* group : {"a##1", "a##2"}) {
        Shortcut shortcut;
        shortcut.name = shortcut.group = group;
        desk.library().add(shortcut);
    }
    d.click("###shortcuts");
    d.click_at(desk.row(1), ImGuiMouseButton_Right);
    d.click("###shortcut_edit");
    d.click("shortcut_group/##list");
    d.click("##a##2");
    d.click("###shortcut_ok");
    EXPECT_EQ(desk.library().groups(), std::vector<std::string>{"a##2"});
}

TEST(Shortcuts, StayQuickWithThousands) {
    Desk desk;
    Driver& d = desk.d;
    std::vector<Shortcut> many(20'000);
    for (std::size_t i = 0; i < many.size(); ++i) {
        many[i].name = "shortcut " + std::to_string(i);
        many[i].payload = "payload";
        many[i].group = "group " + std::to_string(i / 1000);
    }
    desk.library().add_all(std::move(many));
    d.click("###shortcuts");
    std::size_t rows = 0;
    for (const std::string& label : d.shown_labels())
        rows += label.starts_with("###shortcut_list_") ? 1U : 0U;
    EXPECT_GT(rows, 5U);
    EXPECT_LT(rows, 100U) << "only what can be seen is drawn";
    // A frame costs what is seen of them: the best of several takes against the same of a few shortcuts.
    const auto best_of_takes = [&] {
        auto best = std::chrono::steady_clock::duration::max();
        for (int take = 0; take < 12; ++take) {
            const auto begin = std::chrono::steady_clock::now();
            d.frames(5);
            best = std::min(best, std::chrono::steady_clock::now() - begin);
        }
        return best;
    };
    const auto with_many = best_of_takes();
    const auto all = desk.library().content();
    desk.library().set_content({all.begin(), all.begin() + 30});
    const auto with_few = best_of_takes();
    desk.library().set_content(all);
    d.frames(2);
    EXPECT_LT(with_many, 4 * with_few);
    d.click_at(desk.row(1));
    d.key(ImGuiKey_End);
    d.key(ImGuiKey_Enter);
    EXPECT_TRUE(desk.arrives("payload"));
}

// ---- what was sent

TEST(History, IsWalkedThroughWithTheArrowKeys) {
    Desk desk;
    Driver& d = desk.d;
    for (const char* text : {"first", "second\nline", "third"}) {
        d.fill("###box", text);
        d.click("###send");
        ASSERT_TRUE(desk.arrives(text));
    }
    const auto box = [&] { return d.tab().session.tab().send.text; };
    d.fill("###box", "draft");
    d.key(ImGuiKey_UpArrow);
    EXPECT_EQ(box(), "third");
    d.key(ImGuiKey_UpArrow);
    EXPECT_EQ(box(), "second\nline");
    d.key(ImGuiKey_UpArrow);
    EXPECT_EQ(box(), "second\nline") << "the caret goes to the line above first";
    d.key(ImGuiKey_UpArrow);
    EXPECT_EQ(box(), "first");
    d.key(ImGuiKey_UpArrow);
    EXPECT_EQ(box(), "first");
    d.key(ImGuiKey_DownArrow);
    EXPECT_EQ(box(), "second\nline");
    d.key(ImGuiKey_DownArrow);
    EXPECT_EQ(box(), "third");
    d.key(ImGuiKey_DownArrow);
    EXPECT_EQ(box(), "draft");
    d.key(ImGuiKey_UpArrow);
    d.key(ImGuiKey_Escape);
    EXPECT_EQ(box(), "draft");
    d.type(" goes on");
    EXPECT_EQ(box(), "draft goes on") << "one goes on typing where one was";
    d.key(ImGuiKey_UpArrow);
    d.key(ImGuiMod_Ctrl | ImGuiKey_Enter);
    EXPECT_TRUE(desk.arrives("third"));
    d.type("!");
    EXPECT_EQ(box(), "third!") << "Ctrl+Enter does not end typing";
}

TEST(History, IsShownSearchedAndKept) {
    Desk desk;
    Driver& d = desk.d;
    for (const char* text : {"AT+CSQ", "AT+CREG?", "AT+CSQ"}) {
        d.fill("###box", text);
        d.click("###send");
        ASSERT_TRUE(desk.arrives(text));
    }
    d.fill("###box", "draft");
    d.click("###history");
    EXPECT_EQ(d.desk().side().history().entries().size(), 2U);
    d.fill("###history_search", "creg");
    EXPECT_FALSE(d.is_shown("###history_list_1"));
    d.click("###history_list_0");
    EXPECT_EQ(d.tab().session.tab().send.text, "AT+CREG?");
    const Item* row = d.find("###history_list_0");
    ASSERT_NE(row, nullptr);
    d.click_at(row->rect.GetCenter(), ImGuiMouseButton_Left, 2);
    EXPECT_TRUE(desk.arrives("AT+CREG?"));

    d.restart();
    ASSERT_EQ(d.desk().side().history().entries().size(), 2U);
    EXPECT_EQ(d.desk().side().history().entries()[0].text, "AT+CREG?");
    EXPECT_TRUE(d.is_shown("###history_list_1"));
    d.click("###history_list_0", ImGuiMouseButton_Right);
    d.click("###history_to_shortcuts");
    d.click("###shortcut_ok");
    EXPECT_EQ(desk.library().items().size(), 1U);
    d.click("###history_clear");
    d.click("###history_clear_ok");
    EXPECT_EQ(d.desk().side().history().entries().size(), 0U);
}

TEST(History, LeavesTheDraftAndWhatIsAppended) {
    Desk desk;
    Driver& d = desk.d;
    for (const char* text : {"A", "B"}) {
        d.fill("###box", text);
        d.click("###send");
        ASSERT_TRUE(desk.arrives(text));
    }
    d.tab().session.tab().send.trailer = {false, "crc16-modbus"};
    d.fill("###box", "draft");
    d.click("###history");
    const auto row = [&](int index) {
        return d.find("###history_list_" + std::to_string(index))->rect.GetCenter();
    };
    d.click_at(row(0), ImGuiMouseButton_Left, 2);
    ASSERT_TRUE(desk.arrives("B"));
    d.click_at(row(1));
    ASSERT_EQ(d.tab().session.tab().send.text, "A");
    d.click("###box");
    d.key(ImGuiKey_Escape);
    EXPECT_EQ(d.tab().session.tab().send.text, "draft");
    EXPECT_EQ(d.tab().session.tab().send.trailer.trailer, "crc16-modbus");
}

TEST(History, IsChosenFromWhatIsFound) {
    Desk desk;
    Driver& d = desk.d;
    for (const char* text : {"x1", "x2", "x3", "y"}) {
        d.fill("###box", text);
        d.click("###send");
        ASSERT_TRUE(desk.arrives(text));
    }
    d.click("###history");
    d.click("###history_list_3");
    d.fill("###history_search", "x");
    d.key(ImGuiKey_DownArrow);
    d.key(ImGuiKey_Enter);
    EXPECT_TRUE(desk.arrives("x3")) << "the newest of those that were found";
}

TEST(History, DoesNotHoldWhatWasRefused) {
    Driver d;
    d.fill("###box", "to nobody");
    d.click("###send");
    EXPECT_EQ(d.desk().side().history().entries().size(), 0U);
}

}  // namespace
}  // namespace sockdesk::gui_tests
