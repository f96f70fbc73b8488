#include "app/shortcut_list.hpp"

#include <algorithm>

#include "app/text_search.hpp"

namespace sockdesk::app {

void ShortcutList::update(const ShortcutLibrary& library, std::string_view query) {
    const bool other_rows = layout_ != library.layout_revision() || query != query_ || stale_;
    if (other_rows) {
        search(library, query);
        arrange(library);
        stale_ = false;
    }
    if (other_rows || revision_ != library.revision()) count_hidden(library);
    revision_ = library.revision();
}

void ShortcutList::search(const ShortcutLibrary& library, std::string_view query) {
    const std::vector<std::string> words = folded_words(query);
    // What is typed on to a query can only be found among what the query found.
    const bool narrower = layout_ == library.layout_revision() && !stale_ && query.starts_with(query_);
    searching_ = !words.empty();
    layout_ = library.layout_revision();
    query_ = query;
    const auto& items = library.items();
    const auto fits = [&](std::size_t i) { return has_all_words(items[i].folded, words); };
    if (narrower) {
        std::erase_if(found_, [&](std::size_t i) { return !fits(i); });
        return;
    }
    found_.clear();
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (fits(i)) found_.push_back(i);
    }
}

void ShortcutList::arrange(const ShortcutLibrary& library) {
    rows_.clear();
    const auto& items = library.items();
    for (std::size_t i = 0; i < found_.size();) {
        const std::string& group = items[found_[i]].shortcut.group;
        std::size_t end = i + 1;
        while (end < found_.size() && items[found_[end]].shortcut.group == group) ++end;
        if (!group.empty()) rows_.push_back({true, found_[i], end - i});
        if (group.empty() || is_open(group)) {
            for (std::size_t k = i; k < end; ++k) rows_.push_back({false, found_[k], 0});
        }
        i = end;
    }
}

void ShortcutList::count_hidden(const ShortcutLibrary& library) {
    chosen_hidden_ = library.chosen_count();
    if (chosen_hidden_ == 0) return;
    for (const Row& row : rows_) {
        if (!row.is_group && library.items()[row.item].shortcut.chosen) --chosen_hidden_;
    }
}

std::optional<std::size_t> ShortcutList::first_item() const {
    const auto found = std::ranges::find(rows_, false, &Row::is_group);
    if (found == rows_.end()) return {};
    return static_cast<std::size_t>(found - rows_.begin());
}

std::vector<ShortcutId> ShortcutList::found_ids(const ShortcutLibrary& library) const {
    std::vector<ShortcutId> ids;
    for (const std::size_t i : found_) {
        if (i < library.items().size()) ids.push_back(library.items()[i].id);
    }
    return ids;
}

std::vector<ShortcutId> ShortcutList::found_ids(const ShortcutLibrary& library,
                                                std::string_view group) const {
    std::vector<ShortcutId> ids;
    for (const std::size_t i : found_) {
        if (i < library.items().size() && library.items()[i].shortcut.group == group)
            ids.push_back(library.items()[i].id);
    }
    return ids;
}

void ShortcutList::toggle(const std::string& group) {
    if (closed_.erase(group) == 0) closed_.insert(group);
    stale_ = true;
}

}  // namespace sockdesk::app
