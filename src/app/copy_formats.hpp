// Payloads as text for a clipboard: what a person pastes into a program, a document or a send box.
#pragma once

#include <string>

#include "base/bytes.hpp"

namespace sockdesk::app {

enum class CopyFormat { hex, c_array, python_bytes };

/// "48 65 6C", "{0x48, 0x65, 0x6c}" in lines of twelve, b"Hel\x00".
std::string copy_as(CopyFormat format, ByteView bytes);

}  // namespace sockdesk::app
