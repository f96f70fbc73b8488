// Amounts for lines on stderr.
#pragma once

#include <chrono>
#include <string>

namespace sockdesk::cli {

/// "950 B", "16.4 MB": powers of 1000, as the rates of networks have them.
std::string in_bytes(double bytes);

/// "0.21 s", "3.2 s", "1 min 12 s", "3 h 25 min".
std::string in_words(std::chrono::nanoseconds duration);

}  // namespace sockdesk::cli
