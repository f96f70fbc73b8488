// Names of encodings.
#include <gmock/gmock.h>

#include <set>
#include <thread>

#include "codec_test.hpp"

namespace sockdesk::codec {
namespace {

using testing::HasSubstr;

TEST(Encoding, is_utf8_unless_told_otherwise) {
    EXPECT_EQ(Encoding().name(), "utf-8");
    EXPECT_EQ(Encoding::utf8(), Encoding());
    EXPECT_EQ(encoding("UTF8"), Encoding::utf8());
}

TEST(Encoding, shows_the_short_name_of_any_alias) {
    const std::pair<const char*, const char*> cases[] = {
        {"GBK", "gbk"},
        {"cp936", "gbk"},
        {"MS936", "gbk"},
        {"windows-936", "gbk"},
        {"GB2312", "gb2312"},
        {"csGB2312", "gb2312"},
        {"EUC-CN", "euc-cn"},
        {"GB18030", "gb18030"},
        {"Big5", "big5"},
        {"Shift_JIS", "shift_jis"},
        {"shiftjis", "shift_jis"},
        {"sjis", "shift_jis"},
        {"windows-31j", "shift_jis"},
        {"euckr", "euc-kr"},
        {"windows-949", "windows-949"},
        {"cp949", "windows-949"},
        {"latin1", "iso-8859-1"},
        {"Latin-1", "iso-8859-1"},
        {"iso8859-1", "iso-8859-1"},
        {"cp1252", "windows-1252"},
        {"US-ASCII", "ascii"},
        {"utf-16", "utf-16le"},
        {"UTF_16LE", "utf-16le"},
        {"ucs-2", "utf-16le"},
        {"UnicodeBig", "utf-16be"},
        {"utf-32", "utf-32le"},
        {"iso-2022-jp", "iso-2022-jp"},
        {"KOI8-R", "koi8-r"},
        {" gbk\t", "gbk"},
    };
    for (const auto& [alias, name] : cases) {
        const auto found = Encoding::find(alias);
        ASSERT_TRUE(found) << alias << ": " << found.error().message;
        EXPECT_EQ(found->name(), name) << alias;
    }
}

TEST(Encoding, differs_by_name_even_where_the_tables_are_the_same) {
    EXPECT_NE(encoding("gb2312"), encoding("gbk"));
    EXPECT_EQ(encoding("cp936"), encoding("gbk"));
}

TEST(Encoding, suggests_what_an_unknown_name_may_have_meant) {
    const auto message = [](std::string_view name) {
        const auto found = Encoding::find(name);
        EXPECT_FALSE(found) << name;
        EXPECT_EQ(found.error().kind, ErrorKind::not_found);
        return found.error().message;
    };
    EXPECT_EQ(message("gkb"), "unknown encoding \"gkb\"; did you mean gbk, gb18030 or gb2312?");
    EXPECT_THAT(message("utf9"), HasSubstr("did you mean utf-8"));
    EXPECT_THAT(message("shift-jsi"), HasSubstr("did you mean shift_jis"));
    EXPECT_THAT(message("sjs"), HasSubstr("shift_jis"));
    EXPECT_THAT(message("windows-1253x"), HasSubstr("windows-1253"));
    EXPECT_THAT(message("xyzzy"), HasSubstr("utf-8, gbk"));
    EXPECT_THAT(message("ANSI"), HasSubstr("gbk in China"));
    EXPECT_THAT(message(""), HasSubstr("no encoding named"));
    EXPECT_THAT(message("---"), HasSubstr("unknown encoding"));
    EXPECT_THAT(message("utf-8\x1B[2J"), HasSubstr("\"utf-8\\x1B[2J\""));
    EXPECT_THAT(message(std::string("utf-8\0x", 7)), HasSubstr("utf-8\\x00x"));
    EXPECT_THAT(message(std::string(100000, 'u')), HasSubstr("unknown encoding"));
    EXPECT_FALSE(Encoding::find("utf-8,version=7"));
}

TEST(Encoding, all_have_a_name_of_their_own_that_leads_back) {
    std::set<std::string_view> seen;
    for (const std::string_view name : all_encodings()) {
        const auto found = Encoding::find(name);
        ASSERT_TRUE(found) << name;
        EXPECT_EQ(found->name(), name);
        EXPECT_TRUE(seen.insert(name).second) << name;
    }
    EXPECT_GT(seen.size(), 200u);
    for (const std::string_view name : common_encodings()) EXPECT_TRUE(seen.contains(name)) << name;
    EXPECT_EQ(common_encodings().front(), "utf-8");
}

TEST(Encoding, tells_which_contain_ascii) {
    for (const char* name : {"utf-8", "gbk", "gb18030", "big5", "shift_jis", "euc-jp", "euc-kr", "iso-8859-1",
                             "windows-1252", "ascii", "ibm437"}) {
        EXPECT_TRUE(encoding(name).ascii_compatible()) << name;
    }
    for (const char* name : {"utf-16le", "utf-32be", "utf-7", "iso-2022-jp", "hz", "ibm037", "gsm0338"}) {
        EXPECT_FALSE(encoding(name).ascii_compatible()) << name;
    }
}

TEST(Encoding, can_be_used_by_many_threads_at_once) {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([] {
            for (const std::string_view name : {"ibm850", "koi8-u", "gbk", "big5", "ibm437", "x-mac-greek"}) {
                EXPECT_EQ(decode_all(encoding(name), bytes("41 0A")), "A\n");
                EXPECT_EQ(encode(encoding(name), "A"), bytes("41"));
            }
        });
    }
}

}  // namespace
}  // namespace sockdesk::codec
