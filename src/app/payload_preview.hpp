// The bytes of the next send as far as they can be known before it.
// Threads: free of state.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "codec/payload_template.hpp"
#include "engine/outgoing.hpp"

namespace sockdesk::app {

struct PayloadPreview {
    Bytes bytes;
    std::vector<bool> unknown;  ///< which of them nobody knows yet; empty: all are known
    bool varying_size = false;  ///< nor how many there are
};

/// `text` is what `outgoing` was compiled from. An endpoint that `moment` does not have is one that is not known yet.
PayloadPreview preview_of(const engine::Outgoing& outgoing, std::string_view text,
                          const codec::TemplateMoment& moment);
/// Of an answer, which has groups of what was matched: all of the match, where it is known beforehand, and `groups` more, which never are.
PayloadPreview preview_of_answer(const engine::Outgoing& answer, std::string_view text,
                                 const std::optional<Bytes>& match, std::size_t groups);

}  // namespace sockdesk::app
