// The selection of a log view: places in the text of items, from where the mouse went down to where it is.
#include <algorithm>

#include "app/cell_width.hpp"
#include "app/log_view_model.hpp"

namespace sockdesk::app {
namespace {

enum class CharacterClass { blank, word, other };

CharacterClass class_of(char32_t c) {
    if (c == U' ' || c == U'\t' || c == U'\n' || c == U'\r') return CharacterClass::blank;
    const bool word = c >= 0x80 || c == U'_' || (c >= U'0' && c <= U'9') || (c >= U'a' && c <= U'z') ||
                      (c >= U'A' && c <= U'Z');
    return word ? CharacterClass::word : CharacterClass::other;
}

}  // namespace

void LogViewModel::select_from(TextPosition position) { anchor_ = caret_ = position; }

void LogViewModel::select_to(TextPosition position) {
    if (!anchor_) anchor_ = position;
    caret_ = position;
}

void LogViewModel::select_word(TextPosition position) {
    const ItemIndex index = index_.item_of(position.record);
    if (index >= index_.size()) return;
    const LogItem& where = item(index);
    if (where.text.empty()) return;
    // Forward from the start of the text: UTF-8 cannot be classified backwards without finding where
    // characters begin.
    std::size_t begin = 0;
    std::size_t end = 0;
    auto run = CharacterClass::blank;
    for (std::size_t i = 0; i < where.text.size();) {
        const CodePoint point = code_point_at(where.text, i);
        const CharacterClass c = class_of(point.character);
        if (i == 0 || c != run || c == CharacterClass::other) {
            if (i > position.offset) break;
            begin = i;
            run = c;
        }
        i += point.length;
        end = i;
    }
    anchor_ = TextPosition{position.record, begin};
    caret_ = TextPosition{position.record, end};
}

void LogViewModel::select_item(RecordIndex record) {
    const ItemIndex index = index_.item_of(record);
    if (index >= index_.size()) return;
    const LogItem& where = item(index);
    anchor_ = TextPosition{where.first, 0};
    caret_ = TextPosition{where.first, where.text.size()};
}

void LogViewModel::select_all() {
    if (index_.size() == 0) return;
    const ItemIndex last = index_.size() - 1;
    anchor_ = TextPosition{index_.first_record_of(0), 0};
    caret_ = TextPosition{index_.first_record_of(last), item(last).text.size()};
}

void LogViewModel::clear_selection() {
    anchor_.reset();
    caret_.reset();
}

std::pair<std::size_t, std::size_t> LogViewModel::selected_range(const LogItem& where) const {
    if (!has_selection()) return {0, 0};
    const auto [from, to] = std::minmax(*anchor_, *caret_);
    if (where.first < from.record || where.first > to.record) return {0, 0};
    const std::size_t size = where.text.size();
    const std::size_t begin = where.first == from.record ? std::min(from.offset, size) : 0;
    const std::size_t end = where.first == to.record ? std::min(to.offset, size) : size;
    return {begin, end};
}

CopiedText LogViewModel::selected_text(std::size_t limit) {
    CopiedText copied;
    if (!has_selection()) return copied;
    const auto [from, to] = std::minmax(*anchor_, *caret_);
    for (ItemIndex index = index_.item_of(from.record); index < index_.size(); ++index) {
        if (index_.first_record_of(index) > to.record) break;
        // Not through the cache: a long selection would push out what is on screen.
        const LogItem shown = format_item(index);
        if (shown.text.empty()) continue;
        const auto [begin, end] = selected_range(shown);
        if (!copied.text.empty()) copied.text += '\n';
        if (copied.text.size() + (end - begin) > limit) {
            copied.complete = false;
            break;
        }
        copied.text.append(shown.text, begin, end - begin);
    }
    return copied;
}

std::pair<std::vector<RecordIndex>, bool> LogViewModel::selected_payloads(std::size_t limit) {
    std::vector<RecordIndex> records;
    if (!has_selection()) return {records, true};
    const auto [from, to] = std::minmax(*anchor_, *caret_);
    for (ItemIndex index = index_.item_of(from.record); index < index_.size(); ++index) {
        if (index_.first_record_of(index) > to.record) break;
        for (RecordIndex i = index_.first_record_of(index); i < index_.end_record_of(index); ++i) {
            const capture::RecordView record = reader_.record(i);
            if (record.kind != capture::RecordKind::payload) continue;
            if (!format_.log_mode && record.direction != capture::Direction::received) continue;
            if (record.fan_out && record.fan_out.position != 0) continue;
            if (records.size() == limit) return {records, false};
            records.push_back(i);
        }
    }
    return {records, true};
}

}  // namespace sockdesk::app
