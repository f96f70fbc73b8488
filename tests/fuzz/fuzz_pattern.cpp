// Patterns of every kind, and what they find. Two texts with a zero byte between: the pattern, and what is searched; the
// first byte says what kind.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "query/pattern.hpp"
#include "query/stream_search.hpp"

using namespace sockdesk;
using namespace sockdesk::query;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

std::uint64_t count(const Pattern& pattern, ByteView bytes) {
    std::uint64_t result = 0;
    std::size_t from = 0;
    while (const auto match = pattern.find(bytes, from)) {
        require(match->begin >= from && match->end > match->begin && match->end <= bytes.size());
        require(match->end - match->begin <= pattern.longest_match());
        from = match->end;
        ++result;
    }
    return result;
}

/// The same bytes as pieces of a stream.
std::uint64_t count_in_pieces(const Pattern& pattern, ByteView bytes, std::size_t piece_size) {
    StreamSearch search(pattern);
    std::uint64_t result = 0;
    capture::RecordView piece;
    const auto found = [&](RecordIndex earlier) {
        require(earlier <= piece.index);
        ++result;
    };
    piece.transport = capture::Transport::tcp;
    for (std::size_t at = 0; at < bytes.size(); at += piece_size, ++piece.index) {
        piece.stream_offset = at;
        piece.payload = bytes.subspan(at, std::min(piece_size, bytes.size() - at));
        result += search.add(piece, found);
        if (piece.index % 5 == 0) search.flush(found);
    }
    search.flush(found);
    return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::uint8_t kind = data[0];
    const std::size_t piece_size = 1 + data[1] % 64;
    const std::uint8_t* const begin = data + 2;
    const std::uint8_t* const end = data + size;
    const std::uint8_t* const middle = std::find(begin, end, std::uint8_t{0});
    const ByteView text(begin, middle);
    // A copy of its own size: what looks beyond it is seen.
    const Bytes searched(middle == end ? end : middle + 1, end);

    const LetterCase letter_case = (kind & 4U) != 0 ? LetterCase::ignored : LetterCase::exact;
    const auto pattern = kind % 4 == 0   ? Pattern::literal(Bytes(text.begin(), text.end()), letter_case)
                         : kind % 4 == 1 ? Pattern::hex(as_chars(text))
                                         : Pattern::regex(as_chars(text), letter_case);
    if (!pattern) {
        require(!pattern.error().message.empty());
        require(pattern.error().position == Error::no_position || pattern.error().position <= text.size());
        return 0;
    }
    const std::uint64_t whole = count(*pattern, searched);
    const std::uint64_t cut = count_in_pieces(*pattern, searched, piece_size);
    // What a regular expression means may depend on what comes next, so only this is certain of it.
    if (!pattern->is_regex()) require(whole == cut);
    return 0;
}
