// Any text as an address: what is understood is understood the same way when it is written again.
#include <cstdlib>

#include "base/bytes.hpp"
#include "base/endpoint.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sockdesk;
    const std::string_view text = as_chars({data, size});
    if (const auto parsed = parse_host_port(text)) {
        const auto again = parse_host_port(parsed->to_string());
        if (!again || *again != *parsed) std::abort();
    } else if (parsed.error().message.empty() || parsed.error().position > size) {
        std::abort();
    }
    if (const auto address = IpAddress::parse(text)) {
        if (IpAddress::parse(address->to_string()) != address) std::abort();
    }
    if (const auto port = parse_port(text); !port && port.error().position > size) std::abort();
    return 0;
}
