// The search of a tab: what is looked for, which match one is at, and what is to be drawn of it. The looking itself is
// query::Search's, in the background.
#pragma once

#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "app/item_highlights.hpp"
#include "app/log_view_model.hpp"
#include "app/search_query.hpp"
#include "query/search.hpp"

namespace sockdesk::app {

class LogSearchModel {
public:
    explicit LogSearchModel(std::shared_ptr<const capture::Log> log);

    /// Looks for something else; an empty text stops. What cannot be understood is an `error` and finds nothing.
    /// `view` tells where looking begins: the first match at or below the top of the page is gone to.
    void look_for(const SearchQuery& query, const LogViewModel& view);
    /// Ends, however much is left, and forgets the matches.
    void stop();
    const SearchQuery& query() const { return query_; }
    const std::optional<Error>& error() const { return error_; }
    bool is_active() const { return search_ != nullptr; }

    enum class Way : std::uint8_t { forward, backward };
    /// To the next match in a record that is shown, over the log's end if need be.
    void step(Way way, const LogViewModel& view);

    /// Once a frame, after the view's own update: goes on with what could not be answered at once. True: there is more
    /// to come; draw again soon.
    bool update(LogViewModel& view);

    struct Match {
        RecordIndex record = 0;
        query::Match bytes;  ///< of the record's payload
    };
    const std::optional<Match>& current() const { return current_; }

    struct Figures {
        std::uint64_t place = 0;  ///< of the current match's record among those with matches, from 1; 0: none
        std::uint64_t records = 0;  ///< with matches
        std::uint64_t matches = 0;
        std::uint64_t hidden = 0;  ///< of `records`: not shown in the view
        double searched = 1;       ///< how much of the log, 0 to 1
        bool is_complete = true;
    };
    Figures figures() const;

    enum class Told : std::uint8_t {
        nothing,
        wrapped_to_start,
        wrapped_to_end,
        all_hidden,  ///< there are matches, in records that are not shown
    };
    /// What the last step came to.
    Told told() const { return told_; }

    struct Highlight {
        TextRange range;
        bool is_current = false;
    };
    /// In ascending order. Valid until the next call.
    const std::vector<Highlight>& highlights(const LogItem& item, const LogFormat& format);

    /// Fills `marks` with which of as many equal parts of the view's scroll bar hold matches.
    void fill_marks(const LogViewModel& view, std::vector<bool>& marks) const;

    /// For tests: until the whole log has been searched.
    void wait() const {
        if (search_) search_->wait();
    }

private:
    struct Seek {
        Way way = Way::forward;
        RecordIndex at = 0;      ///< forward: at or after; backward: before
        RecordIndex origin = 0;  ///< where the seek began
        bool wrapped = false;
        RecordCount end =
            0;  ///< published when the seek began: what comes while one waits keeps no one waiting
    };
    enum class Sought : std::uint8_t { found, nowhere, later };

    Sought go_on(Seek& seek, const LogViewModel& view, RecordIndex& found) const;
    bool step_within(Way way);
    void arrive(RecordIndex record, LogViewModel& view);
    void show_current(LogViewModel& view);
    void count_hidden(const LogViewModel& view);
    const std::vector<query::Match>& matches_in(RecordIndex record);

    std::shared_ptr<const capture::Log> log_;
    capture::LogReader reader_;
    SearchQuery query_;
    std::optional<Error> error_;
    std::unique_ptr<query::Search> search_;
    RecordIndex first_ = 0;

    std::optional<Match> current_;
    std::optional<Seek> seek_;
    bool show_next_ = false;  ///< the current match is to be brought into view
    Told told_ = Told::nothing;

    // Hidden hits, counted bit by bit.
    std::uint64_t hidden_generation_ = 0;
    query::MemberIndex hidden_counted_ = 0;
    std::uint64_t hidden_ = 0;

    PayloadTextMap map_;
    std::optional<RecordIndex> matches_record_;
    std::vector<query::Match> matches_;

    struct CachedHighlights {
        std::uint64_t version = 0;
        RecordCount published = 0;
        std::vector<Highlight> highlights;
        std::vector<Match> of;  ///< the match of each
    };
    std::unordered_map<RecordIndex, CachedHighlights> cache_;
    std::vector<MatchRange> ranges_;
};

}  // namespace sockdesk::app
