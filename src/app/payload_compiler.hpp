// What a person typed as a payload, with all that was chosen beside it, made into what the engine sends. One place, so that the send box,
// the canned payloads, the replies and the terminal mean the same.
// Threads: free of state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/payload_file.hpp"
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

/// Where the payload answers a rule.
struct ReplyContext {
    bool in_reply = false;
    std::vector<std::string> group_names;  ///< of `codec::TemplateOptions`
};

/// What a text became.
struct PreparedPayload {
    engine::Outgoing outgoing;
    bool reads_files = false;  ///< what is in them now is in it
};

/// All but the text, understood once for many texts.
class PayloadCompiler {
public:
    /// `spec.text` is not looked at. Failures have no position and say what they are about: the encoding's name or the trailer.
    /// `files`, if given, remembers what was read, and outlives this.
    static Result<PayloadCompiler> make(const PayloadSpec& spec, const ReplyContext& context = {},
                                        PayloadFiles* files = nullptr);

    /// Reads the files of `{{file:…}}`. Failures have their position in `text`. `sent_before` is what the counter has behind it already;
    /// `sent_by_hand` the count that goes on.
    Result<PreparedPayload> prepare(std::string_view text, std::uint64_t sent_before = 0,
                                    engine::SendCount sent_by_hand = nullptr) const;
    Result<engine::Outgoing> compile(std::string_view text, std::uint64_t sent_before = 0) const;

private:
    PayloadCompiler() = default;

    codec::TemplateOptions options_;
    bool templates_ = false;
    std::optional<codec::Trailer> trailer_;
};

/// Both at once: a failure with a position is one of `spec.text`.
Result<engine::Outgoing> compile_outgoing(const PayloadSpec& spec, const ReplyContext& context = {},
                                          PayloadFiles* files = nullptr);

/// A payload that is shown for a while and sent now and then: compiled when it has changed, and for a send also when files are read for it,
/// since what counts is what is in them then. Its counter goes on until it is changed.
class KeptPayload {
public:
    enum class Purpose : std::uint8_t { to_show, to_send };
    const Result<engine::Outgoing>& compile(const PayloadSpec& spec, Purpose purpose,
                                            PayloadFiles* files = nullptr);
    /// Keeps what it was and how often it was sent, and nothing that takes memory: it is compiled anew when it is wanted again.
    void let_go();

    /// Of the last `compile`, where it succeeded.
    const engine::Outgoing* outgoing() const { return outgoing_ ? &*outgoing_ : nullptr; }
    /// How often it was sent by hand.
    std::uint64_t sent_by_hand() const;

private:
    std::optional<PayloadSpec> spec_;
    Result<engine::Outgoing> outgoing_ = tl::unexpected(Error{});
    bool reads_files_ = false;
    engine::SendCount sent_by_hand_;
};

/// The bytes of a send at that moment, trailer included; `out` is replaced. A preview compiles when the text changes and calls this as
/// often as it draws. A moment without `random` has numbers of its own.
void make_bytes(const engine::Outgoing& outgoing, const codec::TemplateMoment& moment, Bytes& out);

/// Both at once.
Result<Bytes> preview(const PayloadSpec& spec, const codec::TemplateMoment& moment,
                      PayloadFiles* files = nullptr);

/// Bytes as a person would have typed them: as text where that gives the same bytes, else as hex.
PayloadSpec spell_payload(ByteView bytes, const std::string& encoding);

}  // namespace sockdesk::app
