#include "cli/option_reader.hpp"

#include <algorithm>

#include "app/cell_width.hpp"
#include "codec/escapes.hpp"

namespace sockdesk::cli {

namespace {

/// What is shown of a long text before and behind its fault, in bytes.
constexpr std::size_t shown_before = 60;
constexpr std::size_t shown_behind = 40;

/// The nearest beginning of a character of UTF-8 at `position` or before it.
std::size_t character_start(std::string_view text, std::size_t position) {
    std::size_t at = std::min(position, text.size());
    const auto continues = [&] {
        return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
    };
    for (int k = 0; k < 3 && at > 0 && continues(); ++k) --at;
    return at;
}

}  // namespace

std::string with_caret(std::string_view text, std::size_t position) {
    position = std::min(position, text.size());
    const std::size_t begin = position > shown_before ? character_start(text, position - shown_before) : 0;
    const std::size_t end =
        text.size() - position > shown_behind ? character_start(text, position + shown_behind) : text.size();
    const std::string_view skipped = begin == 0 ? "" : "…";
    const std::string before =
        fmt::format("{}{}", skipped, codec::escape_controls(text.substr(begin, position - begin)));
    return fmt::format("  {}{}{}\n  {}^\n", skipped, codec::escape_controls(text.substr(begin, end - begin)),
                       end == text.size() ? "" : "…", std::string(app::columns_of(before), ' '));
}

void refuse_marked(std::string_view option, std::string_view text, const Error& error) {
    Refusal refusal{exit_bad_usage, fmt::format("{}: {}", option, error.message)};
    if (error.position != Error::no_position) refusal.illustration = with_caret(text, error.position);
    throw refusal;
}

void refuse_payload(std::string_view option, std::string_view text, const Error& error) {
    if (error.kind != ErrorKind::bad_input && error.kind != ErrorKind::too_large) {
        throw Refusal{exit_failed, fmt::format("{}: {}", option, error.message)};
    }
    refuse_marked(option, text, error);
}

}  // namespace sockdesk::cli
