#include "engine/outgoing.hpp"

#include <random>

namespace sockdesk::engine {

Outgoing make_outgoing(codec::PayloadTemplate body, std::optional<codec::Trailer> trailer) {
    if (!body.is_constant()) {
        return Outgoing(std::make_shared<const Recipe>(Recipe{std::move(body), std::move(trailer)}));
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
