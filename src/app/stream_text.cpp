#include "app/stream_text.hpp"

#include "app/payload_rows.hpp"

namespace sockdesk::app {

StreamText::StreamText(codec::Encoding encoding)
    : encoding_(encoding), datagram_decoder_(encoding), last_used_(decoders_.end()) {}

codec::StreamDecoder& StreamText::stream_decoder(const capture::RecordView& record) {
    // Most records follow one of the same stream: compare before building a key and searching for it.
    if (last_used_ != decoders_.end()) {
        const auto& [remote, local, direction] = last_used_->first;
        if (direction == record.direction && remote == record.remote && local == record.local) {
            return last_used_->second;
        }
    }
    if (decoders_.size() >= most_streams) forget_idle();
    last_used_ = decoders_.try_emplace(Key{record.remote, record.local, record.direction}, encoding_).first;
    return last_used_->second;
}

void StreamText::forget_idle() {
    std::erase_if(decoders_, [](const auto& entry) { return entry.second.pending_bytes() == 0; });
    if (decoders_.size() > most_streams / 2) decoders_.clear();
    last_used_ = decoders_.end();
}

codec::StreamDecoder& StreamText::decoder_of(const capture::RecordView& record) {
    if (record.transport == capture::Transport::udp) return datagram_decoder_;
    codec::StreamDecoder& decoder = stream_decoder(record);
    // A connection that begins where another with the same addresses was is a new stream, even if nobody told
    // its end.
    if (record.stream_offset == 0) decoder.reset();
    return decoder;
}

void StreamText::append(const capture::RecordView& record, std::string& out) {
    codec::StreamDecoder& decoder = decoder_of(record);
    decoder.decode(record.payload, out);
    if (record.transport == capture::Transport::udp) decoder.finish(out);
}

void StreamText::append_rows(const capture::RecordView& record, std::string& out) {
    const bool complete = record.transport == capture::Transport::udp;
    append_payload_rows(record.payload, decoder_of(record), complete, out);
}

void StreamText::end(capture::Direction direction, const Endpoint& local, const Endpoint& remote,
                     std::string& out) {
    const auto found = decoders_.find(Key{remote, local, direction});
    if (found == decoders_.end()) return;
    found->second.finish(out);
    if (last_used_ == found) last_used_ = decoders_.end();
    decoders_.erase(found);
}

}  // namespace sockdesk::app
