// The payload language: text or hex with `{{…}}` inside, made into bytes anew at each send.
//
//   {{counter}} {{counter:START,step=N}}                   how often it was sent before, from START (0) on
//   {{time}} {{time:unix|ms|us|µs|ns|iso}}                 the moment of the send; iso if nothing is said
//   {{random:N}} {{random:A..B}}                           N random bytes; a number from A to B, both possible
//   {{uuid}}                                               a random one (RFC 9562, version 4), as text
//   {{pack:!H8sb,1,"test.jpg",2}}                          Python's struct; values: 12 -3 0x1F 1.5 True "text" (in the encoding) 'bytes'
//   {{file:PATH}}                                          the file's bytes, read when the payload is compiled
//   {{part:NAME}}…{{/part}} {{len:NAME}}                   how many bytes that part has; `len:rest`: all that follows, `len:all`: everything
//                                                          (not what is appended to it); `len:NAME+2`, `len:NAME-4`: so many more or less
//   {{hex:48 65}} {{text:ENCODING,…}}                      bytes, text in another encoding, whatever the rest is written in
//   {{"{{"}}                                               the text between the quotes as it is
//   {{session.local_port}} .local_address .remote_port .remote_address
//   {{match}} {{match:1}} {{match:NAME}} {{upper:match}}   in replies: what the rule matched, its groups; in upper or lower case (ASCII)
//
// counter, the times but iso, random:A..B, len and ports are decimal text by default. Behind a comma stands what else they are: `width=W`
// (filled with zeros), `base=16` (2 to 36, digits in upper case), or a struct code for a packed number: {{counter,!H}} {{time:ms,<Q}}
// {{random:1..6,B}} {{len:body,!I}}. What does not fit a packed number is cut to its low bytes, as is a counter that runs over. A text has
// as many digits as it needs, so a length that measures itself has to be packed or to have a width, to which it is then cut.
//
// Upper and lower case are not to be had in encodings that switch tables (ISO-2022-JP, UTF-7), where a byte alone does not tell.
//
// Text is in the payload's encoding; also within a hex payload, where what stands between items is whole bytes. Blanks around names,
// colons and commas do not matter. The text of `text` and the name of `file` go up to the }}; in double quotes they may hold anything, and
// there, and in the values of `pack`, escapes are always understood: those of Python's bytes, octal ones among them, and \uHHHH.
// Threads: a template is immutable and may be shared; `make` may be called from one thread at a time for each `out`.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/endpoint.hpp"
#include "base/result.hpp"
#include "codec/payload_text.hpp"

namespace sockdesk::codec {

struct TemplateOptions {
    PayloadOptions payload;
    /// Reads the file of `{{file:PATH}}`. Null: there are no files here, and the item is refused.
    std::function<Result<std::shared_ptr<const Bytes>>(std::string_view path)> read_file;
    /// Sends that the counter has behind it when the one of the moment is 0.
    std::uint64_t sent_before = 0;
    /// Names of a rule's groups: element k is that of group k + 1, empty where it has none. Without `in_reply`, `match` is refused.
    bool in_reply = false;
    std::vector<std::string> group_names;
};

/// What a template may tell of the moment of a send.
struct TemplateMoment {
    Timestamp now{};
    std::uint64_t counter = 0;  ///< sends of this template since its run began
    std::optional<Endpoint> local;
    std::optional<Endpoint> remote;
    std::span<const ByteView> groups;   ///< of a match; element 0 is all of it
    std::mt19937_64* random = nullptr;  ///< required
};

class PayloadTemplate {
public:
    /// No payload is larger than this.
    static constexpr std::size_t max_size = std::size_t{64} << 20;

    /// Escapes and hex outside of `{{…}}` are read as `compile_payload` reads them. Every failure has its position in `text`.
    static Result<PayloadTemplate> compile(std::string_view text, const TemplateOptions& options);

    /// The same bytes at every send: nothing in it depends on the moment.
    bool is_constant() const;

    /// Files were read for it: compiled anew it may be another.
    bool reads_files() const;

    /// No payload of it is larger, but for a match's groups.
    std::size_t most_bytes() const;

    /// Replaces what is in `out`; allocates only while that has not enough room. What is not known at the moment (the local port of an
    /// unbound socket) is 0, as text and packed, or an empty text. A group with which the payload would be larger than `max_size` is left
    /// out.
    void make(const TemplateMoment& moment, Bytes& out) const;

private:
    struct Program;
    explicit PayloadTemplate(std::shared_ptr<const Program> program);
    std::shared_ptr<const Program> program_;
};

}  // namespace sockdesk::codec
