// A piece of a TCP stream with what is around it, as far as matches that touch the piece may reach.
#pragma once

#include "capture/log.hpp"
#include "query/pattern.hpp"
#include "query/record_set.hpp"

namespace sockdesk::query {

class StreamWindow {
public:
    /// `hits`: where matches begin. What comes after the piece is read only if a match can reach there.
    StreamWindow(const capture::RecordView& piece, capture::LogReader& reader, const Pattern& pattern,
                 const RecordSet& hits);

    ByteView bytes() const { return bytes_; }
    /// Where the first match may begin.
    std::size_t search_from() const { return search_from_; }
    /// The piece itself.
    Match part() const { return part_; }

private:
    void read_before(const capture::RecordView& piece, capture::LogReader& reader, std::size_t wanted);
    void read_after(capture::LogReader& reader, std::size_t wanted);

    Bytes bytes_;
    std::size_t search_from_ = 0;
    Match part_;
    RecordIndex first_record_ = 0;
    RecordIndex last_record_ = 0;
    std::uint64_t end_offset_ = 0;
};

}  // namespace sockdesk::query
