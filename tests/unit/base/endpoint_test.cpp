#include "base/endpoint.hpp"

#include <gtest/gtest.h>

namespace sockdesk {
namespace {

IpAddress address(std::string_view text) {
    const auto parsed = IpAddress::parse(text);
    EXPECT_TRUE(parsed) << text;
    return parsed.value_or(IpAddress());
}

TEST(IpAddress, reads_and_writes_dotted_quads) {
    EXPECT_EQ(address("127.0.0.1"), IpAddress::v4({127, 0, 0, 1}));
    EXPECT_EQ(address("255.255.255.255").to_string(), "255.255.255.255");
    EXPECT_EQ(IpAddress().to_string(), "0.0.0.0");
    for (const char* text :
         {"", "1", "1.2.3", "1.2.3.4.5", "256.0.0.1", "1.2.3.4 ", " 1.2.3.4", "01.2.3.4", "a.b.c.d"}) {
        EXPECT_FALSE(IpAddress::parse(text)) << text;
    }
    EXPECT_FALSE(IpAddress::parse(std::string_view("1.2.3.4\0", 8)));
}

TEST(IpAddress, reads_and_writes_ipv6) {
    EXPECT_EQ(address("::").to_string(), "::");
    EXPECT_EQ(address("0:0:0:0:0:0:0:1").to_string(), "::1");
    EXPECT_EQ(address("2001:DB8::5").to_string(), "2001:db8::5");
    EXPECT_EQ(address("fe80::1%7").scope_id(), 7U);
    EXPECT_EQ(address("fe80::1%7").to_string(), "fe80::1%7");
    EXPECT_EQ(address("fe80::1%4294967295").scope_id(), 4294967295U);
    for (const char* text :
         {":", ":::", "::g", "1::2::3", "12345::", "fe80::1%", "fe80::1%no-such-interface-here",
          "fe80::1%4294967296", "fe80::1%-1", "127.0.0.1%1", "[::1]"}) {
        EXPECT_FALSE(IpAddress::parse(text)) << text;
    }
}

TEST(IpAddress, an_interface_name_is_a_scope) { EXPECT_NE(address("fe80::1%lo").scope_id(), 0U); }

TEST(IpAddress, a_scope_is_kept_only_where_it_means_something) {
    EXPECT_EQ(address("::1%3"), address("::1"));
    EXPECT_NE(address("ff02::1%3"), address("ff02::1"));
}

TEST(IpAddress, one_peer_has_one_name) {
    EXPECT_EQ(address("::ffff:192.168.0.7"), IpAddress::v4({192, 168, 0, 7}));
    EXPECT_EQ(IpAddress::v6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 1, 2, 3, 4}),
              IpAddress::v4({1, 2, 3, 4}));
}

TEST(IpAddress, knows_special_addresses) {
    EXPECT_TRUE(address("0.0.0.0").is_unspecified());
    EXPECT_TRUE(address("::").is_unspecified());
    EXPECT_FALSE(address("0.0.0.1").is_unspecified());
    EXPECT_TRUE(address("127.9.9.9").is_loopback());
    EXPECT_TRUE(address("::1").is_loopback());
    EXPECT_FALSE(address("::2").is_loopback());
    EXPECT_TRUE(address("224.0.0.1").is_multicast());
    EXPECT_TRUE(address("239.255.255.255").is_multicast());
    EXPECT_FALSE(address("240.0.0.1").is_multicast());
    EXPECT_TRUE(address("ff02::1").is_multicast());
    EXPECT_TRUE(address("255.255.255.255").is_limited_broadcast());
    EXPECT_FALSE(address("192.168.0.255").is_limited_broadcast());
    EXPECT_FALSE(address("ffff:ffff::").is_limited_broadcast());
}

TEST(Endpoint, is_written_with_brackets_around_ipv6) {
    EXPECT_EQ((Endpoint{address("127.0.0.1"), 8080}).to_string(), "127.0.0.1:8080");
    EXPECT_EQ((Endpoint{address("::1"), 8080}).to_string(), "[::1]:8080");
    EXPECT_EQ((Endpoint{address("fe80::1%2"), 1}).to_string(), "[fe80::1%2]:1");
}

struct Typed {
    const char* text;
    HostPort expected;
};

class ParseHostPort : public testing::TestWithParam<Typed> {};

TEST_P(ParseHostPort, is_understood) {
    const auto parsed = parse_host_port(GetParam().text);
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(*parsed, GetParam().expected);
    // What is shown can be typed again.
    EXPECT_EQ(*parse_host_port(parsed->to_string()), *parsed);
}

INSTANTIATE_TEST_SUITE_P(Endpoint, ParseHostPort,
                         testing::Values(Typed{"127.0.0.1:8080", {"127.0.0.1", 8080}},
                                         Typed{":8080", {"0.0.0.0", 8080}}, Typed{":0", {"0.0.0.0", 0}},
                                         Typed{"[::1]:65535", {"::1", 65535}}, Typed{"[::]", {"::", 0}},
                                         Typed{"[fe80::1%1]:5", {"fe80::1%1", 5}},
                                         Typed{"localhost", {"localhost", 0}},
                                         Typed{"my_host-2.example.org.:1", {"my_host-2.example.org.", 1}},
                                         Typed{"  127.0.0.1 :8080 ", {"127.0.0.1", 8080}},
                                         Typed{"localhost : 80", {"localhost", 80}},
                                         Typed{"[::1] : 80", {"::1", 80}}, Typed{"主机:80", {"主机", 80}},
                                         Typed{"1.2.3.4", {"1.2.3.4", 0}},
                                         Typed{"4you.example:007", {"4you.example", 7}}));

struct Mistyped {
    std::string text;
    std::size_t position;
    const char* word;  ///< that the message must have
};

class RefuseHostPort : public testing::TestWithParam<Mistyped> {};

TEST_P(RefuseHostPort, at_the_byte_and_with_advice) {
    const auto parsed = parse_host_port(GetParam().text);
    ASSERT_FALSE(parsed) << parsed->to_string();
    EXPECT_EQ(parsed.error().kind, ErrorKind::bad_input);
    EXPECT_EQ(parsed.error().position, GetParam().position) << parsed.error().message;
    EXPECT_NE(parsed.error().message.find(GetParam().word), std::string::npos) << parsed.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Endpoint, RefuseHostPort,
    testing::Values(Mistyped{"", 0, "HOST:PORT"}, Mistyped{"   ", 0, "empty"},
                    Mistyped{"127.0.0.1:", 10, "port"}, Mistyped{":", 1, "port"},
                    Mistyped{"127.0.0.1:http", 10, "0 to 65535"}, Mistyped{"127.0.0.1:80x", 12, "not a port"},
                    Mistyped{"h:65536", 2, "too large"}, Mistyped{"h:-1", 2, "not a port"},
                    Mistyped{"h:99999999999999999999", 2, "too large"}, Mistyped{"8080", 0, ":8080"},
                    Mistyped{"256.0.0.1:1", 0, "255"}, Mistyped{" 1.2.300.4:1", 5, "255"},
                    Mistyped{"1.2.3:4", 5, "four numbers"}, Mistyped{"1.2.3.4.5:1", 8, "four numbers"},
                    Mistyped{"1.2.03.4", 4, "begins with 0"}, Mistyped{"::1", 0, "[::1]:PORT"},
                    Mistyped{"::1:8080", 0, "[::1]:8080"}, Mistyped{"a:b:c", 3, "more than one colon"},
                    Mistyped{"[::1", 4, "not closed"}, Mistyped{"[::g]:1", 1, "not an IPv6 address"},
                    Mistyped{"[1.2.3.4]:1", 1, "not an IPv6 address"}, Mistyped{"[::1]80", 5, "bracket"},
                    Mistyped{"[::1]:", 6, "port"}, Mistyped{"[]:1", 1, "not an IPv6"},
                    Mistyped{"[fe80::1%nope]:1", 1, "interface"}, Mistyped{"http://x:80", 0, "URL"},
                    Mistyped{"http://x", 0, "URL"}, Mistyped{"a b:80", 1, "cannot stand"},
                    Mistyped{"a..b:80", 2, "dot too many"}, Mistyped{"127.0.0.1：80", 9, "full-width"},
                    Mistyped{std::string(64, 'a') + ":1", 0, "63"}, Mistyped{"a\x1b[2J:1", 1, "\\x1B"}));

TEST(ParsePort, reads_numbers) {
    EXPECT_EQ(parse_port("").value(), 0);
    EXPECT_EQ(parse_port("  ").value(), 0);
    EXPECT_EQ(parse_port(" 80\t").value(), 80);
    EXPECT_EQ(parse_port("65535").value(), 65535);
    EXPECT_EQ(parse_port("65536").error().position, 0U);
    EXPECT_EQ(parse_port(" 8o80").error().position, 2U);
    EXPECT_FALSE(parse_port("+80"));
    EXPECT_FALSE(parse_port("0x50"));
}

}  // namespace
}  // namespace sockdesk
