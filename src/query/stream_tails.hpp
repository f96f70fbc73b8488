// What a search keeps of each TCP stream between two pieces: the last bytes, as far as a match may begin in them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <unordered_map>
#include <vector>

#include "base/bytes.hpp"
#include "base/endpoint.hpp"
#include "base/ids.hpp"
#include "capture/record.hpp"

namespace sockdesk::query {

/// One direction between two ends. A later connection of the same ends is told apart by its offsets, which begin again.
struct StreamKey {
    Endpoint local;
    Endpoint remote;
    capture::Direction direction = capture::Direction::received;

    explicit StreamKey(const capture::RecordView& record)
        : local(record.local), remote(record.remote), direction(record.direction) {}
    friend bool operator==(const StreamKey&, const StreamKey&) = default;
};

struct StreamKeyHash {
    std::size_t operator()(const StreamKey& key) const noexcept;
};

/// Bytes of one record that are kept.
struct TailPiece {
    RecordIndex record = 0;
    std::size_t bytes = 0;
};

struct StreamTail {
    std::uint64_t end_offset = 0;  ///< in the stream, of the byte behind it
    Bytes bytes;
    std::size_t searched = 0;       ///< how many of them have been searched already
    std::vector<TailPiece> pieces;  ///< together all of `bytes`, in order
    /// A regular expression sees one byte before those in which a match may begin: 1 if that byte is here, otherwise 0.
    std::size_t context = 0;
    /// The last match reached the end of what was there, and may go on. It begins right behind the context.
    std::size_t open_match = 0;  ///< its length, or 0

    /// The record that has the byte at `position` of `bytes`.
    RecordIndex record_at(std::size_t position) const;
    /// Takes the last bytes of a new piece behind the old ones.
    void add(RecordIndex record, ByteView payload);
    /// Forgets all but the last bytes.
    void keep_last(std::size_t count);
};

/// Of very many streams those that were heard of last. Bounded in number and in memory.
class StreamTails {
public:
    bool empty() const { return tails_.empty(); }

    /// None for a stream that is not known. Valid until the next call.
    StreamTail* find(const StreamKey& key);
    StreamTail& find_or_add(const StreamKey& key);
    void erase(const StreamKey& key);
    /// To be called after a tail that was found has changed: forgets others when they become too many.
    void trim();

private:
    struct Entry {
        StreamKey key;
        StreamTail tail;
        std::size_t counted = 0;  ///< of `bytes_`
    };
    using Entries = std::list<Entry>;

    Entries entries_;  ///< the one that was heard of last is in front
    std::unordered_map<StreamKey, Entries::iterator, StreamKeyHash> tails_;
    std::size_t bytes_ = 0;
};

}  // namespace sockdesk::query
