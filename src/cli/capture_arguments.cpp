#include "cli/capture_arguments.hpp"

#include <charconv>
#include <cmath>

#include "cli/option_reader.hpp"
#include "codec/payload_text.hpp"

namespace sockdesk::cli {

namespace {

using app::ExportFormat;
using app::PayloadView;
using capture::Direction;
using capture::Transport;

constexpr std::array<std::pair<std::string_view, PayloadView>, 3> views = {
    {{"text", PayloadView::text}, {"hex", PayloadView::hex}, {"both", PayloadView::both}}};
constexpr std::array<std::pair<std::string_view, Direction>, 2> directions = {
    {{"rx", Direction::received}, {"tx", Direction::sent}}};

Result<query::Filter> parse_filter(std::string_view text, codec::Encoding encoding, Timestamp day) {
    query::FilterContext context;
    context.encode = [encoding](std::string_view characters) {
        codec::PayloadOptions options;
        options.mode = codec::PayloadMode::text;
        options.encoding = encoding;
        return codec::compile_payload(characters, options);
    };
    context.day = day;
    return query::Filter::parse(text, context);
}

class CaptureReader : private OptionReader {
public:
    explicit CaptureReader(const CaptureCommand& command) : OptionReader(command), command_(command) {}

    LogRequest log() const {
        LogRequest request;
        request.file = command_.file;
        request.encoding = encoding();
        request.filter = filter(request.encoding);
        request.direction = choice("--direction", directions);
        request.view = choice("--view", views, PayloadView::text);
        request.follow = command_.has("--follow");
        if (const auto name = command_.value("--format")) {
            const auto format = app::parse_export_format(*name);
            if (!format) {
                refuse(
                    fmt::format("--format: \"{}\" is none of log, json, csv, hexdump, raw, pcapng", *name));
            }
            request.format = *format;
        }
        if (const auto text = command_.value("--verify")) {
            if (request.format == ExportFormat::raw || request.format == ExportFormat::pcapng)
                refuse("--verify: there is no place for it in --format raw and pcapng");
            request.verify = need_marked("--verify", *text, codec::Trailer::parse(*text));
        }
        if (const auto path = command_.value("--output")) {
            if (path->empty()) refuse("--output: the file's name is empty");
            if (request.follow) {
                refuse(
                    "--output and --follow: such a file would never be complete; redirect standard output");
            }
            request.output = *path;
        }
        return request;
    }

    ReplayRequest replay() const {
        ReplayRequest request;
        request.file = command_.file;
        request.encoding = encoding();
        request.filter = filter(request.encoding);
        request.direction = choice("--direction", directions);
        request.view = choice("--view", views, PayloadView::text);
        request.format = choice<Format, 3>(
            "--format", {{{"log", Format::log}, {"json", Format::json}, {"raw", Format::raw}}}, Format::log);
        request.transport =
            choice<Transport, 2>("--protocol", {{{"udp", Transport::udp}, {"tcp", Transport::tcp}}});
        const auto to = address("--to");
        if (!to) refuse("whom to send to is missing: --to HOST:PORT");
        if (to->port == 0) {
            refuse(fmt::format("--to \"{}\": a port to send to is missing; write HOST:PORT",
                               command_.value("--to").value_or("")));
        }
        request.to = *to;
        request.from = address("--from");
        request.wait = duration("--wait");
        if (const auto text = command_.value("--speed")) request.speed = speed(*text);
        return request;
    }

private:
    std::string encoding() const {
        const auto name = command_.value("--encoding");
        if (!name) return "utf-8";
        return std::string(need("--encoding", codec::Encoding::find(*name)).name());
    }

    std::string filter(std::string_view encoding_name) const {
        const std::string_view text = command_.value("--filter").value_or("");
        need_marked("--filter", text, parse_filter(text, *codec::Encoding::find(encoding_name), {}));
        return std::string(text);
    }

    static double speed(std::string_view text) {
        double value = 0;
        const char* end = text.data() + text.size();
        const auto result = std::from_chars(text.data(), end, value, std::chars_format::fixed);
        // 0.000001: a second becomes eleven days.
        constexpr double slowest = 1e-6;
        constexpr double fastest = 1e9;
        const bool good = result.ec == std::errc() && result.ptr == end && std::isfinite(value) &&
                          (value == 0 || (value >= slowest && value <= fastest));
        if (!good) {
            refuse(
                fmt::format("--speed: \"{}\" is no speed; 2 is twice as fast, 0.5 half as fast, 0 as fast as "
                            "it is taken",
                            text));
        }
        return value;
    }

    const CaptureCommand& command_;
};

}  // namespace

LogRequest read_log_request(const CaptureCommand& command) { return CaptureReader(command).log(); }

ReplayRequest read_replay_request(const CaptureCommand& command) { return CaptureReader(command).replay(); }

query::Filter make_filter(std::string_view text, codec::Encoding encoding, Timestamp day) {
    return parse_filter(text, encoding, day).value_or(query::Filter());
}

}  // namespace sockdesk::cli
