#include "query/stream_tails.hpp"

#include <algorithm>
#include <cstring>

namespace sockdesk::query {

namespace {

constexpr std::size_t most_streams = 65'536;
constexpr std::size_t most_bytes = std::size_t{64} << 20U;

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

void StreamTail::append(RecordIndex record, ByteView payload, std::size_t keep) {
    const std::size_t from_payload = std::min(keep, payload.size());
    const std::size_t from_old = std::min(keep - from_payload, bytes.size());
    std::size_t surplus = bytes.size() - from_old;
    bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(surplus));
    std::size_t gone = 0;
    for (; gone < pieces.size() && surplus >= pieces[gone].bytes; ++gone) surplus -= pieces[gone].bytes;
    pieces.erase(pieces.begin(), pieces.begin() + static_cast<std::ptrdiff_t>(gone));
    if (surplus > 0) pieces.front().bytes -= surplus;

    const ByteView kept = payload.last(from_payload);
    bytes.insert(bytes.end(), kept.begin(), kept.end());
    if (from_payload > 0) pieces.push_back({record, from_payload});
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
