#include "capture/journal_event.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "capture/event_text.hpp"

namespace sockdesk::capture {

namespace {

using Kind = SessionEvent::Kind;

constexpr std::array<std::pair<Kind, std::string_view>, 8> kind_names{{
    {Kind::open, "open"},
    {Kind::connect, "connect"},
    {Kind::disconnect, "disconnect"},
    {Kind::half_close, "half_close"},
    {Kind::error, "error"},
    {Kind::drop, "drop"},
    {Kind::close, "close"},
    {Kind::note, "note"},
}};

/// The members that are numbers, under the names of their fields.
template <typename Event, typename Visit>
void visit_numbers(Event& event, Visit visit) {
    visit("SOCKDESK_COUNT", event.count);
    visit("SOCKDESK_RX_PACKETS", event.totals.rx_packets);
    visit("SOCKDESK_RX_BYTES", event.totals.rx_bytes);
    visit("SOCKDESK_TX_PACKETS", event.totals.tx_packets);
    visit("SOCKDESK_TX_BYTES", event.totals.tx_bytes);
    visit("SOCKDESK_DROPPED", event.totals.dropped);
    visit("SOCKDESK_DISCARDED", event.totals.discarded);
}

template <typename Event, typename Visit>
void visit_texts(Event& event, Visit visit) {
    visit("SOCKDESK_PROTOCOL", event.protocol);
    visit("SOCKDESK_BY", event.by);
    visit("SOCKDESK_REASON", event.reason);
    visit("SOCKDESK_CODE", event.code);
    visit("SOCKDESK_MESSAGE", event.message);
}

template <typename Event, typename Visit>
void visit_endpoints(Event& event, Visit visit) {
    visit("SOCKDESK_LOCAL", event.local);
    visit("SOCKDESK_REMOTE", event.remote);
}

/// syslog levels (RFC 5424 section 6.2.1)
char priority(Kind kind) {
    switch (kind) {
        case Kind::error:
            return '3';
        case Kind::drop:
            return '4';
        case Kind::disconnect:
        case Kind::close:
            return '5';
        default:
            return '6';
    }
}

bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && byte != '\t') || byte == 0x7F;
}

/// At most `max_event_text` bytes, not cut within a UTF-8 character.
std::string_view shortened(std::string_view text) {
    if (text.size() <= max_event_text) return text;
    std::size_t end = max_event_text;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80) --end;
    // Four bytes at most make a character: further back it was not UTF-8.
    if (max_event_text - end > 3) end = max_event_text;
    return text.substr(0, end);
}

void append_field(std::string& entry, std::string_view name, std::string_view value) {
    value = shortened(value);
    entry += name;
    if (std::none_of(value.begin(), value.end(), is_control)) {
        entry += '=';
    } else {
        entry += '\n';
        for (unsigned shift = 0; shift < 64; shift += 8) {
            entry += static_cast<char>(static_cast<unsigned char>(std::uint64_t{value.size()} >> shift));
        }
    }
    entry += value;
    entry += '\n';
}

struct Field {
    std::string_view name;
    std::string_view value;
};

/// Takes the next field off `rest`; none at the end and where the entry is broken.
std::optional<Field> take_field(std::string_view& rest) {
    const std::size_t line_end = rest.find('\n');
    if (line_end == 0 || line_end == std::string_view::npos) return std::nullopt;
    const std::string_view line = rest.substr(0, line_end);
    rest.remove_prefix(line_end + 1);
    if (const std::size_t equals = line.find('='); equals != std::string_view::npos) {
        return Field{line.substr(0, equals), line.substr(equals + 1)};
    }
    if (rest.size() < 8) return std::nullopt;
    std::uint64_t size = 0;
    for (unsigned i = 0; i < 8; ++i) {
        size |= std::uint64_t{static_cast<unsigned char>(rest[i])} << (8 * i);
    }
    rest.remove_prefix(8);
    if (size >= rest.size() || rest[size] != '\n') return std::nullopt;
    const Field field{line, rest.substr(0, size)};
    rest.remove_prefix(size + 1);
    return field;
}

template <typename Number>
std::optional<Number> number_in(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// What `Endpoint::to_string` wrote. Not `parse_host_port`, which is lenient to people.
std::optional<Endpoint> endpoint_in(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto port = number_in<std::uint16_t>(text.substr(colon + 1));
    std::string_view host = text.substr(0, colon);
    if (host.size() >= 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    const auto address = IpAddress::parse(host);
    if (!port || !address) return std::nullopt;
    return Endpoint{*address, *port};
}

}  // namespace

std::string_view kind_name(SessionEvent::Kind kind) {
    for (const auto& [known, name] : kind_names) {
        if (known == kind) return name;
    }
    return "note";
}

std::string encode_event(const SessionEvent& event, std::string_view session_protocol) {
    const auto nanoseconds = event.time.time_since_epoch().count();
    std::string entry;
    entry.reserve(512);
    // Readers take this one as unsigned.
    append_field(entry, "__REALTIME_TIMESTAMP",
                 fmt::format("{}", std::max<std::int64_t>(nanoseconds, 0) / 1000));
    append_field(entry, "MESSAGE", describe(event, session_protocol));
    append_field(entry, "SYSLOG_IDENTIFIER", "sockdesk");
    append_field(entry, "PRIORITY", std::string(1, priority(event.kind)));
    append_field(entry, "SOCKDESK_EVENT", kind_name(event.kind));
    append_field(entry, "SOCKDESK_TIME_NS", fmt::format("{}", nanoseconds));
    visit_endpoints(event, [&](std::string_view name, const std::optional<Endpoint>& endpoint) {
        if (endpoint) append_field(entry, name, endpoint->to_string());
    });
    if (event.port_chosen_by_system) append_field(entry, "SOCKDESK_PORT_CHOSEN", "1");
    visit_texts(event, [&](std::string_view name, const std::string& text) {
        if (!text.empty()) append_field(entry, name, text);
    });
    visit_numbers(event, [&](std::string_view name, std::uint64_t number) {
        if (number != 0) append_field(entry, name, fmt::format("{}", number));
    });
    return entry;
}

SessionEvent decode_event(ByteView entry) {
    SessionEvent event;
    std::string_view rest = as_chars(entry);
    std::optional<std::int64_t> microseconds;
    std::optional<std::int64_t> nanoseconds;
    std::string_view line;
    bool ours = false;
    while (const auto field = take_field(rest)) {
        // Not a structured binding: Clang 14 does not let a lambda capture one.
        const std::string_view name = field->name;
        const std::string_view value = field->value;
        if (name == "__REALTIME_TIMESTAMP") microseconds = number_in<std::int64_t>(value);
        if (name == "MESSAGE") line = value;
        if (name == "SOCKDESK_TIME_NS") nanoseconds = number_in<std::int64_t>(value);
        if (name == "SOCKDESK_PORT_CHOSEN") event.port_chosen_by_system = value == "1";
        if (name == "SOCKDESK_EVENT") {
            ours = true;
            for (const auto& [kind, known] : kind_names) {
                if (known == value) event.kind = kind;
            }
        }
        visit_endpoints(event, [&](std::string_view known, std::optional<Endpoint>& endpoint) {
            if (known == name) endpoint = endpoint_in(value);
        });
        visit_texts(event, [&](std::string_view known, std::string& text) {
            if (known == name) text = value;
        });
        visit_numbers(event, [&](std::string_view known, std::uint64_t& number) {
            if (known == name) number = number_in<std::uint64_t>(value).value_or(0);
        });
    }
    if (!ours && event.message.empty()) event.message = line;
    if (nanoseconds) {
        event.time = Timestamp(std::chrono::nanoseconds(*nanoseconds));
    } else if (microseconds) {
        constexpr std::int64_t limit = std::chrono::nanoseconds::max().count() / 1000;
        event.time = Timestamp(std::chrono::microseconds(std::clamp<std::int64_t>(*microseconds, 0, limit)));
    }
    return event;
}

SessionEvent decode_event(const RecordView& record) {
    SessionEvent event = decode_event(record.event_body);
    event.time = record.time;
    return event;
}

}  // namespace sockdesk::capture
