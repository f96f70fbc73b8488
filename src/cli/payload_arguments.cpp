#include "cli/payload_arguments.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "app/payload_compiler.hpp"
#include "app/payload_file.hpp"
#include "cli/numbers.hpp"
#include "cli/option_reader.hpp"
#include "cli/shortcut_arguments.hpp"
#include "cli/source_arguments.hpp"
#include "codec/trailer.hpp"

namespace sockdesk::cli {

namespace {

using engine::Protocol;

class UnaskedReader : private OptionReader {
public:
    UnaskedReader(const SessionCommand& command, TerminalRequest& request)
        : OptionReader(command),
          command_(command),
          request_(request),
          setup_(request.setup),
          sequence_(request.unasked.sequence) {}

    void read() {
        read_ways();
        for (const GivenOption& given : command_.options) {
            const std::string_view name = given.option->name;
            if (name == "--send" || name == "--send-hex") add_payload(name, given.value);
            if (name == "--send-file") add_file(given.value);
            if (name == "--shortcut") add_shortcut(given.value);
            if (name == "--cycle") add_cycle(given.value);
        }
        read_rounds();
        read_file_source();
        check_target();
    }

private:
    void read_ways() {
        if (const auto text = command_.value("--checksum")) {
            setup_.trailer = need_marked("--checksum", *text, codec::Trailer::parse(*text));
        }
        spec_.encoding = setup_.encoding;
        spec_.escapes = request_.escapes = command_.has("--escapes");
        spec_.templates = request_.templates = command_.has("--template");
        if (setup_.trailer) spec_.trailer = setup_.trailer->to_string();
    }

    void add_step(engine::CycleStep step) {
        step.after = std::exchange(delay_, {});
        sequence_.period += step.after;
        setup_.sends.push_back(step.payload);
        sequence_.steps.push_back(std::move(step));
    }

    void add_shortcut(std::string_view typed) {
        if (!library_) library_ = load_shortcuts(command_.value("--shortcuts"));
        const app::Shortcut& shortcut = find_shortcut(*library_, typed);
        const std::string option = fmt::format("--shortcut \"{}\"", typed);
        if (const auto problem = app::check_shortcut(shortcut))
            refuse(fmt::format("{}: {}", option, problem->message));
        std::optional<engine::SendTarget> target;
        if (!shortcut.target.empty()) {
            if (command_.protocol != Protocol::udp) {
                refuse(fmt::format("{}: it is for {}, and only UDP can send each to another address", option,
                                   shortcut.target));
            }
            target = need(option, parse_host_port(shortcut.target));
        }
        auto outgoing = need_payload(option, shortcut.payload,
                                     app::compile_outgoing(app::payload_spec(shortcut, setup_.encoding)));
        const engine::Payload* fixed = outgoing.fixed();
        if (fixed != nullptr && (*fixed)->empty() && command_.protocol != Protocol::udp)
            refuse(fmt::format("{}: it is empty, and a TCP stream has no empty messages", option));
        add_step(engine::CycleStep(std::move(outgoing), {}, std::move(target)));
        delay_ = app::delay_of(shortcut);
    }

    void add_payload(std::string_view option, std::string_view text) {
        spec_.hex = option == "--send-hex";
        spec_.text = text;
        add_step(need_payload(option, text, app::compile_outgoing(spec_)));
        if (!setup_.typed) setup_.typed = spec_;
    }

    void add_file(std::string_view path) {
        if (path.empty()) refuse("--send-file: the file's name is empty");
        auto bytes = app::read_payload_file(std::string(path));
        if (!bytes) throw Refusal{exit_failed, fmt::format("--send-file: {}", bytes.error().message)};
        if (command_.has("--gui") && !setup_.typed) {
            setup_.typed = app::spell_payload(*bytes, setup_.encoding);
        }
        if (setup_.trailer) setup_.trailer->append_to(*bytes);
        add_step(engine::Outgoing(engine::make_payload(std::move(*bytes))));
    }

    /// "100ms=>text", "50k/s=>hex:01 02".
    void add_cycle(std::string_view text) {
        constexpr std::string_view arrow = "=>";
        const std::size_t end = text.find(arrow);
        if (end == std::string_view::npos) {
            refuse(
                fmt::format("--cycle \"{}\": write how often and what, such as '1s=>text', '50k/s=>text' "
                            "or '100ms=>hex:01 02'",
                            text));
        }
        const std::string_view often = text.substr(0, end);
        engine::CyclePlan plan;
        if (often.ends_with("/s")) {
            const SendRhythm rhythm = rhythm_of_rate(need_marked("--cycle", text, parse_rate(often)));
            plan.period = rhythm.period;
            plan.burst = rhythm.burst;
        } else {
            plan.period = need("--cycle", parse_duration(often));
        }
        plan.rounds.reset();
        app::PayloadSpec spec = spec_;
        std::size_t begin = end + arrow.size();
        const auto takes = [&](std::string_view prefix) {
            if (!text.substr(begin).starts_with(prefix)) return false;
            begin += prefix.size();
            return true;
        };
        spec.hex = takes("hex:");
        if (!spec.hex) takes("text:");
        spec.text = text.substr(begin);
        auto outgoing = app::compile_outgoing(spec);
        if (!outgoing) {
            Error error = std::move(outgoing.error());
            if (error.position != Error::no_position) error.position += begin;
            refuse_payload("--cycle", text, error);
        }
        plan.steps.emplace_back(std::move(*outgoing));
        request_.unasked.cycles.push_back(std::move(plan));
    }

    void read_rounds() {
        if (command_.has("--shortcuts") && !command_.has("--shortcut"))
            refuse("--shortcuts: say which of them to send: --shortcut NAME");
        const auto rhythm = read_rhythm(command_);
        const auto times = command_.value("--times");
        if (rhythm) {
            setup_.period = rhythm->period;
            setup_.burst = rhythm->burst;
            setup_.rounds = std::nullopt;
        }
        if (times) {
            setup_.rounds =
                need("--times", parse_count(*times, 1, std::numeric_limits<std::uint64_t>::max()));
            for (engine::CyclePlan& cycle : request_.unasked.cycles) cycle.rounds = setup_.rounds;
        }
        const bool nothing = sequence_.steps.empty() && (rhythm || request_.unasked.cycles.empty());
        if ((rhythm || times) && nothing) {
            refuse(
                fmt::format("{}: nothing to send is given: --send TEXT, --send-hex HEX, --send-file PATH or "
                            "--shortcut NAME",
                            rhythm ? rhythm->option : "--times"));
        }
        // Without a rhythm the next round begins when the last shortcut's delay is over.
        sequence_.period = rhythm ? setup_.period : sequence_.period + delay_;
        sequence_.burst = setup_.burst;
        sequence_.rounds = setup_.rounds;
    }

    void read_file_source() {
        request_.unasked.source = read_source(command_, setup_);
        if (!request_.unasked.source) return;
        if (!sequence_.steps.empty())
            refuse("--source: the file is all that is sent; it does not go with --send or --send-file");
        if (!request_.unasked.cycles.empty() && command_.protocol != Protocol::udp)
            refuse("--source: what --cycle sends would stand in the middle of the file");
    }

    void check_target() const {
        if (command_.protocol != Protocol::udp || setup_.config.remote) return;
        const bool needs_one =
            !request_.unasked.cycles.empty() ||
            std::ranges::any_of(sequence_.steps, [](const engine::CycleStep& step) { return !step.target; });
        if (needs_one) refuse("whom to send to is missing: --remote HOST:PORT");
    }

    const SessionCommand& command_;
    TerminalRequest& request_;
    app::SessionSetup& setup_;
    engine::CyclePlan& sequence_;
    app::PayloadSpec spec_;
    std::optional<std::vector<app::Shortcut>> library_;
    std::chrono::nanoseconds delay_{0};  ///< of the shortcut before, until the next step
};

}  // namespace

void read_unasked(const SessionCommand& command, TerminalRequest& request) {
    UnaskedReader(command, request).read();
}

}  // namespace sockdesk::cli
