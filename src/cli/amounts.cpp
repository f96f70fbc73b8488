#include "cli/amounts.hpp"

#include <fmt/format.h>

namespace sockdesk::cli {

std::string in_bytes(double bytes) {
    if (bytes < 1000) return fmt::format("{:.0f} B", bytes);
    if (bytes < 1e6) return fmt::format("{:.1f} kB", bytes / 1e3);
    if (bytes < 1e9) return fmt::format("{:.1f} MB", bytes / 1e6);
    return fmt::format("{:.2f} GB", bytes / 1e9);
}

std::string in_words(std::chrono::nanoseconds duration) {
    const double exact = std::chrono::duration<double>(duration).count();
    if (exact < 1) return fmt::format("{:.2f} s", exact);
    if (exact < 10) return fmt::format("{:.1f} s", exact);
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(duration).count();
    if (seconds >= 86'400) return fmt::format("{} d {} h", seconds / 86'400, seconds % 86'400 / 3600);
    if (seconds >= 3600) return fmt::format("{} h {} min", seconds / 3600, seconds % 3600 / 60);
    if (seconds >= 60) return fmt::format("{} min {} s", seconds / 60, seconds % 60);
    return fmt::format("{} s", seconds);
}

}  // namespace sockdesk::cli
