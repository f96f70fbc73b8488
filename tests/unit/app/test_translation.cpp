#include <cstdlib>

#include <gtest/gtest.h>

#include "app/embedded_translations.hpp"
#include "app/po_file.hpp"
#include "app/translation.hpp"

namespace sockdesk::app {
namespace {

TEST(PoFile, ReadsEntriesWithContextsAndSeveralLines) {
    const auto catalogue = parse_po(
        "# a comment\n"
        "msgid \"\"\nmsgstr \"\"\n\"Language: zh_CN\\n\"\n\n"
        "#: where.cpp:1\nmsgid \"Open\"\nmsgstr \"打开\"\n\n"
        "msgctxt \"group\"\nmsgid \"Send\"\nmsgstr \"发送设置\"\n"
        "msgctxt \"button\"\nmsgid \"Send\"\nmsgstr \"发送\"\n\n"
        "msgid \"\"\n\"two \"\n\"parts\\t\\\"\\\\\\n\"\nmsgstr \"\"\n\"两\"\n\"段\"\n\n"
        "#, fuzzy\nmsgid \"doubtful\"\nmsgstr \"可疑\"\n\n"
        "msgid \"untranslated\"\nmsgstr \"\"\n"
        "#~ msgid \"old\"\n#~ msgstr \"旧\"\n");
    ASSERT_TRUE(catalogue) << catalogue.error().message;
    const PoCatalogue expected = {{"Open", "打开"},
                                  {"group\x04"
                                   "Send",
                                   "发送设置"},
                                  {"button\x04"
                                   "Send",
                                   "发送"},
                                  {"two parts\t\"\\\n", "两段"}};
    EXPECT_EQ(*catalogue, expected);
}

TEST(PoFile, TakesWindowsLineEnds) {
    const auto catalogue = parse_po("msgid \"a\"\r\nmsgstr \"b\"\r\n");
    ASSERT_TRUE(catalogue);
    EXPECT_EQ(catalogue->at("a"), "b");
}

TEST(PoFile, RefusesWhatItDoesNotUnderstand) {
    for (const char* broken :
         {"msgid \"a\"\n", "msgstr \"a\"\n", "msgid a\nmsgstr \"b\"\n", "\"stray\"\n", "nonsense\n",
          "msgid \"a\nmsgstr \"b\"\n", "msgid \"a\\q\"\nmsgstr \"b\"\n", "msgid \"a\\\"\nmsgstr \"b\"\n",
          "msgid \"a\"\nmsgid \"b\"\nmsgstr \"c\"\n", "msgid \"a\"b\"\nmsgstr \"c\"\n",
          "msgid \"a\"\nmsgid_plural \"as\"\nmsgstr[0] \"b\"\n",
          "msgid \"a\"\nmsgstr \"b\"\n\nmsgid \"a\"\nmsgstr \"c\"\n", "msgctxt \"x\"\nmsgstr \"b\"\n"}) {
        const auto catalogue = parse_po(broken);
        EXPECT_FALSE(catalogue) << broken;
        if (!catalogue) {
            EXPECT_EQ(catalogue.error().message.find("line "), 0U);
        }
    }
}

TEST(Translation, EmbeddedCataloguesAreWhole) {
    ASSERT_FALSE(embedded_translations().empty());
    for (const EmbeddedFile& file : embedded_translations()) {
        const auto catalogue = parse_po(file.content);
        EXPECT_TRUE(catalogue) << file.name << ": " << catalogue.error().message;
    }
}

TEST(Translation, LooksUpInTheCurrentLanguage) {
    set_language(Language::english);
    EXPECT_STREQ(tr("Open"), "Open");
    set_language(Language::chinese);
    EXPECT_STREQ(tr("Open"), "打开");
    EXPECT_STREQ(trc("button", "Send"), "发送");
    EXPECT_STREQ(trc("group", "Send"), "发送设置");
    EXPECT_EQ(trf("{} bytes", 5), "5 字节");
    EXPECT_TRUE(missing_translations().empty());
    EXPECT_STREQ(tr("no such text"), "no such text");
    EXPECT_TRUE(missing_translations().contains("no such text"));
    set_language(Language::english);
}

TEST(Translation, FollowsTheLocale) {
    const auto with = [](const char* all, const char* messages, const char* lang) {
        setenv("LC_ALL", all, 1);
        setenv("LC_MESSAGES", messages, 1);
        setenv("LANG", lang, 1);
        return language_of_locale();
    };
    EXPECT_EQ(with("", "", "zh_CN.UTF-8"), Language::chinese);
    EXPECT_EQ(with("", "zh_TW.UTF-8", "en_US.UTF-8"), Language::chinese);
    EXPECT_EQ(with("C", "zh_CN.UTF-8", "zh_CN.UTF-8"), Language::english);
    EXPECT_EQ(with("", "", "de_DE.UTF-8"), Language::english);
    EXPECT_EQ(parse_language(language_code(Language::chinese)), Language::chinese);
}

}  // namespace
}  // namespace sockdesk::app
