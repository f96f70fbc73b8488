#include "net/resolver.hpp"

#include <netdb.h>

#include <cerrno>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "net/socket_address.hpp"
#include "net/system_failure.hpp"

namespace sockdesk::net {

namespace {

std::string code_name(int status) {
    switch (status) {
        case EAI_AGAIN:
            return "EAI_AGAIN";
        case EAI_FAIL:
            return "EAI_FAIL";
        case EAI_MEMORY:
            return "EAI_MEMORY";
        default:
            return "EAI_NONAME";
    }
}

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
                  code_name(status), Error::no_position});
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
struct Lookup::Shared : std::enable_shared_from_this<Shared> {
    std::mutex mutex;
    Loop* loop = nullptr;  // null once the owner is gone
    Done done;

    /// Any thread.
    void answer(Result<std::vector<Endpoint>> found) {
        const std::lock_guard lock(mutex);
        if (loop == nullptr) {
            return;
        }
        loop->post([self = shared_from_this(), found = std::move(found)] {
            Done callback;
            {
                const std::lock_guard inner(self->mutex);
                if (self->loop != nullptr) {
                    callback = std::move(self->done);
                }
            }
            if (callback) {
                callback(found);
            }
        });
    }
};

std::optional<Endpoint> as_literal(const HostPort& name) {
    if (const auto address = IpAddress::parse(name.host)) {
        return Endpoint{*address, name.port};
    }
    return std::nullopt;
}

Lookup::Lookup(Loop& loop, const HostPort& name, Done done) : shared_(std::make_shared<Shared>()) {
    shared_->loop = &loop;
    shared_->done = std::move(done);
    try {
        std::thread([shared = shared_, name] { shared->answer(resolve_blocking(name)); }).detach();
    } catch (const std::system_error& error) {
        shared_->answer(
            tl::unexpected(system_failure(fmt::format("look up {}", name.host), error.code().value())));
    }
}

Lookup::~Lookup() {
    const std::lock_guard lock(shared_->mutex);
    shared_->loop = nullptr;
}

}  // namespace sockdesk::net
