// A bound TCP socket. Private to this room: libuv's own uv_tcp_bind always sets SO_REUSEADDR and reports an
// address in use only later, so the socket is made here and handed to libuv.
#pragma once

#include "base/endpoint.hpp"
#include "base/result.hpp"
#include "net/unique_fd.hpp"

namespace sockdesk::net {

Result<UniqueFd> open_tcp_socket(const Endpoint& local, bool reuse_address);

}  // namespace sockdesk::net
