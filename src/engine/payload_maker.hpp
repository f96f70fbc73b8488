// The bytes of a send: those that never change, or made from a recipe for that moment. Private to this room; lives on the loop
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <vector>

#include "base/clock.hpp"
#include "base/endpoint.hpp"
#include "engine/outgoing.hpp"

namespace sockdesk::engine {

/// From where to where, as far as it is known.
struct SendEnds {
    std::optional<Endpoint> local;
    std::optional<Endpoint> remote;
};

class PayloadMaker {
public:
    /// `random`: the session's; outlives this.
    PayloadMaker(const Clock& clock, std::mt19937_64& random) : clock_(clock), random_(random) {}

    /// Fixed bytes as they are. What is made goes into a buffer that is used again when nobody else holds it any more.
    Payload make(const Outgoing& what, const SendEnds& ends, std::uint64_t counter,
                 std::span<const ByteView> groups = {});

private:
    std::shared_ptr<Bytes> free_buffer();

    const Clock& clock_;
    std::mt19937_64& random_;
    std::vector<std::shared_ptr<Bytes>> buffers_;
    std::size_t next_buffer_ = 0;
};

}  // namespace sockdesk::engine
