// Expected failures are values. Code that can fail for reasons outside the program returns `Result<T>`;
// exceptions are left for the programmer's own mistakes and for exhausted memory.
#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace sockdesk {

/// What a caller can do about an error, not where it came from.
enum class ErrorKind {
    bad_input,    ///< what a person or a file gave cannot be understood
    not_found,    ///< a name, a file, an encoding or a session that does not exist
    denied,       ///< the system refuses for want of permission
    in_use,       ///< an address or a file is held by somebody else
    unreachable,  ///< the peer or the network does not answer, or refuses
    timed_out,    ///< no answer within the time given
    too_large,    ///< beyond a limit, which the message names
    closed,       ///< the thing acted on is no longer open
    system,       ///< any other refusal of the operating system
};

/// One failure. `message` is a sentence for a person: what was attempted, on what, why it failed and what to
/// do. `code` is the system's symbolic name ("EADDRINUSE") where a system call failed, otherwise empty.
/// `position` is the byte offset of the fault in the text given, where the input was text; otherwise
/// `no_position`.
struct Error {
    static constexpr std::size_t no_position = static_cast<std::size_t>(-1);

    ErrorKind kind = ErrorKind::system;
    std::string message;
    std::string code;
    std::size_t position = no_position;
};

template <typename T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(ErrorKind kind, std::string message) {
    return tl::unexpected<Error>(Error{kind, std::move(message), {}, Error::no_position});
}

inline tl::unexpected<Error> fail_at(std::size_t position, std::string message) {
    return tl::unexpected<Error>(Error{ErrorKind::bad_input, std::move(message), {}, position});
}

}  // namespace sockdesk
