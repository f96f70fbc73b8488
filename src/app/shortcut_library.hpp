// All canned payloads, in the order in which they are shown, sent and kept. Shortcuts of a group stand together.
//
// Threads: the one that draws.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "app/hotkey.hpp"
#include "app/shortcut.hpp"
#include "base/ids.hpp"

namespace sockdesk::app {

/// Of this run of the program; files know positions.
using ShortcutId = StrongId<struct ShortcutTag, std::uint64_t>;

class ShortcutLibrary {
public:
    static constexpr std::size_t max_shortcuts = 100'000;

    struct Item {
        ShortcutId id;
        Shortcut shortcut;
        std::string folded;  ///< what a search looks through
    };

    const std::vector<Item>& items() const { return items_; }
    /// Another one after each change.
    std::uint64_t revision() const { return revision_; }
    /// Null: there is none any more.
    const Shortcut* find(ShortcutId id) const;
    std::vector<std::string> groups() const;
    std::size_t chosen_count() const { return chosen_; }
    std::vector<ShortcutId> chosen() const;

    /// Behind all others of its group. None: the library is full.
    std::optional<ShortcutId> add(Shortcut shortcut);
    /// All of them, or none when they are too many. A hotkey that is taken is left out; the number of those is the result.
    std::optional<std::size_t> add_all(std::vector<Shortcut> shortcuts);
    void replace(ShortcutId id, Shortcut shortcut);
    void choose(ShortcutId id, bool chosen);
    void choose_all(bool chosen);
    /// Right behind it, without its hotkey.
    std::optional<ShortcutId> duplicate(ShortcutId id);
    /// To where `target` stands now, or right behind it; into its group.
    void move(ShortcutId id, ShortcutId target, bool behind);

    void remove(std::span<const ShortcutId> ids);
    /// How many the last deletion took that can be brought back to where they were.
    std::size_t undoable() const { return removed_.size(); }
    void undo_remove();

    /// Who has this key; `except` does not count.
    const Item* with_hotkey(const Hotkey& hotkey, ShortcutId except = {}) const;
    /// Those that have one.
    const std::vector<std::pair<Hotkey, ShortcutId>>& hotkeys() const { return hotkeys_; }

private:
    Item make_item(Shortcut shortcut);
    std::size_t index_of(ShortcutId id) const;  ///< `items_.size()`: none
    void changed();

    std::vector<Item> items_;
    std::vector<std::pair<std::size_t, Item>> removed_;
    std::vector<std::pair<Hotkey, ShortcutId>> hotkeys_;
    std::size_t chosen_ = 0;
    std::uint64_t next_id_ = 0;
    std::uint64_t revision_ = 1;
};

/// The library as a list with headings, searched. Made anew only when something changed.
class ShortcutList {
public:
    struct Row {
        bool is_group = false;
        std::size_t item = 0;   ///< index in `items`; of a heading, its first one's
        std::size_t count = 0;  ///< of a heading: how many it has
    };

    /// Every word of `query` has to be in a name, a payload or a group; case does not matter in Latin letters.
    void update(const ShortcutLibrary& library, std::string_view query);
    const std::vector<Row>& rows() const { return rows_; }
    std::size_t found() const { return found_.size(); }

    /// A search opens all of them.
    bool is_open(std::string_view group) const { return searching_ || !closed_.contains(std::string(group)); }
    void toggle(const std::string& group);

private:
    void search(const ShortcutLibrary& library, std::string_view query);
    void arrange(const ShortcutLibrary& library);

    std::uint64_t revision_ = 0;
    std::string query_;
    bool searching_ = false;
    bool stale_ = true;
    std::vector<std::size_t> found_;
    std::vector<Row> rows_;
    std::unordered_set<std::string> closed_;
};

}  // namespace sockdesk::app
