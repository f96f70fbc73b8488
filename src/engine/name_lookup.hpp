// The look-ups that come before a session can be opened. Private to this room; lives on the loop thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/endpoint.hpp"
#include "base/result.hpp"
#include "net/resolver.hpp"

namespace sockdesk::engine {

/// IPv4 before IPv6: what a name means where only one address can be used (UDP, a local address). Programs
/// that people test by hand listen on IPv4 far more often, and a datagram gets no second try.
Endpoint preferred(const std::vector<Endpoint>& endpoints);

/// What a session's two addresses turned out to be.
struct ResolvedNames {
    std::optional<Endpoint> local;
    std::vector<Endpoint> remote;  ///< in the order to be tried; empty when none was given
};

/// Looks up a local and a remote name one after the other; texts that are addresses cost nothing.
class NameLookup {
public:
    using Done = std::function<void(Result<ResolvedNames>)>;

    /// `done` is called once; before `start` returns when nothing had to be looked up. The object may be
    /// destroyed from within.
    explicit NameLookup(net::Loop& loop) : loop_(loop) {}
    void start(const std::optional<HostPort>& local, const std::optional<HostPort>& remote, Done done);

private:
    void look_up_remote();

    net::Loop& loop_;
    std::optional<HostPort> remote_;
    ResolvedNames names_;
    Done done_;
    std::unique_ptr<net::Lookup> lookup_;
};

}  // namespace sockdesk::engine
