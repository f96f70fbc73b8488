// Several matchers over one stream, which comes in pieces: which of them matches next, whatever the pieces are.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "query/matcher.hpp"

namespace sockdesk::query {

/// A stream is made of messages. One ends with a line end, with a short pause, and with the stream: there `$`, `\z` and an exact text
/// can end, and what follows begins the next, where `^`, `\A`, a prefix and an exact text can begin. A pause tears nothing apart: what has
/// begun may go on behind it.
///
/// The match that is complete first is told, as if the bytes came one by one; of two at the same byte that of the earlier matcher. It
/// waits for an earlier matcher that may still match where it begins, until that is known or the message ends. `any` takes whatever is
/// there that nobody before it may want. Each byte is part of one match at most, and each is looked at once.
class StreamMatcher {
public:
    using Matchers = std::shared_ptr<const std::vector<Matcher>>;

    /// Without a byte for so long, a message has ended.
    static constexpr std::chrono::milliseconds pause{10};

    /// Who is told of matches, and decides which matchers are looked at.
    class Sink {
    public:
        virtual bool is_active(std::size_t matcher) const = 0;
        /// `groups` lie in `bytes`, which are valid during the call. What comes next begins behind the match. False: not now; it is told
        /// again by `go_on`.
        virtual bool on_match(std::size_t matcher, ByteView bytes, const MatchGroups& groups) = 0;
        /// How many of these bytes `any` takes now. The others wait for more, or for the end of the message.
        virtual std::size_t whole(std::size_t /*any*/, ByteView bytes) const { return bytes.size(); }

    protected:
        ~Sink() = default;
    };

    /// `most_kept`: of the stream, what may wait for the rest of a match. What is older is given up.
    StreamMatcher(Matchers matchers, std::size_t most_kept);

    /// Tells what is known to match by now. A message that ended with the pause before `now` has ended.
    void add(ByteView piece, SteadyTime now, Sink& sink);
    /// The message ends with what has come: tells what that decides.
    void end_message(Sink& sink);

    /// Some of what was added is not looked at yet, so that nobody waits for one call too long, or was refused by the sink. To be called
    /// until it is no more; nothing should be added meanwhile. `now`: nothing was read until then, which is no pause.
    bool is_behind() const { return is_behind_; }
    void go_on(Sink& sink, std::optional<SteadyTime> now = std::nullopt);
    /// Nothing was read until now, which is no pause.
    void was_held(SteadyTime now);

    /// When to call `end_message`, if nothing comes until then. None: nothing depends on it.
    std::optional<SteadyTime> decides_at() const;

    /// What came so far does not count any more; the next byte begins a message.
    void forget();

private:
    /// One matcher on its way.
    struct Course {
        StreamScan scan;
        std::optional<StreamFound> found;
        StreamScan there;  ///< the same from where a match of another matcher begins
        std::optional<std::uint64_t> there_from;
    };
    struct Candidate {
        std::size_t matcher = 0;
        StreamFound found;
    };

    void work_through(ByteView bytes, Sink& sink);
    bool step(const StreamText& text, Sink& sink);
    void choose_active(const Sink& sink);
    std::optional<Candidate> first_complete(const StreamText& text);
    bool look_everywhere(const StreamText& text, std::uint64_t limit);
    std::optional<Candidate> best() const;
    bool let_earlier_go_first(const StreamText& text, Candidate& candidate);
    bool tell(const StreamText& text, const Candidate& candidate, Sink& sink);
    bool tell_any(const StreamText& text, std::uint64_t end, Sink& sink);
    bool tell_rest(const StreamText& text, Sink& sink);
    void consume(std::uint64_t end);
    void keep(ByteView bytes);
    StreamText text_of(ByteView bytes) const;

    Matchers matchers_;
    std::size_t most_kept_;
    bool looks_back_ = false;

    Bytes kept_;
    std::uint64_t kept_begin_ = 0;  ///< where in the stream
    int before_kept_ = -1;
    std::vector<std::uint64_t> marks_{0};  ///< see `StreamText`
    std::uint64_t base_ = 0;               ///< what is before is part of a match, or of none
    /// What of a line end at `base_` belongs to the match before it.
    enum class LineEnd : std::uint8_t { none, all, line_feed };
    LineEnd line_end_ = LineEnd::none;
    std::vector<Course> courses_;
    std::vector<std::size_t> active_;  ///< before the first `any`
    std::optional<std::size_t> any_;   ///< the first that is active
    std::uint64_t looked_ = 0;         ///< by all
    std::uint64_t window_ = 0;

    bool is_behind_ = false;
    bool is_ending_ = false;     ///< with what has come
    bool is_undecided_ = false;  ///< it would make a difference
    std::uint64_t work_ = 0;     ///< of this call
    std::optional<SteadyTime> last_;
    MatchGroups groups_;
};

}  // namespace sockdesk::query
