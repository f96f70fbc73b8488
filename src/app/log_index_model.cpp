#include "app/log_index_model.hpp"

#include <algorithm>

namespace sockdesk::app {
namespace {

// Looking at a record costs some 50 ns; this many leave a frame its time.
constexpr RecordCount records_per_update = 100'000;
// A stream without line ends is cut somewhere, so that an item stays something that can be laid out in a
// frame.
constexpr std::size_t max_joined_bytes = 16 * 1024;
constexpr std::size_t max_joined_records = 256;

}  // namespace

LogIndexModel::LogIndexModel(std::shared_ptr<const capture::Log> log) : log_(log), reader_(std::move(log)) {}

void LogIndexModel::set_mode(Mode mode) {
    if (mode == mode_) return;
    mode_ = mode;
    restart();
}

void LogIndexModel::set_first_record(RecordIndex first) {
    first_ = first;
    restart();
}

void LogIndexModel::restart() {
    starts_.clear();
    scanned_ = first_;
    at_line_end_ = true;
    joined_bytes_ = 0;
    joined_records_ = 0;
}

bool LogIndexModel::starts_item(const capture::RecordView& record) {
    const bool received =
        record.kind == capture::RecordKind::payload && record.direction == capture::Direction::received;
    if (mode_ == Mode::without_received) return !received;
    if (!received) return false;
    const bool joins = !starts_.empty() && !at_line_end_ && record.transport == capture::Transport::tcp &&
                       transport_ == record.transport && peer_ == record.remote &&
                       joined_bytes_ < max_joined_bytes && joined_records_ < max_joined_records;
    if (!joins) {
        joined_bytes_ = 0;
        joined_records_ = 0;
    }
    transport_ = record.transport;
    peer_ = record.remote;
    joined_bytes_ += record.payload.size();
    ++joined_records_;
    at_line_end_ = !record.payload.empty() && record.payload.back() == '\n';
    return !joins;
}

bool LogIndexModel::update() {
    const RecordCount published = log_->published();
    if (mode_ == Mode::all || mode_ == Mode::nothing) {
        scanned_ = published;
        return true;
    }
    scanned_ = std::max(scanned_, log_->first_available());
    const RecordIndex end = std::min(published, scanned_ + records_per_update);
    for (; scanned_ < end; ++scanned_) {
        if (starts_item(reader_.record(scanned_))) starts_.push_back(scanned_);
    }
    return scanned_ == published;
}

ItemIndex LogIndexModel::size() const {
    if (mode_ == Mode::all) return scanned_ - std::min(scanned_, first_);
    return starts_.size();
}

RecordIndex LogIndexModel::first_record_of(ItemIndex item) const {
    return mode_ == Mode::all ? first_ + item : starts_[item];
}

RecordIndex LogIndexModel::end_record_of(ItemIndex item) const {
    if (mode_ != Mode::stream) return first_record_of(item) + 1;
    return item + 1 < starts_.size() ? starts_[item + 1] : scanned_;
}

ItemIndex LogIndexModel::item_of(RecordIndex record) const {
    if (mode_ == Mode::all) return std::min(size(), record - std::min(record, first_));
    const auto after = std::upper_bound(starts_.begin(), starts_.end(), record);
    const auto index = static_cast<ItemIndex>(after - starts_.begin());
    if (index > 0 && (mode_ == Mode::stream || starts_[index - 1] == record)) return index - 1;
    return index;
}

}  // namespace sockdesk::app
