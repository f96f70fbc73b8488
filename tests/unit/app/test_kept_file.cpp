// Files that the window keeps: two windows that save the same one, disks that refuse, and what is nobody's damage.
#include <fstream>
#include <future>
#include <iterator>

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include "app/kept_state.hpp"
#include "app/send_history.hpp"
#include "app/shortcut_files.hpp"
#include "app/shortcut_library.hpp"
#include "app/shortcut_merge.hpp"
#include "app/workspace.hpp"

namespace sockdesk::app {
namespace {

namespace fs = std::filesystem;

using Library = KeptState<std::vector<KeptShortcut>>;

KeptFormat<std::vector<KeptShortcut>> library_format() {
    return {shortcuts_from_kept_json,
            [](const std::vector<KeptShortcut>& content) { return to_kept_json(content); }, merge_shortcuts};
}

class KeptFileTest : public testing::Test {
protected:
    KeptFileTest() {
        std::string folder = fs::temp_directory_path() / "sockdesk-kept-XXXXXX";
        folder_ = mkdtemp(folder.data());
        path_ = folder_ / "w.shortcuts.json";
    }
    ~KeptFileTest() override {
        fs::permissions(folder_, fs::perms::owner_all);
        fs::remove_all(folder_);
    }
    static std::string read(const fs::path& path) {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    static mode_t mode(const fs::path& path) {
        struct stat status {};
        EXPECT_EQ(::stat(path.c_str(), &status), 0);
        return status.st_mode & 0777;
    }

    fs::path folder_;
    fs::path path_;
};

Shortcut named(std::string name) {
    Shortcut shortcut;
    shortcut.name = std::move(name);
    shortcut.payload = "payload of " + shortcut.name;
    return shortcut;
}

std::string names(const std::vector<KeptShortcut>& content) {
    std::string all;
    for (const KeptShortcut& each : content) all += (all.empty() ? "" : " ") + each.shortcut.name;
    return all;
}

/// A window: what it shows and its file.
struct Window {
    explicit Window(const fs::path& path) : file(path, library_format()) {
        auto loaded = file.load();
        notice = loaded.notice;
        library.set_content(std::move(loaded.content));
    }
    void save() {
        const auto outcome = file.save_now(library.content());
        EXPECT_TRUE(outcome.saved) << outcome.saved.error().message;
        library.set_content(file.go_on(outcome, library.content()));
    }
    ShortcutId id(std::string_view name) const {
        for (const auto& item : library.items()) {
            if (item.shortcut.name == name) return item.id;
        }
        return {};
    }
    void rename(std::string_view from, std::string to) {
        Shortcut changed = *library.find(id(from));
        changed.name = std::move(to);
        EXPECT_TRUE(library.replace(id(from), changed));
    }
    void remove(std::string_view name) {
        const std::vector<ShortcutId> ids = {id(name)};
        library.remove(ids);
    }
    std::string shown() const { return names(library.content()); }

    Library file;
    ShortcutLibrary library;
    std::string notice;
};

TEST_F(KeptFileTest, TwoWindowsKeepWhatBothAdded) {
    Window(path_).save();
    Window first(path_);
    Window second(path_);
    first.library.add(named("precious"));
    first.save();
    second.library.add(named("other"));
    second.save();
    EXPECT_EQ(second.shown(), "precious other");
    EXPECT_EQ(Window(path_).shown(), "precious other");
    first.library.choose(first.id("precious"), true);
    first.save();
    EXPECT_EQ(Window(path_).shown(), "precious other");
    EXPECT_EQ(Window(path_).library.chosen_count(), 1U);
}

TEST_F(KeptFileTest, TwoWindowsChangeAndDelete) {
    Window start(path_);
    for (const char* name : {"a", "b", "c", "d"}) start.library.add(named(name));
    start.save();
    Window first(path_);
    Window second(path_);
    first.remove("a");
    first.rename("b", "b of the first");
    first.rename("d", "d of the first");
    first.save();
    second.remove("d");
    second.rename("b", "b of the second");
    second.library.choose(second.id("c"), true);
    second.save();
    EXPECT_EQ(second.shown(), "b of the second c") << "a deletion holds; the later save of the same one wins";
    first.save();
    EXPECT_EQ(first.shown(), "b of the second c");
    EXPECT_EQ(first.library.chosen_count(), 1U);
    EXPECT_EQ(Window(path_).shown(), "b of the second c");
}

TEST_F(KeptFileTest, TwoWindowsOrderAndGiveKeys) {
    Window start(path_);
    for (const char* name : {"a", "b", "c"}) start.library.add(named(name));
    start.save();
    Window first(path_);
    Window second(path_);
    first.library.move(first.id("c"), first.id("a"), false);
    Shortcut keyed = named("keyed");
    keyed.hotkey = "Ctrl+1";
    first.library.add(keyed);
    first.save();
    Shortcut rival = named("rival");
    rival.hotkey = "Ctrl+1";
    second.library.add(rival);
    second.save();
    EXPECT_EQ(second.shown(), "c a b keyed rival");
    ASSERT_EQ(second.library.hotkeys().size(), 1U);
    EXPECT_EQ(second.library.hotkeys()[0].second, second.id("rival"));
    EXPECT_EQ(second.library.find(second.id("keyed"))->hotkey, "");
}

TEST_F(KeptFileTest, GivesTheSameIdsInTwoWindowsToAFileWithout) {
    std::ofstream(path_) << to_json(std::vector<Shortcut>{named("a"), named("a"), named("b")});
    Window first(path_);
    Window second(path_);
    EXPECT_EQ(first.library.content(), second.library.content());
    first.library.add(named("c"));
    first.save();
    second.remove("b");
    second.save();
    EXPECT_EQ(second.shown(), "a a c");
}

TEST_F(KeptFileTest, JoinsWhatChangedWhileItWasWritten) {
    Window first(path_);
    first.library.add(named("a"));
    first.save();
    Window second(path_);
    second.library.add(named("b"));
    second.save();
    first.library.add(named("c"));
    std::promise<void> written;
    first.file.save(first.library.content(), [&] { written.set_value(); });
    first.library.add(named("d"));
    written.get_future().wait();
    const auto outcome = first.file.take();
    ASSERT_TRUE(outcome && outcome->saved && outcome->joined);
    first.library.set_content(first.file.go_on(*outcome, first.library.content()));
    EXPECT_EQ(first.shown(), "a b c d");

    // The same at the end of the program, when nobody has looked at what the thread did.
    second.library.add(named("e"));
    second.save();
    first.library.add(named("f"));
    first.file.save(first.library.content(), [] {});
    const auto last = first.file.save_now(first.library.content());
    EXPECT_TRUE(last.saved);
    EXPECT_EQ(Window(path_).library.items().size(), 6U) << Window(path_).shown();
}

TEST_F(KeptFileTest, ManyWindowsAtOnceLoseNothing) {
    Window(path_).save();
    std::vector<std::future<void>> windows;
    for (int w = 0; w < 6; ++w) {
        windows.push_back(std::async(std::launch::async, [this, w] {
            Window window(path_);
            for (int i = 0; i < 5; ++i) {
                window.library.add(named(std::to_string(w * 10 + i)));
                window.save();
            }
        }));
    }
    for (auto& each : windows) each.get();
    EXPECT_EQ(Window(path_).library.items().size(), 30U);
    for (const auto& entry : fs::directory_iterator(folder_))
        EXPECT_EQ(entry.path().string().find("broken"), std::string::npos) << entry.path();
}

TEST_F(KeptFileTest, PutsAsideWhatAnotherProgramDamaged) {
    Window window(path_);
    window.library.add(named("a"));
    window.save();
    std::ofstream(path_) << "{ by hand";
    window.library.add(named("b"));
    window.save();
    EXPECT_EQ(Window(path_).shown(), "a b");
    EXPECT_EQ(read(path_.string() + ".broken"), "{ by hand");
}

TEST_F(KeptFileTest, SaysWhichFileCouldNotBeWritten) {
    if (::geteuid() == 0) {
        // Nobody refuses anything to root but what cannot be.
        fs::create_directory(path_);
        fs::create_directory(path_ / "in the way");
    } else {
        fs::permissions(folder_, fs::perms::owner_read | fs::perms::owner_exec);
    }
    Library file(path_, library_format());
    const auto outcome = file.save_now({{ShortcutId{1}, named("a")}});
    ASSERT_FALSE(outcome.saved);
    EXPECT_NE(outcome.saved.error().message.find("w.shortcuts.json"), std::string::npos);
    EXPECT_EQ(outcome.saved.error().message.find(".new-"), std::string::npos)
        << outcome.saved.error().message;
}

TEST_F(KeptFileTest, KeepsModes) {
    const mode_t before = ::umask(022);
    ASSERT_TRUE(replace_file(folder_ / "export.json", "x", FileAccess::usual));
    EXPECT_EQ(mode(folder_ / "export.json"), 0644U);
    ASSERT_EQ(::chmod((folder_ / "export.json").c_str(), 0664), 0);
    ASSERT_TRUE(replace_file(folder_ / "export.json", "y", FileAccess::usual));
    EXPECT_EQ(mode(folder_ / "export.json"), 0664U) << "as it was";
    ASSERT_TRUE(replace_file(folder_ / "kept.json", "x"));
    EXPECT_EQ(mode(folder_ / "kept.json"), 0600U);
    ::umask(before);
}

TEST_F(KeptFileTest, HoldsAllThatALibraryMayHold) {
    Shortcut large = named("large");
    large.payload.assign(Shortcut::max_payload, 'x');
    ShortcutLibrary library;
    library.add_all(std::vector<Shortcut>(60, large));
    while (library.add(large)) {
    }
    EXPECT_FALSE(library.duplicate(library.items().front().id));
    EXPECT_FALSE(library.add_all({large}));
    Shortcut longer = library.items().front().shortcut;
    longer.group.assign(2 * Shortcut::max_payload, 'x');
    EXPECT_FALSE(library.replace(library.items().front().id, longer));
    const std::vector<ShortcutId> one = {library.items().front().id};
    library.remove(one);
    ASSERT_TRUE(library.add(large));
    EXPECT_FALSE(library.undo_remove()) << "there is no room any more";
    EXPECT_EQ(library.undoable(), 1U) << "nothing is lost by trying";

    // Of what is written, whatever it is: a control character takes six, and each shortcut the names of its fields.
    Shortcut control;
    control.payload.assign(1000, '\x01');
    control.escapes = control.templates = control.hex = control.chosen = true;
    control.name = control.trailer = control.target = control.delay = control.hotkey = control.group = "\x01";
    const std::size_t written = to_kept_json(std::vector<KeptShortcut>{{ShortcutId{~0ULL}, control}}).size();
    const std::size_t fields = written - 6 * bytes_of(control);
    EXPECT_LE(6 * ShortcutLibrary::max_bytes + ShortcutLibrary::max_shortcuts * fields, KeptFile::max_bytes);
}

TEST(HistoryOfTwoWindows, IsInTheOrderOfSending) {
    const auto list = [](std::initializer_list<const char*> texts) {
        std::deque<SentPayload> entries;
        for (const char* text : texts) entries.push_back({text, false, false, false, {}});
        return entries;
    };
    const auto base = list({"c", "b", "a"});
    EXPECT_EQ(merge_history(base, list({"x", "c", "b", "a"}), list({"y", "c", "b", "a"})),
              list({"x", "y", "c", "b", "a"}));
    EXPECT_EQ(merge_history(base, list({"a", "c", "b"}), list({"y", "c", "b", "a"})),
              list({"a", "y", "c", "b"}))
        << "sent again";
    EXPECT_EQ(merge_history(base, list({"c", "a"}), list({"y", "c", "b", "a"})), list({"y", "c", "a"}))
        << "removed here";
    EXPECT_EQ(merge_history(base, list({"x", "c", "b", "a"}), list({"c"})), list({"x", "c"}))
        << "removed there";
    EXPECT_EQ(merge_history(base, {}, list({"y", "c", "b", "a"})), list({"y"})) << "cleared here";
    EXPECT_EQ(merge_history({}, list({"x"}), list({"x", "y"})), list({"x", "y"}));
}

TEST_F(KeptFileTest, TellsOtherFilesOfOursFromDamage) {
    const std::string library = to_json(std::vector<Shortcut>{named("a")});
    const std::string history = to_json(std::deque<SentPayload>{{"a", false, false, false, {}}});
    for (const std::string& content : {library, history}) {
        std::ofstream(path_) << content;
        EXPECT_NE(other_kind(content), "");
        WorkspaceFile file(path_);
        const auto loaded = file.load();
        EXPECT_NE(loaded.notice.find("not a workspace"), std::string::npos) << loaded.notice;
        EXPECT_TRUE(file.save({}));
        EXPECT_EQ(read(path_), content) << "left as it is";
        EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1);
    }
    EXPECT_EQ(other_kind(to_json(Workspace())), "");
    EXPECT_EQ(other_kind(R"({"tabs":{"sockdesk_shortcuts":1}})"), "");
    EXPECT_EQ(other_kind("no JSON"), "");
}

}  // namespace
}  // namespace sockdesk::app
