// The filter line of a tab: what is typed takes effect as soon as it can be understood.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/log_view_model.hpp"
#include "base/endpoint.hpp"
#include "query/filter.hpp"

namespace sockdesk::app {

class LogFilterModel {
public:
    static constexpr std::size_t max_recent = 20;

    /// Once a frame: `text` is what stands in the line. A line that cannot be understood leaves the filter before it as
    /// it is.
    void update(const std::string& text, LogViewModel& view);

    /// Of the line as it stands.
    const std::optional<Error>& error() const { return error_; }

    /// Puts a filter that was used in front of those used before.
    static void remember(const std::string& text, std::vector<std::string>& recent);
    /// The line that shows what went to or came from an address.
    static std::string of_peer(const Endpoint& peer);

private:
    std::string text_;
    codec::Encoding encoding_;
    Timestamp day_{};
    std::optional<Error> error_;
};

}  // namespace sockdesk::app
