// The text of payloads, for a face that reads the log from its beginning to its end (the terminal). A face
// that jumps about in the log has record_text.hpp; both give the same texts.
#pragma once

#include <map>
#include <string>
#include <tuple>

#include "base/endpoint.hpp"
#include "capture/record.hpp"
#include "codec/encoding.hpp"

namespace sockdesk::app {

/// Holds one decoder for every direction of every TCP connection that has sent or received and not ended. A
/// character split over two reads stands, whole, in the text of the second; UDP datagrams are texts of their
/// own. One thread at a time.
class StreamText {
public:
    explicit StreamText(codec::Encoding encoding);
    StreamText(const StreamText&) = delete;  // it keeps an iterator into itself
    StreamText& operator=(const StreamText&) = delete;

    /// Appends the text of a payload record, valid UTF-8 with undecodable bytes as `\xHH`. Every payload
    /// record of a stream must come by here, in order, whether its text is wanted or not.
    void append(const capture::RecordView& record, std::string& out);

    /// The same in rows of 16 bytes, hex and text side by side (see payload_rows.hpp).
    void append_rows(const capture::RecordView& record, std::string& out);

    /// A direction of a connection has ended: appends what was held back of it, as `\xHH`, and forgets it.
    void end(capture::Direction direction, const Endpoint& local, const Endpoint& remote, std::string& out);

    /// Streams not ended yet.
    std::size_t streams() const { return decoders_.size(); }

private:
    using Key = std::tuple<Endpoint, Endpoint, capture::Direction>;  // remote first: it differs most

    /// A capture may hold any number of connections whose end nobody saw. Past this many those that are not within a character
    /// are forgotten, and if that is not enough all of them: a character may then show as `\xHH`.
    static constexpr std::size_t most_streams = 65'536;
    void forget_idle();

    /// Positioned at the beginning of `record`.
    codec::StreamDecoder& decoder_of(const capture::RecordView& record);
    codec::StreamDecoder& stream_decoder(const capture::RecordView& record);

    codec::Encoding encoding_;
    codec::StreamDecoder datagram_decoder_;
    std::map<Key, codec::StreamDecoder> decoders_;
    std::map<Key, codec::StreamDecoder>::iterator last_used_;
};

}  // namespace sockdesk::app
