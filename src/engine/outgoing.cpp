#include "engine/outgoing.hpp"

#include <random>

namespace sockdesk::engine {

Outgoing make_outgoing(codec::PayloadTemplate body, std::optional<codec::Trailer> trailer,
                       const Outgoing* before) {
    if (!body.is_constant()) {
        Recipe recipe{std::move(body), std::move(trailer)};
        if (before != nullptr && before->recipe() != nullptr) {
            recipe.sent_by_hand = before->recipe()->sent_by_hand;
        }
        return Outgoing(std::make_shared<const Recipe>(std::move(recipe)));
    }
    std::mt19937_64 unused;
    codec::TemplateMoment any;
    any.random = &unused;
    Bytes bytes;
    body.make(any, bytes);
    if (trailer) {
        trailer->append_to(bytes);
    }
    return Outgoing(make_payload(std::move(bytes)));
}

}  // namespace sockdesk::engine
