#include "engine/payload_maker.hpp"

#include <algorithm>
#include <utility>

namespace sockdesk::engine {

namespace {

/// As many as wait for the kernel together; more only while a receiver is slow.
constexpr std::size_t max_buffers = 64;
/// A larger one is not kept: its copying costs more than its memory. The largest datagram is made within it, with what its numbers may take.
constexpr std::size_t largest_buffer_kept = std::size_t{128} << 10;

}  // namespace

Payload PayloadMaker::make(const Outgoing& what, const SendEnds& ends, std::uint64_t counter,
                           std::span<const ByteView> groups) {
    if (const Payload* fixed = what.fixed()) {
        return *fixed;
    }
    codec::TemplateMoment moment;
    moment.now = clock_.now();
    moment.counter = counter;
    moment.local = ends.local;
    moment.remote = ends.remote;
    moment.groups = groups;
    moment.random = &random_;
    std::shared_ptr<Bytes> buffer = free_buffer();
    const Recipe& recipe = *what.recipe();
    recipe.body.make(moment, *buffer);
    if (recipe.trailer) {
        recipe.trailer->append_to(*buffer);
    }
    if (buffer->capacity() > largest_buffer_kept) {
        std::erase(buffers_, buffer);
        next_buffer_ = 0;
    }
    return buffer;
}

std::shared_ptr<Bytes> PayloadMaker::free_buffer() {
    if (next_buffer_ >= buffers_.size()) {
        next_buffer_ = 0;
    }
    // They are let go of in the order in which they were sent: where the oldest is held, so are the others.
    if (!buffers_.empty() && buffers_[next_buffer_].use_count() == 1) {
        return buffers_[next_buffer_++];
    }
    auto fresh = std::make_shared<Bytes>();
    if (buffers_.size() < max_buffers) {
        buffers_.insert(buffers_.begin() + static_cast<std::ptrdiff_t>(next_buffer_++), fresh);
    }
    return fresh;
}

}  // namespace sockdesk::engine
