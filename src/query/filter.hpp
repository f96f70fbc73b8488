// The filter line: which records a view, an export or a replay takes, in words that a person can guess.
//
//   rx from 127.0.0.1:8080 len>100 "hello"
//
//   terms side by side      all of them (`and` may be written); `or` between them, `not` or `!` before one, and brackets
//                           work as one expects. Words in either letter case; && and || will do
//   rx  tx                  received, sent (also recv, send)
//   event  error            session events; errors and drops alone
//   udp  tcp                the transport
//   from ADDR  to ADDR      who sent it, to whom it went;  peer ADDR: the remote end, either way; a bare ADDR means peer ADDR
//                           ADDR: 127.0.0.1  127.0.0.1:8080  :8080  10.0.0.0/8  [::1]:80  ::1
//   len>100  len=0..64      payload bytes: = != < <= > >= and ranges
//   time>=10:00:00.5        local time of day, of the day on which the log begins; or 2026-11-21T10:00:00, 2026-11-21; ranges
//                           with .. A time after = is all that is shown so: time=10:00 is a minute
//   #1000..2000  #42        record numbers as the view shows them, from 1
//   "text"  'text'          bytes of the text in the session's encoding, ASCII letters in either case; text:exact"…" is strict.
//                           A backslash before a quote or a backslash makes it stand for itself
//   hex"48 ?? 6C"           bytes with wildcards
//   /regex/  /regex/i       a regular expression over bytes
//
// Quotes, brackets and ! may be full-width ones. Terms about payloads (rx, tx, udp, tcp, len, texts, bytes, expressions) do
// not match events; addresses match an event's remote end. Terms are tried in the order in which they are written.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/endpoint.hpp"
#include "base/result.hpp"
#include "query/selection.hpp"

namespace sockdesk::query {

struct FilterContext {
    /// The bytes of a text in the session's encoding; UTF-8 if none is given. Its error's position counts in the text.
    std::function<Result<Bytes>(std::string_view)> encode;
    /// The day that a bare time of day is on, e.g. the time of the log's first record.
    Timestamp day{};
};

class Filter {
public:
    /// Passes everything.
    Filter();

    /// `Error::position` is the byte in `text` at which it cannot be understood; the message says what could stand there.
    static Result<Filter> parse(std::string_view text, const FilterContext& context = {});

    bool passes_everything() const;
    bool matches(const capture::RecordView& record) const;

    /// For a `Selection`. The filter may go.
    std::unique_ptr<Selector> selector() const;

private:
    struct Node;
    std::shared_ptr<const Node> root_;
};

/// One thing that could stand at the caret.
struct Completion {
    std::string text;         ///< what is inserted
    std::string description;  ///< English; faces translate it
    std::size_t begin = 0;    ///< replaces the bytes [begin, end) of the line
    std::size_t end = 0;
};

/// What can go on at `caret`, best first. `peers`: addresses worth offering, newest first.
std::vector<Completion> complete_filter(std::string_view text, std::size_t caret,
                                        const std::vector<Endpoint>& peers = {});

}  // namespace sockdesk::query
