// The library of canned payloads: order, groups, deletion and its undo, keys, search.
#include "app/shortcut_list.hpp"

#include <gtest/gtest.h>

#include "app/shortcut_files.hpp"

namespace sockdesk::app {
namespace {

Shortcut named(std::string name, std::string group = {}) {
    Shortcut shortcut;
    shortcut.name = std::move(name);
    shortcut.payload = "payload of " + shortcut.name;
    shortcut.group = std::move(group);
    return shortcut;
}

std::string names(const ShortcutLibrary& library) {
    std::string all;
    for (const auto& item : library.items()) all += (all.empty() ? "" : " ") + item.shortcut.name;
    return all;
}

TEST(ShortcutLibrary, KeepsGroupsTogether) {
    ShortcutLibrary library;
    library.add(named("a", "x"));
    library.add(named("b", "y"));
    const auto c = library.add(named("c", "x"));
    EXPECT_EQ(names(library), "a c b");
    EXPECT_EQ(library.groups(), (std::vector<std::string>{"x", "y"}));
    Shortcut changed = *library.find(*c);
    changed.group = "y";
    library.replace(*c, changed);
    EXPECT_EQ(names(library), "a c b") << "the group is where its first shortcut is";
    EXPECT_EQ(library.groups(), (std::vector<std::string>{"x", "y"}));
}

TEST(ShortcutLibrary, MovesInTheOrderAndIntoGroups) {
    ShortcutLibrary library;
    const auto a = *library.add(named("a", "x"));
    const auto b = *library.add(named("b", "x"));
    const auto c = *library.add(named("c", "y"));
    library.move(b, a, false);
    EXPECT_EQ(names(library), "b a c");
    library.move(b, a, true);
    EXPECT_EQ(names(library), "a b c");
    library.move(a, c, true);
    EXPECT_EQ(names(library), "b c a");
    EXPECT_EQ(library.find(a)->group, "y");
    library.move(a, a, true);
    library.move(a, ShortcutId{99}, true);
    EXPECT_EQ(names(library), "b c a") << "nothing to do";
}

TEST(ShortcutLibrary, BringsBackWhatWasDeletedToItsPlace) {
    ShortcutLibrary library;
    const auto a = *library.add(named("a"));
    library.add(named("b"));
    const auto c = *library.add(named("c"));
    library.add(named("d"));
    const std::vector<ShortcutId> doomed = {c, a};
    library.remove(doomed);
    EXPECT_EQ(names(library), "b d");
    EXPECT_EQ(library.undoable(), 2U);
    library.undo_remove();
    EXPECT_EQ(names(library), "a b c d");
    EXPECT_EQ(library.undoable(), 0U);
    EXPECT_NE(library.find(a), nullptr) << "it is the same one";
    library.undo_remove();
    EXPECT_EQ(names(library), "a b c d");
}

TEST(ShortcutLibrary, GivesAKeyToOneAlone) {
    ShortcutLibrary library;
    Shortcut first = named("first");
    first.hotkey = "ctrl + 1";
    const auto id = *library.add(first);
    ASSERT_EQ(library.hotkeys().size(), 1U);
    EXPECT_EQ(library.hotkeys()[0].first.to_string(), "Ctrl+1");
    EXPECT_EQ(library.with_hotkey(*parse_hotkey("Ctrl+1"))->id, id);
    EXPECT_EQ(library.with_hotkey(*parse_hotkey("Ctrl+1"), id), nullptr);
    EXPECT_EQ(library.find(*library.duplicate(id))->hotkey, "");
    Shortcut second = named("second");
    second.hotkey = "Ctrl+1";
    EXPECT_EQ(library.add_all({second}), 1U) << "it came without its key";
    EXPECT_EQ(library.hotkeys().size(), 1U);

    // Deleted, its key given to another, and brought back.
    const std::vector<ShortcutId> doomed = {id};
    library.remove(doomed);
    library.add(second);
    library.undo_remove();
    EXPECT_EQ(library.find(id)->hotkey, "");
    EXPECT_EQ(library.hotkeys().size(), 1U);
}

TEST(ShortcutLibrary, HoldsSoManyAndNoMore) {
    ShortcutLibrary library;
    EXPECT_EQ(library.add_all(std::vector<Shortcut>(ShortcutLibrary::max_shortcuts)), 0U);
    EXPECT_FALSE(library.add({}));
    EXPECT_FALSE(library.add_all({Shortcut{}}));
    EXPECT_FALSE(library.duplicate(library.items().front().id));
    EXPECT_EQ(library.items().size(), ShortcutLibrary::max_shortcuts);
}

TEST(ShortcutLibrary, MovesGroups) {
    ShortcutLibrary library;
    for (const char* name : {"a", "b"}) library.add(named(name, "x"));
    library.add(named("c"));
    for (const char* name : {"d", "e"}) library.add(named(name, "y"));
    library.move_group("y", "x", false);
    EXPECT_EQ(names(library), "d e a b c");
    library.move_group("y", "x", true);
    EXPECT_EQ(names(library), "a b d e c");
    library.move_group("x", "", true);
    EXPECT_EQ(names(library), "d e c a b");
    const auto revision = library.revision();
    library.move_group("x", "", true);
    library.move_group("x", "x", true);
    library.move_group("x", "none", true);
    EXPECT_EQ(library.revision(), revision) << "nothing to do";
}

TEST(ShortcutLibrary, ChangesNothingWhereThereIsNothingToChange) {
    ShortcutLibrary library;
    const auto a = *library.add(named("a"));
    const auto b = *library.add(named("b"));
    const auto revision = library.revision();
    EXPECT_TRUE(library.undo_remove());
    library.choose(a, false);
    library.choose_all(false);
    library.move(b, a, true);
    library.move(a, b, false);
    EXPECT_TRUE(library.replace(a, *library.find(a)));
    const std::vector<ShortcutId> none = {ShortcutId{99}};
    library.remove(none);
    EXPECT_EQ(library.revision(), revision);
}

TEST(ShortcutLibrary, KeepsKeysThatItDoesNotKnow) {
    Shortcut tomorrow = named("tomorrow");
    tomorrow.hotkey = "Hyper+1";
    ShortcutLibrary library;
    library.set_content({{ShortcutId{7}, tomorrow}});
    EXPECT_EQ(library.hotkeys().size(), 0U);
    EXPECT_EQ(library.content().front().shortcut.hotkey, "Hyper+1");
}

TEST(ShortcutList, KnowsWhichOfTheChosenAreNotShown) {
    ShortcutLibrary library;
    library.add(named("a", "x"));
    library.add(named("b", "y"));
    library.add(named("c", "y"));
    library.choose_all(true);
    ShortcutList list;
    list.update(library, "");
    EXPECT_EQ(list.chosen_hidden(), 0U);
    list.toggle("y");
    list.update(library, "");
    EXPECT_EQ(list.chosen_hidden(), 2U);
    list.update(library, "b");
    EXPECT_EQ(list.chosen_hidden(), 2U) << "a and c";
    EXPECT_EQ(list.found_ids(library).size(), 1U);
    library.choose_all(false);
    list.update(library, "b");
    EXPECT_EQ(list.chosen_hidden(), 0U);
    EXPECT_EQ(list.first_item(), 1U) << "behind the heading";
    EXPECT_EQ(list.found_ids(library, "x").size(), 0U);
}

TEST(ShortcutLibrary, CountsTheChosenInOrder) {
    ShortcutLibrary library;
    const auto a = *library.add(named("a"));
    const auto b = *library.add(named("b"));
    library.choose(b, true);
    library.choose(a, true);
    EXPECT_EQ(library.chosen(), (std::vector<ShortcutId>{a, b}));
    library.move(b, a, false);
    EXPECT_EQ(library.chosen(), (std::vector<ShortcutId>{b, a}));
    library.choose_all(false);
    EXPECT_EQ(library.chosen_count(), 0U);
}

TEST(Hotkey, IsReadAsPeopleWriteIt) {
    EXPECT_EQ(parse_hotkey("shift+ctrl+q")->to_string(), "Ctrl+Shift+Q");
    EXPECT_EQ(parse_hotkey("F2")->to_string(), "F2");
    EXPECT_EQ(parse_hotkey("alt+f12")->to_string(), "Alt+F12");
    for (const char* wrong :
         {"", "Ctrl", "Ctrl+", "Ctrl+Ctrl+1", "Ctrl+F13", "Ctrl+Up", "1", "Shift+A", "++"})
        EXPECT_FALSE(parse_hotkey(wrong)) << wrong;
    for (const char* taken : {"Ctrl+T", "ctrl+c", "F5", "Ctrl+Shift+F", "Ctrl+0"})
        EXPECT_FALSE(parse_hotkey(taken)) << taken;
}

TEST(ShortcutList, ShowsHeadingsAndFoldsGroups) {
    ShortcutLibrary library;
    library.add(named("a"));
    library.add(named("b", "x"));
    library.add(named("c", "x"));
    ShortcutList list;
    list.update(library, "");
    ASSERT_EQ(list.rows().size(), 4U);
    EXPECT_FALSE(list.rows()[0].is_group);
    EXPECT_TRUE(list.rows()[1].is_group);
    EXPECT_EQ(list.rows()[1].count, 2U);
    list.toggle("x");
    list.update(library, "");
    EXPECT_EQ(list.rows().size(), 2U);
    list.update(library, "C");
    EXPECT_EQ(list.rows().size(), 2U) << "the heading and what was found below it, folded or not";
    EXPECT_EQ(list.found(), 1U);
}

TEST(ShortcutList, SearchesAsItIsTyped) {
    ShortcutLibrary library;
    std::vector<Shortcut> many;
    for (int i = 0; i < 5000; ++i)
        many.push_back(named("item " + std::to_string(i), i % 2 == 0 ? "Even" : "Odd"));
    library.add_all(std::move(many));
    Shortcut special = named("Größe 温度");
    special.payload = "01 03 00 00";
    library.add(special);
    ShortcutList list;
    for (const auto& [query, found] :
         std::initializer_list<std::pair<const char*, std::size_t>>{{"i", 5000},
                                                                    {"it", 5000},
                                                                    {"item 49", 199},
                                                                    {"item 4999", 1},
                                                                    {"item 4999 odd", 1},
                                                                    {"item 4999 even", 0},
                                                                    {"item 49", 199},
                                                                    {"温度", 1},
                                                                    {"ITEM 4999", 1},
                                                                    {"01 03", 1},
                                                                    {"", 5001}}) {
        list.update(library, query);
        EXPECT_EQ(list.found(), found) << query;
    }
    list.update(library, "0001");
    library.add(named("0001"));
    list.update(library, "0001");
    EXPECT_EQ(list.found(), 1U) << "what is added while a search stands is found";
}

}  // namespace
}  // namespace sockdesk::app
