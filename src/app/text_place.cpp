#include "app/text_place.hpp"

#include <algorithm>

namespace sockdesk::app {

TextPlace place_of(std::string_view text, std::size_t offset) {
    TextPlace place;
    for (const char c : text.substr(0, std::min(offset, text.size()))) {
        if (c == '\n') {
            ++place.line;
            place.character = 1;
        } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {
            ++place.character;
        }
    }
    return place;
}

}  // namespace sockdesk::app
