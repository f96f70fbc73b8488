// Values of options, checked. Private to this room.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/endpoint.hpp"
#include "base/result.hpp"
#include "cli/arguments.hpp"
#include "cli/command_line.hpp"
#include "cli/numbers.hpp"

namespace sockdesk::cli {

/// Thrown by what reads options, and caught by `parse_arguments`: the first thing that is wrong ends the reading.
struct Refusal {
    int status = exit_bad_usage;
    std::string problem;
    std::string illustration = {};  ///< whole lines after the problem
};

[[noreturn]] inline void refuse(std::string problem) { throw Refusal{exit_bad_usage, std::move(problem)}; }

/// The value, or the end with the option's name before the error.
template <typename T>
T need(std::string_view option, Result<T> result) {
    if (!result) refuse(fmt::format("{}: {}", option, result.error().message));
    return std::move(*result);
}

/// The line, and under it a caret where it cannot be understood; of a long one what is around that place.
std::string with_caret(std::string_view text, std::size_t position);

/// The end, with the place in `text` marked if the error has one.
[[noreturn]] void refuse_marked(std::string_view option, std::string_view text, const Error& error);

/// The value, or the end with the place marked.
template <typename T>
T need_marked(std::string_view option, std::string_view text, Result<T> result) {
    if (!result) refuse_marked(option, text, result.error());
    return std::move(*result);
}

/// The same of a payload: that a file of its templates cannot be read is no bad usage.
[[noreturn]] void refuse_payload(std::string_view option, std::string_view text, const Error& error);

template <typename T>
T need_payload(std::string_view option, std::string_view text, Result<T> result) {
    if (!result) refuse_payload(option, text, result.error());
    return std::move(*result);
}

class OptionReader {
protected:
    explicit OptionReader(const GivenOptions& given) : given_(given) {}

    std::optional<HostPort> address(std::string_view option) const {
        const auto text = given_.value(option);
        if (!text) return std::nullopt;
        return need(fmt::format("{} \"{}\"", option, *text), parse_host_port(*text));
    }

    std::optional<std::chrono::nanoseconds> duration(std::string_view option) const {
        const auto text = given_.value(option);
        if (!text) return std::nullopt;
        return need(option, parse_duration(*text));
    }

    std::optional<std::chrono::nanoseconds> duration_above_zero(std::string_view option) const {
        const auto result = duration(option);
        if (result && result->count() == 0) refuse(fmt::format("{}: must be more than 0", option));
        return result;
    }

    template <typename Choice, std::size_t count>
    std::optional<Choice> choice(
        std::string_view option,
        const std::array<std::pair<std::string_view, Choice>, count>& choices) const {
        const auto text = given_.value(option);
        if (!text) return std::nullopt;
        std::string names;
        for (const auto& [name, value] : choices) {
            if (name == *text) return value;
            names += fmt::format("{}{}", names.empty() ? "" : ", ", name);
        }
        refuse(fmt::format("{}: \"{}\" is none of {}", option, *text, names));
    }

    template <typename Choice, std::size_t count>
    Choice choice(std::string_view option,
                  const std::array<std::pair<std::string_view, Choice>, count>& choices,
                  Choice otherwise) const {
        return choice<Choice, count>(option, choices).value_or(otherwise);
    }

private:
    const GivenOptions& given_;
};

}  // namespace sockdesk::cli
