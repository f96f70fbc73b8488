#include "cli/arguments.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <vector>

#include <gtest/gtest.h>

#include "cli/option_table.hpp"

namespace sockdesk::cli {
namespace {

using namespace std::chrono_literals;
using engine::Protocol;

tl::expected<Invocation, ArgumentError> parse(std::vector<const char*> arguments, bool terminal = false) {
    return parse_arguments(arguments, {.stdin_is_terminal = terminal});
}

TerminalRequest request(std::vector<const char*> arguments, bool terminal = false) {
    auto invocation = parse(std::move(arguments), terminal);
    EXPECT_TRUE(invocation) << (invocation ? "" : invocation.error().text);
    if (!invocation || !std::holds_alternative<TerminalRequest>(*invocation)) return {};
    return std::get<TerminalRequest>(std::move(*invocation));
}

std::string refusal(std::vector<const char*> arguments, int status = exit_bad_usage) {
    auto invocation = parse(std::move(arguments));
    EXPECT_FALSE(invocation);
    if (invocation) return "(accepted)";
    EXPECT_EQ(invocation.error().status, status) << invocation.error().text;
    return invocation.error().text;
}

std::vector<std::string> sends(std::vector<const char*> arguments) {
    std::vector<std::string> result;
    for (const engine::Outgoing& outgoing : request(std::move(arguments)).setup.sends) {
        result.emplace_back(outgoing.fixed() != nullptr ? as_chars(**outgoing.fixed())
                                                        : "(made at each send)");
    }
    return result;
}

class TemporaryFile {
public:
    explicit TemporaryFile(std::string_view content) {
        path_ = (std::filesystem::temp_directory_path() / "sockdesk-arguments-XXXXXX").string();
        const int fd = mkstemp(path_.data());
        EXPECT_GE(fd, 0);
        std::ofstream(path_, std::ios::binary) << content;
        if (fd >= 0) close_descriptor(fd);
    }
    ~TemporaryFile() { std::filesystem::remove(path_); }
    const char* path() const { return path_.c_str(); }

private:
    static void close_descriptor(int fd) { std::fclose(fdopen(fd, "r")); }
    std::string path_;
};

TEST(Arguments, defaults_are_those_of_the_contract) {
    const TerminalRequest udp = request({"udp", "--local", "127.0.0.1:0"});
    EXPECT_EQ(udp.setup.config.protocol, Protocol::udp);
    EXPECT_EQ(udp.setup.config.local, (HostPort{"127.0.0.1", 0}));
    EXPECT_FALSE(udp.setup.config.remote);
    EXPECT_EQ(udp.setup.encoding, "utf-8");
    EXPECT_EQ(udp.setup.view, app::PayloadView::text);
    EXPECT_EQ(udp.format, Format::log);
    EXPECT_FALSE(udp.read_stdin);
    EXPECT_FALSE(udp.setup.save_path);
    EXPECT_FALSE(udp.stop.count || udp.stop.after || udp.stop.idle || udp.stop.wait);
}

TEST(Arguments, addresses_may_be_written_in_every_form) {
    EXPECT_EQ(request({"udp", "--local", ":7788"}).setup.config.local, (HostPort{"0.0.0.0", 7788}));
    EXPECT_EQ(request({"udp", "--local", "[::1]:7788"}).setup.config.local, (HostPort{"::1", 7788}));
    EXPECT_EQ(request({"udp", "--local=localhost"}).setup.config.local, (HostPort{"localhost", 0}));
    EXPECT_EQ(request({"tcp-client", "--remote", "example.org:80"}).setup.config.remote,
              (HostPort{"example.org", 80}));
}

TEST(Arguments, a_udp_socket_without_addresses_is_bound_at_once) {
    EXPECT_EQ(request({"udp"}).setup.config.local, (HostPort{"0.0.0.0", 0}));
    EXPECT_FALSE(request({"udp", "--remote", "127.0.0.1:9"}).setup.config.local);
}

TEST(Arguments, payloads_of_all_kinds_keep_their_order) {
    const TemporaryFile file("from\na file\xff");
    EXPECT_EQ(sends({"udp", "--remote", "127.0.0.1:9", "--send-hex", "00 ff", "--send", "text", "--send-file",
                     file.path(), "--send", "", "--send=end"}),
              (std::vector<std::string>{std::string("\0\xff", 2), "text", "from\na file\xff", "", "end"}));
}

TEST(Arguments, text_may_begin_with_dashes_or_be_an_option) {
    EXPECT_EQ(sends({"udp", "--remote", "127.0.0.1:9", "--send", "--END--", "--send", "-1", "--send=--help",
                     "--send", "--local"}),
              (std::vector<std::string>{"--END--", "-1", "--help", "--local"}));
}

TEST(Arguments, text_is_encoded_wherever_the_encoding_stands) {
    EXPECT_EQ(
        sends({"udp", "--send", "你好\\n", "--remote", "127.0.0.1:9", "--escapes", "--encoding", "GBK"}),
        (std::vector<std::string>{"\xc4\xe3\xba\xc3\n"}));
    EXPECT_EQ(sends({"udp", "--send", "a\\n", "--remote", "127.0.0.1:9"}),
              (std::vector<std::string>{"a\\n"}));
    EXPECT_EQ(request({"udp", "--encoding", "CP936"}).setup.encoding,
              request({"udp", "--encoding", "gbk"}).setup.encoding);
}

TEST(Arguments, rounds_and_periods) {
    const std::vector<const char*> base = {"udp", "--remote", "127.0.0.1:9", "--send", "x"};
    const auto with = [&base](std::initializer_list<const char*> more) {
        std::vector<const char*> all = base;
        all.insert(all.end(), more);
        return request(std::move(all)).setup;
    };
    EXPECT_EQ(with({}).rounds, 1U);
    EXPECT_EQ(with({"--every", "5ms"}).rounds, std::nullopt);
    EXPECT_EQ(with({"--every", "5ms"}).period, 5ms);
    EXPECT_EQ(with({"--every", "0"}).rounds, std::nullopt);
    EXPECT_EQ(with({"--every", "1s", "--times", "3"}).rounds, 3U);
    EXPECT_EQ(with({"--times", "3"}).rounds, 3U);
    EXPECT_EQ(with({"--times", "3"}).period, 0ns);
}

TEST(Arguments, cycles_have_a_rhythm_each) {
    const TerminalRequest made =
        request({"udp", "--remote", "127.0.0.1:9", "--cycle", "10ms=>a=>b", "--cycle", "50k/s=>hex:0aFF",
                 "--cycle", "0=>text:hex:", "--send", "x"});
    const std::vector<engine::CyclePlan>& cycles = made.unasked.cycles;
    ASSERT_EQ(cycles.size(), 3U);
    EXPECT_EQ(cycles[0].period, 10ms);
    EXPECT_EQ(as_chars(**cycles[0].steps.front().payload.fixed()), "a=>b");
    EXPECT_EQ(cycles[1].period, 20us);
    EXPECT_EQ(**cycles[1].steps.front().payload.fixed(), (Bytes{0x0A, 0xFF}));
    EXPECT_EQ(cycles[2].period, 0ns);
    EXPECT_EQ(as_chars(**cycles[2].steps.front().payload.fixed()), "hex:");
    for (const engine::CyclePlan& plan : cycles) EXPECT_FALSE(plan.rounds);
    EXPECT_EQ(made.unasked.sequence.rounds, 1U);
    EXPECT_FALSE(made.unasked.all_end());
    EXPECT_TRUE(
        request({"udp", "--remote", "127.0.0.1:9", "--cycle", "1s=>x", "--times", "2"}).unasked.all_end());
}

TEST(Arguments, shortcuts_stand_in_the_sequence_with_their_delays) {
    const TemporaryFile file(
        "name,payload,mode,delay,target\nA,a,text,20,\nB,0B,hex,,127.0.0.1:8\nC,c,text,5,\n");
    const TerminalRequest made =
        request({"udp", "--remote", "127.0.0.1:9", "--shortcuts", file.path(), "--shortcut", "A", "--send",
                 "between", "--shortcut", "B", "--shortcut", "C", "--times", "2"});
    const engine::CyclePlan& plan = made.unasked.sequence;
    ASSERT_EQ(plan.steps.size(), 4U);
    EXPECT_EQ(plan.steps[0].after, 0ns);
    EXPECT_EQ(plan.steps[1].after, 20ms);
    EXPECT_EQ(plan.steps[2].after, 0ns);
    EXPECT_EQ(plan.steps[2].target, engine::SendTarget(HostPort{"127.0.0.1", 8}));
    EXPECT_FALSE(plan.steps[3].target);
    EXPECT_EQ(plan.period, 25ms) << "the last one has its delay before the next round";
    EXPECT_EQ(plan.rounds, 2U);
    // Whom to send to need not be said of what says it itself.
    EXPECT_EQ(request({"udp", "--shortcuts", file.path(), "--shortcut", "B"}).unasked.sequence.steps.size(),
              1U);
    EXPECT_NE(refusal({"udp", "--shortcuts", file.path(), "--shortcut", "A"}).find("--remote"),
              std::string::npos);
}

TEST(Arguments, a_template_is_made_at_each_send) {
    const TerminalRequest made =
        request({"udp", "--remote", "127.0.0.1:9", "--template", "--send", "{{counter}}", "--send-hex",
                 "01 {{hex:02}}", "--checksum", "fixed=FF"});
    EXPECT_TRUE(made.templates);
    ASSERT_EQ(made.setup.sends.size(), 2U);
    EXPECT_FALSE(made.setup.sends[0].fixed());
    ASSERT_TRUE(made.setup.sends[1].fixed()) << "nothing in it changes";
    EXPECT_EQ(**made.setup.sends[1].fixed(), (Bytes{1, 2, 0xFF}));
    EXPECT_EQ(sends({"udp", "--remote", "127.0.0.1:9", "--send", "{{counter}}"}),
              (std::vector<std::string>{"{{counter}}"}));
    const auto window =
        parse({"tcp-client", "--remote", "h:1", "--template", "--send", "{{counter}}", "--gui"});
    ASSERT_TRUE(window);
    const auto& session = *std::get<app::WindowRequest>(*window).session;
    ASSERT_TRUE(session.typed);
    EXPECT_EQ(session.typed->text, "{{counter}}");
    EXPECT_TRUE(session.typed->templates);
}

TEST(Arguments, a_checksum_is_appended_and_kept_for_what_is_typed) {
    const auto setup =
        request({"udp", "--remote", "127.0.0.1:9", "--send", "hi", "--checksum", "CRC-16/MODBUS, be"}).setup;
    ASSERT_EQ(setup.sends.size(), 1U);
    ASSERT_TRUE(setup.sends[0].fixed());
    EXPECT_EQ(**setup.sends[0].fixed(), (Bytes{'h', 'i', 0x5E, 0xEE}));
    EXPECT_EQ(setup.typed->text, "hi");
    ASSERT_TRUE(setup.trailer);
    EXPECT_EQ(setup.trailer->to_string(), "crc16-modbus,be");
    EXPECT_FALSE(request({"udp"}).setup.trailer);
    EXPECT_TRUE(request({"udp", "--stdin", "--checksum", "fixed"}).setup.trailer);
    const auto window = parse({"udp", "--checksum", "sum", "--gui"});
    ASSERT_TRUE(window);
    EXPECT_TRUE(std::get<app::WindowRequest>(*window).session->trailer);
}

TEST(Arguments, a_fault_in_a_checksum_is_marked) {
    const std::string text = refusal({"udp", "--stdin", "--checksum", "crc16-modbus,bytes=3"});
    EXPECT_TRUE(text.starts_with("sockdesk udp: --checksum: the width of CRC-16/MODBUS is its own")) << text;
    EXPECT_EQ(text.substr(text.find('\n')), "\n  crc16-modbus,bytes=3\n               ^\n");
    EXPECT_TRUE(refusal({"udp", "--stdin", "--checksum", ""}).ends_with("\n  \n  ^\n"));

    // Of a long text what is around the fault, with the caret still under it.
    const std::string number(5000, '1');
    const std::string hex = number + "x" + number;
    const std::string long_one = refusal({"udp", "--remote", "127.0.0.1:9", "--send-hex", hex.c_str()});
    const std::size_t mark = long_one.rfind('^') - long_one.rfind('\n', long_one.rfind('^'));
    const std::size_t line = long_one.find('\n');
    EXPECT_LT(long_one.size(), 400U);
    EXPECT_EQ(long_one.substr(line, 6), "\n  …");
    EXPECT_EQ(long_one[line + mark + std::string_view("…").size() - 1], 'x') << long_one;
}

TEST(Arguments, stop_rules_are_read) {
    const StopWhen stop =
        request({"udp", "--count", "3", "--for", "1s", "--idle", "200ms", "--wait", "0", "--stdin"}).stop;
    EXPECT_EQ(stop.count, 3U);
    EXPECT_EQ(stop.after, 1s);
    EXPECT_EQ(stop.idle, 200ms);
    EXPECT_EQ(stop.wait, 0s);
    EXPECT_FALSE(request({"tcp-server", "--local", ":0", "--send", "hi", "--wait", "0"}).stop.wait);
}

TEST(Arguments, connection_options_are_read) {
    const auto client = request({"tcp-client", "--remote", "h:1", "--local", ":0", "--connect-timeout",
                                 "1500us", "--reconnect", "--send-queue", "1M", "--echo"})
                            .setup.config;
    EXPECT_EQ(client.connect_timeout, 2ms) << "rounded up, never to nothing";
    EXPECT_TRUE(client.reconnect);
    EXPECT_EQ(client.send_queue_limit_bytes, std::size_t{1} << 20);
    EXPECT_TRUE(client.echo);
    const auto server =
        request({"tcp-server", "--local", ":0", "--backlog", "7", "--no-reuse-address"}).setup.config;
    EXPECT_EQ(server.backlog, 7);
    EXPECT_FALSE(server.reuse_address);
}

TEST(Arguments, showing_and_saving_options_are_read) {
    const TerminalRequest hex = request({"udp", "--view", "hex", "--format", "json", "--save", "x.pcapng"});
    EXPECT_EQ(hex.setup.view, app::PayloadView::hex);
    EXPECT_EQ(hex.format, Format::json);
    EXPECT_EQ(hex.setup.save_path, "x.pcapng");
    EXPECT_EQ(hex.setup.save_mode, capture::SaveMode::append);
    EXPECT_EQ(request({"udp", "--save", "x", "--overwrite"}).setup.save_mode, capture::SaveMode::overwrite);
    EXPECT_EQ(request({"udp", "--view", "both"}).setup.view, app::PayloadView::both);
    EXPECT_EQ(request({"udp", "--format", "raw"}).format, Format::raw);
}

TEST(Arguments, a_terminal_is_read_unless_the_session_ends_by_itself) {
    EXPECT_TRUE(request({"udp"}, true).read_stdin);
    EXPECT_FALSE(request({"udp"}, false).read_stdin);
    EXPECT_TRUE(request({"udp", "--stdin"}, false).read_stdin);
    EXPECT_FALSE(request({"udp", "--no-stdin"}, true).read_stdin);
    const char* remote = "127.0.0.1:9";
    EXPECT_FALSE(request({"udp", "--remote", remote, "--send", "x"}, true).read_stdin);
    EXPECT_TRUE(request({"udp", "--remote", remote, "--send", "x", "--every", "1s"}, true).read_stdin);
    EXPECT_TRUE(request({"udp", "--remote", remote, "--send", "x", "--for", "1h"}, true).read_stdin);
    EXPECT_TRUE(request({"tcp-server", "--local", ":0", "--send", "x"}, true).read_stdin);
}

TEST(Arguments, the_window_gets_a_session_or_a_workspace) {
    auto with_session = parse({"udp", "--local", ":7788", "--encoding", "gbk", "--gui"});
    ASSERT_TRUE(with_session);
    const auto& window = std::get<app::WindowRequest>(*with_session);
    ASSERT_TRUE(window.session);
    EXPECT_EQ(window.session->config.local, (HostPort{"0.0.0.0", 7788}));
    EXPECT_EQ(window.session->encoding, "gbk");
    EXPECT_TRUE(window.session->open_at_start);

    auto workspace = parse({"desk.json"});
    ASSERT_TRUE(workspace);
    EXPECT_EQ(std::get<app::WindowRequest>(*workspace).workspace, "desk.json");
    auto nothing = parse({});
    ASSERT_TRUE(nothing);
    EXPECT_FALSE(std::get<app::WindowRequest>(*nothing).workspace);
}

TEST(Arguments, help_tells_every_option_and_version_the_version) {
    const std::vector<std::pair<const char*, For>> subcommands = {{"udp", For::udp},
                                                                  {"tcp-server", For::tcp_server},
                                                                  {"tcp-client", For::tcp_client},
                                                                  {"log", For::log},
                                                                  {"replay", For::replay}};
    for (const auto& [name, subcommand] : subcommands) {
        auto help = parse({name, "--help"});
        ASSERT_TRUE(help);
        const std::string& text = std::get<ShowText>(*help).text;
        for (const OptionSpec& option : option_table()) {
            const std::string entry = "\n  " + std::string(option.name) + " ";
            EXPECT_EQ(text.find(entry) != std::string::npos, find_option(option.name, subcommand) != nullptr)
                << entry;
        }
        EXPECT_EQ(text.find("\n\n\n"), std::string::npos);
    }
    auto version = parse({"--version"});
    ASSERT_TRUE(version);
    EXPECT_TRUE(std::get<ShowText>(*version).text.starts_with("sockdesk "));
    EXPECT_TRUE(std::holds_alternative<DemoRequest>(parse({"demo"}).value()));
}

TEST(Arguments, bad_usage_is_one_line_that_names_the_culprit) {
    const std::vector<std::pair<std::vector<const char*>, const char*>> cases = {
        {{"upd"}, "unknown command 'upd'; did you mean udp?"},
        {{"upd", "--local", ":0"}, "'upd'"},
        {{""}, "unknown command ''"},
        {{"udp", "--sned", "x"}, "unknown option '--sned'; did you mean --send?"},
        {{"udp", "--reconnect"}, "--reconnect is an option of tcp-client, not of udp"},
        {{"udp", "stray"}, "'stray' is not expected here"},
        {{"udp", "--", "stray"}, "'stray' is not expected here"},
        {{"demo", "--fast"}, "'--fast'"},
        {{"udp", "--local"}, "--local needs a value: --local ADDR"},
        {{"udp", "--local", "--echo"}, "--local needs a value"},
        {{"udp", "--send"}, "--send needs a value"},
        {{"udp", "--local", ":1", "--local", ":2"}, "--local is given twice"},
        {{"udp", "--echo=yes"}, "--echo takes no value"},
        {{"udp", "--local", ""}, "--local"},
        {{"udp", "--local", "127.0.0.1:70000"}, "70000"},
        {{"udp", "--local", "[::1:0"}, "[::1:0"},
        {{"udp", "--remote", "127.0.0.1:99999", "--send", "x"}, "99999"},
        {{"udp", "--remote", "127.0.0.1", "--send", "x"}, "a port to send to is missing"},
        {{"udp", "--send", "x"}, "--remote HOST:PORT"},
        {{"tcp-client"}, "--remote HOST:PORT"},
        {{"tcp-server"}, "--local ADDR"},
        {{"tcp-server", "--remote", "h:1"}, "--remote is an option of"},
        {{"udp", "--encoding", "gkb"}, "gbk"},
        {{"udp", "--encoding", ""}, "--encoding"},
        {{"udp", "--view", "octal"}, "\"octal\" is none of text, hex, both"},
        {{"udp", "--format", "yaml"}, "\"yaml\" is none of log, json, raw"},
        {{"udp", "--count", "0"}, "--count: 0 is out of range"},
        {{"udp", "--count", "-3"}, "--count: -3 is out of range"},
        {{"udp", "--count", "many"}, "\"many\" is not a whole number"},
        {{"udp", "--times", "-1"}, "-1"},
        {{"udp", "--for", "5"}, "\"5\" is not a duration"},
        {{"udp", "--for", "-5s"}, "\"-5s\" is not a duration"},
        {{"udp", "--for", "0"}, "--for: must be more than 0"},
        {{"udp", "--idle", "0s"}, "--idle: must be more than 0"},
        {{"udp", "--every", "1s"}, "--every: nothing to send is given"},
        {{"udp", "--wait", "1s"}, "--wait: nothing to send is given"},
        {{"udp", "--checksum", "sum"}, "--checksum: nothing to send is given"},
        {{"udp", "--checksum", "sum", "--checksum", "xor"}, "--checksum is given twice"},
        {{"udp", "--overwrite"}, "--save FILE"},
        {{"udp", "--save", ""}, "--save"},
        {{"udp", "--stdin", "--no-stdin"}, "contradict"},
        {{"udp", "--gui", "--count", "3"}, "--count is for the terminal"},
        {{"udp", "--remote", "h:1", "--send-hex", "123"}, "\"3\""},
        {{"udp", "--remote", "h:1", "--send-hex", "zz"}, "z"},
        {{"udp", "--remote", "h:1", "--send", "\\q", "--escapes"}, "\\q"},
        {{"udp", "--remote", "h:1", "--send", "你", "--encoding", "latin1"}, "你"},
        {{"udp", "--remote", "h:1", "--send", "\xff"}, "FF"},
        {{"udp", "--remote", "h:1", "--send-file", ""}, "--send-file"},
        {{"tcp-client", "--remote", "h:1", "--connect-timeout", "0"}, "--connect-timeout"},
        {{"tcp-server", "--local", ":0", "--backlog", "0"}, "--backlog"},
        {{"tcp-server", "--local", ":0", "--send-queue", "0"}, "--send-queue"},
        {{"udp", "--local", "\x1b[31m"}, "\\x1B[31m"},
        {{"log"}, "which capture is missing: FILE"},
        {{"log", "a", "b"}, "'b' is not expected here"},
        {{"log", "a", "--fomat", "json"}, "unknown option '--fomat'; did you mean --format?"},
        {{"log", "a", "--format", "xls"}, "\"xls\" is none of log, json, csv, hexdump, raw, pcapng"},
        {{"log", "a", "--direction", "up"}, "\"up\" is none of rx, tx"},
        {{"log", "a", "--follow", "--output", "b"}, "--output and --follow"},
        {{"log", "a", "--speed", "2"}, "--speed is an option of replay, not of log"},
        {{"replay", "a"}, "--to HOST:PORT"},
        {{"replay", "a", "--to", "h"}, "a port to send to is missing"},
        {{"replay", "a", "--to", "h:1", "--speed", "-1"}, "\"-1\" is no speed"},
        {{"replay", "a", "--to", "h:1", "--speed", "fast"}, "\"fast\" is no speed"},
        {{"replay", "a", "--to", "h:1", "--speed", "inf"}, "\"inf\" is no speed"},
        {{"replay", "a", "--to", "h:1", "--protocol", "sctp"}, "\"sctp\" is none of udp, tcp"},
        {{"encode"}, "what to encode is missing: PAYLOAD"},
        {{"encode", "a", "b"}, "'b' is not expected here"},
        {{"encode", "{{conter}}"}, "\"conter\""},
        {{"encode", "a", "--format", "log"}, "\"log\" is none of hex, raw"},
        {{"encode", "a", "--hx"}, "unknown option '--hx'; did you mean --hex?"},
        {{"udp", "--remote", "h:1", "--template", "--send", "{{random:2..1}}"}, "upside down"},
        {{"desk.json", "more"}, "'more' is not expected here"},
        {{"--nothing"}, "'--nothing'"},
    };
    for (const auto& [arguments, culprit] : cases) {
        const std::string line = refusal(arguments);
        EXPECT_NE(line.find(culprit), std::string::npos) << line << "\nlacks " << culprit;
        // Of a payload the place is shown, in two lines more.
        const bool marked = line.ends_with("^\n");
        EXPECT_EQ(std::ranges::count(line, '\n'), marked ? 3 : 1) << line;
        EXPECT_TRUE(line.ends_with('\n')) << line;
        EXPECT_EQ(line.find('\x1b'), std::string::npos) << line;
        EXPECT_TRUE(line.starts_with("sockdesk")) << line;
    }
}

TEST(Arguments, captures_are_files_with_any_name) {
    const auto file = [](std::vector<const char*> arguments) {
        auto invocation = parse(std::move(arguments));
        EXPECT_TRUE(invocation) << (invocation ? "" : invocation.error().text);
        if (!invocation || !std::holds_alternative<LogRequest>(*invocation)) return std::filesystem::path();
        return std::get<LogRequest>(*invocation).file;
    };
    EXPECT_EQ(file({"log", "a.pcap"}), "a.pcap");
    EXPECT_EQ(file({"log", "--format", "csv", "-"}), "-");
    EXPECT_EQ(file({"log", "--follow", "--", "--odd"}), "--odd");
    auto replay = parse({"replay", "a", "--to", "[::1]:9", "--speed", "0.5", "--direction", "tx"});
    ASSERT_TRUE(replay);
    const auto& request = std::get<ReplayRequest>(*replay);
    EXPECT_EQ(request.to, (HostPort{"::1", 9}));
    EXPECT_EQ(request.speed, 0.5);
    EXPECT_EQ(request.direction, capture::Direction::sent);
    EXPECT_FALSE(request.transport);
}

TEST(Arguments, a_fault_in_a_filter_is_marked) {
    const std::string text = refusal({"log", "a", "--filter", "你 nonsense"});
    EXPECT_TRUE(text.starts_with("sockdesk log: --filter: ")) << text;
    const std::size_t line = text.find('\n') + 1;
    EXPECT_EQ(text.substr(line, text.find('\n', line) - line), "  你 nonsense");
    EXPECT_TRUE(text.ends_with("^\n")) << text;
    EXPECT_EQ(refusal({"log", "a", "--filter", "rx \x1b[31m"}).find('\x1b'), std::string::npos);
}

TEST(Arguments, a_file_that_cannot_be_read_is_a_failure_and_not_bad_usage) {
    for (const char* path : {"/nonexistent/file", "/"}) {
        const std::string line = refusal({"udp", "--remote", "h:1", "--send-file", path}, exit_failed);
        EXPECT_TRUE(line.starts_with("sockdesk: --send-file: read " + std::string(path) + ": ")) << line;
    }
}

}  // namespace
}  // namespace sockdesk::cli
