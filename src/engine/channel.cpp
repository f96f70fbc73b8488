#include "engine/channel.hpp"

namespace sockdesk::engine {

Result<void> Channel::send_batch(const SendTarget& target, std::span<const Payload> payloads,
                                 std::size_t& accepted) {
    for (const Payload& payload : payloads) {
        if (auto sent = send(target, payload); !sent) {
            return sent;
        }
        ++accepted;
    }
    return {};
}

Result<bool> Channel::send_when_known(const SendTarget&, const std::function<Payload(const SendEnds&)>&,
                                      std::size_t) {
    return false;
}

Result<void> Channel::send_to_each(const SendTarget& target,
                                   const std::function<Payload(const SendEnds&)>& make) {
    return send(target, make(ends_of(target)));
}

}  // namespace sockdesk::engine
