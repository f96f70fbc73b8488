#include "app/log_search_model.hpp"

#include <algorithm>
#include <utility>

namespace sockdesk::app {
namespace {

// What a frame does at most; the rest comes in the next ones.
constexpr int records_skipped_per_frame = 2'000;
constexpr int hits_counted_per_frame = 4'000;
constexpr std::size_t max_cached_items = 1'000;
constexpr std::size_t max_highlights = 8'000;  // of one record

}  // namespace

LogSearchModel::LogSearchModel(std::shared_ptr<const capture::Log> log)
    : log_(log), reader_(log), map_(log) {}

void LogSearchModel::look_for(const SearchQuery& query, const LogViewModel& view) {
    const RecordIndex first = view.index().first_record();
    if (query == query_ && (search_ || error_) && first == first_) return;
    // While one types, the search goes on from where it was begun.
    const RecordIndex from = current_ ? current_->record : view.top_record().value_or(first);
    stop();
    query_ = query;
    first_ = first;
    if (query.text.empty()) return;
    auto pattern = compile_search(query);
    if (!pattern) {
        error_ = pattern.error();
        return;
    }
    search_ = std::make_unique<query::Search>(log_, std::move(*pattern), first);
    seek_ = Seek{Way::forward, std::max(from, first), std::max(from, first), false, log_->published()};
}

void LogSearchModel::stop() {
    search_.reset();
    error_.reset();
    current_.reset();
    seek_.reset();
    show_next_ = false;
    told_ = Told::nothing;
    hidden_counted_ = hidden_ = 0;
    matches_record_.reset();
    cache_.clear();
}

const std::vector<query::Match>& LogSearchModel::matches_in(RecordIndex record) {
    // Anew each time: what follows in a stream may complete a match.
    matches_ = search_->matches_in(record, reader_);
    matches_record_ = record;
    return matches_;
}

bool LogSearchModel::step_within(Way way) {
    if (!current_) return false;
    const auto& matches = matches_in(current_->record);
    const auto here = std::find_if(matches.begin(), matches.end(), [&](const query::Match& match) {
        return match.begin >= current_->bytes.begin;
    });
    if (way == Way::backward) {
        if (here == matches.begin()) return false;
        current_->bytes = *std::prev(here);
        return true;
    }
    if (here == matches.end() || std::next(here) == matches.end()) return false;
    current_->bytes = *std::next(here);
    return true;
}

void LogSearchModel::step(Way way, const LogViewModel& view) {
    if (!search_) return;
    told_ = Told::nothing;
    const bool is_shown = current_ && view.index().shows(current_->record);
    if (is_shown && step_within(way)) {
        seek_.reset();
        show_next_ = true;
        return;
    }
    const RecordIndex from = current_ ? current_->record : view.top_record().value_or(first_);
    const bool beyond = way == Way::forward && current_;
    seek_ = Seek{way, beyond ? from + 1 : from, from, false, log_->published()};
}

// `later`: what is needed to tell has not been searched, or this frame has done enough.
LogSearchModel::Sought LogSearchModel::go_on(Seek& seek, const LogViewModel& view, RecordIndex& found) const {
    const query::RecordSet& hits = search_->hits();
    const LogIndexModel& shown = view.index();
    const RecordIndex searched = hits.decided();
    const bool complete = (searched >= seek.end && shown.decided() >= seek.end) ||
                          (search_->progress().is_complete() && view.is_complete());
    const bool forward = seek.way == Way::forward;
    for (int i = 0; i < records_skipped_per_frame; ++i) {
        // Backwards nothing is known before all of it is.
        if (!forward && searched < seek.at && !complete) return Sought::later;
        std::optional<RecordIndex> hit = forward ? hits.at_or_after(seek.at) : hits.before(seek.at);
        if (hit && shown.shows(*hit)) {
            if (seek.wrapped && (forward ? *hit > seek.origin : *hit < seek.origin)) return Sought::nowhere;
            found = *hit;
            return Sought::found;
        }
        if (hit && *hit >= shown.decided()) return Sought::later;
        if (hit) {
            // What is hidden is passed over in one go.
            const auto next = forward ? shown.shown_at_or_after(*hit + 1) : shown.shown_before(*hit);
            if (next) {
                seek.at = forward ? *next : *next + 1;
                continue;
            }
            hit.reset();
        }
        if (!complete) return Sought::later;
        if (seek.wrapped) return Sought::nowhere;
        seek.wrapped = true;
        seek.at = forward ? first_ : std::max(searched, seek.origin);
    }
    return Sought::later;
}

void LogSearchModel::arrive(RecordIndex record, LogViewModel& view) {
    const auto& matches = matches_in(record);
    query::Match match;
    if (!matches.empty()) match = seek_->way == Way::forward ? matches.front() : matches.back();
    current_ = Match{record, match};
    if (seek_->wrapped) told_ = seek_->way == Way::forward ? Told::wrapped_to_start : Told::wrapped_to_end;
    show_current(view);
}

void LogSearchModel::show_current(LogViewModel& view) {
    show_next_ = false;
    std::size_t offset = 0;
    if (const LogItem* item = view.item_holding(current_->record)) {
        const auto part = std::find_if(item->parts.begin(), item->parts.end(),
                                       [&](const ItemPart& each) { return each.record == current_->record; });
        if (part != item->parts.end()) {
            offset = part->begin;
            ranges_.clear();
            const query::Match matches[] = {current_->bytes};
            if (current_->bytes.begin < current_->bytes.end)
                map_.append_ranges(*item, *part, view.format(), matches, ranges_);
            if (!ranges_.empty()) offset = ranges_.front().text.begin;
        }
    }
    view.reveal(current_->record, offset);
}

bool LogSearchModel::update(LogViewModel& view) {
    if (!search_) return false;
    if (view.index().first_record() != first_) {
        const SearchQuery query = query_;
        stop();
        look_for(query, view);
        seek_.reset();
    }
    if (!search_) return false;
    if (show_next_ && current_) show_current(view);
    if (seek_) {
        RecordIndex found = 0;
        switch (go_on(*seek_, view, found)) {
            case Sought::found:
                arrive(found, view);
                seek_.reset();
                break;
            case Sought::nowhere:
                if (search_->hits().size() > 0 && !current_) told_ = Told::all_hidden;
                seek_.reset();
                break;
            case Sought::later:
                break;
        }
    }
    count_hidden(view);
    return seek_.has_value() || !search_->progress().is_complete();
}

void LogSearchModel::count_hidden(const LogViewModel& view) {
    const LogIndexModel& shown = view.index();
    if (hidden_generation_ != shown.generation()) {
        hidden_generation_ = shown.generation();
        hidden_counted_ = hidden_ = 0;
    }
    const query::RecordSet& hits = search_->hits();
    const std::uint64_t size = hits.size();
    for (int i = 0; i < hits_counted_per_frame && hidden_counted_ < size; ++i, ++hidden_counted_) {
        const RecordIndex record = hits.nth(hidden_counted_);
        if (record >= shown.decided()) break;
        if (!shown.shows(record)) ++hidden_;
    }
}

LogSearchModel::Figures LogSearchModel::figures() const {
    Figures figures;
    if (!search_) return figures;
    const query::SearchProgress progress = search_->progress();
    const query::RecordSet& hits = search_->hits();
    figures.records = hits.size();
    figures.matches = progress.matches;
    figures.hidden = hidden_;
    figures.is_complete = progress.is_complete();
    const RecordCount all = progress.published - std::min(progress.published, progress.first);
    const RecordCount done = progress.searched - std::min(progress.searched, progress.first);
    if (all > 0) figures.searched = std::min(1.0, static_cast<double>(done) / static_cast<double>(all));
    if (current_ && hits.contains(current_->record)) figures.place = hits.rank(current_->record) + 1;
    return figures;
}

const std::vector<LogSearchModel::Highlight>& LogSearchModel::highlights(const LogItem& item,
                                                                         const LogFormat& format) {
    static const std::vector<Highlight> none;
    if (!search_) return none;
    if (cache_.size() > max_cached_items) cache_.clear();
    CachedHighlights& cached = cache_[item.first];
    const RecordCount published = log_->published();
    // A match may go on in the record of the stream that comes next, which as long as the item is new may not be there.
    const bool is_growing = cached.published != published && item.end + 64 >= cached.published;
    if (cached.version != item.version || is_growing) {
        cached = {item.version, published, {}, {}};
        for (const ItemPart& part : item.parts) {
            std::vector<query::Match> matches = search_->matches_in(part.record, reader_);
            if (matches.size() > max_highlights) matches.resize(max_highlights);
            ranges_.clear();
            map_.append_ranges(item, part, format, matches, ranges_);
            for (const MatchRange& range : ranges_) {
                cached.highlights.push_back({range.text, false});
                cached.of.push_back({part.record, matches[range.match]});
            }
        }
    }
    for (std::size_t i = 0; i < cached.highlights.size(); ++i) {
        cached.highlights[i].is_current =
            current_ && current_->record == cached.of[i].record && current_->bytes == cached.of[i].bytes;
    }
    return cached.highlights;
}

void LogSearchModel::fill_marks(const LogViewModel& view, std::vector<bool>& marks) const {
    std::fill(marks.begin(), marks.end(), false);
    if (!search_ || marks.empty() || view.is_empty()) return;
    const query::RecordSet& hits = search_->hits();
    const auto parts = static_cast<double>(marks.size());
    for (std::size_t i = 0; i < marks.size(); ++i) {
        const auto begin = view.record_at(static_cast<double>(i) / parts);
        const auto end = i + 1 < marks.size() ? view.record_at(static_cast<double>(i + 1) / parts)
                                              : std::optional(view.index().decided());
        std::optional<RecordIndex> hit = hits.at_or_after(*begin);
        // A few tries: hidden hits leave no mark.
        for (int tries = 0; tries < 4 && hit && *hit < *end && !view.index().shows(*hit); ++tries) {
            const auto next = view.index().shown_at_or_after(*hit + 1);
            hit = next ? hits.at_or_after(*next) : std::nullopt;
        }
        marks[i] = hit && *hit < std::max(*end, *begin + 1) && view.index().shows(*hit);
    }
}

}  // namespace sockdesk::app
