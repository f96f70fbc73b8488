#include "app/text_search.hpp"

#include <algorithm>

namespace sockdesk::app {

std::string folded(std::string_view text) {
    std::string result(text);
    for (char& c : result) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return result;
}

std::vector<std::string> folded_words(std::string_view query) {
    std::vector<std::string> words;
    while (true) {
        const std::size_t begin = query.find_first_not_of(" \t");
        if (begin == std::string_view::npos) return words;
        query.remove_prefix(begin);
        const std::size_t size = std::min(query.find_first_of(" \t"), query.size());
        words.push_back(folded(query.substr(0, size)));
        query.remove_prefix(size);
    }
}

bool has_all_words(std::string_view text, const std::vector<std::string>& words) {
    return std::ranges::all_of(
        words, [&](const std::string& word) { return text.find(word) != std::string_view::npos; });
}

}  // namespace sockdesk::app
