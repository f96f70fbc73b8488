// Which records of a log a view shows, in what portions. A portion (an "item") is what the view formats,
// caches and scrolls by: one record, or, where the bare stream is shown, the pieces of one stream that belong
// together.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "capture/log.hpp"

namespace sockdesk::app {

/// Position of an item in the view, from 0.
using ItemIndex = std::uint64_t;

class LogIndexModel {
public:
    enum class Mode : std::uint8_t {
        all,  ///< every record is an item; nothing is stored, whatever the length of the log
        without_received,
        stream,  ///< what was received only; the pieces of a TCP stream joined
        nothing,
    };

    explicit LogIndexModel(std::shared_ptr<const capture::Log> log);

    void set_mode(Mode mode);
    Mode mode() const { return mode_; }
    /// Records below this are not shown.
    void set_first_record(RecordIndex first);
    RecordIndex first_record() const { return first_; }

    /// Takes in what was published since the last call, but no more than a frame can bear. False: there is
    /// more.
    bool update();

    ItemIndex size() const;
    RecordIndex first_record_of(ItemIndex item) const;
    /// One past the last record of the item. Records between that a mode does not show are to be skipped.
    RecordIndex end_record_of(ItemIndex item) const;
    /// The item that holds the record or the next one after it; `size()` if there is none.
    ItemIndex item_of(RecordIndex record) const;

private:
    void restart();
    bool starts_item(const capture::RecordView& record);

    std::shared_ptr<const capture::Log> log_;
    capture::LogReader reader_;
    Mode mode_ = Mode::all;
    RecordIndex first_ = 0;
    RecordIndex scanned_ = 0;  // records below this are taken in
    std::vector<RecordIndex> starts_;

    // Mode::stream: the item that is growing
    Endpoint peer_;
    capture::Transport transport_ = capture::Transport::udp;
    bool at_line_end_ = true;
    std::size_t joined_bytes_ = 0;
    std::size_t joined_records_ = 0;
};

}  // namespace sockdesk::app
