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

SentPayload read_entry(const json& object) {
    SentPayload payload;
    payload.text = object.at("text").get<std::string>();
    payload.hex = object.value("hex", false);
    payload.escapes = object.value("escapes", false);
    payload.templates = object.value("templates", false);
    payload.trailer = object.value("trailer", std::string());
    return payload;
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

std::string SendHistory::to_json() const {
    json list = json::array();
    for (const SentPayload& entry : entries_) {
        json object = {{"text", entry.text}};
        if (entry.hex) object["hex"] = true;
        if (entry.escapes) object["escapes"] = true;
        if (entry.templates) object["templates"] = true;
        if (!entry.trailer.empty()) object["trailer"] = entry.trailer;
        list.push_back(std::move(object));
    }
    const json object = {{"sockdesk_history", version}, {"entries", std::move(list)}};
    return object.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
}

Result<void> SendHistory::read_json(std::string_view text) {
    try {
        const json object = json::parse(text);
        if (object.at("sockdesk_history") != version)
            return fail(ErrorKind::bad_input, tr("it is of a version that this program does not know"));
        std::deque<SentPayload> entries;
        std::size_t bytes = 0;
        for (const json& each : object.at("entries")) {
            entries.push_back(read_entry(each));
            bytes += size_of(entries.back());
            if (entries.size() > max_entries || bytes > max_bytes) {
                bytes -= size_of(entries.back());
                entries.pop_back();
                break;
            }
        }
        entries_ = std::move(entries);
        bytes_ = bytes;
        ++revision_;
        return {};
    } catch (const std::exception& error) {
        return fail(ErrorKind::bad_input, error.what());
    }
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
    if (!walking) draft_ = sent_payload(box);
    show(history, next, box);
    return true;
}

void HistoryWalk::go_to(const SendHistory& history, std::size_t index, SendSettings& box) {
    if (index >= history.entries().size()) return;
    if (!is_at(history, box)) draft_ = sent_payload(box);
    show(history, index, box);
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
