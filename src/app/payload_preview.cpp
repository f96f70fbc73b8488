#include "app/payload_preview.hpp"

#include <algorithm>
#include <random>
#include <span>

#include "app/payload_compiler.hpp"
#include "base/clock.hpp"

namespace sockdesk::app {
namespace {

// Two that have no digit in common, in either spelling, and are of different lengths.
Endpoint short_stranger() { return {*IpAddress::parse("1.1.1.1"), 22222}; }
Endpoint long_stranger() { return {*IpAddress::parse("2002:3333::4444:5555"), 3}; }

// What the two do not share is unknown.
void compare(PayloadPreview& preview, const Bytes& other) {
    const Bytes& bytes = preview.bytes;
    preview.unknown.resize(bytes.size());
    if (bytes.size() == other.size()) {
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            if (bytes[i] != other[i]) preview.unknown[i] = true;
        }
        return;
    }
    preview.varying_size = true;
    const std::size_t least = std::min(bytes.size(), other.size());
    std::size_t head = 0;
    while (head < least && bytes[head] == other[head]) ++head;
    std::size_t tail = 0;
    while (tail < least - head && bytes[bytes.size() - 1 - tail] == other[other.size() - 1 - tail]) ++tail;
    for (std::size_t i = head; i < bytes.size() - tail; ++i) preview.unknown[i] = true;
}

/// By making the bytes several times with what may differ: what comes out the same each time is known.
class Maker {
public:
    Maker(const engine::Outgoing& outgoing, std::string_view text, const codec::TemplateMoment& moment)
        : outgoing_(outgoing), text_(text), known_(moment) {
        here_ = moment;
        here_.random = &random_;
    }

    PayloadPreview make(std::span<const ByteView> groups, std::span<const ByteView> other_groups) {
        here_.groups = groups;
        const bool asks = has("session") && (!known_.local || !known_.remote);
        if (asks) name_strangers(short_stranger());
        make_bytes(outgoing_, here_, preview_.bytes);
        if (asks) {
            name_strangers(long_stranger());
            again(1);
            name_strangers(short_stranger());
        }
        if (!other_groups.empty()) {
            here_.groups = other_groups;
            again(1);
            here_.groups = groups;
        }
        if (has("random") || has("uuid")) {
            // Of three that are drawn, one byte in sixteen million is the same as the first by chance.
            for (const unsigned seed : {2U, 3U, 4U}) again(seed);
        }
        if (std::ranges::find(preview_.unknown, true) == preview_.unknown.end()) preview_.unknown.clear();
        return std::move(preview_);
    }

private:
    bool has(std::string_view word) const { return text_.find(word) != std::string_view::npos; }

    void name_strangers(const Endpoint& stranger) {
        if (!known_.local) here_.local = stranger;
        if (!known_.remote) here_.remote = stranger;
    }

    void again(unsigned seed) {
        random_.seed(seed);
        Bytes other;
        make_bytes(outgoing_, here_, other);
        compare(preview_, other);
    }

    const engine::Outgoing& outgoing_;
    const std::string_view text_;
    const codec::TemplateMoment& known_;
    codec::TemplateMoment here_;
    std::mt19937_64 random_{1};
    PayloadPreview preview_;
};

}  // namespace

PayloadPreview preview_of(const engine::Outgoing& outgoing, std::string_view text,
                          const codec::TemplateMoment& moment) {
    if (const engine::Payload* fixed = outgoing.fixed()) return {**fixed, {}, false};
    return Maker(outgoing, text, moment).make({}, {});
}

PayloadPreview preview_of_answer(const engine::Outgoing& answer, std::string_view text,
                                 const std::optional<Bytes>& match, std::size_t groups) {
    if (const engine::Payload* fixed = answer.fixed()) return {**fixed, {}, false};
    // Two that share no byte, and are of different lengths.
    std::vector<ByteView> first(groups + 1, as_bytes("x"));
    std::vector<ByteView> second(groups + 1, as_bytes("0123"));
    if (match) first[0] = second[0] = *match;
    codec::TemplateMoment moment;
    moment.now = SystemClock().now();
    return Maker(answer, text, moment).make(first, second);
}

}  // namespace sockdesk::app
