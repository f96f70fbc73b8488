// Several matchers over one stream, which comes in pieces: which of them matches next, whatever the pieces are.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "base/bytes.hpp"
#include "query/matcher.hpp"

namespace sockdesk::query {

class StreamMatcher {
public:
    using Matchers = std::shared_ptr<const std::vector<Matcher>>;

    /// Who is told of matches, and decides which matchers are looked at.
    class Sink {
    public:
        virtual bool is_active(std::size_t matcher) const = 0;
        /// `groups` lie in `bytes`, which are valid during the call. What comes next begins behind the match.
        virtual void on_match(std::size_t matcher, ByteView bytes, const MatchGroups& groups) = 0;

    protected:
        ~Sink() = default;
    };

    /// `most_kept`: of the stream, what may wait for the rest of a match. What is older is given up.
    StreamMatcher(Matchers matchers, std::size_t most_kept);

    /// Tells the matches that are complete now, in their order: the one that is complete first, of two at the same byte that of the earlier
    /// matcher. Each byte is part of one match at most.
    void add(ByteView piece, Sink& sink);

    /// What came so far does not count any more; the next byte begins a message.
    void forget();

private:
    struct Next {
        enum class State : std::uint8_t {
            unknown,  ///< not before `complete`
            known,
            none,
        };
        State state = State::unknown;
        std::size_t complete = 0;
        std::size_t searched = 0;
        MatchGroups match;
    };

    void search(ByteView bytes, bool is_begin, std::size_t searched, Sink& sink);
    std::size_t first_of(const Sink& sink) const;
    void look_for(std::size_t matcher, ByteView bytes);
    void consume(std::size_t end, ByteView bytes);
    void keep(ByteView bytes, const Sink& sink);

    Matchers matchers_;
    std::size_t most_kept_;
    Bytes kept_;
    bool is_begin_ = true;  ///< of a message: where `kept_` begins

    // While a piece is searched.
    std::vector<Next> next_;
    std::size_t base_ = 0;  ///< where what is left begins
    bool base_is_begin_ = true;
    StreamMatch found_;
};

}  // namespace sockdesk::query
