// A canned payload (快捷指令): what is sent, how, where to, and what follows it in a sequence.
// Threads: free of state.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "app/payload_compiler.hpp"
#include "base/ids.hpp"

namespace sockdesk::app {

/// The same for as long as the shortcut is in a library, over restarts and in every window: by it windows know whose changes are about the
/// same one. 0 is none.
using ShortcutId = StrongId<struct ShortcutTag, std::uint64_t>;

struct Shortcut {
    static constexpr std::size_t max_payload = std::size_t{1} << 20;  ///< of its text
    static constexpr std::size_t max_field = 4096;                    ///< of any other

    std::string name;
    std::string payload;  ///< as typed, right or wrong
    bool hex = false;
    bool escapes = false;
    bool templates = false;
    std::string trailer;  ///< as `codec::Trailer::parse` takes it; empty: nothing is appended
    std::string target;   ///< UDP, `HOST:PORT`; empty: where the send box goes
    std::string delay;  ///< in a sequence, until the next one is due; as `parse_period` takes it, empty: none
    std::string hotkey;  ///< as `parse_hotkey` takes it; empty: none
    std::string group;
    bool chosen = false;  ///< it is part of the sequence

    friend bool operator==(const Shortcut&, const Shortcut&) = default;
};

/// One in a library.
struct KeptShortcut {
    ShortcutId id;
    Shortcut shortcut;

    friend bool operator==(const KeptShortcut&, const KeptShortcut&) = default;
};

/// What its texts take.
std::size_t bytes_of(const Shortcut& shortcut);

enum class ShortcutField : std::uint8_t {
    name,
    payload,
    mode,
    escapes,
    templates,
    trailer,
    target,
    delay,
    hotkey,
    group,
    chosen,
};

/// As files name it.
std::string_view field_name(ShortcutField field);
std::optional<ShortcutField> find_field(std::string_view name);

struct ShortcutProblem {
    ShortcutField field;
    std::string message;  ///< in the person's language
    /// Byte offset of the fault in the field, or `Error::no_position`.
    std::size_t position = Error::no_position;
};

/// What is wrong with a field; the payload is only looked at for its length, since it may be finished later.
std::optional<ShortcutProblem> check_shortcut(const Shortcut& shortcut);

/// None where the field is empty or wrong.
std::chrono::nanoseconds delay_of(const Shortcut& shortcut);

/// For a session with this encoding.
PayloadSpec payload_spec(const Shortcut& shortcut, std::string_view encoding);

/// A name for a payload that got none: its beginning, in one line.
std::string suggested_name(std::string_view payload);

}  // namespace sockdesk::app
