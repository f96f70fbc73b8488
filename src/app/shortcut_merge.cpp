#include "app/shortcut_merge.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "app/hotkey.hpp"

namespace sockdesk::app {
namespace {

using Content = std::vector<KeptShortcut>;
using Index = std::unordered_map<ShortcutId, const Shortcut*>;

Index index_of(const Content& content) {
    Index index;
    index.reserve(content.size());
    for (const KeptShortcut& each : content) index.emplace(each.id, &each.shortcut);
    return index;
}

const Shortcut* find(const Index& index, ShortcutId id) {
    const auto found = index.find(id);
    return found != index.end() ? found->second : nullptr;
}

// Those that are in both, in the order of `content`.
std::vector<ShortcutId> common(const Content& content, const Index& other) {
    std::vector<ShortcutId> ids;
    for (const KeptShortcut& each : content) {
        if (other.contains(each.id)) ids.push_back(each.id);
    }
    return ids;
}

bool same_order(const Content& base, const Index& in_base, const Content& now, const Index& in_now) {
    return common(base, in_now) == common(now, in_base);
}

// `first` in its order; what only `second` has stands behind what it follows there, or at the end where it stands at the end there.
std::vector<ShortcutId> joined(const Content& first, const Index& in_first, const Content& second) {
    std::unordered_map<ShortcutId, std::vector<ShortcutId>> behind;
    std::vector<ShortcutId> run;  // since the last one that both have
    ShortcutId before{};
    for (const KeptShortcut& each : second) {
        if (!in_first.contains(each.id)) {
            run.push_back(each.id);
            continue;
        }
        if (!run.empty()) behind.emplace(before, std::move(run));
        run.clear();
        before = each.id;
    }
    std::vector<ShortcutId> order;
    const auto append_behind = [&](ShortcutId id) {
        const auto found = behind.find(id);
        if (found != behind.end()) order.insert(order.end(), found->second.begin(), found->second.end());
    };
    append_behind({});
    for (const KeptShortcut& each : first) {
        order.push_back(each.id);
        append_behind(each.id);
    }
    order.insert(order.end(), run.begin(), run.end());
    return order;
}

}  // namespace

std::vector<KeptShortcut> merge_shortcuts(const std::vector<KeptShortcut>& base,
                                          const std::vector<KeptShortcut>& mine,
                                          const std::vector<KeptShortcut>& theirs) {
    const Index in_base = index_of(base);
    const Index in_mine = index_of(mine);
    const Index in_theirs = index_of(theirs);
    const bool order_of_mine = !same_order(base, in_base, mine, in_mine);
    const std::vector<ShortcutId> order =
        order_of_mine ? joined(mine, in_mine, theirs) : joined(theirs, in_theirs, mine);

    std::vector<KeptShortcut> merged;
    std::vector<bool> is_mine;
    std::unordered_set<std::string> keys_of_mine;
    for (const ShortcutId id : order) {
        const Shortcut* was = find(in_base, id);
        const Shortcut* here = find(in_mine, id);
        const Shortcut* there = find(in_theirs, id);
        const bool changed_here = here != nullptr && (was == nullptr || *here != *was);
        const bool deleted = was != nullptr && (here == nullptr || (there == nullptr && !changed_here));
        if (deleted) continue;
        const bool take_mine = here != nullptr && (changed_here || there == nullptr);
        merged.push_back({id, take_mine ? *here : *there});
        is_mine.push_back(take_mine);
        if (!take_mine) continue;
        if (const auto key = parse_hotkey(here->hotkey)) keys_of_mine.insert(key->to_string());
    }
    for (std::size_t i = 0; i < merged.size(); ++i) {
        if (is_mine[i]) continue;
        const auto key = parse_hotkey(merged[i].shortcut.hotkey);
        if (key && keys_of_mine.contains(key->to_string())) merged[i].shortcut.hotkey.clear();
    }
    return merged;
}

}  // namespace sockdesk::app
