// The payload language through its front door: text in, bytes or a marked fault out.
#include "codec/payload_template.hpp"

#include <chrono>
#include <ctime>
#include <set>

#include <gmock/gmock.h>

#include "codec/trailer.hpp"
#include "codec_test.hpp"
#include "unit/counted_allocations.hpp"

namespace sockdesk::codec {
namespace {

using namespace std::chrono_literals;

class PayloadTemplateTest : public testing::Test {
protected:
    PayloadTemplateTest() {
        moment.random = &random;
        moment.now = Timestamp(1'795'255'200s + 123'456'789ns);
    }

    PayloadTemplate compiled(std::string_view text) const {
        auto result = PayloadTemplate::compile(text, options);
        if (!result) throw std::runtime_error(std::string(text) + ": " + result.error().message);
        return std::move(*result);
    }
    std::string made(std::string_view text) {
        Bytes out = bytes_of("what was there before");
        compiled(text).make(moment, out);
        return std::string(as_chars(out));
    }
    /// In the counter's next value, as the engine has it.
    std::string next(std::string_view text) {
        ++moment.counter;
        return made(text);
    }
    Error fault(std::string_view text) const {
        const auto result = PayloadTemplate::compile(text, options);
        if (result) {
            ADD_FAILURE() << text << " was understood";
            return {};
        }
        EXPECT_LE(result.error().position, text.size()) << text;
        return result.error();
    }

    TemplateOptions options;
    std::mt19937_64 random{20'260'101};
    TemplateMoment moment;
};

std::string hex_bytes(std::string_view hex) {
    const Bytes raw = bytes(hex);
    return std::string(as_chars(raw));
}

TEST_F(PayloadTemplateTest, TextWithoutItemsIsItself) {
    EXPECT_EQ(made(""), "");
    EXPECT_EQ(made("{\"a\":{\"b\":1}} {x} }}"), "{\"a\":{\"b\":1}} {x} }}");
    EXPECT_TRUE(compiled("abc").is_constant());
    EXPECT_EQ(made("a\\n"), "a\\n");
    options.payload.escapes = true;
    EXPECT_EQ(made("a\\n{{counter}}\\x00"), std::string("a\n0\0", 4));
}

TEST_F(PayloadTemplateTest, Counter) {
    EXPECT_EQ(made("{{counter}}"), "0");
    moment.counter = 3;
    EXPECT_EQ(made("{{counter}}"), "3");
    EXPECT_EQ(made("{{ counter : 100 , step = 10 }}"), "130");
    EXPECT_EQ(made("{{counter:1,step=-1}}"), "-2");
    EXPECT_EQ(made("{{counter:1,step=-1,width=4}}"), "-002");
    EXPECT_EQ(made("{{counter:252,base=16}}{{counter:252,width=4,base=16}}"), "FF00FF");
    EXPECT_EQ(made("{{counter,base=2}}"), "11");
    EXPECT_EQ(made("{{counter,width=5}}"), "00003");
    EXPECT_EQ(made("{{counter,!H}}{{counter,<I}}{{counter,b}}"), hex_bytes("0003 03000000 03"));
    EXPECT_EQ(made("{{counter:0xFFFF,>H}}"), hex_bytes("0002"));  // cut, as it ran over
    EXPECT_EQ(made("{{counter:-2,!i}}"), hex_bytes("00000001"));
    EXPECT_EQ(made("{{counter:18446744073709551615}}"), "2");
    EXPECT_EQ(made("{{counter,!f}}{{counter,<d}}"), hex_bytes("40400000 0000000000000840"));
    EXPECT_FALSE(compiled("{{counter}}").is_constant());
}

TEST_F(PayloadTemplateTest, Time) {
    EXPECT_EQ(made("{{time:unix}} {{time:ms}} {{time:us}} {{time:ns}}"),
              "1795255200 1795255200123 1795255200123456 1795255200123456789");
    EXPECT_EQ(made("{{time:unix,!I}}"), hex_bytes("6B016BA0"));
    EXPECT_EQ(made("{{time:\u00B5s}} {{time:\u03BCs,width=18}}"), made("{{time:us}} {{time:us,width=18}}"));
    EXPECT_EQ(made("{{time:us,<Q}}"), hex_bytes("400A7C6CC6600600"));
    moment.now = Timestamp(-1ns);
    EXPECT_EQ(made("{{time:unix}} {{time:ms}}"), "-1 -1");
}

TEST_F(PayloadTemplateTest, IsoTimeIsLocalWithMillisecondsAndOffset) {
    for (const auto second : {1'795'255'200s, 1'782'000'000s, 1'795'255'200s, 1'795'255'201s, -1s}) {
        moment.now = Timestamp(second + 7ms);
        const auto system_second = static_cast<std::time_t>(second.count());
        std::tm parts{};
        localtime_r(&system_second, &parts);
        char expected[64], offset[16];
        strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%S.007", &parts);
        strftime(offset, sizeof offset, "%z", &parts);
        const std::string zone = std::string(offset, 3) + ":" + std::string(offset + 3);
        EXPECT_EQ(made("{{time}}"), expected + zone);
        EXPECT_EQ(made("{{time:iso}}"), expected + zone);
    }
}

TEST_F(PayloadTemplateTest, RandomBytesAndNumbers) {
    EXPECT_EQ(made("{{random:0}}"), "");
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) {
        const std::string bytes = made("{{random:13}}");
        ASSERT_EQ(bytes.size(), 13u);
        seen.insert(bytes);
    }
    EXPECT_EQ(seen.size(), 100u);

    std::set<std::string> faces;
    for (int i = 0; i < 300; ++i) faces.insert(made("{{random:1..6}}"));
    EXPECT_EQ(faces, (std::set<std::string>{"1", "2", "3", "4", "5", "6"}));
    faces.clear();
    for (int i = 0; i < 100; ++i) faces.insert(made("{{random:-1..1,b}}"));
    EXPECT_EQ(faces, (std::set<std::string>{"\xFF", std::string(1, '\0'), "\x01"}));
    EXPECT_EQ(made("{{random:7..7,width=3}}"), "007");
    EXPECT_EQ(made("{{random:18446744073709551615..18446744073709551615}}"), "18446744073709551615");
    EXPECT_EQ(made("{{random:-9223372036854775808..-9223372036854775808}}"), "-9223372036854775808");
}

TEST_F(PayloadTemplateTest, UuidIsVersion4) {
    const auto form =
        testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    std::set<std::string> seen;
    for (int i = 0; i < 200; ++i) {
        const std::string uuid = made("{{uuid}}");
        EXPECT_THAT(uuid, form);
        seen.insert(uuid);
    }
    EXPECT_EQ(seen.size(), 200u);
}

TEST_F(PayloadTemplateTest, Pack) {
    EXPECT_EQ(made("{{pack:!H8sb,1,\"test.jpg\",2}}"), hex_bytes("0001") + "test.jpg" + hex_bytes("02"));
    EXPECT_EQ(made("{{pack: <h , -3 }}"), hex_bytes("FDFF"));
    EXPECT_EQ(made("{{pack:!?d,True,1.5}}"), hex_bytes("01 3FF8000000000000"));
    EXPECT_EQ(made("{{pack:!Q,0xFFFFFFFFFFFFFFFF}}"), hex_bytes("FFFFFFFFFFFFFFFF"));
    EXPECT_EQ(made("{{pack:!f,-inf}}{{pack:!f,1e3}}{{pack:B,0b101}}"), hex_bytes("FF800000 447A0000 05"));
    EXPECT_EQ(made("{{pack:6s,'a}}\\x00\\''}}"), std::string("a}}\0'\0", 6));
    EXPECT_EQ(made("{{pack:2s,b\"ab\"}}"), "ab");
    EXPECT_EQ(made("{{pack:2x}}"), hex_bytes("0000"));
    EXPECT_TRUE(compiled("{{pack:!H,1}}").is_constant());
    options.payload.encoding = encoding("gbk");
    EXPECT_EQ(made("{{pack:4s,\"你好\"}}"), hex_bytes("C4E3BAC3"));
}

TEST_F(PayloadTemplateTest, NumbersAreWhatPythonReads) {
    EXPECT_EQ(made("{{pack:b,-0x1E}}{{pack:b,+0x1e}}{{pack:b,-0b1}}"), hex_bytes("E2 1E FF"));
    EXPECT_EQ(made("{{pack:!d,1_000.5}}"), hex_bytes("408F440000000000"));
    EXPECT_EQ(made("{{pack:!d,1e-400}}{{pack:!d,-0.0e-999}}"),
              hex_bytes("0000000000000000 8000000000000000"));
    EXPECT_EQ(made("{{pack:!d,0." + std::string(400, '0') + "1}}"), hex_bytes("0000000000000000"));
    EXPECT_EQ(made("{{pack:!d,5e-324}}{{pack:!d,-.5e+1_0}}"), hex_bytes("0000000000000001 C1F2A05F20000000"));
    for (const char* wrong : {"1__0.5", "_1.5", "1_.5", "1._5", "1.5_", "1e_5", "1e400", "--1.5", "+-1.5"}) {
        EXPECT_EQ(fault(std::string("{{pack:!d,") + wrong + "}}").position, 10u) << wrong;
    }
    EXPECT_EQ(made("{{part:a}}{{/part}}{{len:a-1,!f}}"), hex_bytes("BF800000"));
    EXPECT_EQ(made("{{part:a}}{{session.remote_address}}{{/part}}{{len:a-1,!d}}"),
              hex_bytes("BFF0000000000000"));
    EXPECT_EQ(made("{{counter:18446744073709551615,step=-1}}"), "18446744073709551615");
    EXPECT_EQ(next("{{counter:18446744073709551615,step=-1}}"), "18446744073709551614");
    EXPECT_EQ(next("{{counter:1,step=-1}}"), "-1");
}

TEST_F(PayloadTemplateTest, QuotedValuesHaveTheEscapesOfPythonsBytes) {
    EXPECT_EQ(made("{{pack:2s,\"\\012\"}}{{pack:4s,'\\1\\12\\1234'}}"), hex_bytes("0A00 01 0A 53 34"));
    EXPECT_EQ(made("{{pack:8s,'\\a\\b\\f\\v\\n\\r\\t\\\\'}}"), hex_bytes("07 08 0C 0B 0A 0D 09 5C"));
    EXPECT_EQ(made("{{pack:4s,b\"\\377\\0\\08\"}}"), hex_bytes("FF 00 00 38"));
    EXPECT_EQ(made("{{pack:2s,'a\\\nb'}}{{pack:2s,\"a\\\r\nb\"}}"), "abab");
    EXPECT_EQ(made("{{text:gbk,\"\\303\\u4F60\\v\"}}"), hex_bytes("C3 C4E3 0B"));
    options.payload.encoding = encoding("utf-16be");
    EXPECT_EQ(made("{{pack:7s,\"\\0\\a\\n\\012\"}}"), hex_bytes("0000 0007 000A 0A"));
    options.payload.encoding = {};
    EXPECT_EQ(fault("{{pack:4s,'ab\\400'}}").position, 13u);
    EXPECT_NE(fault("{{pack:4s,'ab\\400'}}").message.find("\\377"), std::string::npos);
    EXPECT_EQ(fault("{{pack:4s,'\\a\\8'}}").position, 13u);
    EXPECT_EQ(fault("{{pack:4s,'\\x1'}}").position, 11u);
    EXPECT_EQ(fault("{{pack:4s,'\\012\\\"\\x1'}}").position, 17u);
    EXPECT_EQ(fault("{{text:gbk,\"\\012\\a😀\"}}").position, 18u);
}

TEST_F(PayloadTemplateTest, HexTextAndQuotes) {
    EXPECT_EQ(made("a{{hex: 00 ff:FE }}b"), hex_bytes("61 00FFFE 62"));
    EXPECT_EQ(made("{{text:gbk,你好}}|{{ text : gbk , \"}}\\\"你\" }}"),
              hex_bytes("C4E3BAC3") + "|}}\"" + hex_bytes("C4E3"));
    EXPECT_EQ(made("{{text:utf-16le,a\"b}}"), std::string("a\0\"\0b\0", 6));
    EXPECT_EQ(made("{{\"{{\"}}{{ \"a\"b\\n\" }}"), "{{a\"b\\n");
    EXPECT_EQ(made("{{text:gbk, a\\n }}"),
              "a\\n ");  // blanks behind the comma do not matter, those before }} are text
    options.payload.escapes = true;
    EXPECT_EQ(made("{{text:gbk,a\\n}}"), "a\n");
}

TEST_F(PayloadTemplateTest, InHexTheRestIsHex) {
    options.payload.mode = PayloadMode::hex;
    EXPECT_EQ(made("01 03{{counter,!H}} 0x00,01"), hex_bytes("0103 0000 0001"));
    EXPECT_EQ(made("{{counter}}{{\"ab\"}}{{text:gbk,你\\n}}"), "0ab" + hex_bytes("C4E3") + "\\n");
    EXPECT_EQ(fault("01 0{{counter}}").position, 3u);
    EXPECT_EQ(fault("01 {{counter}} zz").position, 15u);
    options.payload.encoding = encoding("utf-16be");
    EXPECT_EQ(made("ff{{counter:12}}"), hex_bytes("FF 0031 0032"));
}

TEST_F(PayloadTemplateTest, Files) {
    EXPECT_EQ(fault("{{file:a}}").position, 0u);
    std::vector<std::string> asked;
    options.read_file = [&](std::string_view path) -> Result<std::shared_ptr<const Bytes>> {
        asked.emplace_back(path);
        if (path == "none") return fail(ErrorKind::not_found, "read none: No such file or directory");
        return std::make_shared<const Bytes>(bytes("00 01"));
    };
    EXPECT_EQ(made("[{{file: /tmp/a b.bin }}{{file:\" }} \"}}]"), "[" + hex_bytes("00010001") + "]");
    EXPECT_EQ(asked, (std::vector<std::string>{"/tmp/a b.bin", " }} "}));
    EXPECT_TRUE(compiled("{{file:a}}").is_constant());
    EXPECT_TRUE(compiled("{{file:a}}").reads_files());
    EXPECT_FALSE(compiled("file {{\"{{file:a}}\"}}").reads_files());
    EXPECT_EQ(made("{{len:body,!H}}{{part:body}}{{file:a}}{{/part}}"), hex_bytes("0002 0001"));
    const Error error = fault("ab{{file: none}}");
    EXPECT_EQ(error.kind, ErrorKind::not_found);
    EXPECT_EQ(error.position, 10u);
    EXPECT_EQ(fault("{{file:\"\"}}").position, 7u);
    EXPECT_EQ(fault("{{file:}}").position, 7u);
    EXPECT_EQ(fault("{{file:\"a\\0\"}}").position, 7u);
}

TEST_F(PayloadTemplateTest, LengthsOfParts) {
    EXPECT_EQ(made("{{len:body,!H}}{{part:body}}hello{{/part}}!"), hex_bytes("0005") + "hello!");
    EXPECT_EQ(made("{{len:rest,!H}}hello"), hex_bytes("0005") + "hello");
    EXPECT_EQ(made("{{len:all,!H}}hello"), hex_bytes("0007") + "hello");
    EXPECT_EQ(made("{{part:a}}xyz{{/part}}{{len:a}}"), "xyz3");
    EXPECT_EQ(made("{{len:rest+2,B}}{{len:rest - 1,B}}abc"), hex_bytes("0602") + "abc");
    EXPECT_EQ(made("{{len:all,width=4}}abc"), "0007abc");
    EXPECT_EQ(made("{{len:rest,width=1}}0123456789ab"), "20123456789ab");  // cut to its last digit
    EXPECT_EQ(made("{{len:rest-9}}|{{len:rest-9,b}}"), std::string("0|") + "\xF7");
    EXPECT_EQ(made("{{part:empty}}{{/part}}{{len:empty}}"), "0");
    EXPECT_TRUE(compiled("{{len:body,!H}}{{part:body}}hello{{/part}}").is_constant());
    EXPECT_FALSE(compiled("{{len:all,!H}}{{counter}}").is_constant());
}

TEST_F(PayloadTemplateTest, LengthsOfWhatVaries) {
    constexpr std::string_view request =
        "POST / HTTP/1.1\r\nContent-Length: {{len:body}}\r\n\r\n{{part:body}}{\"n\":{{counter:7}}}{{/part}}";
    EXPECT_EQ(made(request), "POST / HTTP/1.1\r\nContent-Length: 7\r\n\r\n{\"n\":7}");
    moment.counter = 9'000'000;
    EXPECT_EQ(made(request), "POST / HTTP/1.1\r\nContent-Length: 13\r\n\r\n{\"n\":9000007}");

    // Lengths in what other lengths measure, before and behind, as text and packed.
    moment.counter = 12345;
    EXPECT_EQ(made("{{len:all,B}}{{len:rest}},{{len:b}};{{part:b}}{{counter}}{{/part}}"),
              std::string("\x0A") + "8,5;12345");
    EXPECT_EQ(made("{{part:a}}{{len:b}}{{part:b}}{{counter}}{{/part}}{{/part}}={{len:a}}={{len:all,!H}}"),
              "512345=6=" + hex_bytes("000B"));
    EXPECT_EQ(made("{{part:a}}{{counter}}{{part:b}}x{{/part}}{{/part}}{{len:a}}{{len:b}}"), "12345x61");
    EXPECT_EQ(made("{{counter}}{{part:e}}{{/part}}{{len:e}}{{len:rest}}"), "1234500");
}

TEST_F(PayloadTemplateTest, LengthsThatMeasureThemselvesAreRefused) {
    EXPECT_EQ(fault("ab{{len:all}}").position, 2u);
    EXPECT_EQ(fault("{{part:a}}{{len:a}}{{/part}}").position, 10u);
    EXPECT_EQ(fault("{{part:a}}{{len:b}}{{/part}}{{part:b}}{{len:a}}{{/part}}").position, 10u);
    EXPECT_NE(fault("{{len:all}}").message.find("width"), std::string::npos);
}

TEST_F(PayloadTemplateTest, TextIsInThePayloadsEncoding) {
    options.payload.encoding = encoding("utf-16le");
    EXPECT_EQ(made("a{{counter:10}}"), std::string("a\0001\0000\0", 6));
    EXPECT_EQ(made("{{time}}").size(), 58u);
    EXPECT_EQ(made("{{uuid}}").size(), 72u);
    moment.counter = 10;
    EXPECT_EQ(made("{{len:rest}}{{counter}}"), std::string("4\0001\0000\0", 6));
    EXPECT_EQ(made("{{len:all,width=2}}"), std::string("0\0004\0", 4));
    options.payload.encoding = encoding("utf-7");
    moment.now = Timestamp(0s);
    const std::string iso = made("{{time}}");
    EXPECT_NE(iso.find("T"), std::string::npos);
    EXPECT_EQ(decode_all(encoding("utf-7"), as_bytes(iso)).size(), 29u);
    options.payload.encoding = encoding("ibm-1047");
    EXPECT_EQ(made("{{counter:10}}"), hex_bytes("F2F0"));
}

TEST_F(PayloadTemplateTest, AddressesOfTheSession) {
    EXPECT_EQ(made("{{session.local_address}}|{{session.local_port}}|{{session.remote_port,!H}}"),
              std::string("|0|\0\0", 5));
    moment.local = Endpoint{IpAddress::v4({192, 168, 56, 101}), 54321};
    moment.remote = Endpoint{*IpAddress::parse("fe80::1%7"), 80};
    EXPECT_EQ(made("{{session.local_address}} {{session.local_port}} {{session.remote_address}} "
                   "{{session.remote_port,width=5}}"),
              "192.168.56.101 54321 fe80::1%7 00080");
    EXPECT_EQ(made("{{session.remote_port,!H}}"), hex_bytes("0050"));
}

TEST_F(PayloadTemplateTest, GroupsOfAMatch) {
    EXPECT_EQ(fault("{{match}}").position, 0u);
    options.in_reply = true;
    options.group_names = {"", "name"};
    const std::string all = "Get abc", one = "Get", two = "Abc";
    const std::vector<ByteView> groups = {as_bytes(all), as_bytes(one), as_bytes(two)};
    moment.groups = groups;
    EXPECT_EQ(made("<{{match}}|{{match:0}}|{{match:1}}|{{match:2}}|{{ match : name }}>"),
              "<Get abc|Get abc|Get|Abc|Abc>");
    EXPECT_EQ(made("{{upper:match}} {{lower:match:1}} {{upper:match:name}}"), "GET ABC get ABC");
    EXPECT_EQ(made("{{len:all,B}}{{match}}"), "\x08" + all);
    EXPECT_EQ(fault("{{match:3}}").position, 8u);
    EXPECT_EQ(fault("{{match:nobody}}").position, 8u);
    EXPECT_NE(fault("{{match:nobody}}").message.find("\"name\""), std::string::npos);
    EXPECT_EQ(fault("{{upper:abc}}").position, 8u);
    moment.groups = {};
    EXPECT_EQ(made("<{{match:1}}>"), "<>");
}

TEST_F(PayloadTemplateTest, CaseKeepsCharactersOfSeveralBytesWhole) {
    options.in_reply = true;
    for (const char* name : {"utf-8", "gbk", "gb18030", "big5", "shift_jis", "euc-kr", "utf-16le", "utf-16be",
                             "utf-32le", "ibm-1047"}) {
        options.payload.encoding = encoding(name);
        std::string text = "aZ é 乗 你好 表 a", expected = "AZ é 乗 你好 表 A";
        auto given = encode(options.payload.encoding, text);
        if (!given) {
            text = options.payload.encoding == encoding("ibm-1047") ? "az" : "az 表 b 丁";
            expected = options.payload.encoding == encoding("ibm-1047") ? "AZ" : "AZ 表 B 丁";
            given = encode(options.payload.encoding, text);
        }
        ASSERT_TRUE(given) << name;
        const std::vector<ByteView> groups = {*given};
        moment.groups = groups;
        const std::string bytes = made("{{upper:match}}");
        EXPECT_EQ(decode_all(options.payload.encoding, as_bytes(bytes)), expected) << name;
    }
    // Of three bytes, of which none is a letter's.
    options.payload.encoding = encoding("euc-jp");
    const Bytes three = bytes("8f b0 a1 61 8f b0 a1 62");
    const std::vector<ByteView> of_three = {three};
    moment.groups = of_three;
    EXPECT_EQ(made("{{upper:match}}"), hex_bytes("8f b0 a1 41 8f b0 a1 42"));
    // Cut within a character.
    options.payload.encoding = encoding("utf-16le");
    const Bytes odd = bytes("61 00 62 00 63");
    const std::vector<ByteView> of_odd = {odd};
    moment.groups = of_odd;
    EXPECT_EQ(made("{{upper:match}}"), hex_bytes("41 00 42 00 63"));
    // Where a byte does not tell.
    for (const char* name : {"iso-2022-jp", "utf-7", "hz"}) {
        options.payload.encoding = encoding(name);
        EXPECT_EQ(fault("ab{{upper:match}}").position, 4u) << name;
        EXPECT_EQ(fault("ab{{lower:match}}").position, 4u) << name;
        EXPECT_TRUE(PayloadTemplate::compile("{{match}}", options)) << name;
    }
    // A trail byte of GBK that looks like a letter.
    options.payload.encoding = encoding("gbk");
    const Bytes tricky = bytes("81 61 61 b0 7a 7a");
    const std::vector<ByteView> groups = {tricky};
    moment.groups = groups;
    EXPECT_EQ(made("{{upper:match}}"), hex_bytes("81 61 41 b0 7a 5a"));
}

TEST_F(PayloadTemplateTest, FaultsAreMarkedInThePlaceTheyAre) {
    const struct {
        std::string_view text;
        std::size_t position;
        std::string_view says;
    } faults[] = {
        {"ab{{counter", 2, "not closed"},
        {"ab{{", 2, "not closed"},
        {"ab{{counter {{time}}", 2, "not closed"},
        {"ab{{conter}}", 4, "counter"},
        {"ab{{}}", 4, "empty"},
        {"ab{{ }}", 5, "empty"},
        {"{{?}}", 2, "there are counter"},
        {"{{counter 5}}", 10, "\":\""},
        {"{{counter:x}}", 10, "whole number"},
        {"{{counter:}}", 9, "nothing"},
        {"{{counter,}}", 9, "nothing"},
        {"{{counter:1,,!H}}", 11, "nothing"},
        {"{{counter:99999999999999999999}}", 10, "64 bits"},
        {"{{counter,step=x}}", 15, "whole number"},
        {"{{counter,step=1,step=1}}", 17, "again"},
        {"{{counter,width=256}}", 16, "at most 255"},
        {"{{counter,base=1}}", 15, "2 to 36"},
        {"{{counter,base=37}}", 15, "36"},
        {"{{counter,!Z}}", 11, "format code"},
        {"{{counter,2H}}", 10, "one number"},
        {"{{counter,!s}}", 10, "one number"},
        {"{{counter,!H,width=3}}", 13, "digits"},
        {"{{counter,!H,!H}}", 13, "again"},
        {"{{counter,colour=1}}", 10, "step=N"},
        {"{{time:noon}}", 7, "unix"},
        {"{{time:\u00B5}}", 7, "unix"},
        {"{{time,!Q}}", 7, "time:unix"},
        {"{{time:ms,step=1}}", 10, "width=N"},
        {"{{random}}", 0, "random:16"},
        {"{{random:-1}}", 9, "below 0"},
        {"{{random:999999999999}}", 9, "at most 67108864"},
        {"{{random:6..1}}", 9, "upside down"},
        {"{{random:0..-1}}", 9, "upside down"},
        {"{{random:-1..-2}}", 9, "upside down"},
        {"{{random:-1..18446744073709551615}}", 9, "9223372036854775807"},
        {"{{random:1..}}", 12, "missing"},
        {"{{random:4,!H}}", 11, "no number"},
        {"{{uuid:1}}", 7, "no value"},
        {"{{pack}}", 6, "\":\""},
        {"{{pack:}}", 7, "missing"},
        {"{{pack:!Hz,1}}", 9, "format code"},
        {"{{pack:!HH,1}}", 12, "takes 2 values"},
        {"{{pack:!H,1,2}}", 12, "one more"},
        {"{{pack:!BB,1,256}}", 13, "256"},
        {"{{pack:!H,\"a\"}}", 10, "integer"},
        {"{{pack:!H,}}", 10, "missing"},
        {"{{pack:!H,1", 0, "not closed"},
        {"{{pack:!H,", 0, "not closed"},
        {"{{pack:!s,\"a", 10, "quote"},
        {"{{pack:!s,\"\\q\"}}", 11, "not an escape"},
        {"{{pack:3s,\"\\\"\\'\\q\"}}", 15, "not an escape"},
        {"{{pack:!3s,'你'}}", 12, "single quotes"},
        {"{{pack:!3s,'\\u0041'}}", 12, "single quotes"},
        {"{{pack:!H,word}}", 10, "no value"},
        {"{{pack:!d,1.5.5}}", 10, "no number"},
        {"{{pack:99999999s,\"\"}}", 7, "MiB"},
        {"{{part}}", 0, "name"},
        {"{{part:a b}}", 7, "letters"},
        {"{{part:all}}{{/part}}", 7, "length of its own"},
        {"{{part:a}}{{/part}}{{part:a}}{{/part}}", 26, "already"},
        {"x{{part:a}}y", 1, "not closed"},
        {"x{{part:a}}y{{part:b}}", 12, "not closed"},
        {"x{{/part}}", 1, "no part is open"},
        {"{{len}}", 0, "length of what"},
        {"{{len:body}}{{part:head}}{{/part}}", 6, "head"},
        {"{{len:all+x,B}}", 10, "whole number"},
        {"{{hex:4 8}}", 6, "second"},
        {"{{hex}}", 5, "\":\""},
        {"{{text:klingon,a}}", 7, "klingon"},
        {"{{text:gbk}}", 10, "\",\""},
        {"{{text:gbk,a\U0001F600}}", 12, "gb18030"},
        {"{{text:gbk,\"ab\\\"\U0001F600\"}}", 16, "gb18030"},
        {"{{text:gbk,\"a\"b}}", 14, "}}"},
        {"{{text:gbk,a", 0, "not closed"},
        {"{{\"abc}}", 2, "quote"},
        {"{{session.colour}}", 2, "session.local_port"},
        {"{{session.local_port:3}}", 21, "no value"},
        {"{{session.local_address,!H}}", 24, "comma"},
        {"ok \xFF{{counter}}", 3, "UTF-8"},
        {"{{counter}}ok\xFF", 13, "UTF-8"},
    };
    for (const auto& [text, position, says] : faults) {
        const Error error = fault(text);
        EXPECT_EQ(error.position, position) << text << ": " << error.message;
        EXPECT_NE(error.message.find(says), std::string::npos) << text << ": " << error.message;
    }
}

TEST_F(PayloadTemplateTest, WhatWouldBeTooLargeIsRefusedBeforeItIsMade) {
    EXPECT_EQ(fault("{{random:67108864}}x").kind, ErrorKind::too_large);
    EXPECT_EQ(fault("{{random:67108864}}x").position, 19u);
    EXPECT_EQ(fault("{{random:40000000}}{{random:40000000}}").position, 19u);
    EXPECT_EQ(
        fault("{{pack:16000000x}}{{pack:16000000x}}{{pack:16000000x}}{{pack:16000000x}}{{pack:16000000x}}")
            .kind,
        ErrorKind::too_large);
    options.read_file = [](std::string_view) -> Result<std::shared_ptr<const Bytes>> {
        return std::make_shared<const Bytes>(40'000'000);
    };
    EXPECT_EQ(fault("{{file:a}}{{file:a}}").position, 17u);

    std::string many;
    for (int i = 0; i < 300; ++i) many += "{{len:all,!H}}";
    EXPECT_EQ(fault(many).kind, ErrorKind::too_large);
    EXPECT_EQ(fault(many).position, 256u * 14u);
    many.clear();
    for (int i = 0; i < 70'000; ++i) many += "{{uuid}}";
    EXPECT_EQ(fault(many).kind, ErrorKind::too_large);
    std::string deep;
    for (int i = 0; i < 60'000; ++i) deep += "{{part:a" + std::to_string(i) + "}}";
    EXPECT_EQ(fault(deep).position, deep.rfind("{{"));

    // Groups are known at the send alone.
    options = {};
    options.in_reply = true;
    const Bytes large(30 << 20);
    const std::vector<ByteView> groups = {large};
    moment.groups = groups;
    EXPECT_EQ(made("{{match}}{{match}}{{match}}x").size(), 2 * large.size() + 1);
}

TEST_F(PayloadTemplateTest, ManyLengthsInEachOther) {
    std::string text = "{{counter}}";
    for (int i = 0; i < 200; ++i)
        text = "{{len:p" + std::to_string(i) + "}} {{part:p" + std::to_string(i) + "}}" + text + "{{/part}}";
    std::string expected = "0";
    for (int i = 0; i < 200; ++i) expected = std::to_string(expected.size()) + " " + expected;
    EXPECT_EQ(made(text), expected);
    moment.counter = 123'456'789;
    expected = "123456789";
    for (int i = 0; i < 200; ++i) expected = std::to_string(expected.size()) + " " + expected;
    EXPECT_EQ(made(text), expected);
}

TEST_F(PayloadTemplateTest, TheSteadyStateAllocatesNothing) {
    options.in_reply = true;
    const PayloadTemplate all = compiled(
        "{{len:all,!I}}{{counter}}{{time}}{{time:us,<Q}}{{random:100}}{{random:1..9}}{{uuid}}{{len:rest}}"
        "{{session.remote_address}}{{session.local_port}}{{upper:match}}{{hex:00}}");
    const Trailer trailer = Trailer::parse("crc16-modbus").value();
    moment.remote = Endpoint{*IpAddress::parse("2001:db8::1234:5678:9abc%12345"), 80};
    const std::vector<ByteView> groups = {as_bytes("matched")};
    moment.groups = groups;
    Bytes out;
    out.reserve(4096);
    const std::uint64_t before = allocations();
    for (int i = 0; i < 1000; ++i) {
        moment.counter = static_cast<std::uint64_t>(i) << (i % 50);
        all.make(moment, out);
        trailer.append_to(out);
    }
    EXPECT_EQ(allocations(), before);
    EXPECT_GT(out.size(), 200u);
    // It would be seen.
    out = Bytes(5000);
    EXPECT_GT(allocations(), before);
}

}  // namespace
}  // namespace sockdesk::codec
