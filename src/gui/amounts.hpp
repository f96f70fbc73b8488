// Numbers for a person to read.
#pragma once

#include <cstdint>
#include <string>

namespace sockdesk::gui {

/// `1,234,567`
std::string grouped(std::uint64_t number);
/// `12.3 kB`: decimal, as speeds are.
std::string amount(double bytes);
/// `12.3 MiB`: binary, as memory and files are set up.
std::string binary_amount(std::uint64_t bytes);

}  // namespace sockdesk::gui
