// What the writers of formats with text in them share. Private to this room.
#pragma once

#include <string>

#include "app/record_writer.hpp"
#include "app/stream_text.hpp"

namespace sockdesk::app {

/// Lets the text of a stream go on over the records that are left out.
class StreamWriter : public RecordWriter {
public:
    explicit StreamWriter(codec::Encoding encoding) : texts_(encoding) {}

    void skip_payload(const capture::RecordView& record) override {
        if (record.transport == capture::Transport::udp) return;
        text_.clear();
        texts_.append(record, text_);
    }

    void skip_event(const capture::SessionEvent& event) override {
        if (!ends_streams(event)) return;
        text_.clear();
        texts_.end(capture::Direction::received, *event.local, *event.remote, text_);
        texts_.end(capture::Direction::sent, *event.local, *event.remote, text_);
    }

protected:
    /// A connection's end, with both of its addresses: what is left of its streams can be told.
    static bool ends_streams(const capture::SessionEvent& event) {
        return event.kind == capture::SessionEvent::Kind::disconnect && event.local && event.remote;
    }

    StreamText texts_;
    std::string text_;  ///< for one record, kept for its memory
};

}  // namespace sockdesk::app
