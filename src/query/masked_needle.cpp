#include "query/masked_needle.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace sockdesk::query {

namespace {

/// How often a byte is met in what goes over sockets, roughly: text, numbers with leading zeros, padding.
constexpr std::uint64_t commonness(std::uint8_t byte) {
    if (byte == 0) return 250;
    if (byte == 0xFF) return 180;
    if (byte >= 0x80) return byte < 0xC0 ? 110 : 100;
    if (byte == '\n' || byte == '\r') return 170;
    if (byte < 0x20) return byte < 4 ? 160 : 90;
    if (byte == ' ') return 235;
    if (byte == '0') return 215;
    if (byte >= '1' && byte <= '9') return 190;
    if (byte >= 'a' && byte <= 'z') {
        constexpr std::string_view frequent = "etaoinsrhldcu";
        return frequent.find(static_cast<char>(byte)) != std::string_view::npos ? 220 : 175;
    }
    if (byte >= 'A' && byte <= 'Z') return 140;
    constexpr std::string_view punctuation = "./-:,\"=";
    return punctuation.find(static_cast<char>(byte)) != std::string_view::npos ? 165 : 100;
}

std::uint64_t commonness(std::uint8_t value, std::uint8_t mask) {
    std::uint64_t sum = 0;
    for (unsigned byte = 0; byte < 256; ++byte) {
        if ((byte & mask) != value) continue;
        const std::uint64_t one = commonness(static_cast<std::uint8_t>(byte));
        sum += one * one;
    }
    return sum;
}

}  // namespace

MaskedNeedle::MaskedNeedle(Bytes value, Bytes mask) : value_(std::move(value)), mask_(std::move(mask)) {
    is_exact_ = std::all_of(mask_.begin(), mask_.end(), [](std::uint8_t bits) { return bits == 0xFF; });
    // The rarest and the rarest but one; of equal ones the last, since neighbours come together more often.
    std::size_t best = 0;
    std::size_t next = size() - 1;
    std::uint64_t best_score = ~std::uint64_t{0};
    std::uint64_t next_score = ~std::uint64_t{0};
    for (std::size_t i = 0; i < size(); ++i) {
        const std::uint64_t score = commonness(value_[i], mask_[i]);
        if (score < best_score) {
            next = std::exchange(best, i);
            next_score = std::exchange(best_score, score);
        } else if (score <= next_score) {
            next = i;
            next_score = score;
        }
    }
    first_ = anchor_at(std::min(best, next));
    second_ = anchor_at(std::max(best, next));
}

bool MaskedNeedle::is_prefix_at(const std::uint8_t* place, std::size_t length) const {
    if (is_exact_) return std::memcmp(place, value_.data(), length) == 0;
    std::size_t i = 0;
#if defined(__SSE2__)
    for (; i + 16 <= length; i += 16) {
        const auto load = [i](const std::uint8_t* from) {
            return _mm_loadu_si128(reinterpret_cast<const __m128i_u*>(from + i));
        };
        const __m128i same =
            _mm_cmpeq_epi8(_mm_and_si128(load(place), load(mask_.data())), load(value_.data()));
        if (_mm_movemask_epi8(same) != 0xFFFF) return false;
    }
#endif
    for (; i < length; ++i) {
        if ((place[i] & mask_[i]) != value_[i]) return false;
    }
    return true;
}

std::optional<std::size_t> MaskedNeedle::find(ByteView bytes, std::size_t from) const {
    if (bytes.size() < size() || from > bytes.size() - size()) return std::nullopt;
    const std::size_t places = bytes.size() - size() + 1;
    const std::size_t found = find_from(bytes.data(), from, places);
    if (found == places) return std::nullopt;
    return found;
}

/// The rest of an exact search in data that was made to be slow: what looks like a match everywhere and is none.
std::size_t MaskedNeedle::find_linear(const std::uint8_t* bytes, std::size_t from, std::size_t places) const {
    const void* found = memmem(bytes + from, places - from + size() - 1, value_.data(), size());
    if (found == nullptr) return places;
    return static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - bytes);
}

/// The first of the places [from, places) where it is, or `places`.
std::size_t MaskedNeedle::find_from(const std::uint8_t* bytes, std::size_t from, std::size_t places) const {
    const std::size_t begin = from;
    std::size_t compared = 0;
    // True: too much was compared in vain for the way that was made.
    const auto is_slow = [&](std::size_t at) {
        compared += size();
        return is_exact_ && compared > 4096 + 8 * (at - begin);
    };

#if defined(__SSE2__)
    constexpr std::size_t width = 16;
    const auto spread = [](std::uint8_t byte) { return _mm_set1_epi8(static_cast<char>(byte)); };
    const __m128i first_mask = spread(first_.mask);
    const __m128i first_value = spread(first_.value);
    const __m128i second_mask = spread(second_.mask);
    const __m128i second_value = spread(second_.value);
    const std::uint8_t* const first_bytes = bytes + first_.offset;
    const std::uint8_t* const second_bytes = bytes + second_.offset;
    const auto candidates = [&](std::size_t at) {
        const __m128i one = _mm_loadu_si128(reinterpret_cast<const __m128i_u*>(first_bytes + at));
        const __m128i two = _mm_loadu_si128(reinterpret_cast<const __m128i_u*>(second_bytes + at));
        return _mm_and_si128(_mm_cmpeq_epi8(_mm_and_si128(one, first_mask), first_value),
                             _mm_cmpeq_epi8(_mm_and_si128(two, second_mask), second_value));
    };

    while (from + width <= places) {
        // Four at once as long as there is nothing.
        while (from + 4 * width <= places) {
            const __m128i any =
                _mm_or_si128(_mm_or_si128(candidates(from), candidates(from + width)),
                             _mm_or_si128(candidates(from + 2 * width), candidates(from + 3 * width)));
            if (_mm_movemask_epi8(any) != 0) break;
            from += 4 * width;
        }
        for (int i = 0; i < 4 && from + width <= places; ++i, from += width) {
            auto bits = static_cast<unsigned>(_mm_movemask_epi8(candidates(from)));
            for (; bits != 0; bits &= bits - 1) {
                const std::size_t place = from + static_cast<std::size_t>(std::countr_zero(bits));
                if (is_at(bytes + place)) return place;
                if (is_slow(place)) return find_linear(bytes, place + 1, places);
            }
        }
    }
    if (from < places && places >= begin + width) {
        // The last few once more together with some before them, which have been looked at.
        const std::size_t at = places - width;
        auto bits = static_cast<unsigned>(_mm_movemask_epi8(candidates(at))) >> (from - at);
        for (; bits != 0; bits &= bits - 1) {
            const std::size_t place = from + static_cast<std::size_t>(std::countr_zero(bits));
            if (is_at(bytes + place)) return place;
        }
        return places;
    }
#endif
    for (; from < places; ++from) {
        if (is_exact_) {
            // The library's search for one byte is vectorised everywhere.
            const std::uint8_t* const at = bytes + from + second_.offset;
            const void* found = std::memchr(at, second_.value, places - from);
            if (found == nullptr) return places;
            from += static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - at);
        }
        if ((bytes[from + second_.offset] & second_.mask) != second_.value) continue;
        if (is_at(bytes + from)) return from;
        if (is_slow(from)) return find_linear(bytes, from + 1, places);
    }
    return places;
}

std::size_t MaskedNeedle::unfinished(ByteView bytes) const {
    for (std::size_t length = std::min(bytes.size(), size() - 1); length > 0; --length) {
        const std::uint8_t* const place = bytes.data() + bytes.size() - length;
        if ((place[0] & mask_[0]) == value_[0] && is_prefix_at(place, length)) return length;
    }
    return 0;
}

}  // namespace sockdesk::query
