#include "net/port_owner.hpp"

#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <system_error>

namespace sockdesk::net {

namespace fs = std::filesystem;

namespace {

/// One row of /proc/net/{udp,tcp}{,6}: addresses are hexadecimal, each 32-bit word in host byte order.
struct SocketRow {
    IpAddress address;
    std::uint16_t port = 0;
    std::uint64_t inode = 0;
    unsigned state = 0;
};

constexpr unsigned tcp_listen = 0x0A;

std::optional<SocketRow> parse_row(const std::string& line) {
    std::istringstream fields(line);
    std::string slot, local, remote, state, queues, timer, retransmits, uid, timeout, inode;
    if (!(fields >> slot >> local >> remote >> state >> queues >> timer >> retransmits >> uid >> timeout >>
          inode)) {
        return std::nullopt;
    }
    const std::size_t colon = local.find(':');
    if (colon != 8 && colon != 32) {
        return std::nullopt;
    }
    std::array<std::uint8_t, 16> octets{};
    for (std::size_t word = 0; word < colon / 8; ++word) {
        const auto value =
            static_cast<std::uint32_t>(std::strtoul(local.substr(word * 8, 8).c_str(), nullptr, 16));
        for (std::size_t byte = 0; byte < 4; ++byte) {
            octets[word * 4 + byte] = static_cast<std::uint8_t>(value >> (8 * byte));
        }
    }
    SocketRow row;
    row.address =
        colon == 8 ? IpAddress::v4({octets[0], octets[1], octets[2], octets[3]}) : IpAddress::v6(octets);
    row.port = static_cast<std::uint16_t>(std::strtoul(local.c_str() + colon + 1, nullptr, 16));
    row.state = static_cast<unsigned>(std::strtoul(state.c_str(), nullptr, 16));
    row.inode = std::strtoull(inode.c_str(), nullptr, 10);
    return row;
}

void collect_inodes(const char* table, SocketKind kind, const Endpoint& local,
                    std::set<std::uint64_t>& inodes) {
    std::ifstream file(table);
    std::string line;
    std::getline(file, line);  // headings
    while (std::getline(file, line)) {
        const auto row = parse_row(line);
        if (!row || row->port != local.port || (kind == SocketKind::tcp && row->state != tcp_listen)) {
            continue;
        }
        if (row->address == local.address || row->address.is_unspecified() ||
            local.address.is_unspecified()) {
            inodes.insert(row->inode);
        }
    }
}

bool holds_one_of(const fs::path& process, const std::set<std::uint64_t>& inodes) {
    std::error_code error;
    // Counted on by hand: the range-based loop throws when a process ends while it is looked at.
    for (fs::directory_iterator entry(process / "fd", error); !error && entry != fs::directory_iterator();
         entry.increment(error)) {
        std::error_code gone;
        const std::string target = fs::read_symlink(entry->path(), gone).string();
        constexpr std::string_view prefix = "socket:[";
        if (!gone && target.starts_with(prefix) &&
            inodes.contains(std::strtoull(target.c_str() + prefix.size(), nullptr, 10))) {
            return true;
        }
    }
    return false;
}

}  // namespace

std::optional<PortOwner> find_port_owner(SocketKind kind, const Endpoint& local) {
    std::set<std::uint64_t> inodes;
    if (kind == SocketKind::udp) {
        collect_inodes("/proc/net/udp", kind, local, inodes);
        collect_inodes("/proc/net/udp6", kind, local, inodes);
    } else {
        collect_inodes("/proc/net/tcp", kind, local, inodes);
        collect_inodes("/proc/net/tcp6", kind, local, inodes);
    }
    if (inodes.empty()) {
        return std::nullopt;
    }
    std::error_code error;
    for (fs::directory_iterator entry("/proc", error); !error && entry != fs::directory_iterator();
         entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        int pid = 0;
        const auto parsed = std::from_chars(name.data(), name.data() + name.size(), pid);
        if (parsed.ec != std::errc() || parsed.ptr != name.data() + name.size() ||
            !holds_one_of(entry->path(), inodes)) {
            continue;
        }
        std::ifstream comm(entry->path() / "comm");
        PortOwner owner;
        std::getline(comm, owner.process);
        owner.pid = pid;
        return owner;
    }
    return std::nullopt;
}

}  // namespace sockdesk::net
