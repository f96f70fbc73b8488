#include "app/shortcut_library.hpp"

#include <algorithm>
#include <iterator>
#include <random>
#include <unordered_set>

#include "app/text_search.hpp"
#include "app/translation.hpp"

namespace sockdesk::app {

// By chance: two windows that add one at the same time do not give the same.
ShortcutId ShortcutLibrary::new_id() const {
    thread_local std::mt19937_64 random = [] {
        std::random_device device;
        std::seed_seq seed{device(), device(), device(), device()};
        return std::mt19937_64(seed);
    }();
    while (true) {
        const ShortcutId id{random()};
        if (id.value != 0 && !index_.contains(id)) return id;
    }
}

std::size_t ShortcutLibrary::index_of(ShortcutId id) const {
    const auto found = index_.find(id);
    return found != index_.end() ? found->second : items_.size();
}

const Shortcut* ShortcutLibrary::find(ShortcutId id) const {
    const std::size_t at = index_of(id);
    return at < items_.size() ? &items_[at].shortcut : nullptr;
}

bool ShortcutLibrary::has_room(std::size_t shortcuts, std::size_t bytes) const {
    return items_.size() + shortcuts <= max_shortcuts && bytes_ + bytes <= max_bytes;
}

std::string ShortcutLibrary::full_message() {
    return trf("The library holds at most {} shortcuts and {} MiB of text.", max_shortcuts, max_bytes >> 20);
}

// Groups stand in the order of their first shortcut.
void ShortcutLibrary::arrange() {
    std::unordered_map<std::string_view, std::size_t> rank;
    bool together = true;
    const std::string* before = nullptr;
    for (const Item& item : items_) {
        const bool is_new = rank.emplace(item.shortcut.group, rank.size()).second;
        if (before != nullptr && item.shortcut.group != *before && !is_new) together = false;
        before = &item.shortcut.group;
    }
    if (together) return;
    std::vector<std::pair<std::size_t, std::size_t>> order;
    for (std::size_t i = 0; i < items_.size(); ++i) order.emplace_back(rank[items_[i].shortcut.group], i);
    std::ranges::sort(order);
    std::vector<Item> arranged;
    arranged.reserve(items_.size());
    for (const auto& [group, index] : order) arranged.push_back(std::move(items_[index]));
    items_ = std::move(arranged);
}

void ShortcutLibrary::changed() {
    ++revision_;
    ++layout_;
    arrange();
    chosen_ = bytes_ = 0;
    hotkeys_.clear();
    index_.clear();
    index_.reserve(items_.size());
    std::unordered_set<std::string> taken;
    for (std::size_t i = 0; i < items_.size(); ++i) {
        Item& item = items_[i];
        index_.emplace(item.id, i);
        bytes_ += bytes_of(item.shortcut);
        if (item.folded.empty()) {
            item.folded = folded(item.shortcut.name) + '\n' + folded(item.shortcut.payload) + '\n' +
                          folded(item.shortcut.group);
        }
        if (item.shortcut.chosen) ++chosen_;
        if (item.shortcut.hotkey.empty()) continue;
        // One that this version does not know stays as it is, for one that does.
        if (auto hotkey = parse_hotkey(item.shortcut.hotkey);
            hotkey && taken.insert(hotkey->to_string()).second)
            hotkeys_.emplace_back(*hotkey, item.id);
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
    if (!has_room(1, bytes_of(shortcut))) return {};
    const auto last = std::ranges::find_if(items_.rbegin(), items_.rend(), [&](const Item& item) {
        return item.shortcut.group == shortcut.group;
    });
    const ShortcutId id = new_id();
    items_.insert(last == items_.rend() ? items_.end() : last.base(), {id, std::move(shortcut), {}});
    changed();
    return id;
}

std::optional<std::size_t> ShortcutLibrary::add_all(std::vector<Shortcut> shortcuts) {
    std::size_t bytes = 0;
    for (const Shortcut& shortcut : shortcuts) bytes += bytes_of(shortcut);
    if (!has_room(shortcuts.size(), bytes)) return {};
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
        const ShortcutId id = new_id();
        index_.emplace(id, items_.size());
        items_.push_back({id, std::move(shortcut), {}});
    }
    changed();
    return left_out;
}

bool ShortcutLibrary::replace(ShortcutId id, Shortcut shortcut) {
    const std::size_t at = index_of(id);
    if (at == items_.size() || items_[at].shortcut == shortcut) return true;
    const std::size_t before = bytes_of(items_[at].shortcut);
    const std::size_t after = bytes_of(shortcut);
    if (after > before && !has_room(0, after - before)) return false;
    items_[at].shortcut = std::move(shortcut);
    items_[at].folded.clear();
    changed();
    return true;
}

void ShortcutLibrary::choose(ShortcutId id, bool chosen) { choose(std::span(&id, 1), chosen); }

void ShortcutLibrary::choose(std::span<const ShortcutId> ids, bool chosen) {
    bool any = false;
    for (const ShortcutId id : ids) {
        const std::size_t at = index_of(id);
        if (at == items_.size() || items_[at].shortcut.chosen == chosen) continue;
        items_[at].shortcut.chosen = chosen;
        any = true;
        chosen ? ++chosen_ : --chosen_;
    }
    if (any) ++revision_;
}

void ShortcutLibrary::choose_all(bool chosen) {
    std::vector<ShortcutId> all;
    all.reserve(items_.size());
    for (const Item& item : items_) all.push_back(item.id);
    choose(all, chosen);
}

std::optional<ShortcutId> ShortcutLibrary::duplicate(ShortcutId id) {
    const std::size_t at = index_of(id);
    if (at == items_.size() || !has_room(1, bytes_of(items_[at].shortcut))) return {};
    Item copy{new_id(), items_[at].shortcut, {}};
    copy.shortcut.hotkey.clear();
    const ShortcutId made = copy.id;
    items_.insert(items_.begin() + static_cast<std::ptrdiff_t>(at) + 1, std::move(copy));
    changed();
    return made;
}

void ShortcutLibrary::move(ShortcutId id, ShortcutId target, bool behind) {
    const std::size_t from = index_of(id);
    const std::size_t over = index_of(target);
    if (from == items_.size() || id == target || over == items_.size()) return;
    const std::string group = items_[over].shortcut.group;
    // Where it comes to stand when it has left its place.
    const std::size_t to = (over > from ? over - 1 : over) + (behind ? 1 : 0);
    if (to == from && items_[from].shortcut.group == group) return;
    Item item = std::move(items_[from]);
    items_.erase(items_.begin() + static_cast<std::ptrdiff_t>(from));
    if (item.shortcut.group != group) {
        item.shortcut.group = group;
        item.folded.clear();
    }
    items_.insert(items_.begin() + static_cast<std::ptrdiff_t>(to), std::move(item));
    changed();
}

void ShortcutLibrary::move_group(const std::string& group, const std::string& target, bool behind) {
    if (group == target) return;
    const auto of = [](const std::string& name) {
        return [&name](const Item& item) { return item.shortcut.group == name; };
    };
    const auto begin = std::ranges::find_if(items_, of(group));
    const auto end = std::find_if_not(begin, items_.end(), of(group));
    const auto over = std::ranges::find_if(items_, of(target));
    if (begin == items_.end() || over == items_.end()) return;
    const auto place = behind ? std::find_if_not(over, items_.end(), of(target)) : over;
    if (place == begin || place == end) return;
    if (place > end) {
        std::rotate(begin, end, place);
    } else {
        std::rotate(place, begin, end);
    }
    changed();
}

void ShortcutLibrary::remove(std::span<const ShortcutId> ids) {
    const std::unordered_set<ShortcutId> doomed(ids.begin(), ids.end());
    if (std::ranges::none_of(ids, [&](ShortcutId id) { return index_.contains(id); })) return;
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
    removed_ = std::move(removed);
    changed();
}

bool ShortcutLibrary::undo_remove() {
    if (removed_.empty()) return true;
    // Another window may have kept one of them, because it was changed there.
    std::erase_if(removed_, [&](const auto& each) { return index_.contains(each.second.id); });
    std::size_t bytes = 0;
    for (const auto& [index, item] : removed_) bytes += bytes_of(item.shortcut);
    if (!has_room(removed_.size(), bytes)) return false;
    if (removed_.empty()) return true;
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
    return true;
}

const ShortcutLibrary::Item* ShortcutLibrary::with_hotkey(const Hotkey& hotkey, ShortcutId except) const {
    for (const auto& [key, id] : hotkeys_) {
        if (key == hotkey && id != except) return &items_[index_of(id)];
    }
    return nullptr;
}

std::vector<KeptShortcut> ShortcutLibrary::content() const {
    std::vector<KeptShortcut> content;
    content.reserve(items_.size());
    for (const Item& item : items_) content.push_back({item.id, item.shortcut});
    return content;
}

void ShortcutLibrary::set_content(std::vector<KeptShortcut> content) {
    std::vector<Item> items;
    items.reserve(content.size());
    for (KeptShortcut& each : content) {
        // What it was folded to still holds where nothing else was written.
        const std::size_t at = index_of(each.id);
        std::string known;
        if (at < items_.size() && items_[at].shortcut == each.shortcut) known = std::move(items_[at].folded);
        items.push_back({each.id, std::move(each.shortcut), std::move(known)});
    }
    items_ = std::move(items);
    changed();
}

}  // namespace sockdesk::app
