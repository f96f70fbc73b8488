#include "app/record_text.hpp"

#include <algorithm>
#include <vector>

#include "app/payload_rows.hpp"

namespace sockdesk::app {

namespace {

constexpr RecordIndex no_record = UINT64_MAX;

/// The end of a stream that is being read backwards: bytes are put in front of those already there.
class BackwardBytes {
public:
    void clear() { begin_ = buffer_.size(); }
    std::size_t size() const { return buffer_.size() - begin_; }
    ByteView view() const { return ByteView(buffer_).subspan(begin_); }

    void prepend(ByteView bytes) {
        if (bytes.size() > begin_) {
            Bytes larger(std::max(buffer_.size() * 2, size() + bytes.size()));
            const std::size_t begin = larger.size() - size();
            std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_), buffer_.end(),
                      larger.begin() + static_cast<std::ptrdiff_t>(begin));
            buffer_ = std::move(larger);
            begin_ = begin;
        }
        begin_ -= bytes.size();
        std::copy(bytes.begin(), bytes.end(), buffer_.begin() + static_cast<std::ptrdiff_t>(begin_));
    }

private:
    Bytes buffer_;
    std::size_t begin_ = 0;
};

}  // namespace

struct RecordText::State {
    State(std::shared_ptr<const capture::Log> log, codec::Encoding the_encoding)
        : reader(std::move(log)), encoding(the_encoding), decoder(the_encoding) {}

    /// Brings `decoder` to where `record` begins. Afterwards views of the reader's records are no longer
    /// valid.
    void position(const capture::RecordView& record);
    void look_back(const capture::RecordView& record);
    /// `decode_payload` is given the record; `show_tail` is given what is held back at its end and has no
    /// sequel, as `\xHH`.
    template <typename Decode, typename ShowTail>
    bool decode(RecordIndex index, Decode&& decode_payload, ShowTail&& show_tail);

    capture::LogReader reader;
    codec::Encoding encoding;
    codec::StreamDecoder decoder;
    /// `decoder` stands at the end of this record. Rows are drawn from top to bottom, so more often than not
    /// the next one asked for follows it in its stream; with a stateful encoding or one long line looking
    /// back would be the dearest part.
    RecordIndex decoded = no_record;
    BackwardBytes before;
    std::string dropped;  ///< text that is decoded on the way and not wanted
};

void RecordText::State::position(const capture::RecordView& record) {
    const bool stream = record.transport == capture::Transport::tcp;
    if (stream && decoded != no_record && record.previous_in_stream == decoded) return;
    decoder.reset();
    if (stream && record.previous_in_stream) look_back(record);
}

void RecordText::State::look_back(const capture::RecordView& record) {
    const std::uint64_t stream_offset = record.stream_offset;
    std::optional<RecordIndex> next = record.previous_in_stream;
    std::size_t begun = 0;  // bytes at the end of `next` that are in `before` already
    before.clear();

    for (std::size_t wanted = 64;; wanted = std::min(wanted * 8, look_back_limit)) {
        while (before.size() < wanted && next && *next >= reader.log().first_available()) {
            const capture::RecordView previous = reader.record(*next);
            const ByteView rest = previous.payload.first(previous.payload.size() - begun);
            const std::size_t taken = std::min(rest.size(), wanted - before.size());
            before.prepend(rest.last(taken));
            begun += taken;
            if (taken < rest.size()) continue;  // enough
            next = previous.previous_in_stream;
            begun = 0;
        }
        const bool whole = before.size() < wanted || before.size() >= look_back_limit;
        std::optional<std::size_t> begin =
            codec::resync_offset(encoding, before.view(), stream_offset - before.size());
        if (!begin && whole) begin = 0;
        if (begin) {
            dropped.clear();
            decoder.decode(before.view().subspan(*begin), dropped);
            return;
        }
    }
}

template <typename Decode, typename ShowTail>
bool RecordText::State::decode(RecordIndex index, Decode&& decode_payload, ShowTail&& show_tail) {
    {
        const capture::RecordView record = reader.record(index);
        if (record.kind != capture::RecordKind::payload) return false;
        position(record);
    }
    const capture::RecordView record = reader.record(index);
    decode_payload(record);
    decoded = index;
    if (decoder.pending_bytes() == 0) return false;

    const bool stream = record.transport == capture::Transport::tcp;
    if (stream && reader.next_in_stream(index)) return false;
    std::string tail;
    decoder.finish(tail);
    show_tail(tail);
    decoded = no_record;
    return stream;
}

RecordText::RecordText(std::shared_ptr<const capture::Log> log, codec::Encoding encoding)
    : state_(std::make_unique<State>(std::move(log), encoding)) {}
RecordText::~RecordText() = default;
RecordText::RecordText(RecordText&&) noexcept = default;
RecordText& RecordText::operator=(RecordText&&) noexcept = default;

codec::Encoding RecordText::encoding() const { return state_->encoding; }

void RecordText::set_encoding(codec::Encoding encoding) {
    state_->encoding = encoding;
    state_->decoder = codec::StreamDecoder(encoding);
    state_->decoded = no_record;
}

bool RecordText::append(RecordIndex index, std::string& out) {
    return state_->decode(
        index, [&](const capture::RecordView& record) { state_->decoder.decode(record.payload, out); },
        [&](const std::string& tail) { out.append(tail); });
}

bool RecordText::append_rows(RecordIndex index, std::string& out) {
    return state_->decode(
        index,
        [&](const capture::RecordView& record) {
            append_payload_rows(record.payload, state_->decoder, false, out);
        },
        [&](const std::string& tail) { out.append(tail); });
}

void RecordText::append(RecordIndex index, std::span<const std::size_t> cuts, std::string& out,
                        std::vector<Progress>& progress) {
    const std::size_t begin = out.size();
    state_->decode(
        index,
        [&](const capture::RecordView& record) {
            std::size_t read = 0;
            for (const std::size_t cut : cuts) {
                const std::size_t end = std::clamp(cut, read, record.payload.size());
                state_->decoder.decode(record.payload.subspan(read, end - read), out);
                read = end;
                progress.push_back({out.size() - begin, state_->decoder.pending_bytes() > 0});
            }
            state_->decoder.decode(record.payload.subspan(read), out);
        },
        [&](const std::string& tail) { out.append(tail); });
}

}  // namespace sockdesk::app
