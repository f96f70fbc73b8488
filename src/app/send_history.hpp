// What was sent by hand (历史发送), newest first, and the walk through it with the arrow keys.
//
// Threads: the one that draws.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "app/session_draft.hpp"
#include "base/result.hpp"

namespace sockdesk::app {

/// The box as it was, as far as it decides about the bytes.
struct SentPayload {
    std::string text;
    bool hex = false;
    bool escapes = false;
    bool templates = false;
    std::string trailer;  ///< empty: nothing was appended

    friend bool operator==(const SentPayload&, const SentPayload&) = default;
};

SentPayload sent_payload(const SendSettings& box);
/// Puts it into the box; what says when and how often to send stays, and so does what is verified of what arrives.
void restore(const SentPayload& payload, SendSettings& box);

class SendHistory {
public:
    static constexpr std::size_t max_entries = 500;
    static constexpr std::size_t max_bytes = std::size_t{1} << 20;  ///< of all texts

    const std::deque<SentPayload>& entries() const { return entries_; }
    /// Another one after each change.
    std::uint64_t revision() const { return revision_; }

    /// To the front, from wherever it was. The oldest give way; what is too long by itself is not kept.
    void add(SentPayload payload);
    void remove(std::size_t index);
    void clear();

    /// As it was kept; what is beyond the limits goes.
    void set_entries(std::deque<SentPayload> entries);

private:
    void trim();

    std::deque<SentPayload> entries_;
    std::size_t bytes_ = 0;
    std::uint64_t revision_ = 1;
};

std::string to_json(const std::deque<SentPayload>& history);
/// All or nothing.
Result<std::deque<SentPayload>> history_from_json(std::string_view json);

/// One history that two windows went on with: `base` is what both began with. What was sent in this window since then is the newest, then
/// comes what was sent there; what either removed is not in it.
std::deque<SentPayload> merge_history(const std::deque<SentPayload>& base,
                                      const std::deque<SentPayload>& mine,
                                      const std::deque<SentPayload>& theirs);

/// Of one box, as shells have it: what was being written waits at the near end.
class HistoryWalk {
public:
    /// One step back in time, from `box`. False: there is nothing older, and the box is as it was.
    bool older(const SendHistory& history, SendSettings& box);
    /// One step forth; behind the newest comes the draft. False: one was at the draft.
    bool newer(const SendHistory& history, SendSettings& box);
    /// Straight to one of them, from a list.
    void go_to(const SendHistory& history, std::size_t index, SendSettings& box);
    /// What the walk put into the box still stands there.
    bool is_shown(const SendSettings& box) const { return at_ && sent_payload(box) == shown_; }
    /// Back to the draft at once, whatever is in the box.
    void leave(SendSettings& box);

private:
    void show(const SendHistory& history, std::size_t index, SendSettings& box);
    void keep_draft(const SendSettings& box);
    bool is_at(const SendHistory& history, const SendSettings& box) const;

    std::optional<std::size_t> at_;
    std::uint64_t revision_ = 0;
    SentPayload shown_;  ///< what the walk put into the box; another text there is a new draft
    SentPayload draft_;
    std::string draft_trailer_;  ///< what would have been appended, whether it was or not
};

/// The entries in which every word of `query` stands; made anew only when something changed.
class HistoryList {
public:
    void update(const SendHistory& history, std::string_view query);
    const std::deque<std::size_t>& rows() const { return rows_; }

private:
    std::uint64_t revision_ = 0;
    std::string query_;
    std::deque<std::size_t> rows_;
};

}  // namespace sockdesk::app
