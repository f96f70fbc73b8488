// The very bytes of the next send, in one line: hex, and beside it what they are as text.
#pragma once

#include <cstddef>
#include <string>

#include "base/bytes.hpp"

namespace sockdesk::gui {

float payload_strip_height();
/// The last `trailer_bytes` of `bytes` are told apart by their colour. What does not fit is left out of the middle.
void draw_payload_strip(ByteView bytes, std::size_t trailer_bytes, const std::string& encoding, float width);

}  // namespace sockdesk::gui
