// Messages of the engine in the person's language. They come as English sentences that are complete already, with addresses and
// numbers in them, because the terminal and the log want them so; the catalogue knows them by their patterns
// (msgctxt "message"), with `{}` where something was put in.
#pragma once

#include <string>
#include <string_view>

#include "app/po_file.hpp"
#include "base/result.hpp"

namespace sockdesk::app {

/// The message in the current language; what fits no pattern stays as it is. Parts that were put in are translated as well
/// where they are messages themselves.
std::string tr_message(std::string_view english);

/// A fault in `text`: where it is, if it has a position, and what is wrong.
std::string tr_error(const Error& error, std::string_view text);

/// `tr_message` by a catalogue of one's own.
std::string translate_message(std::string_view english, const PoCatalogue& catalogue);

}  // namespace sockdesk::app
