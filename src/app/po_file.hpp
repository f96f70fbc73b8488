// Reads gettext's .po files: the part of the format that translators' tools write for texts without plural
// forms (GNU gettext manual, section "The Format of PO Files").
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.hpp"

namespace sockdesk::app {

/// Between context and text in a key, as in gettext's own .mo files.
inline constexpr char po_context_separator = '\x04';

/// msgid, or msgctxt + separator + msgid, to msgstr. Entries marked fuzzy or without translation are left
/// out.
using PoCatalogue = std::unordered_map<std::string, std::string>;

/// Strict: anything that is not understood is an error with its line, as is a text that is translated twice.
Result<PoCatalogue> parse_po(std::string_view content);

}  // namespace sockdesk::app
