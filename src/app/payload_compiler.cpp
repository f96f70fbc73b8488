#include "app/payload_compiler.hpp"

#include <optional>
#include <random>
#include <utility>

#include <fmt/format.h>

#include "app/payload_file.hpp"
#include "codec/encoding.hpp"
#include "codec/payload_text.hpp"
#include "codec/trailer.hpp"

namespace sockdesk::app {

namespace {

/// What is not about the text has no position in it.
tl::unexpected<Error> about(std::string_view what, Error error) {
    error.position = Error::no_position;
    error.message = fmt::format("{}: {}", what, error.message);
    return tl::unexpected(std::move(error));
}

}  // namespace

Result<engine::Outgoing> compile_outgoing(const PayloadSpec& spec, const ReplyContext& context) {
    codec::TemplateOptions options;
    options.payload.mode = spec.hex ? codec::PayloadMode::hex : codec::PayloadMode::text;
    options.payload.escapes = spec.escapes;
    const auto encoding = codec::Encoding::find(spec.encoding);
    if (!encoding) return about("encoding", encoding.error());
    options.payload.encoding = *encoding;

    std::optional<codec::Trailer> trailer;
    if (!spec.trailer.empty()) {
        auto parsed = codec::Trailer::parse(spec.trailer);
        if (!parsed) return about("appended bytes", std::move(parsed.error()));
        trailer = std::move(*parsed);
    }

    if (!spec.templates) {
        auto bytes = codec::compile_payload(spec.text, options.payload);
        if (!bytes) return tl::unexpected(std::move(bytes.error()));
        if (trailer) trailer->append_to(*bytes);
        return engine::Outgoing(engine::make_payload(std::move(*bytes)));
    }
    options.read_file = [](std::string_view path) {
        return read_payload_file(std::string(path), codec::PayloadTemplate::max_size);
    };
    options.in_reply = context.in_reply;
    options.group_names = context.group_names;
    auto body = codec::PayloadTemplate::compile(spec.text, options);
    if (!body) return tl::unexpected(std::move(body.error()));
    return engine::make_outgoing(std::move(*body), std::move(trailer));
}

void make_bytes(const engine::Outgoing& outgoing, const codec::TemplateMoment& moment, Bytes& out) {
    if (const engine::Payload* fixed = outgoing.fixed()) {
        out = **fixed;
        return;
    }
    codec::TemplateMoment here = moment;
    std::mt19937_64 random;
    if (here.random == nullptr) {
        random.seed(std::random_device()());
        here.random = &random;
    }
    outgoing.recipe()->body.make(here, out);
    if (outgoing.recipe()->trailer) outgoing.recipe()->trailer->append_to(out);
}

Result<Bytes> preview(const PayloadSpec& spec, const codec::TemplateMoment& moment,
                      const ReplyContext& context) {
    const auto outgoing = compile_outgoing(spec, context);
    if (!outgoing) return tl::unexpected(outgoing.error());
    Bytes bytes;
    make_bytes(*outgoing, moment, bytes);
    return bytes;
}

}  // namespace sockdesk::app
