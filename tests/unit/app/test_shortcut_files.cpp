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

TEST(ShortcutJson, NamesTheLineAndTheCharacter) {
    const auto at = [](std::string_view text, std::string_view place) {
        const std::string fault = json_fault(text);
        EXPECT_TRUE(fault.starts_with(place)) << fault << "  of  " << text;
        EXPECT_EQ(fault.find("exception"), std::string::npos) << fault;
    };
    at("{\n\n\"x\": }", "line 3, character 6: ");
    at(R"({"sockdesk_shortcuts":1,"shortcuts":[{"payload":"x"},{"payload":"y","delay":"soon"}]})",
       "line 1, character 77: shortcut 2, \"delay\"");
    at("{\"sockdesk_shortcuts\":1,\n \"shortcuts\":[\n {\"payload\":\"温度\", \"delay\" : 5}]}",
       "line 3, character 29: shortcut 1, \"delay\": this is not a text");
    at(file_of(R"({"payload":"x","paylod":"y"})"), "line 1, character 53: shortcut 1, \"paylod\"");
    at(file_of(R"({"payload":"x","payload":"y"})"), "line 1, character 53: shortcut 1, \"payload\"");
    at(file_of(R"({"payload":"a\u0000b"})"), "line 1, character 49: shortcut 1, \"payload\"");
    at(file_of(R"({"payload":"a\qb"})"), "line 1, character 52: ");
    at(file_of("{\"payload\":\"a\nb\"}"), "line 1, character 51: ");
    at(file_of("{\"payload\":\"a\xFF\"}"), "line 1, character 51: ");
    at(file_of("{\"payload\":[]}"), "line 1, character 49: shortcut 1, \"payload\"");
    at(file_of("7"), "line 1, character 38: shortcut 1 is not an object");
    at(R"({"sockdesk_shortcuts":1,"shortcuts":[)", "line 1, character 38: the file ends too early");
    at(R"({"sockdesk_shortcuts":12345,"shortcuts":[]})", "line 1, character 23: version 12345");
    at("[1,2]", "line 1, character 1: this is no file of shortcuts");
    at("7", "line 1, character 1: this is no file of shortcuts");
    at("", "line 1, character 1: the file ends too early");
}

TEST(ShortcutJson, PassesOverWhatItDoesNotKnowOfTheFile) {
    const auto read = shortcuts_from_json(
        R"({"made by":{"x":[{"payload":1},[]],"y":null},"shortcuts":[{"payload":"x"}],"n":[1.5e3,-1],"sockdesk_shortcuts":1})",
        ShortcutCheck::everything);
    ASSERT_TRUE(read) << why(read);
    EXPECT_EQ(read->size(), 1U);
}

TEST(ShortcutJson, BringsBackIds) {
    std::vector<KeptShortcut> kept;
    for (const Shortcut& each : awkward())
        kept.push_back({ShortcutId{kept.size() + 0xFEDC'BA98'7654'3210U}, each});
    const auto back = shortcuts_from_kept_json(to_kept_json(kept));
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, kept);
    const auto imported = shortcuts_from_json(to_kept_json(kept), ShortcutCheck::everything);
    ASSERT_TRUE(imported) << why(imported);
    EXPECT_EQ(*imported, awkward());
}

// Costs no more than its shortcuts do, so that this ends before anybody's patience or memory does.
TEST(ShortcutJson, TakesHostileFilesQuickly) {
    std::string keys = R"({"sockdesk_shortcuts":1)";
    for (int i = 0; i < 40'000; ++i) keys += ",\"k" + std::to_string(i) + "\":0";
    EXPECT_NE(json_fault(keys + "}").find("\"shortcuts\""), std::string::npos);
    std::string lists = R"({"sockdesk_shortcuts":1,"x":[)";
    for (int i = 0; i < 2'000'000; ++i) lists += "[],";
    EXPECT_NE(json_fault(lists + "[]]}").find("\"shortcuts\""), std::string::npos);
    EXPECT_NE(json_fault(file_of(lists.substr(29))).find("shortcut 1 is not an object"), std::string::npos);
    EXPECT_NE(csv_fault(std::string(8'000'000, ',')).find("line 1"), std::string::npos);
    EXPECT_NE(csv_fault("payload\n" + std::string(8'000'000, ',')).find("line 2: more than 1 fields"),
              std::string::npos);
}

TEST(ShortcutFiles, AreToldApartByWhatStandsInThem) {
    const auto json =
        shortcuts_from_text(std::string("\xEF\xBB\xBF") + to_json(awkward()), Language::english);
    ASSERT_TRUE(json) << why(json);
    EXPECT_EQ(*json, awkward());
    const auto csv = shortcuts_from_text(to_csv(awkward()), Language::english);
    ASSERT_TRUE(csv) << why(csv);
    EXPECT_EQ(*csv, awkward());
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
    EXPECT_NE(csv_fault("payload,name\n1,2,3\n").find("line 2: more than 2 fields"), std::string::npos);
    EXPECT_NE(csv_fault(std::string("payload\na\0b\n", 12)).find("line 2, \"payload\""), std::string::npos);
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
