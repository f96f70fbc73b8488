// The workspace as JSON: a versioned schema, strict about types, lenient about what is missing.
#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/text_place.hpp"
#include "app/translation.hpp"
#include "app/workspace.hpp"

namespace sockdesk::app {
namespace {

using nlohmann::json;

// What a person typed may hold any bytes a clipboard gave; JSON is UTF-8, so others become U+FFFD rather than
// an exception.
constexpr auto keep_going = json::error_handler_t::replace;

std::string_view view_name(PayloadView view) {
    switch (view) {
        case PayloadView::hex:
            return "hex";
        case PayloadView::both:
            return "both";
        case PayloadView::text:
            break;
    }
    return "text";
}

json view_to_json(const ViewSettings& view) {
    return {{"encoding", view.encoding},
            {"payload", view_name(view.view)},
            {"log_mode", view.log_mode},
            {"wrap", view.wrap},
            {"hide_received", view.hide_received},
            {"auto_scroll", view.auto_scroll},
            {"save_path", view.save_path},
            {"inspector", view.inspector},
            {"inspector_height", view.inspector_height},
            {"struct_format", view.struct_format},
            {"verify", {{"on", view.verify.on}, {"trailer", view.verify.trailer}}},
            {"filter", view.filter},
            {"recent_filters", view.recent_filters}};
}

constexpr const char* cut_names[] = {"whole", "pieces", "lines"};

struct KindName {
    query::MatchKind kind;
    const char* name;
};
constexpr KindName kind_names[] = {
    {query::MatchKind::any, "any"},       {query::MatchKind::exact, "exact"},
    {query::MatchKind::prefix, "prefix"}, {query::MatchKind::contains, "contains"},
    {query::MatchKind::hex, "hex"},       {query::MatchKind::regex, "regex"},
};

json rule_to_json(const ReplyRuleDraft& rule) {
    const char* kind = "exact";
    for (const KindName& each : kind_names) {
        if (each.kind == rule.kind) kind = each.name;
    }
    return {{"enabled", rule.enabled}, {"kind", kind},           {"match", rule.match},
            {"answer", rule.answer},   {"hex", rule.answer_hex}, {"delay_ms", rule.delay_ms},
            {"once", rule.once},       {"trailer", rule.trailer}};
}

json replies_to_json(const ReplySettings& replies) {
    json rules = json::array();
    for (const ReplyRuleDraft& rule : replies.rules) rules.push_back(rule_to_json(rule));
    return {{"on", replies.on},
            {"escapes", replies.escapes},
            {"per_second", replies.per_second},
            {"rules", std::move(rules)}};
}

json tab_to_json(const TabState& tab) {
    if (!tab.capture.empty()) return {{"capture", tab.capture}, {"view", view_to_json(tab.view)}};
    const SessionDraft& session = tab.session;
    return {
        {"session",
         {{"protocol", engine::protocol_name(session.protocol)},
          {"local_host", session.local_host},
          {"local_port", session.local_port},
          {"remote_host", session.remote_host},
          {"remote_port", session.remote_port},
          {"connect_from", session.connect_from},
          {"connect_timeout_s", session.connect_timeout_s},
          {"reconnect", session.reconnect},
          {"target", session.target},
          {"echo", session.echo}}},
        {"view", view_to_json(tab.view)},
        {"send",
         {{"text", tab.send.text},
          {"hex", tab.send.hex},
          {"escapes", tab.send.escapes},
          {"cycle", tab.send.cycle},
          {"period_ms", tab.send.period_ms},
          {"pace",
           {{"by_rate", tab.send.pace.by_rate},
            {"rate", tab.send.pace.rate},
            {"times", tab.send.pace.times},
            {"burst", tab.send.pace.burst}}},
          {"templates", tab.send.templates},
          {"trailer", {{"append", tab.send.trailer.append}, {"trailer", tab.send.trailer.trailer}}},
          {"file",
           {{"on", tab.send.file.on},
            {"path", tab.send.file.path},
            {"cut", cut_names[static_cast<std::size_t>(tab.send.file.cut)]},
            {"piece_bytes", tab.send.file.piece_bytes},
            {"interval_ms", tab.send.file.interval_ms}}}}},
        {"replies", replies_to_json(tab.replies)},
    };
}

template <typename T>
void read(const json& object, const char* name, T& value) {
    const auto found = object.find(name);
    if (found == object.end()) return;
    try {
        value = found->get<T>();
    } catch (const json::exception&) {
        throw std::runtime_error(trf("\"{}\" is of another type than it should be", name));
    }
}

const json& section(const json& object, const char* name) {
    static const json empty = json::object();
    const auto found = object.find(name);
    if (found == object.end()) return empty;
    if (!found->is_object()) throw std::runtime_error(trf("\"{}\" is not an object", name));
    return *found;
}

ReplyRuleDraft rule_from_json(const json& object) {
    if (!object.is_object()) throw std::runtime_error(tr("a rule is not an object"));
    ReplyRuleDraft rule;
    read(object, "enabled", rule.enabled);
    std::string kind = "exact";
    read(object, "kind", kind);
    const auto known = std::find_if(std::begin(kind_names), std::end(kind_names),
                                    [&](const KindName& each) { return kind == each.name; });
    if (known == std::end(kind_names))
        throw std::runtime_error(trf("\"{}\": \"{}\" is not known", "kind", kind));
    rule.kind = known->kind;
    read(object, "match", rule.match);
    read(object, "answer", rule.answer);
    read(object, "hex", rule.answer_hex);
    read(object, "delay_ms", rule.delay_ms);
    read(object, "once", rule.once);
    read(object, "trailer", rule.trailer);
    return rule;
}

ReplySettings replies_from_json(const json& object) {
    ReplySettings replies;
    read(object, "on", replies.on);
    read(object, "escapes", replies.escapes);
    read(object, "per_second", replies.per_second);
    if (const auto rules = object.find("rules"); rules != object.end()) {
        if (!rules->is_array()) throw std::runtime_error(trf("\"{}\" is not an array", "rules"));
        for (const json& rule : *rules) replies.rules.push_back(rule_from_json(rule));
    }
    return replies;
}

TabState tab_from_json(const json& object) {
    if (!object.is_object()) throw std::runtime_error(tr("a tab is not an object"));
    TabState tab;
    read(object, "capture", tab.capture);
    const json& session = section(object, "session");
    std::string protocol(engine::protocol_name(tab.session.protocol));
    read(session, "protocol", protocol);
    const auto known = engine::parse_protocol(protocol);
    if (!known) throw std::runtime_error(trf("\"{}\": \"{}\" is not known", "protocol", protocol));
    tab.session.protocol = *known;
    read(session, "local_host", tab.session.local_host);
    read(session, "local_port", tab.session.local_port);
    read(session, "remote_host", tab.session.remote_host);
    read(session, "remote_port", tab.session.remote_port);
    read(session, "connect_from", tab.session.connect_from);
    read(session, "connect_timeout_s", tab.session.connect_timeout_s);
    read(session, "reconnect", tab.session.reconnect);
    read(session, "target", tab.session.target);
    read(session, "echo", tab.session.echo);

    const json& view = section(object, "view");
    read(view, "encoding", tab.view.encoding);
    std::string payload(view_name(tab.view.view));
    read(view, "payload", payload);
    if (payload == "hex") tab.view.view = PayloadView::hex;
    if (payload == "both") tab.view.view = PayloadView::both;
    read(view, "log_mode", tab.view.log_mode);
    read(view, "wrap", tab.view.wrap);
    read(view, "hide_received", tab.view.hide_received);
    read(view, "auto_scroll", tab.view.auto_scroll);
    read(view, "filter", tab.view.filter);
    read(view, "recent_filters", tab.view.recent_filters);
    read(view, "save_path", tab.view.save_path);
    read(view, "inspector", tab.view.inspector);
    read(view, "inspector_height", tab.view.inspector_height);
    tab.view.inspector_height = std::clamp(tab.view.inspector_height, 0, 16'000);
    read(view, "struct_format", tab.view.struct_format);
    const json& verify = section(view, "verify");
    read(verify, "on", tab.view.verify.on);
    read(verify, "trailer", tab.view.verify.trailer);

    const json& send = section(object, "send");
    read(send, "text", tab.send.text);
    read(send, "hex", tab.send.hex);
    read(send, "escapes", tab.send.escapes);
    read(send, "cycle", tab.send.cycle);
    read(send, "period_ms", tab.send.period_ms);
    const json& pace = section(send, "pace");
    read(pace, "by_rate", tab.send.pace.by_rate);
    read(pace, "rate", tab.send.pace.rate);
    read(pace, "times", tab.send.pace.times);
    read(pace, "burst", tab.send.pace.burst);
    read(send, "templates", tab.send.templates);
    const json& trailer = section(send, "trailer");
    read(trailer, "append", tab.send.trailer.append);
    read(trailer, "trailer", tab.send.trailer.trailer);
    // Once one trailer was both, what is appended and what is verified.
    bool both = false;
    read(trailer, "verify", both);
    if (both && !view.contains("verify")) tab.view.verify = {true, tab.send.trailer.trailer};
    const json& file = section(send, "file");
    read(file, "on", tab.send.file.on);
    read(file, "path", tab.send.file.path);
    std::string cut = cut_names[0];
    read(file, "cut", cut);
    for (std::size_t i = 0; i < std::size(cut_names); ++i) {
        if (cut == cut_names[i]) tab.send.file.cut = static_cast<FileCut>(i);
    }
    read(file, "piece_bytes", tab.send.file.piece_bytes);
    read(file, "interval_ms", tab.send.file.interval_ms);
    tab.replies = replies_from_json(section(object, "replies"));
    return tab;
}

Workspace read_workspace(const json& object) {
    if (!object.is_object()) throw std::runtime_error(tr("this is not an object"));
    int version = 0;
    read(object, "version", version);
    if (version < 1 || version > Workspace::version) {
        throw std::runtime_error(trf("version {} of the file is not one that this program knows", version));
    }
    Workspace workspace;
    std::string language;
    read(object, "language", language);
    if (!language.empty()) workspace.language = parse_language(language);
    std::string theme;
    read(object, "theme", theme);
    if (theme == "dark") workspace.theme = Theme::dark;
    read(object, "font_size", workspace.font_size);
    workspace.font_size = std::clamp(workspace.font_size, Workspace::min_font_size, Workspace::max_font_size);
    const json& window = section(object, "window");
    read(window, "width", workspace.window_width);
    read(window, "height", workspace.window_height);
    workspace.window_width = std::clamp(workspace.window_width, 400, 16'000);
    workspace.window_height = std::clamp(workspace.window_height, 300, 16'000);
    const json& storage = section(object, "storage");
    StorageSettings& kept = workspace.storage;
    read(storage, "memory_mib", kept.memory_mib);
    kept.memory_mib =
        std::clamp(kept.memory_mib, StorageSettings::min_memory_mib, StorageSettings::max_memory_mib);
    read(storage, "record_sessions", kept.record_sessions);
    read(storage, "recordings_mib", kept.recordings_mib);
    kept.recordings_mib = std::clamp(kept.recordings_mib, StorageSettings::min_recordings_mib,
                                     StorageSettings::max_recordings_mib);
    const json& side = section(object, "side_panel");
    std::string page;
    read(side, "page", page);
    if (page == "shortcuts") workspace.side.page = SidePage::shortcuts;
    if (page == "history") workspace.side.page = SidePage::history;
    read(side, "width", workspace.side.width);
    workspace.side.width = std::clamp(workspace.side.width, 0, 16'000);
    read(side, "rounds", workspace.side.rounds);
    read(side, "endless", workspace.side.endless);
    read(object, "active_tab", workspace.active_tab);
    if (const auto tabs = object.find("tabs"); tabs != object.end()) {
        if (!tabs->is_array()) throw std::runtime_error(trf("\"{}\" is not an array", "tabs"));
        for (const json& tab : *tabs) workspace.tabs.push_back(tab_from_json(tab));
    }
    return workspace;
}

/// Looks at the names of the members alone, and no further than the one that tells.
struct Members {
    bool null() { return true; }
    bool boolean(bool) { return true; }
    bool number_integer(json::number_integer_t) { return true; }
    bool number_unsigned(json::number_unsigned_t) { return true; }
    bool number_float(json::number_float_t, const std::string&) { return true; }
    bool string(std::string&) { return true; }
    bool binary(json::binary_t&) { return true; }
    bool start_object(std::size_t) { return ++depth > 0; }
    bool end_object() { return depth-- > 0; }
    bool start_array(std::size_t) { return ++depth > 0; }
    bool end_array() { return depth-- > 0; }
    bool key(std::string& name) {
        if (depth != 1 || (name != "sockdesk_shortcuts" && name != "sockdesk_history")) return true;
        found = name;
        return false;
    }
    bool parse_error(std::size_t, const std::string&, const json::exception&) { return false; }

    std::size_t depth = 0;
    std::string found;
};

}  // namespace

std::string to_json(const Workspace& workspace) {
    json tabs = json::array();
    for (const TabState& tab : workspace.tabs) tabs.push_back(tab_to_json(tab));
    json object = {
        {"version", Workspace::version},
        {"theme", workspace.theme == Theme::dark ? "dark" : "light"},
        {"font_size", workspace.font_size},
        {"window", {{"width", workspace.window_width}, {"height", workspace.window_height}}},
        {"storage",
         {{"memory_mib", workspace.storage.memory_mib},
          {"record_sessions", workspace.storage.record_sessions},
          {"recordings_mib", workspace.storage.recordings_mib}}},
        {"side_panel",
         {{"page", workspace.side.page == SidePage::shortcuts ? "shortcuts"
                   : workspace.side.page == SidePage::history ? "history"
                                                              : ""},
          {"width", workspace.side.width},
          {"rounds", workspace.side.rounds},
          {"endless", workspace.side.endless}}},
        {"active_tab", workspace.active_tab},
        {"tabs", std::move(tabs)},
    };
    if (workspace.language) object["language"] = language_code(*workspace.language);
    return object.dump(2, ' ', false, keep_going) + "\n";
}

std::string other_kind(std::string_view text) {
    Members members;
    json::sax_parse(text, &members);
    if (members.found == "sockdesk_shortcuts") {
        return tr(
            "This is a library of shortcuts, not a workspace. It can be imported in the window: Shortcuts, "
            "\"...\", Import.");
    }
    if (members.found == "sockdesk_history")
        return tr(
            "This is a history of what was sent, not a workspace. It belongs to the workspace beside it.");
    return {};
}

Result<Workspace> workspace_from_json(std::string_view text) {
    if (std::string kind = other_kind(text); !kind.empty()) return fail(ErrorKind::in_use, std::move(kind));
    try {
        return read_workspace(json::parse(text));
    } catch (const json::parse_error& error) {
        const TextPlace place = place_of(text, error.byte > 0 ? error.byte - 1 : 0);
        return fail(ErrorKind::bad_input,
                    trf("line {}, character {}: {}", place.line, place.character, tr("this is no JSON")));
    } catch (const std::exception& error) {
        return fail(ErrorKind::bad_input, error.what());
    }
}

}  // namespace sockdesk::app
