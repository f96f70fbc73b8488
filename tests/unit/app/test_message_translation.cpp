#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "app/message_translation.hpp"
#include "app/translation.hpp"
#include "codec/encoding.hpp"
#include "codec/escapes.hpp"
#include "codec/hex.hpp"
#include "codec/trailer.hpp"

namespace sockdesk::app {
namespace {

class MessageTranslation : public testing::Test {
protected:
    MessageTranslation() { set_language(Language::chinese); }
    ~MessageTranslation() override { set_language(Language::english); }

    /// Longest run of letters a to z: English words are left where it is long.
    static std::size_t longest_word(const std::string& text) {
        std::size_t longest = 0;
        std::size_t current = 0;
        for (const char c : text) {
            const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            current = letter ? current + 1 : 0;
            longest = std::max(longest, current);
        }
        return longest;
    }
};

TEST_F(MessageTranslation, PutsInWhatTheEngineHadPutIn) {
    EXPECT_EQ(tr_message("bind 127.0.0.1:7788: address in use by python3 (pid 4242). Close it, choose "
                         "another port, or 0 to "
                         "let the system pick one."),
              "绑定 127.0.0.1:7788：地址正被 python3（进程号 4242）使用。请关闭该程序，或选择其他端口，或填 "
              "0 由系统选择。");
    EXPECT_EQ(tr_message("save to /no/where.pcapng: the folder does not exist; make it or choose another"),
              "保存到 /no/where.pcapng：文件夹不存在；请先创建，或选择其他文件夹");
    EXPECT_EQ(
        tr_message(
            "connect [::1]:9: connection refused. Nothing listens there; start the server first, or check "
            "address and port."),
        "连接 [::1]:9：连接被拒绝。对方没有程序在监听；请先启动服务器，或检查地址和端口。");
}

TEST_F(MessageTranslation, LeavesWhatItDoesNotKnow) {
    EXPECT_EQ(tr_message("something new"), "something new");
    EXPECT_EQ(tr_message(""), "");
    set_language(Language::english);
    EXPECT_EQ(tr_message("send: the session is closed. Open it first."),
              "send: the session is closed. Open it first.");
}

TEST_F(MessageTranslation, WhatIsWrongInTheBoxIsSaidInChinese) {
    for (const char* hex : {"4", "4 8", "zz", "0x", "12-", "\xE4\xBD\xA0", "12 \xFF"}) {
        const auto wrong = codec::parse_hex(hex);
        ASSERT_FALSE(wrong) << hex;
        const std::string said = tr_message(wrong.error().message);
        EXPECT_NE(said, wrong.error().message) << hex;
        EXPECT_LE(longest_word(said), 3u) << said;
    }
    for (const char* text : {"\\", "\\x1", "\\u12", "\\uD83D", "\\q"}) {
        const auto wrong = codec::encode_with_escapes(codec::Encoding::utf8(), text);
        ASSERT_FALSE(wrong) << text;
        const std::string said = tr_message(wrong.error().message);
        EXPECT_NE(said, wrong.error().message) << text;
        EXPECT_LE(longest_word(said), 6u) << said;  // uHHHH
    }
    const auto foreign = codec::encode(*codec::Encoding::find("gbk"), "\xF0\x9F\x98\x80");
    ASSERT_FALSE(foreign);
    EXPECT_NE(tr_message(foreign.error().message).find("不存在"), std::string::npos);
    for (const char* name : {"gkb", "", "ansi", "qqqqqqqqqqqqqqqq"}) {
        const auto unknown = codec::Encoding::find(name);
        ASSERT_FALSE(unknown) << name;
        EXPECT_NE(tr_message(unknown.error().message), unknown.error().message) << unknown.error().message;
    }
}

TEST_F(MessageTranslation, WhatIsWrongInATrailerIsSaidInChinese) {
    for (const char* text : {"",
                             "crc",
                             "crc99",
                             "crc32,lee",
                             "crc:width=8",
                             "crc:width=65,poly=1",
                             "crc:width=8,poly=0",
                             "crc:width=8,poly=0x107",
                             "crc:width=8,poly=7,init=0x200",
                             "crc:width=8,poly=7,refin=2",
                             "crc:width=8,poly=7,check=1",
                             "crc:width=8,poly=99999999999999999999",
                             "crc:width=x,poly=7",
                             "crc:width,poly=7",
                             "crc32:le",
                             "crc32,,le",
                             "crc32,",
                             "crc32,=",
                             "crc32,le,le",
                             "crc32,le,be",
                             "crc32,le=1",
                             "crc32,bytes=2",
                             "sum,bytes=9",
                             "sum,to=0",
                             "sum,from=2,to=1",
                             "sum,from=9223372036854775808",
                             "fixed,le",
                             "fixed="}) {
        const auto wrong = codec::Trailer::parse(text);
        ASSERT_FALSE(wrong) << text;
        EXPECT_NE(tr_message(wrong.error().message), wrong.error().message) << text;
    }
}

TEST_F(MessageTranslation, HostileTextsAreOnlyTexts) {
    const std::string long_one(100'000, '{');
    EXPECT_EQ(tr_message(long_one), long_one);
    EXPECT_EQ(tr_message("look up {}{}{}: x"), "查询 {}{}{}: x");
}

}  // namespace
}  // namespace sockdesk::app
