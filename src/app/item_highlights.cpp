#include "app/item_highlights.hpp"

#include <algorithm>

#include "app/payload_rows.hpp"
#include "codec/escapes.hpp"

namespace sockdesk::app {
namespace {

// No encoding has longer characters than GB 18030's four bytes but stateful ones with their shifts.
constexpr std::size_t longest_character = 8;

constexpr std::size_t hex_cells = 3;     // of a byte
constexpr std::size_t offset_cells = 6;  // "0010  "
constexpr std::size_t text_column = offset_cells + bytes_per_row * hex_cells + 1;

/// Translates places in decoded text to places in the same text as it is shown, from front to back.
class ShownPlaces {
public:
    ShownPlaces(std::string_view decoded, codec::Keep keep) : decoded_(decoded), keep_(keep) {}

    std::size_t operator()(std::size_t place) {
        place = std::min(place, decoded_.size());
        std::size_t end = place;
        std::size_t rest = 0;
        // The '\r' of a line's end is shown as it is only beside its '\n'.
        const bool within_line_end = keep_ == codec::Keep::line_breaks && end > 0 && end < decoded_.size() &&
                                     decoded_[end - 1] == '\r' && decoded_[end] == '\n';
        if (within_line_end && end > read_) {
            --end;
            rest = 1;
        }
        if (end > read_) {
            scratch_.clear();
            codec::append_escaped_controls(decoded_.substr(read_, end - read_), scratch_, keep_);
            shown_ += scratch_.size();
            read_ = end;
        }
        return shown_ + rest;
    }

private:
    std::string_view decoded_;
    codec::Keep keep_;
    std::size_t read_ = 0;
    std::size_t shown_ = 0;
    std::string scratch_;
};

void append_range(std::size_t begin, std::size_t end, std::size_t limit, std::size_t match,
                  std::vector<MatchRange>& ranges) {
    end = std::min(end, limit);
    if (begin < end) ranges.push_back({{begin, end}, match});
}

}  // namespace

PayloadTextMap::PayloadTextMap(std::shared_ptr<const capture::Log> log) : reader_(log), text_(log) {}

void PayloadTextMap::append_ranges(const LogItem& item, const ItemPart& part, const LogFormat& format,
                                   std::span<const query::Match> matches, std::vector<MatchRange>& ranges) {
    if (matches.empty()) return;
    const std::size_t first = ranges.size();
    const auto next = std::find_if(item.parts.begin(), item.parts.end(),
                                   [&](const ItemPart& other) { return other.begin > part.begin; });
    const std::size_t end = next == item.parts.end() ? item.text.size() : next->begin;
    const std::string_view shown = std::string_view(item.text).substr(0, end);
    if (item.kind == ItemKind::event || item.kind == ItemKind::error) {
        for (std::size_t i = 0; i < matches.size(); ++i)
            append_range(part.begin + matches[i].begin, part.begin + matches[i].end, end, i, ranges);
        return;
    }
    if (format.view == PayloadView::hex) {
        for (std::size_t i = 0; i < matches.size(); ++i) {
            append_range(part.begin + matches[i].begin * hex_cells,
                         part.begin + matches[i].end * hex_cells - 1, end, i, ranges);
        }
        return;
    }
    if (text_.encoding() != format.encoding) text_.set_encoding(format.encoding);
    if (format.view == PayloadView::both) {
        append_rows(shown, part, matches, ranges);
    } else {
        append_text(shown, part, matches, ranges);
    }
    std::sort(ranges.begin() + static_cast<std::ptrdiff_t>(first), ranges.end(),
              [](const MatchRange& a, const MatchRange& b) { return a.text.begin < b.text.begin; });
}

void PayloadTextMap::decode(RecordIndex record, std::vector<std::size_t>& cuts) {
    std::sort(cuts.begin(), cuts.end());
    cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
    decoded_.clear();
    progress_.clear();
    text_.append(record, cuts, decoded_, progress_);
}

std::size_t PayloadTextMap::text_before(std::size_t bytes, bool whole) const {
    auto at = static_cast<std::size_t>(std::lower_bound(cuts_.begin(), cuts_.end(), bytes) - cuts_.begin());
    if (at >= progress_.size()) return decoded_.size();
    if (!whole || !progress_[at].within_character) return progress_[at].text_size;
    const std::size_t begun = progress_[at].text_size;
    while (at + 1 < progress_.size() && progress_[at].text_size == begun && progress_[at].within_character &&
           cuts_[at + 1] == cuts_[at] + 1) {
        ++at;
    }
    // Cut off by the payload's end, its bytes are shown by themselves.
    return progress_[at].text_size == begun ? decoded_.size() : progress_[at].text_size;
}

void PayloadTextMap::append_text(std::string_view shown, const ItemPart& part,
                                 std::span<const query::Match> matches, std::vector<MatchRange>& ranges) {
    cuts_.clear();
    for (const query::Match& match : matches) {
        cuts_.push_back(match.begin);
        for (std::size_t i = 0; i <= longest_character; ++i) cuts_.push_back(match.end + i);
    }
    decode(part.record, cuts_);
    ShownPlaces begins(decoded_, codec::Keep::line_breaks);
    ShownPlaces ends(decoded_, codec::Keep::line_breaks);
    for (std::size_t i = 0; i < matches.size(); ++i) {
        const std::size_t begin = begins(text_before(matches[i].begin, false));
        const std::size_t end = ends(text_before(matches[i].end, true));
        append_range(part.begin + begin, part.begin + end, shown.size(), i, ranges);
    }
}

void PayloadTextMap::append_rows(std::string_view shown, const ItemPart& part,
                                 std::span<const query::Match> matches, std::vector<MatchRange>& ranges) {
    cuts_.clear();
    for (const query::Match& match : matches) {
        cuts_.push_back(match.begin);
        for (std::size_t i = 0; i <= longest_character; ++i) cuts_.push_back(match.end + i);
        const std::size_t last_row = (match.end + longest_character) / bytes_per_row + 1;
        for (std::size_t row = match.begin / bytes_per_row; row <= last_row; ++row)
            cuts_.push_back(row * bytes_per_row);
    }
    decode(part.record, cuts_);

    // Rows from front to back, as far as matches reach.
    std::size_t row = 0;
    std::size_t row_begin = part.begin;
    const auto go_to_row = [&](std::size_t wanted) {
        for (; row < wanted; ++row) {
            const std::size_t line_end = shown.find('\n', row_begin);
            if (line_end == std::string_view::npos) return false;
            row_begin = line_end + 1;
        }
        return true;
    };
    for (std::size_t i = 0; i < matches.size(); ++i) {
        const query::Match& match = matches[i];
        const std::size_t text_begin = text_before(match.begin, false);
        const std::size_t text_end = text_before(match.end, true);
        const std::size_t first_row = match.begin / bytes_per_row;
        if (first_row < row) {
            row = 0;
            row_begin = part.begin;
        }
        for (std::size_t at = first_row;; ++at) {
            const std::size_t bytes_begin = at * bytes_per_row;
            const std::size_t row_text_begin = text_before(bytes_begin, false);
            if ((bytes_begin >= match.end && row_text_begin >= text_end) || !go_to_row(at)) break;
            const std::size_t line_end = std::min(shown.find('\n', row_begin), shown.size());
            if (bytes_begin < match.end) {
                const std::size_t from = std::max(match.begin, bytes_begin) - bytes_begin;
                const std::size_t to = std::min(match.end - bytes_begin, bytes_per_row);
                const std::size_t hex = row_begin + offset_cells;
                append_range(hex + from * hex_cells, hex + to * hex_cells - 1, line_end, i, ranges);
            }
            const std::size_t row_text_end = text_before(bytes_begin + bytes_per_row, false);
            const std::string_view text = std::string_view(decoded_).substr(
                row_text_begin, std::max(row_text_end, row_text_begin) - row_text_begin);
            ShownPlaces place(text, codec::Keep::nothing);
            const std::size_t begin = place(std::max(text_begin, row_text_begin) - row_text_begin);
            const std::size_t end =
                place(std::max(std::min(text_end, row_text_end), row_text_begin) - row_text_begin);
            append_range(row_begin + text_column + begin, row_begin + text_column + end, line_end, i, ranges);
        }
    }
}

}  // namespace sockdesk::app
