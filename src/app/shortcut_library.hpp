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
#include <unordered_map>
#include <utility>
#include <vector>

#include "app/hotkey.hpp"
#include "app/shortcut.hpp"

namespace sockdesk::app {

class ShortcutLibrary {
public:
    static constexpr std::size_t max_shortcuts = 100'000;
    static constexpr std::size_t max_bytes = std::size_t{64} << 20;  ///< of all texts

    struct Item {
        ShortcutId id;
        Shortcut shortcut;
        std::string folded;  ///< what a search looks through
    };

    const std::vector<Item>& items() const { return items_; }
    /// Another one after each change.
    std::uint64_t revision() const { return revision_; }
    /// Another one after each change that is more than a tick.
    std::uint64_t layout_revision() const { return layout_; }
    /// Null: there is none any more.
    const Shortcut* find(ShortcutId id) const;
    std::vector<std::string> groups() const;
    std::size_t chosen_count() const { return chosen_; }
    std::vector<ShortcutId> chosen() const;

    // What would make it larger than its limits changes nothing and says so; `full_message` has the words.

    /// Behind all others of its group.
    std::optional<ShortcutId> add(Shortcut shortcut);
    /// All of them or none. A hotkey that is taken is left out; the number of those is the result.
    std::optional<std::size_t> add_all(std::vector<Shortcut> shortcuts);
    bool replace(ShortcutId id, Shortcut shortcut);
    /// Right behind it, without its hotkey.
    std::optional<ShortcutId> duplicate(ShortcutId id);
    static std::string full_message();

    void choose(ShortcutId id, bool chosen);
    void choose(std::span<const ShortcutId> ids, bool chosen);
    void choose_all(bool chosen);
    /// To where `target` stands now, or right behind it; into its group.
    void move(ShortcutId id, ShortcutId target, bool behind);
    /// All of a group before all of another one, or behind it. Those without a group are the group "".
    void move_group(const std::string& group, const std::string& target, bool behind);

    void remove(std::span<const ShortcutId> ids);
    /// How many the last deletion took that can be brought back to where they were.
    std::size_t undoable() const { return removed_.size(); }
    /// False: the library has become too full for them meanwhile.
    bool undo_remove();

    /// Who has this key; `except` does not count.
    const Item* with_hotkey(const Hotkey& hotkey, ShortcutId except = {}) const;
    /// Those that have one, each key once.
    const std::vector<std::pair<Hotkey, ShortcutId>>& hotkeys() const { return hotkeys_; }

    /// What is to be kept.
    std::vector<KeptShortcut> content() const;
    /// What was kept, as it was: limits hold for what is added, so nothing is lost here.
    void set_content(std::vector<KeptShortcut> content);

private:
    ShortcutId new_id() const;
    std::size_t index_of(ShortcutId id) const;  ///< `items_.size()`: none
    bool has_room(std::size_t shortcuts, std::size_t bytes) const;
    void changed();
    void arrange();

    std::vector<Item> items_;
    std::unordered_map<ShortcutId, std::size_t> index_;
    std::vector<std::pair<std::size_t, Item>> removed_;
    std::vector<std::pair<Hotkey, ShortcutId>> hotkeys_;
    std::size_t chosen_ = 0;
    std::size_t bytes_ = 0;
    std::uint64_t revision_ = 1;
    std::uint64_t layout_ = 1;
};

}  // namespace sockdesk::app
