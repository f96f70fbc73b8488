// Ownership of libuv handles. libuv needs a handle's memory until its close callback has run, later than the
// owner lives; so handles are allocated one by one and free themselves in that callback. Private to this
// room: it includes <uv.h>.
#pragma once

#include <uv.h>

#include <memory>

namespace sockdesk::net {

template <typename Handle>
struct UvCloser {
    void operator()(Handle* handle) const {
        handle->data = nullptr;  // callbacks still under way see that their owner is gone
        uv_close(reinterpret_cast<uv_handle_t*>(handle),
                 [](uv_handle_t* closed) { delete reinterpret_cast<Handle*>(closed); });
    }
};

template <typename Handle>
using UvHandle = std::unique_ptr<Handle, UvCloser<Handle>>;

}  // namespace sockdesk::net
