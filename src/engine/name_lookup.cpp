#include "engine/name_lookup.hpp"

#include <algorithm>
#include <utility>

namespace sockdesk::engine {

Endpoint preferred(const std::vector<Endpoint>& endpoints) {
    const auto v4 = std::find_if(endpoints.begin(), endpoints.end(),
                                 [](const Endpoint& endpoint) { return endpoint.address.is_v4(); });
    return v4 != endpoints.end() ? *v4 : endpoints.front();
}

void NameLookup::start(const std::optional<HostPort>& local, const std::optional<HostPort>& remote,
                       Done done) {
    remote_ = remote;
    done_ = std::move(done);
    if (!local) {
        look_up_remote();
        return;
    }
    if (const auto literal = net::as_literal(*local)) {
        names_.local = *literal;
        look_up_remote();
        return;
    }
    lookup_ = std::make_unique<net::Lookup>(loop_, *local, [this](Result<std::vector<Endpoint>> found) {
        if (!found) {
            const Done tell = std::move(done_);
            tell(tl::unexpected(found.error()));
            return;
        }
        names_.local = preferred(*found);
        look_up_remote();
    });
}

void NameLookup::look_up_remote() {
    if (remote_) {
        if (const auto literal = net::as_literal(*remote_)) {
            names_.remote = {*literal};
        } else {
            lookup_ =
                std::make_unique<net::Lookup>(loop_, *remote_, [this](Result<std::vector<Endpoint>> found) {
                    const Done tell = std::move(done_);
                    if (!found) {
                        tell(tl::unexpected(found.error()));
                        return;
                    }
                    names_.remote = std::move(*found);
                    tell(std::move(names_));
                });
            return;
        }
    }
    const Done tell = std::move(done_);
    tell(std::move(names_));
}

}  // namespace sockdesk::engine
