#include "archive/packet_reader.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

#include <fmt/format.h>

#include "archive/pcap_reader.hpp"
#include "archive/pcapng_reader.hpp"

namespace sockdesk::archive {

namespace {

struct Compression {
    std::string_view magic;
    std::string_view name;
    std::string_view command;
};

/// What `tcpdump … | gzip` and Wireshark's "compress" leave.
constexpr std::array<Compression, 4> compressions{{
    {"\x1f\x8b", "gzip", "gunzip"},
    {"\x28\xb5\x2f\xfd", "zstd", "unzstd"},
    {"\x04\x22\x4d\x18", "lz4", "unlz4"},
    {"\xfd\x37\x7a\x58", "xz", "unxz"},
}};

}  // namespace

Timestamp time_from(std::int64_t seconds, std::uint64_t nanoseconds) {
    constexpr std::int64_t second = 1'000'000'000;
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max() / second - 1;
    // A fraction of more than a second, which only a broken file has, counts as what it says.
    const auto carried = static_cast<std::int64_t>(nanoseconds / second);
    if (seconds < 0 && seconds + carried < 0) return {};
    if (seconds > most - carried) return Timestamp(std::chrono::seconds(most));
    return Timestamp(std::chrono::nanoseconds((seconds + carried) * second +
                                              static_cast<std::int64_t>(nanoseconds % second)));
}

Result<std::unique_ptr<PacketReader>> make_packet_reader(ByteView head) {
    if (head.empty()) return fail(ErrorKind::bad_input, "the file is empty");
    if (auto reader = PcapReader::from(head)) return reader;
    if (auto reader = PcapngReader::from(head)) return reader;
    for (const Compression& one : compressions) {
        if (as_chars(head).substr(0, one.magic.size()) != one.magic) continue;
        return fail(ErrorKind::bad_input,
                    fmt::format("it is compressed ({}); unpack it first, with {}", one.name, one.command));
    }
    return fail(ErrorKind::bad_input, "it is neither a pcapng nor a pcap capture");
}

}  // namespace sockdesk::archive
