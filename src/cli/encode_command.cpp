#include "cli/encode_command.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include <fmt/format.h>

#include "app/payload_compiler.hpp"
#include "base/clock.hpp"
#include "cli/option_reader.hpp"
#include "codec/hex.hpp"
#include "codec/trailer.hpp"

namespace sockdesk::cli {

namespace {

class EncodeReader : private OptionReader {
public:
    EncodeReader(const EncodeCommand& command, const Surroundings& surroundings)
        : OptionReader(command), command_(command), surroundings_(surroundings) {}

    EncodeRequest read() const {
        app::PayloadSpec spec;
        spec.text = command_.payload;
        spec.hex = command_.has("--hex");
        spec.escapes = command_.has("--escapes");
        spec.templates = true;
        if (const auto name = command_.value("--encoding")) {
            spec.encoding = need("--encoding", codec::Encoding::find(*name)).name();
        }
        if (const auto text = command_.value("--checksum")) {
            spec.trailer = need_marked("--checksum", *text, codec::Trailer::parse(*text)).to_string();
        }
        const bool hex =
            choice<bool, 2>("--format", {{{"hex", true}, {"raw", false}}}, surroundings_.stdout_is_terminal);
        return {need_payload("PAYLOAD", spec.text, app::compile_outgoing(spec)), hex};
    }

private:
    const EncodeCommand& command_;
    const Surroundings& surroundings_;
};

}  // namespace

EncodeRequest read_encode_request(const EncodeCommand& command, const Surroundings& surroundings) {
    return EncodeReader(command, surroundings).read();
}

int run_encode(const EncodeRequest& request) {
    codec::TemplateMoment moment;
    moment.now = SystemClock().now();
    Bytes bytes;
    app::make_bytes(request.payload, moment, bytes);
    std::string text;
    if (request.hex) {
        text = codec::format_hex(bytes);
        if (!text.empty()) text.back() = '\n';  // in place of the last blank
    }
    const std::string_view out = request.hex ? std::string_view(text) : as_chars(bytes);
    if (std::fwrite(out.data(), 1, out.size(), stdout) == out.size() && std::fflush(stdout) == 0)
        return exit_done;
    fmt::print(stderr, "sockdesk: write to standard output: {}\n", std::strerror(errno));
    return exit_failed;
}

}  // namespace sockdesk::cli
