#include "net/resolver.hpp"

#include <netdb.h>

#include <cerrno>
#include <mutex>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "net/socket_address.hpp"
#include "net/system_failure.hpp"

namespace sockdesk::net {

namespace {

Result<std::vector<Endpoint>> resolve_blocking(const HostPort& name) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;  // one answer an address, not one a socket type
    addrinfo* found = nullptr;
    const int status = ::getaddrinfo(name.host.c_str(), nullptr, &hints, &found);
    const int error_number = errno;
    if (status == EAI_SYSTEM) {
        return tl::unexpected(system_failure(fmt::format("look up {}", name.host), error_number));
    }
    if (status != 0) {
        return tl::unexpected(
            Error{ErrorKind::not_found,
                  fmt::format("look up {}: {}. Check the spelling, or give an address instead of a name.",
                              name.host, ::gai_strerror(status)),
                  status == EAI_AGAIN ? "EAI_AGAIN" : "EAI_NONAME", Error::no_position});
    }
    std::vector<Endpoint> endpoints;
    for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
        Endpoint endpoint = from_socket_address(entry->ai_addr);
        endpoint.port = name.port;
        endpoints.push_back(endpoint);
    }
    ::freeaddrinfo(found);
    return endpoints;
}

}  // namespace

/// Outlives the look-up's owner for as long as its thread runs.
struct Lookup::Shared {
    std::mutex mutex;
    Loop* loop = nullptr;  // null once the owner is gone
    Done done;
};

std::optional<Endpoint> as_literal(const HostPort& name) {
    if (const auto address = IpAddress::parse(name.host)) {
        return Endpoint{*address, name.port};
    }
    return std::nullopt;
}

Lookup::Lookup(Loop& loop, HostPort name, Done done) : shared_(std::make_shared<Shared>()) {
    shared_->loop = &loop;
    shared_->done = std::move(done);
    std::thread([shared = shared_, name = std::move(name)] {
        auto answer = resolve_blocking(name);
        const std::lock_guard lock(shared->mutex);
        if (shared->loop == nullptr) {
            return;
        }
        shared->loop->post([shared, answer = std::move(answer)] {
            Done callback;
            {
                const std::lock_guard inner(shared->mutex);
                if (shared->loop != nullptr) {
                    callback = std::move(shared->done);
                }
            }
            if (callback) {
                callback(answer);
            }
        });
    }).detach();
}

Lookup::~Lookup() {
    const std::lock_guard lock(shared_->mutex);
    shared_->loop = nullptr;
}

}  // namespace sockdesk::net
