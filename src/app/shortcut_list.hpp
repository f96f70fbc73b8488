// The library as a list with headings, searched. Made anew only when something changed.
//
// Threads: the one that draws.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "app/shortcut_library.hpp"

namespace sockdesk::app {

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
    bool searching() const { return searching_; }
    /// The first row that is no heading.
    std::optional<std::size_t> first_item() const;

    /// All that was found, in folded groups, too.
    std::vector<ShortcutId> found_ids(const ShortcutLibrary& library) const;
    /// Of one group.
    std::vector<ShortcutId> found_ids(const ShortcutLibrary& library, std::string_view group) const;
    /// How many of the chosen ones stand in no row.
    std::size_t chosen_hidden() const { return chosen_hidden_; }

    /// A search opens all of them.
    bool is_open(std::string_view group) const { return searching_ || !closed_.contains(std::string(group)); }
    void toggle(const std::string& group);

private:
    void search(const ShortcutLibrary& library, std::string_view query);
    void arrange(const ShortcutLibrary& library);
    void count_hidden(const ShortcutLibrary& library);

    std::uint64_t layout_ = 0;
    std::uint64_t revision_ = 0;
    std::string query_;
    bool searching_ = false;
    bool stale_ = true;
    std::vector<std::size_t> found_;
    std::vector<Row> rows_;
    std::size_t chosen_hidden_ = 0;
    std::unordered_set<std::string> closed_;
};

}  // namespace sockdesk::app
