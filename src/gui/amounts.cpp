#include "gui/amounts.hpp"

#include <fmt/format.h>

namespace sockdesk::gui {

std::string grouped(std::uint64_t number) {
    const std::string digits = std::to_string(number);
    std::string text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
        text += digits[i];
    }
    return text;
}

std::string amount(double bytes) {
    if (bytes < 1000) return fmt::format("{:.0f} B", bytes);
    if (bytes < 1e6) return fmt::format("{:.1f} kB", bytes / 1e3);
    if (bytes < 1e9) return fmt::format("{:.1f} MB", bytes / 1e6);
    return fmt::format("{:.2f} GB", bytes / 1e9);
}

std::string binary_amount(std::uint64_t bytes) {
    const auto value = static_cast<double>(bytes);
    if (bytes < 1024) return fmt::format("{} B", bytes);
    if (bytes < std::uint64_t{1} << 20) return fmt::format("{:.1f} KiB", value / 1024);
    if (bytes < std::uint64_t{1} << 30) return fmt::format("{:.1f} MiB", value / 1024 / 1024);
    return fmt::format("{:.2f} GiB", value / 1024 / 1024 / 1024);
}

}  // namespace sockdesk::gui
