// Numbers that must not be mixed up: each kind of id is a type of its own.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace sockdesk {

/// A number with a meaning. `Tag` only tells the kinds apart; there is no arithmetic, see `RecordIndex` for
/// that.
template <typename Tag, typename Number = std::uint32_t>
struct StrongId {
    Number value = 0;

    friend constexpr auto operator<=>(StrongId, StrongId) = default;
};

/// A session of this process, counted from 1 in the order they were created. 0 is no session.
using SessionId = StrongId<struct SessionTag>;

/// A TCP connection within one session, counted from 1. 0 is no connection (UDP, or all of them).
using ConnectionId = StrongId<struct ConnectionTag>;

/// A cyclic send of this process, counted from 1.
using CycleId = StrongId<struct CycleTag>;

/// Position of a record in the log of its session, from 0.
using RecordIndex = std::uint64_t;

/// A number of records; `RecordIndex` values below it exist.
using RecordCount = std::uint64_t;

}  // namespace sockdesk

template <typename Tag, typename Number>
struct std::hash<sockdesk::StrongId<Tag, Number>> {
    std::size_t operator()(sockdesk::StrongId<Tag, Number> id) const noexcept {
        return std::hash<Number>{}(id.value);
    }
};
