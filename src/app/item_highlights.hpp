// Where bytes of payloads are in the text of an item: what a search found, drawn in any view and encoding.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "app/log_item.hpp"
#include "app/record_text.hpp"
#include "query/pattern.hpp"

namespace sockdesk::app {

/// Bytes [begin, end) of an item's text; never empty.
struct TextRange {
    std::size_t begin = 0;
    std::size_t end = 0;
    friend bool operator==(const TextRange&, const TextRange&) = default;
};

/// The range of one match, by its place among those asked for.
struct MatchRange {
    TextRange text;
    std::size_t match = 0;
    friend bool operator==(const MatchRange&, const MatchRange&) = default;
};

/// One thread at a time.
class PayloadTextMap {
public:
    explicit PayloadTextMap(std::shared_ptr<const capture::Log> log);

    /// Appends where each of `matches`, bytes of the part's payload in ascending order, stands in the item's text: in the
    /// side-by-side view in its hex and in its text, a range for each row. A character that a match touches belongs to it
    /// whole. A part that holds the words of an event is taken as it is.
    void append_ranges(const LogItem& item, const ItemPart& part, const LogFormat& format,
                       std::span<const query::Match> matches, std::vector<MatchRange>& ranges);

private:
    void append_text(std::string_view shown, const ItemPart& part, std::span<const query::Match> matches,
                     std::vector<MatchRange>& ranges);
    void append_rows(std::string_view shown, const ItemPart& part, std::span<const query::Match> matches,
                     std::vector<MatchRange>& ranges);
    void decode(RecordIndex record, std::vector<std::size_t>& cuts);
    /// The text that is complete with the payload's first `bytes`, as long as decoded text; `whole`: with the
    /// character that they end in.
    std::size_t text_before(std::size_t bytes, bool whole) const;

    capture::LogReader reader_;
    RecordText text_;
    std::string decoded_;
    std::vector<std::size_t> cuts_;
    std::vector<RecordText::Progress> progress_;
};

}  // namespace sockdesk::app
