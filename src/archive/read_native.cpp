#include <algorithm>
#include <optional>
#include <utility>

#include "archive/byte_source.hpp"
#include "archive/native_blocks.hpp"
#include "archive/reading.hpp"
#include "capture/segment.hpp"
#include "capture/stored_log_writer.hpp"

namespace sockdesk::archive {

namespace {

using capture::Segment;
using Found = NativeBlocks::Found;

/// Small enough that what was read is still in the processor's cache when it is looked through.
constexpr std::size_t piece = std::size_t{1} << 20;

class NativeReader {
public:
    explicit NativeReader(Reading& reading) : reading_(reading), writer_(reading.log, reading.file) {}

    /// Why reading ended early, if it did.
    std::optional<Error> run();

private:
    enum class Outcome : std::uint8_t { go_on, segment_full, wait_for_more, ended };

    Outcome read_piece();
    Outcome look_through();
    std::uint64_t offset() const {
        return segment_offset_ + (segment_ != nullptr ? segment_->written_bytes : 0);
    }
    void publish();

    Reading& reading_;
    capture::StoredLogWriter writer_;
    NativeBlocks blocks_;
    Segment* segment_ = nullptr;
    std::uint64_t segment_offset_ = 0;  ///< in the file
    std::size_t loaded_ = 0;  ///< bytes of the file in the segment; behind the whole blocks, a part of one
    RecordIndex next_record_ = 0;
    Timestamp last_time_{};
    std::optional<Error> problem_;
};

void NativeReader::publish() {
    writer_.publish(last_time_);
    reading_.report(offset(), 0);
}

/// Takes more of the file into memory; says whether there was more.
NativeReader::Outcome NativeReader::read_piece() {
    const std::size_t room = Segment::capacity_bytes - loaded_;
    const auto count = read_at(*reading_.file, segment_offset_ + loaded_, segment_->bytes() + loaded_,
                               std::min(room, piece));
    if (!count) {
        problem_ = count.error();
        return Outcome::ended;
    }
    loaded_ += *count;
    return *count == 0 ? Outcome::wait_for_more : Outcome::go_on;
}

NativeReader::Outcome NativeReader::look_through() {
    while (true) {
        const std::size_t at = segment_->written_bytes;
        const ByteView rest = ByteView(segment_->bytes(), loaded_).subspan(at);
        const Found found = blocks_.next(rest, next_record_);
        switch (found.kind) {
            case Found::Kind::broken:
                problem_ = problem_at(reading_, offset(), found.why);
                return Outcome::ended;
            case Found::Kind::incomplete:
                if (found.size > Segment::capacity_bytes) {
                    problem_ =
                        problem_at(reading_, offset(), "a block that is longer than this program writes any");
                    return Outcome::ended;
                }
                return loaded_ == Segment::capacity_bytes ? Outcome::segment_full : Outcome::go_on;
            case Found::Kind::record:
                // Records of a hostile file may be shorter than any of ours.
                if (segment_->written_records == Segment::max_records) return Outcome::segment_full;
                segment_->index()[segment_->written_records++] = {segment_->written_bytes,
                                                                  found.previous_in_stream_distance};
                ++next_record_;
                break;
            case Found::Kind::other:
                break;
        }
        last_time_ = std::max(last_time_, found.time);
        segment_->written_bytes += static_cast<std::uint32_t>(found.size);
    }
}

std::optional<Error> NativeReader::run() {
    while (!reading_.stop.load()) {
        if (segment_ == nullptr) {
            segment_ = writer_.begin_segment(segment_offset_, reading_.stop);
            if (segment_ == nullptr) break;
            loaded_ = 0;
        }
        Outcome outcome = read_piece();
        if (outcome == Outcome::go_on) outcome = look_through();
        if (outcome == Outcome::segment_full) {
            publish();
            segment_offset_ = offset();
            segment_ = nullptr;
        } else if (outcome == Outcome::ended) {
            break;
        } else if (outcome == Outcome::wait_for_more) {
            publish();
            if (!reading_.options.follow) {
                if (loaded_ != segment_->written_bytes) problem_ = cut_short(reading_, offset(), "block");
                break;
            }
            if (reading_.progress().file_bytes < offset()) {
                problem_ = problem_at(reading_, reading_.progress().file_bytes,
                                      "the file has become shorter; it ends");
                break;
            }
            // Read again: after a kill, the part of a block is cut off and something else may be appended.
            loaded_ = segment_->written_bytes;
            if (!reading_.pause(follow_interval)) break;
        }
        if (segment_ != nullptr && reading_.time_to_report()) publish();
    }
    if (segment_ != nullptr) publish();
    return std::move(problem_);
}

}  // namespace

void read_native(Reading& reading) {
    std::optional<Error> problem = NativeReader(reading).run();
    reading.end(std::move(problem));
}

}  // namespace sockdesk::archive
