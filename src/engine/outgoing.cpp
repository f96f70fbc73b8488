#include "engine/outgoing.hpp"

#include <random>

namespace sockdesk::engine {

std::size_t most_bytes(const Outgoing& what) {
    if (const Payload* fixed = what.fixed()) {
        return (*fixed)->size();
    }
    const Recipe& recipe = *what.recipe();
    return recipe.body.most_bytes() + (recipe.trailer ? recipe.trailer->size() : 0);
}

Outgoing make_outgoing(codec::PayloadTemplate body, std::optional<codec::Trailer> trailer,
                       SendCount sent_by_hand) {
    if (!body.is_constant()) {
        Recipe recipe{std::move(body), std::move(trailer)};
        if (sent_by_hand) {
            recipe.sent_by_hand = std::move(sent_by_hand);
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
