// What a person may have meant by a name that does not exist.
#pragma once

#include <span>
#include <string_view>

namespace sockdesk::cli {

/// The candidate that differs least from `name`, if it differs little enough to be worth offering; otherwise
/// an empty view. Leading dashes are not compared.
std::string_view nearest_name(std::string_view name, std::span<const std::string_view> candidates);

}  // namespace sockdesk::cli
