#include "app/rate_text.hpp"

namespace sockdesk::app {

namespace {

bool take_end(std::string_view& text, std::string_view end) {
    if (!text.ends_with(end)) return false;
    text.remove_suffix(end.size());
    return true;
}

}  // namespace

std::optional<std::uint64_t> read_rate(std::string_view text) {
    take_end(text, "/s");
    std::uint64_t factor = 1'000;
    if (take_end(text, "k") || take_end(text, "K")) {
        factor = 1'000'000;
    } else if (take_end(text, "M")) {
        factor = 1'000'000'000;
    }
    // A digit before a point, and one behind it.
    if (text.empty() || text.front() == '.' || text.back() == '.') return std::nullopt;

    std::uint64_t rate = 0;
    std::uint64_t place = 0;  // of the next digit behind the point
    for (const char c : text) {
        if (c == '.' && place == 0) {
            place = factor;
            continue;
        }
        if (c < '0' || c > '9') return std::nullopt;
        const auto digit = static_cast<std::uint64_t>(c - '0');
        if (place == 0) {
            rate = rate * 10 + digit * factor;
        } else if (place > 1) {
            place /= 10;  // what is below a thousandth is cut off
            rate += place * digit;
        }
        if (rate > highest_rate_thousandths) return std::nullopt;
    }
    return rate;
}

}  // namespace sockdesk::app
