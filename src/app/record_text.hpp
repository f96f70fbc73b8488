// The text of any payload record, for a face that jumps about in the log (the window, search). It is the text
// that stream_text.hpp gives the same record when it reads from the beginning.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "capture/log.hpp"
#include "codec/encoding.hpp"

namespace sockdesk::app {

/// Decodes records of one log. A record of a TCP stream may begin within a character, so the bytes before it
/// are looked at as far as the encoding needs (codec::resync_offset): a few bytes in UTF-8, back to a line's
/// end or so in GBK. Where that would be more than `look_back_limit` bytes, decoding begins at the limit as
/// if a character began there. One thread at a time.
class RecordText {
public:
    static constexpr std::size_t look_back_limit = std::size_t{16} << 20;

    explicit RecordText(std::shared_ptr<const capture::Log> log, codec::Encoding encoding = {});
    ~RecordText();
    RecordText(RecordText&&) noexcept;
    RecordText& operator=(RecordText&&) noexcept;

    codec::Encoding encoding() const;
    void set_encoding(codec::Encoding encoding);

    /// Appends the text of a payload record: the characters that are complete with it, valid UTF-8,
    /// undecodable bytes as `\xHH`. `index` as for `LogReader::record`; a record that is not a payload has no
    /// text.
    ///
    /// Returns true when the text can still change: bytes at its end, shown as `\xHH`, begin a character that
    /// the next record of the stream may complete. Once that record is there this one's text is without them.
    bool append(RecordIndex index, std::string& out);

    /// The same in rows of 16 bytes, hex and text side by side (see payload_rows.hpp).
    bool append_rows(RecordIndex index, std::string& out);

    /// How far the text has come when a number of the payload's bytes have been read.
    struct Progress {
        std::size_t text_size = 0;
        bool within_character =
            false;  ///< the bytes read end within a character, which is not in the text yet
    };
    /// As `append`, and tells for each of `cuts`, which are numbers of bytes in ascending order, where in the text they
    /// are; numbers beyond the payload's end count as its end.
    void append(RecordIndex index, std::span<const std::size_t> cuts, std::string& out,
                std::vector<Progress>& progress);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace sockdesk::app
