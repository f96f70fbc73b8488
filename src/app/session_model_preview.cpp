// What is seen of the box before it is sent.
#include "app/payload_preview.hpp"
#include "app/session_model.hpp"

namespace sockdesk::app {

std::optional<Endpoint> SessionModel::known_remote() const {
    switch (tab_.session.protocol) {
        case engine::Protocol::tcp_client:
            return remote_;
        case engine::Protocol::tcp_server:
            // To all, each gets bytes of its own.
            if (chosen_client_) return chosen_remote_;
            return clients_.size() == 1 ? std::optional(clients_.front().remote) : std::nullopt;
        case engine::Protocol::udp:
            break;
    }
    // A name becomes an address when it is sent to.
    const auto target = parse_target(tab_.session.target);
    const auto address = target ? IpAddress::parse(target->host) : std::nullopt;
    return address ? std::optional(Endpoint{*address, target->port}) : std::nullopt;
}

void SessionModel::make_preview(Timestamp now) {
    codec::TemplateMoment moment;
    moment.now = now;
    moment.counter = next_counter();
    moment.local = local_;
    moment.remote = known_remote();
    PayloadPreview preview = preview_of(*box_.outgoing(), compiled_spec_->text, moment);
    compiled_.bytes = std::move(preview.bytes);
    compiled_.unknown = std::move(preview.unknown);
    compiled_.varying_size = preview.varying_size;
    ++compiled_.revision;
    previewed_counter_ = moment.counter;
}

}  // namespace sockdesk::app
