#include "query/stream_window.hpp"

#include <algorithm>
#include <vector>

namespace sockdesk::query {

namespace {

/// Matches that do not overlap depend on where the one before ended, back to the beginning of the stream. Some way before
/// the piece the ends agree, wherever one begins.
constexpr std::size_t least_before = 4096;

// Pieces may be single bytes; this is for drawing, so it has to end.
constexpr std::size_t most_pieces = 256;
constexpr RecordCount farthest_next = 512;

}  // namespace

StreamWindow::StreamWindow(const capture::RecordView& piece, capture::LogReader& reader,
                           const Pattern& pattern, const RecordSet& hits)
    : first_record_(piece.index),
      last_record_(piece.index),
      end_offset_(piece.stream_offset + piece.payload.size()) {
    const std::size_t reach = pattern.longest_match() - 1;
    bytes_.assign(piece.payload.begin(), piece.payload.end());
    const std::size_t size = bytes_.size();
    if (reach > 0) {
        capture::RecordView where = piece;
        where.payload = {};
        read_before(where, reader, std::max(reach, least_before) + 1);
        const auto hit = hits.at_or_after(first_record_);
        part_ = {bytes_.size() - size, bytes_.size()};
        if (hit && *hit <= last_record_ && pattern.unfinished(bytes_) > 0) read_after(reader, reach);
    } else {
        part_ = {0, size};
    }
}

void StreamWindow::read_before(const capture::RecordView& piece, capture::LogReader& reader,
                               std::size_t wanted) {
    std::vector<Bytes> before;
    std::size_t got = 0;
    auto previous = piece.previous_in_stream;
    std::uint64_t begin_offset = piece.stream_offset;
    while (previous && got < wanted && before.size() < most_pieces &&
           *previous >= reader.log().first_available()) {
        const capture::RecordView view = reader.record(*previous);
        if (view.kind != capture::RecordKind::payload || view.payload.empty() ||
            view.stream_offset + view.payload.size() != begin_offset) {
            break;
        }
        const ByteView kept = view.payload.last(std::min(view.payload.size(), wanted - got));
        before.emplace_back(kept.begin(), kept.end());
        got += kept.size();
        first_record_ = *previous;
        begin_offset = view.stream_offset + (view.payload.size() - kept.size());
        previous = view.previous_in_stream;
    }
    Bytes all;
    all.reserve(got + bytes_.size());
    for (auto bytes = before.rbegin(); bytes != before.rend(); ++bytes) {
        all.insert(all.end(), bytes->begin(), bytes->end());
    }
    all.insert(all.end(), bytes_.begin(), bytes_.end());
    bytes_ = std::move(all);
    // What comes before the first byte is not known, except at the beginning of the stream.
    search_from_ = begin_offset > 0 && got > 0 ? 1 : 0;
}

void StreamWindow::read_after(capture::LogReader& reader, std::size_t wanted) {
    std::size_t got = 0;
    std::size_t pieces = 0;
    const RecordCount published = reader.log().published();
    for (RecordIndex i = last_record_ + 1;
         i < published && i - last_record_ <= farthest_next && got < wanted && pieces < most_pieces; ++i) {
        const capture::RecordView view = reader.record(i);
        if (view.kind != capture::RecordKind::payload || view.previous_in_stream != last_record_) continue;
        if (view.stream_offset != end_offset_) return;
        const ByteView kept = view.payload.first(std::min(view.payload.size(), wanted - got));
        bytes_.insert(bytes_.end(), kept.begin(), kept.end());
        got += kept.size();
        end_offset_ += view.payload.size();
        last_record_ = i;
        ++pieces;
    }
}

}  // namespace sockdesk::query
