// A map that forgets what was not asked for in a long time, so that a file with any number of connections takes bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <unordered_map>
#include <utility>

#include "base/bytes.hpp"

namespace sockdesk::archive {

/// Of bytes that come from a file: seeded, so that nobody can prepare a file whose connections all fall into one bucket.
class SeededHash {
public:
    SeededHash() : seed_(std::random_device{}() | std::uint64_t{std::random_device{}()} << 32U) {}

    std::size_t operator()(const std::uint8_t* bytes, std::size_t size) const {
        std::uint64_t state = seed_;
        for (; size > 0; bytes += 8, size -= size < 8 ? size : 8) {
            std::uint64_t word = 0;
            std::memcpy(&word, bytes, size < 8 ? size : 8);
            state = (state ^ word) * 0x9E3779B97F4A7C15U;
            state ^= state >> 32U;
        }
        return static_cast<std::size_t>(state * 0xD6E8FEB86659FD93U ^ seed_);
    }

private:
    std::uint64_t seed_;
};

template <typename Key, typename Value, typename Hash>
class BoundedMap {
public:
    /// Remembers at least the `most` / 2 keys used last, never more than `most`.
    explicit BoundedMap(std::size_t most) : half_(most / 2) {}

    /// Null if unknown or forgotten. Valid until the next call.
    Value* find(const Key& key) {
        if (const auto found = young_.find(key); found != young_.end()) return &found->second;
        const auto found = old_.find(key);
        if (found == old_.end()) return nullptr;
        // Asked for, so it stays.
        auto node = old_.extract(found);
        make_room();
        return &young_.insert(std::move(node)).position->second;
    }

    /// Replaces what was known of the key. Valid until the next call.
    Value& insert(const Key& key, Value value) {
        old_.erase(key);
        if (!young_.contains(key)) make_room();
        return young_.insert_or_assign(key, std::move(value)).first->second;
    }

    std::size_t size() const { return young_.size() + old_.size(); }

private:
    void make_room() {
        if (young_.size() < half_) return;
        old_ = std::move(young_);
        young_.clear();
    }

    std::size_t half_;
    std::unordered_map<Key, Value, Hash> young_;
    std::unordered_map<Key, Value, Hash> old_;
};

}  // namespace sockdesk::archive
