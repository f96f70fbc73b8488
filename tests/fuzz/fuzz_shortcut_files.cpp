// Files of shortcuts from anywhere, as JSON and as CSV: what is read comes back from what is written of it.
#include <cstdlib>
#include <string_view>

#include "app/shortcut_files.hpp"
#include "app/shortcut_list.hpp"

using namespace sockdesk;
using namespace sockdesk::app;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto read = shortcuts_from_json(text, ShortcutCheck::everything)) {
        const auto back = shortcuts_from_json(to_json(*read), ShortcutCheck::everything);
        require(back.has_value() && *back == *read);
    } else {
        require(!read.error().message.empty());
    }
    (void)shortcuts_from_json(text, ShortcutCheck::structure, Language::chinese);
    if (const auto read = shortcuts_from_csv(text)) {
        const auto back = shortcuts_from_csv(to_csv(*read));
        require(back.has_value());
        for (const Shortcut& each : *read) {
            require(!check_shortcut(each));
            require(each.payload.size() <= Shortcut::max_payload);
        }
        ShortcutLibrary library;
        require(library.add_all(*read).has_value());
        ShortcutList list;
        list.update(library, text.substr(0, 8));
        require(list.found() <= library.items().size());
    } else {
        require(!read.error().message.empty());
    }
    return 0;
}
