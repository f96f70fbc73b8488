// What a person typed as a payload, with all that was chosen beside it, made into what the engine sends. One place, so that the send box,
// the canned payloads, the replies and the terminal mean the same.
// Threads: free of state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/payload_template.hpp"
#include "codec/trailer.hpp"
#include "engine/outgoing.hpp"

namespace sockdesk::app {

/// A payload as it is typed and kept.
struct PayloadSpec {
    std::string text;
    bool hex = false;
    bool escapes = false;    ///< in text; hex has none
    bool templates = false;  ///< `{{…}}` is understood (codec/payload_template.hpp)
    std::string encoding = "utf-8";
    std::string trailer;  ///< as `codec::Trailer::parse` takes it; empty: nothing is appended

    friend bool operator==(const PayloadSpec&, const PayloadSpec&) = default;
};

/// What is in a file is what is in it when it is sent, not when its name was typed: such a payload is compiled anew for each send by hand.
bool reads_files(const PayloadSpec& spec);

/// Where the payload answers a rule.
struct ReplyContext {
    bool in_reply = false;
    std::vector<std::string> group_names;  ///< of `codec::TemplateOptions`
};

/// All but the text, understood once for many texts.
class PayloadCompiler {
public:
    /// `spec.text` is not looked at. Failures have no position and say what they are about: the encoding's name or the trailer.
    static Result<PayloadCompiler> make(const PayloadSpec& spec, const ReplyContext& context = {});

    /// Reads the files of `{{file:…}}`. Failures have their position in `text`. `sent_before` is what the counter has behind it already.
    Result<engine::Outgoing> compile(std::string_view text, std::uint64_t sent_before = 0) const;

private:
    PayloadCompiler() = default;

    codec::TemplateOptions options_;
    bool templates_ = false;
    std::optional<codec::Trailer> trailer_;
};

/// Both at once: a failure with a position is one of `spec.text`.
Result<engine::Outgoing> compile_outgoing(const PayloadSpec& spec, const ReplyContext& context = {});

/// The bytes of a send at that moment, trailer included; `out` is replaced. A preview compiles when the text changes and calls this as
/// often as it draws. A moment without `random` has numbers of its own.
void make_bytes(const engine::Outgoing& outgoing, const codec::TemplateMoment& moment, Bytes& out);

/// Both at once.
Result<Bytes> preview(const PayloadSpec& spec, const codec::TemplateMoment& moment,
                      const ReplyContext& context = {});

/// Bytes as a person would have typed them: as text where that gives the same bytes, else as hex.
PayloadSpec spell_payload(ByteView bytes, const std::string& encoding);

}  // namespace sockdesk::app
