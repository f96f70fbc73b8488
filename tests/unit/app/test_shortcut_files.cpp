// Shortcuts as JSON and CSV: nothing is lost, nothing is half read, and every fault is named with its place.
#include "app/shortcut_files.hpp"

#include <gtest/gtest.h>

#include "codec/encoding.hpp"

namespace sockdesk::app {
namespace {

std::vector<Shortcut> awkward() {
    Shortcut plain;
    plain.name = "plain";
    plain.payload = "hello";
    Shortcut full;
    full.name = "every, \"field\"; and\ttab";
    full.payload = "line 1\r\nline 2, \"quoted\"\n你好 ";
    full.escapes = full.templates = full.chosen = true;
    full.trailer = "crc16-modbus";
    full.target = "[::1]:9000";
    full.delay = "100us";
    full.hotkey = "Ctrl+1";
    full.group = "组";
    Shortcut hex;
    hex.name = " leading blank";
    hex.payload = "01 02";
    hex.hex = true;
    Shortcut empty;
    empty.name = "empty";
    return {plain, full, hex, empty};
}

std::string why(const Result<std::vector<Shortcut>>& result) {
    return result ? "nothing" : result.error().message;
}
std::string json_fault(std::string_view text) {
    return why(shortcuts_from_json(text, ShortcutCheck::everything));
}
std::string csv_fault(std::string_view text) { return why(shortcuts_from_csv(text)); }

std::string file_of(std::string_view shortcuts) {
    return R"({"sockdesk_shortcuts":1,"shortcuts":[)" + std::string(shortcuts) + "]}";
}

TEST(ShortcutJson, BringsBackEveryField) {
    const auto back = shortcuts_from_json(to_json(awkward()), ShortcutCheck::everything);
    ASSERT_TRUE(back) << why(back);
    EXPECT_EQ(*back, awkward());
    EXPECT_TRUE(shortcuts_from_json("\xEF\xBB\xBF" + to_json(awkward()), ShortcutCheck::everything));
}

TEST(ShortcutJson, NamesTheShortcutAndTheField) {
    EXPECT_NE(json_fault("{\n\n\"x\": }").find("line 3"), std::string::npos) << json_fault("{\n\n\"x\": }");
    EXPECT_NE(json_fault("[]").find("no file of shortcuts"), std::string::npos);
    EXPECT_NE(json_fault(R"({"sockdesk_shortcuts":2,"shortcuts":[]})").find("version 2"), std::string::npos);
    EXPECT_NE(json_fault(R"({"sockdesk_shortcuts":1})").find("\"shortcuts\""), std::string::npos);
    const auto second = [](std::string_view fields) {
        return json_fault(file_of(R"({"payload":"x"},{"payload":"y",)" + std::string(fields) + "}"));
    };
    EXPECT_NE(second(R"("delay":"soon")").find("shortcut 2, \"delay\""), std::string::npos);
    EXPECT_NE(second(R"("delay":5)").find("shortcut 2, \"delay\": this is not a text"), std::string::npos);
    EXPECT_NE(second(R"("target":"nowhere")").find("shortcut 2, \"target\""), std::string::npos);
    EXPECT_NE(second(R"("trailer":"crc99")").find("shortcut 2, \"trailer\""), std::string::npos);
    EXPECT_NE(second(R"("mode":"octal")").find("shortcut 2, \"mode\""), std::string::npos);
    EXPECT_NE(second(R"("escapes":1)").find("shortcut 2, \"escapes\""), std::string::npos);
    EXPECT_NE(second(R"("hotkey":"Ctrl+C")").find("shortcut 2, \"hotkey\""), std::string::npos);
    EXPECT_NE(second(R"("paylod":"z")").find("shortcut 2, \"paylod\""), std::string::npos);
    EXPECT_NE(json_fault(file_of(R"({"payload":"a","hotkey":"F2"},{"payload":"b","hotkey":"f2"})"))
                  .find("shortcut 2"),
              std::string::npos);
    EXPECT_NE(json_fault(file_of(R"({"name":"x"})")).find("shortcut 1, \"payload\""), std::string::npos);
    EXPECT_NE(json_fault(file_of(R"([])")).find("shortcut 1"), std::string::npos);
    EXPECT_NE(json_fault(std::string(200'000, '[')).find("line 1"), std::string::npos);
}

TEST(ShortcutJson, KeepsWhatThisVersionWouldRefuse) {
    const std::string text = file_of(R"({"payload":"x","trailer":"crc-of-tomorrow","hotkey":"Hyper+1"})");
    EXPECT_FALSE(shortcuts_from_json(text, ShortcutCheck::everything));
    const auto kept = shortcuts_from_json(text, ShortcutCheck::structure);
    ASSERT_TRUE(kept) << why(kept);
    EXPECT_EQ(kept->front().trailer, "crc-of-tomorrow");
}

TEST(ShortcutJson, KnowsChineseNames) {
    const std::string text = file_of(R"({"name":"ask","name_zh":"询问","group":"g","payload":"x"})");
    EXPECT_EQ(shortcuts_from_json(text, ShortcutCheck::everything)->front().name, "ask");
    const auto chinese = shortcuts_from_json(text, ShortcutCheck::everything, Language::chinese);
    EXPECT_EQ(chinese->front().name, "询问");
    EXPECT_EQ(chinese->front().group, "g");
    EXPECT_FALSE(
        shortcuts_from_json(file_of(R"({"payload":"x","payload_zh":"y"})"), ShortcutCheck::everything));
}

TEST(ShortcutCsv, BringsBackEveryField) {
    const auto back = shortcuts_from_csv(to_csv(awkward()));
    ASSERT_TRUE(back) << why(back);
    EXPECT_EQ(*back, awkward());
}

TEST(ShortcutCsv, TakesWhatSpreadsheetsWrite) {
    const auto comma = shortcuts_from_csv("Payload,Name\r\n\"a,b\r\nc\",first\r\nx,y,z\r\n");
    EXPECT_FALSE(comma) << "a record with more fields than the first line names";
    const auto blank_line = shortcuts_from_csv("Payload,Name\r\n\"a,b\r\nc\",first\r\n,\r\nd\r\n");
    ASSERT_TRUE(blank_line) << why(blank_line);
    ASSERT_EQ(blank_line->size(), 2U);
    EXPECT_EQ((*blank_line)[0].payload, "a,b\r\nc");
    EXPECT_EQ((*blank_line)[1].name, "d") << "without a name it is called by its payload";
    const auto semicolon = shortcuts_from_csv("payload;mode;escapes\n\"01;02\";HEX;0\n03,04;hex;\n");
    ASSERT_TRUE(semicolon) << why(semicolon);
    EXPECT_EQ((*semicolon)[0].payload, "01;02");
    EXPECT_EQ((*semicolon)[1].payload, "03,04");
    EXPECT_TRUE((*semicolon)[1].hex);
    const auto tab = shortcuts_from_csv("name\tpayload\nx\ty, z\n");
    ASSERT_TRUE(tab) << why(tab);
    EXPECT_EQ(tab->front().payload, "y, z");

    const auto gbk = codec::encode(*codec::Encoding::find("gbk"), "name,payload\r\n温度,读温度\r\n");
    const auto chinese = shortcuts_from_csv(as_chars(*gbk));
    ASSERT_TRUE(chinese) << why(chinese);
    EXPECT_EQ(chinese->front().name, "温度");
    EXPECT_EQ(chinese->front().payload, "读温度");
}

TEST(ShortcutCsv, NamesTheLineAndTheField) {
    EXPECT_NE(csv_fault("").find("empty"), std::string::npos);
    EXPECT_NE(csv_fault("name,delay\n").find("line 1: the field \"payload\""), std::string::npos);
    EXPECT_NE(csv_fault("payload,nmae\n").find("line 1: \"nmae\""), std::string::npos);
    EXPECT_NE(csv_fault("payload,payload\n").find("twice"), std::string::npos);
    EXPECT_NE(csv_fault("payload,delay\n\"a\nb\",1\nc,soon\n").find("line 4, \"delay\""), std::string::npos)
        << "lines within quotes are counted: " << csv_fault("payload,delay\n\"a\nb\",1\nc,soon\n");
    EXPECT_NE(csv_fault("payload\n\"never closed\n").find("line 2, field 1"), std::string::npos);
    EXPECT_NE(csv_fault("payload\n\"a\"b\n").find("line 2, field 1"), std::string::npos);
    EXPECT_NE(csv_fault("payload\na\"b\n").find("line 2, field 1"), std::string::npos);
    EXPECT_NE(csv_fault("payload,name\n1,2,3\n").find("line 2: 3 fields"), std::string::npos);
    EXPECT_NE(csv_fault("name,payload\nx\n").find("line 2, \"payload\""), std::string::npos);
    EXPECT_NE(csv_fault("payload,escapes\nx,perhaps\n").find("line 2, \"escapes\""), std::string::npos);
    EXPECT_NE(csv_fault("payload,hotkey\nx,F2\ny,f2\n").find("line 3, \"hotkey\""), std::string::npos);
    EXPECT_NE(csv_fault("payload\n\xFF\xFE\xFD\n").find("GBK"), std::string::npos);
    EXPECT_NE(
        csv_fault("payload\n" + std::string(Shortcut::max_payload + 1, 'x')).find("line 2, \"payload\""),
        std::string::npos);
}

TEST(StarterShortcuts, AreCompleteInBothLanguages) {
    const auto english = starter_shortcuts(Language::english);
    const auto chinese = starter_shortcuts(Language::chinese);
    ASSERT_GT(english.size(), 40U);
    ASSERT_EQ(english.size(), chinese.size());
    for (std::size_t i = 0; i < english.size(); ++i) {
        EXPECT_FALSE(check_shortcut(english[i])) << english[i].name;
        EXPECT_EQ(english[i].payload, chinese[i].payload);
        const auto outgoing = compile_outgoing(payload_spec(english[i], "utf-8"));
        EXPECT_TRUE(outgoing) << english[i].name << ": " << (outgoing ? "" : outgoing.error().message);
    }
}

}  // namespace
}  // namespace sockdesk::app
