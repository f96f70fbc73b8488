#include "app/session_draft.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "app/cycle_pace.hpp"
#include "app/message_translation.hpp"
#include "app/rate_text.hpp"
#include "app/translation.hpp"
#include "app/trimmed.hpp"
#include "base/endpoint.hpp"
#include "codec/encoding.hpp"
#include "codec/escapes.hpp"
#include "codec/hex.hpp"
#include "codec/payload_text.hpp"

namespace sockdesk::app {
namespace {

using engine::Protocol;

// A host stands in a field of its own, so it may be written with or without the brackets of `[::1]`.
std::string host_of(std::string_view text) {
    text = trimmed(text);
    if (text.size() > 1 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
    return std::string(text);
}

// Nothing that could be a name or an address has one of these; what is left, the resolver decides.
bool is_host(std::string_view host) {
    if (host.find(':') != std::string_view::npos) return IpAddress::parse(host).has_value();
    return host.find_first_of(" \t/\\,;@") == std::string_view::npos;
}

void check_host(FieldErrors& errors, Field field, const std::string& text) {
    const std::string host = host_of(text);
    if (host.empty()) {
        errors[field] = tr("Type a host name or an address.");
    } else if (!is_host(host)) {
        errors[field] = tr("This is neither a host name nor an address. The port has a field of its own.");
    }
}

void check_port(FieldErrors& errors, Field field, const std::string& text, bool required) {
    const auto port = parse_port(text);
    if (!port) {
        errors[field] = tr("A port is a number from 0 to 65535.");
    } else if (required && *port == 0) {
        errors[field] = tr("Type the port to connect to, 1 to 65535.");
    }
}

struct Unit {
    std::string_view suffix;
    double nanoseconds;
};
// Longer suffixes first: "ms" ends in "s".
constexpr std::array<Unit, 5> units = {{{"ns", 1}, {"us", 1e3}, {"µs", 1e3}, {"ms", 1e6}, {"s", 1e9}}};
constexpr double longest_period = 1e9 * 3600 * 24 * 365;

}  // namespace

FieldErrors check_session(const SessionDraft& draft) {
    FieldErrors errors;
    if (draft.protocol == Protocol::tcp_client) {
        check_host(errors, Field::remote_host, draft.remote_host);
        check_port(errors, Field::remote_port, draft.remote_port, true);
        if (!trimmed(draft.connect_from).empty() && !parse_host_port(trimmed(draft.connect_from))) {
            errors[Field::connect_from] = tr("Type an address of this machine, or leave it empty.");
        }
        const auto timeout = parse_period(draft.connect_timeout_s + "s");
        if (!timeout || *timeout < std::chrono::milliseconds(1)) {
            errors[Field::connect_timeout] = tr("Type a number of seconds above 0.");
        }
        return errors;
    }
    const bool unbound = draft.protocol == Protocol::udp && trimmed(draft.local_host).empty();
    if (!unbound) {
        check_host(errors, Field::local_host, draft.local_host);
        check_port(errors, Field::local_port, draft.local_port, false);
    }
    return errors;
}

engine::SessionConfig make_config(const SessionDraft& draft) {
    engine::SessionConfig config;
    config.protocol = draft.protocol;
    config.echo = draft.echo;
    if (draft.protocol == Protocol::tcp_client) {
        config.remote = HostPort{host_of(draft.remote_host), parse_port(draft.remote_port).value_or(0)};
        if (const auto from = trimmed(draft.connect_from); !from.empty()) {
            if (auto local = parse_host_port(from)) config.local = *local;
        }
        if (const auto timeout = parse_period(draft.connect_timeout_s + "s")) {
            config.connect_timeout = std::chrono::duration_cast<std::chrono::milliseconds>(*timeout);
        }
        config.reconnect = draft.reconnect;
        return config;
    }
    if (const std::string host = host_of(draft.local_host); !host.empty()) {
        config.local = HostPort{host, parse_port(draft.local_port).value_or(0)};
    }
    if (draft.protocol == Protocol::udp) {
        if (auto remote = parse_target(draft.target)) config.remote = *remote;
    }
    return config;
}

Result<HostPort> parse_target(std::string_view target) {
    target = trimmed(target);
    if (target.empty()) {
        return fail_at(0, tr("Type the address and port to send to, such as 127.0.0.1:8080."));
    }
    auto parsed = parse_host_port(target);
    if (!parsed) return fail_at(0, tr("This is not an address. Write it as 127.0.0.1:8080 or [::1]:8080."));
    if (!is_host(parsed->host) || parsed->host.empty()) {
        return fail_at(0, tr("This is not an address. Write it as 127.0.0.1:8080 or [::1]:8080."));
    }
    if (parsed->port == 0) return fail_at(0, tr("The port is missing. Write it as 127.0.0.1:8080."));
    return parsed;
}

Result<std::chrono::nanoseconds> parse_period(std::string_view text) {
    const auto refuse = [] {
        return fail_at(
            0, tr("Type a number of milliseconds, such as 1000 or 0.5; 100us and 2s are understood too."));
    };
    text = trimmed(text);
    double scale = 1e6;
    for (const Unit& unit : units) {
        if (text.ends_with(unit.suffix)) {
            scale = unit.nanoseconds;
            text = trimmed(text.substr(0, text.size() - unit.suffix.size()));
            break;
        }
    }
    // By hand: strtod would take what the locale calls a decimal point, "inf" and "0x1p3".
    double value = 0;
    double place = 0;
    bool digits = false;
    for (char c : text) {
        if (c == '.' && place == 0) {
            place = 1;
            continue;
        }
        if (c < '0' || c > '9') return refuse();
        digits = true;
        if (place == 0) {
            value = value * 10 + (c - '0');
        } else {
            place /= 10;
            value += (c - '0') * place;
        }
    }
    const double nanoseconds = value * scale;
    if (!digits || nanoseconds > longest_period) return refuse();
    return std::chrono::nanoseconds(std::llround(nanoseconds));
}

std::string format_period(std::chrono::nanoseconds period) {
    std::string text = fmt::format("{}.{:06}", period.count() / 1'000'000, period.count() % 1'000'000);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text;
}

Result<std::size_t> parse_piece(std::string_view text, Protocol protocol) {
    text = trimmed(text);
    const std::size_t most = protocol == Protocol::udp ? FileSourceOptions::largest_datagram_bytes
                                                       : FileSourceOptions::largest_piece_bytes;
    std::size_t bytes = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bytes);
    if (error != std::errc() || end != text.data() + text.size() || bytes == 0 || bytes > most)
        return fail(ErrorKind::bad_input, trf("A piece has from 1 to {} bytes.", most));
    return bytes;
}

Result<FileSourceOptions> file_options(const TabState& tab) {
    const FileSettings& file = tab.send.file;
    FileSourceOptions options;
    options.path = file.path;
    options.cut = file.cut;
    options.datagrams = tab.session.protocol == Protocol::udp;
    if (file.path.empty()) return fail(ErrorKind::bad_input, tr("No file is chosen."));
    if (file.cut == FileCut::pieces) {
        const auto bytes = parse_piece(file.piece_bytes, tab.session.protocol);
        if (!bytes) return tl::unexpected(bytes.error());
        options.piece_bytes = *bytes;
    }
    // A stream has nothing between which there could be a pause.
    if (file.cut != FileCut::stream) {
        const auto interval = parse_period(file.interval_ms);
        if (!interval) return fail(ErrorKind::bad_input, interval.error().message);
        options.interval = *interval;
    }
    // Nothing follows the pieces of a stream: where they end says nothing.
    if (tab.send.trailer.append && file.cut != FileCut::stream) {
        auto trailer = codec::Trailer::parse(tab.send.trailer.trailer);
        if (!trailer) return fail(ErrorKind::bad_input, tr_message(trailer.error().message));
        options.trailer = std::move(*trailer);
    }
    return options;
}

void echo_to_rule(TabState& tab) {
    if (!tab.session.echo) return;
    tab.session.echo = false;
    for (const ReadyMadeRule& ready : ready_made_rules()) {
        if (ready.name != "Echo") continue;
        std::erase(tab.replies.rules, ready.rule);
        // It went before everything else: what stands behind it never had its turn.
        if (!tab.replies.on)
            for (ReplyRuleDraft& rule : tab.replies.rules) rule.enabled = false;
        tab.replies.rules.insert(tab.replies.rules.begin(), ready.rule);
        tab.replies.on = true;
    }
}

Result<std::uint32_t> parse_reply_limit(std::string_view text) {
    const auto thousandths = read_rate(trimmed(text));
    if (!thousandths || *thousandths % 1'000 != 0)
        return fail_at(0, tr("Type a whole number of answers a second; 0 is no limit."));
    return static_cast<std::uint32_t>(*thousandths / 1'000);
}

namespace {

void take_pace(const SessionSetup& setup, SendSettings& send) {
    if (setup.period.count() <= 0) return;
    send.cycle = true;
    send.pace = {};
    if (setup.period >= shortest_period) {
        send.period_ms = format_period(setup.period);
        send.pace.burst = std::to_string(setup.burst);
    } else {
        send.pace.by_rate = true;
        send.pace.rate = fmt::format("{}/s", setup.burst * std::uint64_t{1'000'000'000} /
                                                 static_cast<std::uint64_t>(setup.period.count()));
    }
    if (setup.rounds) send.pace.times = std::to_string(*setup.rounds);
}

// In the box stands what was sent first, so that it can be sent again.
void take_box(const SessionSetup& setup, SendSettings& send) {
    std::optional<PayloadSpec> first = setup.typed;
    if (!first && !setup.sends.empty() && setup.sends.front().fixed() != nullptr)
        first = spell_payload(**setup.sends.front().fixed(), setup.encoding);
    if (!first) return;
    send.hex = first->hex;
    send.escapes = first->escapes;
    send.templates = first->templates;
    send.text = std::move(first->text);
    send.file.on = false;  // it would stand in the place of the box
}

// Where texts of both kinds are to be in one list: a backslash of one without escapes becomes two.
void write_with_escapes(ReplyRuleDraft& rule) {
    const auto doubled = [](std::string& text) {
        for (std::size_t at = text.find('\\'); at != std::string::npos; at = text.find('\\', at + 2))
            text.insert(at, 1, '\\');
    };
    if (rule.kind != query::MatchKind::hex && rule.kind != query::MatchKind::regex) doubled(rule.match);
    // Within {{…}} escapes are always understood, or never.
    if (rule.answer_hex) return;
    std::string text;
    std::string_view rest = rule.answer;
    while (!rest.empty()) {
        std::string plain(rest.substr(0, rest.find("{{")));
        rest.remove_prefix(plain.size());
        doubled(plain);
        text += plain;
        const std::size_t end = rest.find("}}");
        const std::string_view item = rest.substr(0, end == std::string_view::npos ? rest.size() : end + 2);
        text += item;
        rest.remove_prefix(item.size());
    }
    rule.answer = std::move(text);
}

// Before the rules that are there: what was asked for now answers first.
void take_replies(const ReplySetup& setup, ReplySettings& replies) {
    if (setup.per_second) replies.per_second = std::to_string(*setup.per_second);
    if (setup.rules.empty()) return;
    std::vector<ReplyRuleDraft> rules = setup.rules;
    if (replies.rules.empty()) {
        replies.escapes = setup.escapes;
    } else if (replies.escapes != setup.escapes) {
        for (ReplyRuleDraft& rule : setup.escapes ? replies.rules : rules) write_with_escapes(rule);
        replies.escapes = true;
    }
    for (ReplyRuleDraft& kept : replies.rules) {
        // They answered nobody, and nobody asked for them.
        if (!replies.on) kept.enabled = false;
    }
    for (const ReplyRuleDraft& rule : rules) {
        std::erase_if(replies.rules, [&](ReplyRuleDraft kept) {
            kept.enabled = rule.enabled;
            return kept == rule;
        });
    }
    replies.rules.insert(replies.rules.begin(), rules.begin(), rules.end());
    replies.on = true;
}

}  // namespace

TabState tab_from_setup(const SessionSetup& setup) {
    TabState tab;
    SessionDraft& draft = tab.session;
    const engine::SessionConfig& config = setup.config;
    draft.protocol = config.protocol;
    draft.echo = config.echo;
    const auto port_text = [](std::uint16_t port) {
        return port == 0 ? std::string() : std::to_string(port);
    };
    if (config.protocol == Protocol::tcp_client) {
        if (config.remote) {
            draft.remote_host = config.remote->host;
            draft.remote_port = port_text(config.remote->port);
        }
        if (config.local) draft.connect_from = config.local->to_string();
        draft.connect_timeout_s = format_period(config.connect_timeout * 1000);
        draft.reconnect = config.reconnect;
    } else {
        draft.local_host = config.local ? config.local->host : std::string();
        draft.local_port = config.local ? port_text(config.local->port) : std::string();
        if (config.remote) draft.target = config.remote->to_string();
    }

    tab.view.encoding = setup.encoding;
    tab.view.view = setup.view;
    if (setup.save_path) tab.view.save_path = setup.save_path->string();

    take_pace(setup, tab.send);
    if (setup.trailer) {
        tab.send.trailer.append = true;
        tab.send.trailer.trailer = setup.trailer->to_string();
    }
    take_box(setup, tab.send);
    take_replies(setup.replies, tab.replies);
    echo_to_rule(tab);
    return tab;
}

void apply_setup(const SessionSetup& setup, TabState& tab) {
    // What is not what it is without being said was said; and texts that are sent now were read in this encoding.
    const SessionSetup unsaid;
    if (setup.encoding != unsaid.encoding || setup.typed || !setup.replies.rules.empty())
        tab.view.encoding = setup.encoding;
    if (setup.view != unsaid.view) tab.view.view = setup.view;
    if (setup.save_path) tab.view.save_path = setup.save_path->string();
    take_pace(setup, tab.send);
    if (setup.trailer) {
        tab.send.trailer.append = true;
        tab.send.trailer.trailer = setup.trailer->to_string();
    }
    take_box(setup, tab.send);
    take_replies(setup.replies, tab.replies);
    tab.session.echo = setup.config.echo;
    echo_to_rule(tab);
}

std::vector<PayloadSpec> sent_payloads(const SessionSetup& setup) {
    std::vector<PayloadSpec> payloads;
    for (std::size_t i = 0; i < setup.sends.size(); ++i) {
        if (i == 0 && setup.typed) {
            payloads.push_back(*setup.typed);
            if (setup.trailer) payloads.back().trailer = setup.trailer->to_string();
        } else if (const engine::Payload* fixed = setup.sends[i].fixed()) {
            payloads.push_back(spell_payload(**fixed, setup.encoding));
        }
    }
    return payloads;
}

}  // namespace sockdesk::app
