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

void LogViewModel::select_from(TextPosition position) {
    anchor_ = caret_ = position;
    caret_column_.reset();
}

void LogViewModel::select_to(TextPosition position) {
    if (!anchor_) anchor_ = position;
    caret_ = position;
    caret_column_.reset();
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

LogViewModel::Position LogViewModel::position_of(TextPosition place) {
    const ItemIndex index = std::min(index_.item_of(place.record), index_.size() - 1);
    const LogItem& where = item(index);
    return {index, where.first == place.record ? row_of(where, place.offset) : 0};
}

TextPosition LogViewModel::place_at(Position position, std::size_t column) {
    const LogItem& where = item(position.item);
    if (where.rows.empty()) return {where.first, 0};
    const LogRow& row = where.rows[std::min(position.row, where.rows.size() - 1)];
    const std::string_view text = std::string_view(where.text).substr(row.begin, row.end - row.begin);
    return {where.first, row.begin + offset_at_column(text, static_cast<double>(column), false)};
}

void LogViewModel::extend_selection(CaretMove move) {
    if (index_.size() == 0) return;
    if (!caret_) {
        anchor_ = caret_ = place_at({std::min(top_.item, index_.size() - 1), top_.row}, 0);
        caret_column_.reset();
    }
    Position at = position_of(*caret_);
    const LogItem& where = item(at.item);
    const LogRow row = where.rows.empty() ? LogRow{} : where.rows[at.row];
    const auto page = static_cast<std::int64_t>(page_rows_ > 1 ? page_rows_ - 1 : 1);
    const auto go = [&](std::int64_t rows) {
        if (!caret_column_) {
            const std::size_t end = std::clamp<std::size_t>(caret_->offset, row.begin, row.end);
            caret_column_ = columns_of(std::string_view(where.text).substr(row.begin, end - row.begin));
        }
        at = moved(at, rows);
        caret_ = place_at(at, *caret_column_);
    };
    const bool keeps_column = move == CaretMove::up || move == CaretMove::down ||
                              move == CaretMove::page_up || move == CaretMove::page_down;
    switch (move) {
        case CaretMove::up:
            go(-1);
            break;
        case CaretMove::down:
            go(1);
            break;
        case CaretMove::page_up:
            go(-page);
            break;
        case CaretMove::page_down:
            go(page);
            break;
        case CaretMove::left:
            if (caret_->offset > row.begin) {
                const std::string_view text = where.text;
                std::size_t offset = row.begin;
                for (std::size_t next = offset; next < std::min(caret_->offset, text.size());
                     next += code_point_at(text, next).length) {
                    offset = next;
                }
                caret_ = TextPosition{where.first, offset};
            } else if (at != Position{}) {
                at = moved(at, -1);
                const LogItem& above = item(at.item);
                caret_ = TextPosition{above.first, above.rows.empty() ? 0 : above.rows[at.row].end};
            }
            break;
        case CaretMove::right:
            if (caret_->offset < row.end) {
                caret_ = TextPosition{where.first,
                                      caret_->offset + code_point_at(where.text, caret_->offset).length};
            } else {
                const Position next = moved(at, 1);
                if (next == at) break;
                at = next;
                // In a row broken at the edge its end and the next one's start are one place.
                const TextPosition start = place_at(at, 0);
                caret_ = start == *caret_ ? place_at(at, 1) : start;
            }
            break;
        case CaretMove::row_start:
            caret_ = TextPosition{where.first, row.begin};
            break;
        case CaretMove::row_end:
            caret_ = TextPosition{where.first, row.end};
            break;
        case CaretMove::log_start:
            at = {};
            caret_ = TextPosition{index_.first_record_of(0), 0};
            break;
        case CaretMove::log_end: {
            const ItemIndex last = index_.size() - 1;
            const LogItem& end = item(last);
            at = {last, end.rows.empty() ? 0 : end.rows.size() - 1};
            caret_ = TextPosition{end.first, end.text.size()};
            break;
        }
    }
    if (!keeps_column) {
        caret_column_.reset();
        at = position_of(*caret_);
    }
    make_visible(at);
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

std::pair<RecordIndex, RecordIndex> LogViewModel::selected_records() const {
    if (!has_selection()) return {0, 0};
    const auto [from, to] = std::minmax(*anchor_, *caret_);
    const ItemIndex last = index_.item_of(to.record);
    return {from.record, last < index_.size() ? index_.end_record_of(last) : to.record + 1};
}

SelectedPayloads LogViewModel::selected_payloads(const PayloadLimits& limits) {
    using End = SelectedPayloads::End;
    SelectedPayloads selected;
    if (!has_selection()) return selected;
    const auto [from, to] = std::minmax(*anchor_, *caret_);
    std::size_t looked_at = 0;
    std::size_t bytes_read = 0;
    std::size_t bytes = 0;
    const auto ended = [&](End end) {
        selected.end = end;
        return std::move(selected);
    };
    for (ItemIndex index = index_.item_of(from.record); index < index_.size(); ++index) {
        if (index_.first_record_of(index) > to.record) break;
        index_.records_of(index, records_);
        for (const RecordIndex i : records_) {
            if (looked_at++ == limits.records) return ended(End::too_many_records);
            if (bytes_read > limits.bytes_read) return ended(End::too_many_bytes);
            const capture::RecordView record = reader_.record(i);
            if (record.kind != capture::RecordKind::payload) continue;
            bytes_read += record.payload.size();
            if (record.fan_out && record.fan_out.position != 0) continue;
            if (selected.records.size() == limits.payloads) return ended(End::too_many_records);
            bytes += record.payload.size();
            if (bytes > limits.bytes) return ended(End::too_many_bytes);
            selected.records.push_back(i);
        }
    }
    return selected;
}

}  // namespace sockdesk::app
