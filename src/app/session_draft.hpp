// What stands in the fields of a tab, as typed, right or wrong, and how it becomes settings of the engine.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "app/file_source.hpp"
#include "app/reply_rules.hpp"
#include "app/session_setup.hpp"
#include "base/result.hpp"
#include "engine/session_config.hpp"

namespace sockdesk::app {

struct SessionDraft {
    engine::Protocol protocol = engine::Protocol::udp;

    /// UDP, TCP server. An empty host leaves a UDP socket unbound until its first send.
    std::string local_host = "0.0.0.0";
    std::string local_port;
    /// TCP client.
    std::string remote_host = "127.0.0.1";
    std::string remote_port;
    std::string connect_from;  ///< `HOST` or `HOST:PORT`; empty: the system picks
    std::string connect_timeout_s = "10";
    bool reconnect = false;
    /// UDP: `HOST:PORT` to send to.
    std::string target;
    bool echo = false;

    friend bool operator==(const SessionDraft&, const SessionDraft&) = default;
};

/// Whether what arrives ends as it should: with the trailer that its sender appends.
struct VerifySettings {
    bool on = false;
    std::string trailer = "fixed=0D";  ///< as `codec::Trailer::parse` takes it

    friend bool operator==(const VerifySettings&, const VerifySettings&) = default;
};

struct ViewSettings {
    std::string encoding = "utf-8";
    PayloadView view = PayloadView::text;
    bool log_mode = true;
    bool wrap = true;
    bool hide_received = false;
    bool auto_scroll = true;
    std::string save_path;  ///< the last one chosen
    std::string filter;     ///< as typed, right or wrong
    std::vector<std::string> recent_filters;

    bool inspector = false;    ///< it is open below the log
    int inspector_height = 0;  ///< in pixels of a 96 dpi screen; 0: half of the log's
    std::string struct_format;
    VerifySettings verify = {};

    friend bool operator==(const ViewSettings&, const ViewSettings&) = default;
};

/// 附加位: what follows each payload.
struct TrailerSettings {
    bool append = false;
    std::string trailer = "fixed=0D";  ///< as `codec::Trailer::parse` takes it

    friend bool operator==(const TrailerSettings&, const TrailerSettings&) = default;
};

/// 打开文件数据源: what is sent in place of what stands in the box.
struct FileSettings {
    bool on = false;
    std::string path;
    FileCut cut = FileCut::stream;
    std::string piece_bytes = "1024";
    std::string interval_ms = "0";  ///< between pieces or lines; as `SendSettings::period_ms`

    friend bool operator==(const FileSettings&, const FileSettings&) = default;
};

/// 循环周期, beside `SendSettings::period_ms`: as typed (cycle_pace.hpp).
struct CycleSettings {
    bool by_rate = false;        ///< `rate` says how often, in place of the period
    std::string rate = "100/s";  ///< of payloads
    std::string times;           ///< payloads in all; empty: until stopped
    std::string burst = "1";     ///< payloads at once, each time

    friend bool operator==(const CycleSettings&, const CycleSettings&) = default;
};

struct SendSettings {
    std::string text;
    bool hex = false;
    bool escapes = false;
    bool cycle = false;
    std::string period_ms = "1000";
    CycleSettings pace = {};
    bool templates = false;  ///< `{{…}}` in the text means something
    TrailerSettings trailer = {};
    FileSettings file = {};

    friend bool operator==(const SendSettings&, const SendSettings&) = default;
};

/// 自动应答: what a session answers by itself.
struct ReplySettings {
    bool on = false;
    std::vector<ReplyRuleDraft> rules;
    bool escapes = true;              ///< in their texts
    std::string per_second = "1000";  ///< at most so many answers; 0: no limit

    friend bool operator==(const ReplySettings&, const ReplySettings&) = default;
};

/// One tab, as the workspace keeps it.
struct TabState {
    /// Path of a capture: the tab only shows it, and of the rest `view` alone counts.
    std::string capture;
    SessionDraft session;
    ViewSettings view;
    SendSettings send;
    ReplySettings replies;

    friend bool operator==(const TabState&, const TabState&) = default;
};

enum class Field : std::uint8_t {
    local_host,
    local_port,
    remote_host,
    remote_port,
    connect_from,
    connect_timeout,
    target,
    encoding,
    period,  ///< or the rate, where that stands in its place
    cycle,   ///< how many, and how many at once
};

/// What is wrong, in the person's language, by field. Empty: the session can be opened.
using FieldErrors = std::map<Field, std::string>;

FieldErrors check_session(const SessionDraft& draft);
/// Only when `check_session` finds nothing.
engine::SessionConfig make_config(const SessionDraft& draft);

/// The host and port that `target` names. An empty text and a port 0 are refused: nothing could be sent
/// there.
Result<HostPort> parse_target(std::string_view target);
/// `1000`, `0.5`; also with a unit: `100us`, `2s`. Without one it is milliseconds.
Result<std::chrono::nanoseconds> parse_period(std::string_view text);
std::string format_period(std::chrono::nanoseconds period);

/// `FileSettings::piece_bytes`.
Result<std::size_t> parse_piece(std::string_view text, engine::Protocol protocol);
/// How the file of the send group is sent; what is wrong is told in the person's language. The file itself is not looked at.
Result<FileSourceOptions> file_options(const TabState& tab);

/// Echoing was a setting of its own once, and still is one of the command line; here it is the first rule.
void echo_to_rule(TabState& tab);
/// `ReplySettings::per_second`; 0 where there is no limit.
Result<std::uint32_t> parse_reply_limit(std::string_view text);

/// The other way round: for a session that the command line asked for.
TabState tab_from_setup(const SessionSetup& setup);
/// For a tab that is there already with the same `SessionDraft`: what was asked for now goes before what was kept; the rest of the tab is
/// its owner's work.
void apply_setup(const SessionSetup& setup, TabState& tab);
/// What is sent as soon as the session is open, as it would be typed; what is made at each send only where it was typed.
std::vector<PayloadSpec> sent_payloads(const SessionSetup& setup);

}  // namespace sockdesk::app
