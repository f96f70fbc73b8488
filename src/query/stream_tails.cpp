#include "query/stream_tails.hpp"

#include <algorithm>
#include <cstring>

namespace sockdesk::query {

namespace {

constexpr std::size_t most_streams = 65'536;
constexpr std::size_t most_bytes = std::size_t{64} << 20U;

/// More than this is not kept allocated for what may come.
constexpr std::size_t large_tail = 16'384;

std::uint64_t mixed(std::uint64_t hash, std::uint64_t value) {
    hash = (hash ^ value) * 0x9E3779B97F4A7C15U;
    return hash ^ hash >> 32U;
}

std::uint64_t mixed(std::uint64_t hash, const Endpoint& endpoint) {
    std::uint64_t halves[2];
    std::memcpy(halves, endpoint.address.octets().data(), sizeof halves);
    return mixed(mixed(mixed(hash, halves[0]), halves[1]), endpoint.port);
}

}  // namespace

std::size_t StreamKeyHash::operator()(const StreamKey& key) const noexcept {
    return mixed(mixed(static_cast<std::uint64_t>(key.direction), key.remote), key.local);
}

RecordIndex StreamTail::record_at(std::size_t position) const {
    for (const TailPiece& piece : pieces) {
        if (position < piece.bytes) return piece.record;
        position -= piece.bytes;
    }
    return pieces.back().record;
}

void StreamTail::add(RecordIndex record, ByteView payload) {
    if (payload.empty()) return;
    bytes.insert(bytes.end(), payload.begin(), payload.end());
    pieces.push_back({record, payload.size()});
}

void StreamTail::keep_last(std::size_t count) {
    std::size_t surplus = bytes.size() - count;
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(surplus);
    if (bytes.capacity() > large_tail && count <= large_tail) {
        bytes = Bytes(begin, bytes.end());
    } else {
        bytes.erase(bytes.begin(), begin);
    }
    std::size_t gone = 0;
    for (; gone < pieces.size() && surplus >= pieces[gone].bytes; ++gone) surplus -= pieces[gone].bytes;
    pieces.erase(pieces.begin(), pieces.begin() + static_cast<std::ptrdiff_t>(gone));
    if (surplus > 0) pieces.front().bytes -= surplus;
}

StreamTail* StreamTails::find(const StreamKey& key) {
    const auto found = tails_.find(key);
    if (found == tails_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return &found->second->tail;
}

StreamTail& StreamTails::find_or_add(const StreamKey& key) {
    if (StreamTail* found = find(key)) return *found;
    entries_.push_front({key, {}, 0});
    tails_.emplace(key, entries_.begin());
    return entries_.front().tail;
}

void StreamTails::erase(const StreamKey& key) {
    const auto found = tails_.find(key);
    if (found == tails_.end()) return;
    bytes_ -= found->second->counted;
    entries_.erase(found->second);
    tails_.erase(found);
}

void StreamTails::trim() {
    if (entries_.empty()) return;
    Entry& newest = entries_.front();
    bytes_ -= newest.counted;
    newest.counted = newest.tail.bytes.capacity() + newest.tail.pieces.capacity() * sizeof(TailPiece);
    bytes_ += newest.counted;
    while (entries_.size() > 1 && (entries_.size() > most_streams || bytes_ > most_bytes)) {
        bytes_ -= entries_.back().counted;
        tails_.erase(entries_.back().key);
        entries_.pop_back();
    }
}

}  // namespace sockdesk::query
