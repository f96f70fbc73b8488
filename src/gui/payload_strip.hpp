// The very bytes of the next send, in one line: hex, and beside it what they are as text.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/bytes.hpp"

namespace sockdesk::gui {

float payload_strip_height();
struct StripBytes {
    ByteView bytes;
    const std::vector<bool>& unknown;  ///< which of them nobody knows yet: "??"; empty: none
    std::size_t trailer_bytes = 0;     ///< at the end, told apart by their colour
};
/// What does not fit is left out of the middle.
void draw_payload_strip(const StripBytes& shown, const std::string& encoding, float width);
/// All are known, and none is told apart.
void draw_payload_strip(ByteView bytes, const std::string& encoding, float width);

}  // namespace sockdesk::gui
