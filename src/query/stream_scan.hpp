// One program on its way through one stream.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "query/stream_program.hpp"

namespace sockdesk::query {

/// What is at hand of a stream. Places are counted from the stream's begin.
struct StreamText {
    ByteView bytes;
    std::uint64_t begin = 0;  ///< of `bytes`
    /// Where messages begin that no line end comes before: where the stream begins, and behind pauses. In their order.
    const std::vector<std::uint64_t>* marks = nullptr;
    int before = -1;  ///< the byte that came before `bytes`; -1: unknown

    std::uint64_t end() const { return begin + bytes.size(); }
    std::uint8_t at(std::uint64_t place) const { return bytes[static_cast<std::size_t>(place - begin)]; }
    ByteView from(std::uint64_t place) const {
        return bytes.subspan(static_cast<std::size_t>(place - begin));
    }
    bool is_mark(std::uint64_t place) const;
    bool is_message_begin(std::uint64_t place) const;
    /// -1: none, a message begins there.
    int byte_before(std::uint64_t place) const;
};

/// A match of a stream that is complete: whatever comes, it stays one.
struct StreamFound {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::uint64_t known = 0;  ///< how far it was looked: what follows decides some
    bool at_end = false;      ///< it is one because the message ends there
};

class StreamScan {
public:
    /// Goes on from where it is, up to `limit`, until something is complete: what is complete first, of several that which begins
    /// first. `work` is raised by what it has cost, in bytes.
    std::optional<StreamFound> look(const StreamProgram& program, const StreamText& text, std::uint64_t limit,
                                    std::uint64_t& work);
    /// The same for what begins where `restart` was told, and nowhere else.
    std::optional<StreamFound> look_there(const StreamProgram& program, const StreamText& text,
                                          std::uint64_t limit, std::uint64_t& work);
    /// What is complete if the message ends here. Changes nothing.
    std::optional<StreamFound> at_message_end(const StreamProgram& program, const StreamText& text) const;

    /// Begins anew at `place`.
    void restart(std::uint64_t place);
    /// Gives up what began before `place`.
    void forget_before(std::uint64_t place);

    std::uint64_t place() const { return place_; }
    /// Where the first of what may become a match began.
    std::optional<std::uint64_t> first_begin() const;
    /// Something would be a match if the message ended here.
    bool is_undecided() const { return has_pending_; }

private:
    /// Something that began at `begin` and wants `step` next. In the order of `begin`; of those with the same step only the
    /// first is kept.
    struct Thread {
        std::uint32_t step = 0;
        std::uint64_t begin = 0;
    };
    struct Around;

    std::optional<StreamFound> advance(const StreamProgram& program, const StreamText& text,
                                       std::uint64_t limit, std::uint64_t& work, bool starts_everywhere);
    void skip(const StreamProgram& program, const StreamText& text, std::uint64_t limit, std::uint64_t& work);
    /// Follows what takes no byte. True: to the match.
    static bool follow(const StreamProgram& program, std::uint32_t step, std::uint64_t begin,
                       const Around& around, std::vector<Thread>& into, bool& has_pending);

    std::uint64_t place_ = 0;
    std::uint64_t start_ = 0;  ///< where `restart` was told
    bool has_pending_ = false;
    std::vector<Thread> threads_;
};

}  // namespace sockdesk::query
