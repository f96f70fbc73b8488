#include "app/payload_compiler.hpp"

#include <algorithm>
#include <optional>
#include <random>
#include <utility>

#include "app/payload_file.hpp"
#include "codec/encoding.hpp"
#include "codec/escapes.hpp"
#include "codec/hex.hpp"
#include "codec/payload_text.hpp"

namespace sockdesk::app {

namespace {

/// What is not about the text has no position in it.
tl::unexpected<Error> about(std::string_view what, Error error) {
    error.position = Error::no_position;
    error.message.insert(0, what);
    return tl::unexpected(std::move(error));
}

}  // namespace

Result<PayloadCompiler> PayloadCompiler::make(const PayloadSpec& spec, const ReplyContext& context,
                                              PayloadFiles* files) {
    PayloadCompiler compiler;
    codec::TemplateOptions& options = compiler.options_;
    options.payload.mode = spec.hex ? codec::PayloadMode::hex : codec::PayloadMode::text;
    options.payload.escapes = spec.escapes;
    const auto encoding = codec::Encoding::find(spec.encoding);
    if (!encoding) return about("encoding: ", encoding.error());
    options.payload.encoding = *encoding;
    options.read_file = [files](std::string_view path) {
        constexpr std::size_t most = codec::PayloadTemplate::max_size;
        return files != nullptr ? files->read(std::string(path), most)
                                : PayloadFiles().read(std::string(path), most);
    };
    options.in_reply = context.in_reply;
    options.group_names = context.group_names;

    compiler.templates_ = spec.templates;
    if (!spec.trailer.empty()) {
        auto trailer = codec::Trailer::parse(spec.trailer);
        if (!trailer) return about("appended bytes: ", std::move(trailer.error()));
        compiler.trailer_ = std::move(*trailer);
    }
    return compiler;
}

Result<PreparedPayload> PayloadCompiler::prepare(std::string_view text, std::uint64_t sent_before,
                                                 engine::SendCount sent_by_hand) const {
    if (!templates_) {
        auto bytes = codec::compile_payload(text, options_.payload);
        if (!bytes) return tl::unexpected(std::move(bytes.error()));
        if (trailer_) trailer_->append_to(*bytes);
        return PreparedPayload{engine::make_payload(std::move(*bytes))};
    }
    codec::TemplateOptions options = options_;
    options.sent_before = sent_before;
    auto body = codec::PayloadTemplate::compile(text, options);
    if (!body) return tl::unexpected(std::move(body.error()));
    const bool reads_files = body->reads_files();
    return PreparedPayload{engine::make_outgoing(std::move(*body), trailer_, std::move(sent_by_hand)),
                           reads_files};
}

Result<engine::Outgoing> PayloadCompiler::compile(std::string_view text, std::uint64_t sent_before) const {
    auto prepared = prepare(text, sent_before);
    if (!prepared) return tl::unexpected(std::move(prepared.error()));
    return std::move(prepared->outgoing);
}

Result<engine::Outgoing> compile_outgoing(const PayloadSpec& spec, const ReplyContext& context,
                                          PayloadFiles* files) {
    const auto compiler = PayloadCompiler::make(spec, context, files);
    if (!compiler) return tl::unexpected(compiler.error());
    return compiler->compile(spec.text);
}

const Result<engine::Outgoing>& KeptPayload::compile(const PayloadSpec& spec, Purpose purpose,
                                                     PayloadFiles* files) {
    const bool is_same = spec_ == spec;
    // A file that was not there may be there now.
    const bool may_differ = reads_files_ || !outgoing_;
    if (is_same && !(purpose == Purpose::to_send && may_differ)) return outgoing_;
    if (!is_same) {
        spec_ = spec;
        sent_by_hand_ = std::make_shared<std::atomic<std::uint64_t>>(0);
    }
    reads_files_ = false;
    const auto compiler = PayloadCompiler::make(spec, {}, files);
    if (!compiler) return outgoing_ = tl::unexpected(compiler.error());
    auto prepared = compiler->prepare(spec.text, 0, sent_by_hand_);
    if (!prepared) return outgoing_ = tl::unexpected(std::move(prepared.error()));
    reads_files_ = prepared->reads_files;
    return outgoing_ = std::move(prepared->outgoing);
}

void KeptPayload::let_go() { outgoing_ = tl::unexpected(Error{}); }

std::uint64_t KeptPayload::sent_by_hand() const {
    return sent_by_hand_ ? sent_by_hand_->load(std::memory_order_relaxed) : 0;
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

Result<Bytes> preview(const PayloadSpec& spec, const codec::TemplateMoment& moment, PayloadFiles* files) {
    const auto outgoing = compile_outgoing(spec, {}, files);
    if (!outgoing) return tl::unexpected(outgoing.error());
    Bytes bytes;
    make_bytes(*outgoing, moment, bytes);
    return bytes;
}

PayloadSpec spell_payload(ByteView bytes, const std::string& encoding) {
    PayloadSpec spec;
    spec.encoding = encoding;
    if (const auto known = codec::Encoding::find(encoding)) {
        spec.text = codec::decode_all(*known, bytes);
        const auto back = codec::encode(*known, spec.text);
        const bool printable = codec::escape_controls(spec.text, codec::Keep::line_breaks) == spec.text;
        if (back && std::ranges::equal(*back, bytes) && printable) return spec;
    }
    spec.hex = true;
    spec.text = codec::format_hex(bytes);
    return spec;
}

}  // namespace sockdesk::app
