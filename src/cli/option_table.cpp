#include "cli/option_table.hpp"

#include <array>

namespace sockdesk::cli {

namespace {

constexpr std::string_view addresses =
    "Addresses (HOST:PORT, :PORT, [V6]:PORT, or HOST; port 0 or none: the system picks)";
constexpr std::string_view sending = "Sending";
constexpr std::string_view showing = "Showing and saving";
constexpr std::string_view stopping = "Stopping (durations: 100us, 5ms, 1s, 2m)";
constexpr std::string_view choosing = "Choosing";
constexpr std::string_view writing = "Writing";

constexpr auto table = std::to_array<OptionSpec>({
    {"--local", "ADDR", For::all, addresses, "bind to this address of this machine"},
    {"--remote", "ADDR", For::clients, addresses, "send to, or connect to, this address"},
    {"--connect-timeout", "DUR", For::tcp_client, addresses, "give up connecting after this (10s)"},
    {"--reconnect", "", For::tcp_client, addresses, "connect again after a failure or a loss, until stopped"},
    {"--backlog", "N", For::tcp_server, addresses,
     "connections the system completes before they are accepted (511)"},
    {"--no-reuse-address", "", For::tcp_server, addresses, "do not listen on a port that is in TIME_WAIT"},

    {"--send", "TEXT", For::all, sending,
     "send this text; may repeat, sent in order (a server: to each client)", true},
    {"--send-hex", "HEX", For::all, sending, "send these bytes: 48656C6C6F, \"48 65\", 0x48,0x65", true},
    {"--send-file", "PATH", For::all, sending, "send what the file holds", true},
    {"--shortcut", "NAME", For::all, sending,
     "send this shortcut (NAME or GROUP/NAME), with its appended bytes, to its own target, and wait its "
     "delay "
     "before the next; may repeat, between --send, too",
     true},
    {"--shortcuts", "FILE", For::shortcut_senders, sending,
     "of this library instead of the window's: JSON or CSV as exported, or 'starter'"},
    {"--escapes", "", For::all, sending, "understand \\r \\n \\t \\\\ \\0 \\xHH \\uHHHH in text"},
    {"--template", "", For::all, sending,
     "understand {{counter}}, {{time:ms}}, {{pack:!H,1}}, ... in what is sent"},
    {"--encoding", "NAME", For::all, sending,
     "of text, both ways (utf-8): gbk, big5, shift_jis, utf-16le, ..."},
    {"--checksum", "SPEC", For::all, sending,
     "append to each payload: crc16-modbus, crc32,be, sum,bytes=2, fixed=0D0A, ... ('': says all)"},
    {"--every", "DUR", For::all, sending, "send again every DUR (0: as fast as possible), until stopped"},
    {"--rate", "N/s", For::all, sending, "send again so often a second, until stopped: 200/s, 50k/s, 1.5M/s"},
    {"--burst", "N", For::all, sending, "N rounds at once, each time (1)"},
    {"--times", "N", For::all, sending, "this many rounds in all (1); of each --cycle, too"},
    {"--cycle", "'DUR=>TEXT'", For::all, sending,
     "besides, send this text each DUR, or at a rate (50k/s=>TEXT), or bytes (1s=>hex:01 02), until stopped; "
     "may repeat",
     true},
    {"--source", "PATH", For::all, sending,
     "send a file of any size as it is, as fast as it is taken, over UDP in the largest datagrams (a server: "
     "to each client; with --reconnect: anew over each connection)"},
    {"--piece", "N", For::all, sending, "with --source: in sends of N bytes"},
    {"--lines", "", For::all, sending, "with --source: a line a send, without its end"},
    {"--interval", "DUR", For::all, sending, "with --piece or --lines: so far apart"},
    {"--stdin", "", For::all, sending, "send each line of standard input (on where it is a terminal)"},
    {"--no-stdin", "", For::all, sending, "leave standard input alone"},
    {"--echo", "", For::all, sending, "send back what arrives and no --reply answers"},
    {"--reply", "RULE", For::all, sending,
     "answer by itself: 'ping=>pong', 're:GET (.*)=>{{match:1}}', '*=>{{upper:match}}'; may repeat, the "
     "first that matches answers",
     true},
    {"--reply-rate", "N/s", For::all, sending, "at most so many answers a second, 0: no limit (1000/s)"},
    {"--send-queue", "SIZE", For::tcp, sending,
     "what a peer may leave unread before sends are refused (16M)"},

    {"--format", "FORMAT", For::all, showing,
     "what stdout carries: log, json (an object a line) or raw (log)"},
    {"--view", "VIEW", For::all, showing, "payloads in the log as text, hex or both (text)"},
    {"--verify", "SPEC", For::all, showing,
     "what is received should end with this, as --checksum has it: what does not is marked, and counted at "
     "the "
     "end"},
    {"--save", "FILE", For::all, showing, "keep the log in this capture file (.pcapng) as it grows"},
    {"--overwrite", "", For::all, showing, "replace that file instead of appending to it"},
    {"--gui", "", For::all, showing, "open the same session in the window"},

    {"--count", "N", For::all, stopping, "stop after N received datagrams (UDP) or reads (TCP)"},
    {"--for", "DUR", For::all, stopping, "stop after DUR"},
    {"--idle", "DUR", For::all, stopping, "stop after DUR with nothing received"},
    {"--expect", "PATTERN", For::all, stopping,
     "stop with status 0 when this has arrived (text contained; is: prefix: hex: re: *), with 3 if not; may "
     "repeat, in order",
     true},
    {"--within", "DUR", For::all, stopping,
     "how long the --expect before it may take (10s); of the first, opening included", true},
    {"--wait", "DUR", For::all, stopping,
     "with something to send: stop when it is sent and DUR has passed in silence (1s)"},

    {"--to", "ADDR", For::replay, addresses, "send to, or connect to, this address"},
    {"--from", "ADDR", For::replay, addresses, "send from this address of this machine"},

    {"--filter", "EXPR", For::captures, choosing,
     "records that pass, such as 'rx from :8080 len>100 \"hello\"'"},
    {"--direction", "DIR", For::log, choosing, "what was received (rx) or sent (tx) alone"},
    {"--direction", "DIR", For::replay, choosing,
     "send what was received (rx) or what was sent (tx); rx, where there is any"},
    {"--protocol", "NAME", For::replay, choosing, "udp or tcp, where the capture holds both"},
    {"--follow", "", For::log, choosing, "go on with what is appended to the file, until interrupted"},

    {"--speed", "X", For::replay, sending,
     "2: twice as fast as it was recorded, 0: as fast as it is taken (1)"},

    {"--format", "FORMAT", For::log, writing, "log, json, csv, hexdump, raw or pcapng (log)"},
    {"--format", "FORMAT", For::replay, writing,
     "what stdout carries: log, json (an object a line) or raw, what is answered (log)"},
    {"--view", "VIEW", For::captures, writing, "payloads in the log as text, hex or both (text)"},
    {"--encoding", "NAME", For::captures, writing, "of text (utf-8): gbk, big5, shift_jis, utf-16le, ..."},
    {"--verify", "SPEC", For::log, writing,
     "what was received should end with this, as --checksum has it: what does not is marked, and counted"},
    {"--output", "FILE", For::log, writing, "write to this file, which appears when it is complete"},

    {"--hex", "", For::encode, writing, "PAYLOAD is hex: 01 03 {{counter,!H}}"},
    {"--escapes", "", For::encode, writing, "understand \\r \\n \\t \\\\ \\0 \\xHH \\uHHHH in text"},
    {"--encoding", "NAME", For::encode, writing, "of text (utf-8): gbk, big5, shift_jis, utf-16le, ..."},
    {"--checksum", "SPEC", For::encode, writing, "append a checksum or fixed bytes, as udp does"},
    {"--format", "FORMAT", For::encode, writing, "hex or raw (hex on a terminal, otherwise raw)"},

    {"--json", "", For::shortcuts, writing, "an object a line"},

    {"--wait", "DUR", For::replay, stopping, "stop when all is sent and DUR has passed in silence (1s)"},
});

}  // namespace

std::span<const OptionSpec> option_table() { return table; }

bool available_for(const OptionSpec& option, For subcommand) {
    return (static_cast<unsigned>(option.available) & static_cast<unsigned>(subcommand)) != 0;
}

const OptionSpec* find_option(std::string_view name, For subcommand) {
    for (const OptionSpec& option : table) {
        if (option.name == name && available_for(option, subcommand)) return &option;
    }
    return nullptr;
}

const OptionSpec* find_option(std::string_view name) {
    for (const OptionSpec& option : table) {
        if (option.name == name) return &option;
    }
    return nullptr;
}

For options_of(engine::Protocol protocol) {
    switch (protocol) {
        case engine::Protocol::udp:
            break;
        case engine::Protocol::tcp_server:
            return For::tcp_server;
        case engine::Protocol::tcp_client:
            return For::tcp_client;
    }
    return For::udp;
}

}  // namespace sockdesk::cli
