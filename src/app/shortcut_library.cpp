#include "app/shortcut_library.hpp"

#include <algorithm>
#include <unordered_map>

#include "app/text_search.hpp"

namespace sockdesk::app {
// ---- the library

ShortcutLibrary::Item ShortcutLibrary::make_item(Shortcut shortcut) {
    Item item{ShortcutId{++next_id_}, std::move(shortcut), {}};
    return item;
}

std::size_t ShortcutLibrary::index_of(ShortcutId id) const {
    return static_cast<std::size_t>(std::ranges::find(items_, id, &Item::id) - items_.begin());
}

const Shortcut* ShortcutLibrary::find(ShortcutId id) const {
    const std::size_t at = index_of(id);
    return at < items_.size() ? &items_[at].shortcut : nullptr;
}

// Groups stand in the order of their first shortcut.
void ShortcutLibrary::changed() {
    ++revision_;
    std::unordered_map<std::string_view, std::size_t> rank;
    bool together = true;
    const std::string* before = nullptr;
    for (const Item& item : items_) {
        const bool is_new = rank.emplace(item.shortcut.group, rank.size()).second;
        if (before != nullptr && item.shortcut.group != *before && !is_new) together = false;
        before = &item.shortcut.group;
    }
    if (!together) {
        std::vector<std::pair<std::size_t, std::size_t>> order;
        for (std::size_t i = 0; i < items_.size(); ++i) order.emplace_back(rank[items_[i].shortcut.group], i);
        std::ranges::sort(order);
        std::vector<Item> arranged;
        arranged.reserve(items_.size());
        for (const auto& [group, index] : order) arranged.push_back(std::move(items_[index]));
        items_ = std::move(arranged);
    }
    chosen_ = 0;
    hotkeys_.clear();
    for (Item& item : items_) {
        if (item.folded.empty()) {
            item.folded = folded(item.shortcut.name) + '\n' + folded(item.shortcut.payload) + '\n' +
                          folded(item.shortcut.group);
        }
        if (item.shortcut.chosen) ++chosen_;
        if (item.shortcut.hotkey.empty()) continue;
        if (auto hotkey = parse_hotkey(item.shortcut.hotkey)) hotkeys_.emplace_back(*hotkey, item.id);
    }
}

std::vector<std::string> ShortcutLibrary::groups() const {
    std::vector<std::string> groups;
    for (const Item& item : items_) {
        const std::string& group = item.shortcut.group;
        if (!group.empty() && (groups.empty() || groups.back() != group)) groups.push_back(group);
    }
    return groups;
}

std::vector<ShortcutId> ShortcutLibrary::chosen() const {
    std::vector<ShortcutId> ids;
    for (const Item& item : items_) {
        if (item.shortcut.chosen) ids.push_back(item.id);
    }
    return ids;
}

std::optional<ShortcutId> ShortcutLibrary::add(Shortcut shortcut) {
    if (items_.size() >= max_shortcuts) return {};
    items_.push_back(make_item(std::move(shortcut)));
    const ShortcutId id = items_.back().id;
    changed();
    return id;
}

std::optional<std::size_t> ShortcutLibrary::add_all(std::vector<Shortcut> shortcuts) {
    if (items_.size() + shortcuts.size() > max_shortcuts) return {};
    std::unordered_set<std::string> taken;
    for (const auto& [hotkey, id] : hotkeys_) taken.insert(hotkey.to_string());
    std::size_t left_out = 0;
    for (Shortcut& shortcut : shortcuts) {
        if (!shortcut.hotkey.empty()) {
            const auto hotkey = parse_hotkey(shortcut.hotkey);
            if (!hotkey || !taken.insert(hotkey->to_string()).second) {
                shortcut.hotkey.clear();
                ++left_out;
            }
        }
        items_.push_back(make_item(std::move(shortcut)));
    }
    changed();
    return left_out;
}

void ShortcutLibrary::replace(ShortcutId id, Shortcut shortcut) {
    const std::size_t at = index_of(id);
    if (at == items_.size()) return;
    items_[at].shortcut = std::move(shortcut);
    items_[at].folded.clear();
    changed();
}

void ShortcutLibrary::choose(ShortcutId id, bool chosen) {
    const std::size_t at = index_of(id);
    if (at == items_.size() || items_[at].shortcut.chosen == chosen) return;
    items_[at].shortcut.chosen = chosen;
    changed();
}

void ShortcutLibrary::choose_all(bool chosen) {
    for (Item& item : items_) item.shortcut.chosen = chosen;
    changed();
}

std::optional<ShortcutId> ShortcutLibrary::duplicate(ShortcutId id) {
    const std::size_t at = index_of(id);
    if (at == items_.size() || items_.size() >= max_shortcuts) return {};
    Item copy = make_item(items_[at].shortcut);
    copy.shortcut.hotkey.clear();
    const ShortcutId made = copy.id;
    items_.insert(items_.begin() + static_cast<std::ptrdiff_t>(at) + 1, std::move(copy));
    changed();
    return made;
}

void ShortcutLibrary::move(ShortcutId id, ShortcutId target, bool behind) {
    const std::size_t from = index_of(id);
    if (from == items_.size() || id == target || index_of(target) == items_.size()) return;
    Item item = std::move(items_[from]);
    items_.erase(items_.begin() + static_cast<std::ptrdiff_t>(from));
    const std::size_t to = index_of(target) + (behind ? 1 : 0);
    if (const std::string& group = find(target)->group; item.shortcut.group != group) {
        item.shortcut.group = group;
        item.folded.clear();
    }
    items_.insert(items_.begin() + static_cast<std::ptrdiff_t>(to), std::move(item));
    changed();
}

void ShortcutLibrary::remove(std::span<const ShortcutId> ids) {
    const std::unordered_set<ShortcutId> doomed(ids.begin(), ids.end());
    std::vector<std::pair<std::size_t, Item>> removed;
    std::vector<Item> kept;
    kept.reserve(items_.size());
    for (std::size_t i = 0; i < items_.size(); ++i) {
        if (doomed.contains(items_[i].id)) {
            removed.emplace_back(i, std::move(items_[i]));
        } else {
            kept.push_back(std::move(items_[i]));
        }
    }
    items_ = std::move(kept);
    if (removed.empty()) return;
    removed_ = std::move(removed);
    changed();
}

void ShortcutLibrary::undo_remove() {
    std::vector<Item> all;
    all.reserve(items_.size() + removed_.size());
    std::size_t kept = 0;
    for (auto& [index, item] : removed_) {
        while (all.size() < index && kept < items_.size()) all.push_back(std::move(items_[kept++]));
        // Somebody else may have got the key meanwhile.
        if (auto hotkey = parse_hotkey(item.shortcut.hotkey)) {
            const bool taken =
                std::ranges::find(hotkeys_, *hotkey, &std::pair<Hotkey, ShortcutId>::first) != hotkeys_.end();
            if (taken) item.shortcut.hotkey.clear();
        }
        all.push_back(std::move(item));
    }
    while (kept < items_.size()) all.push_back(std::move(items_[kept++]));
    items_ = std::move(all);
    removed_.clear();
    changed();
}

const ShortcutLibrary::Item* ShortcutLibrary::with_hotkey(const Hotkey& hotkey, ShortcutId except) const {
    for (const auto& [key, id] : hotkeys_) {
        if (key == hotkey && id != except) return &items_[index_of(id)];
    }
    return nullptr;
}

// ---- the list

void ShortcutList::update(const ShortcutLibrary& library, std::string_view query) {
    if (revision_ != library.revision() || query != query_ || stale_) {
        search(library, query);
        arrange(library);
        stale_ = false;
    }
}

void ShortcutList::search(const ShortcutLibrary& library, std::string_view query) {
    const std::vector<std::string> words = folded_words(query);
    // What is typed on to a query can only be found among what the query found.
    const bool narrower = revision_ == library.revision() && !stale_ && query.starts_with(query_);
    searching_ = !words.empty();
    revision_ = library.revision();
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

void ShortcutList::toggle(const std::string& group) {
    if (closed_.erase(group) == 0) closed_.insert(group);
    stale_ = true;
}

}  // namespace sockdesk::app
