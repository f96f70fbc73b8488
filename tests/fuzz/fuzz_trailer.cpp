// A trailer as a person describes it, behind any payload: description up to the first line's end, payload behind it.
#include <algorithm>
#include <cstdlib>

#include "codec/trailer.hpp"

using namespace sockdesk;
using namespace sockdesk::codec;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

template <typename Parsed>
void require_place(const Parsed& parsed, std::string_view text) {
    require(parsed.error().position <= text.size());
    require(!parsed.error().message.empty() && parsed.error().message.size() < 1000);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView all(data, size);
    const auto cut = static_cast<std::size_t>(std::find(all.begin(), all.end(), '\n') - all.begin());
    const std::string_view text = as_chars(all.first(cut));
    const ByteView payload = all.subspan(std::min(cut + 1, size));

    if (const auto checksum = Checksum::parse(text)) {
        require(checksum->size_bytes() >= 1 && checksum->size_bytes() <= 8);
        const auto again = Checksum::parse(checksum->to_string());
        require(again && again->to_string() == checksum->to_string());
        require(again->of(payload) == checksum->of(payload));
        require(Trailer::parse(text).has_value());
    } else {
        require_place(checksum, text);
    }

    const auto trailer = Trailer::parse(text);
    if (!trailer) {
        require_place(trailer, text);
        return 0;
    }
    require(trailer->size() >= 1 && trailer->size() <= Trailer::max_fixed_size);
    const auto again = Trailer::parse(trailer->to_string());
    require(again && again->to_string() == trailer->to_string() && again->size() == trailer->size());

    Bytes sent(payload.begin(), payload.end());
    trailer->append_to(sent);
    require(sent.size() == payload.size() + trailer->size());
    require(std::equal(payload.begin(), payload.end(), sent.begin()));
    require(trailer->check(sent) == Trailer::Check::matches && again->check(sent) == Trailer::Check::matches);
    const Bytes expected = trailer->expected(sent);
    require(std::equal(expected.begin(), expected.end(),
                       sent.end() - static_cast<std::ptrdiff_t>(expected.size()), sent.end()));
    sent.back() ^= 1;
    require(trailer->check(sent) == Trailer::Check::differs && trailer->expected(sent) == expected);

    const bool too_short = trailer->check(payload) == Trailer::Check::too_short;
    require(too_short == (payload.size() < trailer->size()));
    require(trailer->expected(payload).empty() == too_short);
    return 0;
}
