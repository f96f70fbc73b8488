#include "app/send_history.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "app/text_search.hpp"
#include "app/translation.hpp"

namespace sockdesk::app {
namespace {

using nlohmann::json;

constexpr int version = 1;

std::size_t size_of(const SentPayload& payload) { return payload.text.size() + payload.trailer.size(); }

template <typename T>
void read(const json& object, const char* name, T& value) {
    if (const auto found = object.find(name); found != object.end()) value = found->get<T>();
}

SentPayload read_entry(const json& object) {
    SentPayload payload;
    payload.text = object.at("text").get<std::string>();
    read(object, "hex", payload.hex);
    read(object, "escapes", payload.escapes);
    read(object, "templates", payload.templates);
    read(object, "trailer", payload.trailer);
    return payload;
}

// Where those begin that have not been sent since `base`: what is behind it are entries of `base`, in its order.
std::size_t sent_since(const std::deque<SentPayload>& base, const std::deque<SentPayload>& now) {
    std::size_t begin = now.size();
    for (std::size_t left = base.size(); begin > 0; --begin) {
        while (left > 0 && !(base[left - 1] == now[begin - 1])) --left;
        if (left == 0) break;
        --left;
    }
    return begin;
}

}  // namespace

SentPayload sent_payload(const SendSettings& box) {
    return {box.text, box.hex, box.escapes, box.templates,
            box.trailer.append ? box.trailer.trailer : std::string()};
}

void restore(const SentPayload& payload, SendSettings& box) {
    box.text = payload.text;
    box.hex = payload.hex;
    box.escapes = payload.escapes;
    box.templates = payload.templates;
    box.trailer.append = !payload.trailer.empty();
    if (box.trailer.append) box.trailer.trailer = payload.trailer;
    box.file.on = false;
}

// ---- what is kept

void SendHistory::add(SentPayload payload) {
    if (size_of(payload) > max_bytes) return;
    // Sent again and again by a hand on the key: nothing changes.
    if (!entries_.empty() && entries_.front() == payload) return;
    ++revision_;
    if (const auto found = std::ranges::find(entries_, payload); found != entries_.end()) {
        bytes_ -= size_of(*found);
        entries_.erase(found);
    }
    bytes_ += size_of(payload);
    entries_.push_front(std::move(payload));
    trim();
}

void SendHistory::trim() {
    while (entries_.size() > max_entries || bytes_ > max_bytes) {
        bytes_ -= size_of(entries_.back());
        entries_.pop_back();
    }
}

void SendHistory::remove(std::size_t index) {
    if (index >= entries_.size()) return;
    ++revision_;
    bytes_ -= size_of(entries_[index]);
    entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(index));
}

void SendHistory::clear() {
    ++revision_;
    bytes_ = 0;
    entries_.clear();
}

void SendHistory::set_entries(std::deque<SentPayload> entries) {
    ++revision_;
    entries_ = std::move(entries);
    bytes_ = 0;
    for (const SentPayload& each : entries_) bytes_ += size_of(each);
    trim();
}

std::string to_json(const std::deque<SentPayload>& history) {
    using ordered = nlohmann::ordered_json;
    ordered list = ordered::array();
    for (const SentPayload& entry : history) {
        ordered object = {{"text", entry.text}};
        if (entry.hex) object["hex"] = true;
        if (entry.escapes) object["escapes"] = true;
        if (entry.templates) object["templates"] = true;
        if (!entry.trailer.empty()) object["trailer"] = entry.trailer;
        list.push_back(std::move(object));
    }
    const ordered object = {{"sockdesk_history", version}, {"entries", std::move(list)}};
    return object.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
}

Result<std::deque<SentPayload>> history_from_json(std::string_view text) {
    const auto refuse = [] { return fail(ErrorKind::bad_input, tr("this is no history of what was sent")); };
    const json object = json::parse(text, nullptr, false);
    if (!object.is_object() || !object.contains("sockdesk_history") || !object.contains("entries"))
        return refuse();
    if (object["sockdesk_history"] != version)
        return fail(ErrorKind::bad_input, tr("it is of a version that this program does not know"));
    try {
        std::deque<SentPayload> entries;
        for (const json& each : object["entries"]) entries.push_back(read_entry(each));
        return entries;
    } catch (const json::exception&) {
        return refuse();
    }
}

std::deque<SentPayload> merge_history(const std::deque<SentPayload>& base,
                                      const std::deque<SentPayload>& mine,
                                      const std::deque<SentPayload>& theirs) {
    std::deque<SentPayload> merged(mine.begin(),
                                   mine.begin() + static_cast<std::ptrdiff_t>(sent_since(base, mine)));
    const auto is_in = [](const std::deque<SentPayload>& list, const SentPayload& each) {
        return std::ranges::find(list, each) != list.end();
    };
    for (const SentPayload& each : theirs) {
        const bool removed_here = is_in(base, each) && !is_in(mine, each);
        if (!removed_here && !is_in(merged, each)) merged.push_back(each);
    }
    return merged;
}

// ---- the arrow keys

bool HistoryWalk::is_at(const SendHistory& history, const SendSettings& box) const {
    return is_shown(box) && revision_ == history.revision();
}

bool HistoryWalk::older(const SendHistory& history, SendSettings& box) {
    const auto& entries = history.entries();
    const bool walking = is_at(history, box);
    std::size_t next = walking ? *at_ + 1 : 0;
    // What was just sent still stands in the box: to see it again is no step.
    if (!walking && next < entries.size() && entries[next] == sent_payload(box)) ++next;
    if (next >= entries.size()) return false;
    keep_draft(box);
    show(history, next, box);
    return true;
}

void HistoryWalk::go_to(const SendHistory& history, std::size_t index, SendSettings& box) {
    if (index >= history.entries().size()) return;
    keep_draft(box);
    show(history, index, box);
}

// What the walk itself put into the box is no draft, even if it was sent from there.
void HistoryWalk::keep_draft(const SendSettings& box) {
    if (is_shown(box)) return;
    draft_ = sent_payload(box);
    draft_trailer_ = box.trailer.trailer;
}

void HistoryWalk::show(const SendHistory& history, std::size_t index, SendSettings& box) {
    at_ = index;
    revision_ = history.revision();
    restore(history.entries()[index], box);
    shown_ = sent_payload(box);
}

bool HistoryWalk::newer(const SendHistory& history, SendSettings& box) {
    if (!is_at(history, box)) return false;
    const auto& entries = history.entries();
    // An entry that is the draft itself was passed over on the way back.
    const bool passed = *at_ > 0 && entries[*at_ - 1] == draft_ && *at_ == 1;
    if (*at_ == 0 || passed) {
        leave(box);
        return true;
    }
    show(history, *at_ - 1, box);
    return true;
}

void HistoryWalk::leave(SendSettings& box) {
    if (!at_) return;
    at_.reset();
    restore(draft_, box);
    box.trailer.trailer = draft_trailer_;
}

// ---- the list

void HistoryList::update(const SendHistory& history, std::string_view query) {
    if (revision_ == history.revision() && query == query_) return;
    revision_ = history.revision();
    query_ = query;
    const std::vector<std::string> words = folded_words(query);
    rows_.clear();
    for (std::size_t i = 0; i < history.entries().size(); ++i) {
        if (words.empty() || has_all_words(folded(history.entries()[i].text), words)) rows_.push_back(i);
    }
}

}  // namespace sockdesk::app
