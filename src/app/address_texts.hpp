// The texts of the addresses seen last, for faces that write one with every record.
#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "base/endpoint.hpp"

namespace sockdesk::app {

/// Remembers one text for each of a few places; where an endpoint has its place is told by its port, which is
/// what differs between the peers of a session.
class AddressTexts {
public:
    /// The text of `endpoint`, valid until the next call; `make(endpoint)` is asked for it when it is not
    /// remembered.
    template <typename Make>
    const std::string& text(const Endpoint& endpoint, Make&& make) {
        Entry& entry = entries_[endpoint.port % entries_.size()];
        if (entry.text.empty() || entry.endpoint != endpoint) {
            entry.endpoint = endpoint;
            entry.text = make(endpoint);
        }
        return entry.text;
    }

private:
    struct Entry {
        Endpoint endpoint;
        std::string text;
    };

    std::array<Entry, 16> entries_;
};

}  // namespace sockdesk::app
