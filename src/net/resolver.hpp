// Names to addresses without blocking the loop thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/endpoint.hpp"
#include "base/result.hpp"
#include "net/loop.hpp"

namespace sockdesk::net {

/// Text of an address needs no look-up; a name does.
std::optional<Endpoint> as_literal(const HostPort& name);

/// One look-up under way. Destroying it drops the answer; it never waits for one: the system's resolver
/// (getaddrinfo(3)) can take many seconds and cannot be interrupted, so each look-up has a thread of its own.
class Lookup {
public:
    using Done = std::function<void(Result<std::vector<Endpoint>>)>;

    /// `done` is called once, on the loop thread, never from within the constructor. The endpoints are in the
    /// order in which RFC 6724 would have them tried, and there is at least one.
    Lookup(Loop& loop, const HostPort& name, Done done);
    ~Lookup();
    Lookup(const Lookup&) = delete;
    Lookup& operator=(const Lookup&) = delete;

private:
    struct Shared;
    std::shared_ptr<Shared> shared_;
};

}  // namespace sockdesk::net
