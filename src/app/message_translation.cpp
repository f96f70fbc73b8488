#include "app/message_translation.hpp"

#include <optional>
#include <vector>

#include "app/translation.hpp"

namespace sockdesk::app {

namespace {

constexpr std::string_view placeholder = "{}";
constexpr std::string_view context = "message";

/// A message in a message in a message is as deep as they go: "save to X: the folder does not exist; make it".
constexpr int max_depth = 3;

std::vector<std::string_view> literal_parts(std::string_view pattern) {
    std::vector<std::string_view> parts;
    for (auto at = pattern.find(placeholder); at != std::string_view::npos; at = pattern.find(placeholder)) {
        parts.push_back(pattern.substr(0, at));
        pattern.remove_prefix(at + placeholder.size());
    }
    parts.push_back(pattern);
    return parts;
}

/// What stands in `text` where `pattern` has its placeholders; each as short as possible, the last up to the end.
std::optional<std::vector<std::string_view>> match(std::string_view text, std::string_view pattern) {
    const auto parts = literal_parts(pattern);
    if (!text.starts_with(parts.front()) || (parts.size() == 1 && text != pattern)) return std::nullopt;
    text.remove_prefix(parts.front().size());
    std::vector<std::string_view> inserted;
    for (std::size_t i = 1; i < parts.size(); ++i) {
        const bool last = i + 1 == parts.size();
        if (last && (!text.ends_with(parts[i]) || text.size() < parts[i].size())) return std::nullopt;
        const std::size_t at = last ? text.size() - parts[i].size() : text.find(parts[i]);
        if (at == std::string_view::npos) return std::nullopt;
        inserted.push_back(text.substr(0, at));
        text.remove_prefix(at + parts[i].size());
    }
    return inserted;
}

std::string translate(std::string_view english, const PoCatalogue& catalogue, int depth) {
    // Of several patterns that fit, the one that says most itself.
    const std::string* best = nullptr;
    std::size_t best_size = 0;
    std::vector<std::string_view> best_inserted;
    for (const auto& [key, translation] : catalogue) {
        std::string_view pattern = key;
        if (!pattern.starts_with(context) || pattern.size() <= context.size() ||
            pattern[context.size()] != po_context_separator) {
            continue;
        }
        pattern.remove_prefix(context.size() + 1);
        auto inserted = match(english, pattern);
        const std::size_t size = inserted ? pattern.size() - inserted->size() * placeholder.size() : 0;
        if (inserted && size > best_size) {
            best = &translation;
            best_size = size;
            best_inserted = std::move(*inserted);
        }
    }
    if (best == nullptr) return std::string(english);
    std::string result;
    const auto parts = literal_parts(*best);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        result += parts[i];
        if (i < best_inserted.size()) {
            result += depth < max_depth ? translate(best_inserted[i], catalogue, depth + 1)
                                        : std::string(best_inserted[i]);
        }
    }
    return result;
}

}  // namespace

std::string translate_message(std::string_view english, const PoCatalogue& catalogue) {
    return translate(english, catalogue, 0);
}

std::string tr_message(std::string_view english) {
    if (current_language() == Language::english) return std::string(english);
    return translate_message(english, chinese_catalogue());
}

std::string tr_error(const Error& error, std::string_view text) {
    const std::string what = tr_message(error.message);
    if (error.position == Error::no_position) return what;
    std::size_t line = 1;
    std::size_t character = 1;
    for (const char c : text.substr(0, error.position)) {
        if (c == '\n') {
            ++line;
            character = 1;
        } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {
            ++character;
        }
    }
    return (line == 1 ? trf("At character {}: ", character)
                      : trf("Line {}, character {}: ", line, character)) +
           what;
}

}  // namespace sockdesk::app
