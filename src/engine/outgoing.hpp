// What a face hands over to be sent: bytes that never change, or a recipe by which the loop thread makes them at each send.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "base/bytes.hpp"
#include "codec/payload_template.hpp"
#include "codec/trailer.hpp"

namespace sockdesk::engine {

/// Immutable bytes shared between face and loop: a payload crosses once, however often it is sent.
using Payload = std::shared_ptr<const Bytes>;

inline Payload make_payload(Bytes bytes) { return std::make_shared<const Bytes>(std::move(bytes)); }

/// Immutable but for what it counts.
using SendCount = std::shared_ptr<std::atomic<std::uint64_t>>;

struct Recipe {
    codec::PayloadTemplate body;
    std::optional<codec::Trailer> trailer;
    /// How often it was sent by hand, which is the counter of the next such send; a cycle and a rule count their own. Written by the loop
    /// thread when a send was accepted, read by whoever shows what comes next. Shared with the recipes that take the place of this one.
    SendCount sent_by_hand = std::make_shared<std::atomic<std::uint64_t>>(0);
};

/// A value; cheap to copy.
class Outgoing {
public:
    Outgoing(Payload fixed) : what_(std::move(fixed)) {}  // NOLINT: a payload is the simplest thing to send
    explicit Outgoing(std::shared_ptr<const Recipe> recipe) : what_(std::move(recipe)) {}

    /// Null when it is made at each send.
    const Payload* fixed() const { return std::get_if<Payload>(&what_); }
    const Recipe* recipe() const {
        const auto* recipe = std::get_if<std::shared_ptr<const Recipe>>(&what_);
        return recipe != nullptr ? recipe->get() : nullptr;
    }

    /// The very same, not equal bytes.
    friend bool operator==(const Outgoing&, const Outgoing&) = default;

private:
    std::variant<Payload, std::shared_ptr<const Recipe>> what_;
};

/// Known before it is made, so that nothing is made for which there is no room.
std::size_t most_bytes(const Outgoing& what);

/// The fixed bytes where the recipe makes the same at every send. `sent_by_hand`: the count that goes on; null: one of its own.
Outgoing make_outgoing(codec::PayloadTemplate body, std::optional<codec::Trailer> trailer,
                       SendCount sent_by_hand = nullptr);

}  // namespace sockdesk::engine
