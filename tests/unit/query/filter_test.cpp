#include "query/filter.hpp"

#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "support.hpp"

#include <gmock/gmock.h>

namespace sockdesk::query {
namespace {

using capture::SessionEvent;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// 2026-11-21 10:00:00 in a zone of the test's own.
constexpr std::int64_t ten_o_clock = 1'795'226'400;  // 02:00:00 UTC
constexpr std::int64_t second = 1'000'000'000;

class Zone {
public:
    explicit Zone(const char* name) {
        if (const char* before = std::getenv("TZ")) before_ = before;
        setenv("TZ", name, 1);
        tzset();
    }
    ~Zone() {
        if (before_.empty()) {
            unsetenv("TZ");
        } else {
            setenv("TZ", before_.c_str(), 1);
        }
        tzset();
    }
    Zone(const Zone&) = delete;
    Zone& operator=(const Zone&) = delete;

private:
    std::string before_;
};

/// A log with something of everything, and a filter on it.
class Talk : public testing::Test {
protected:
    Talk() {
        set_seconds(0);
        log.receive("hello");                  // 0
        log.send_to(log.there, "HELLO back");  // 1
        set_seconds(1.5);
        log.receive_from(endpoint("10.1.2.3", 8080), std::string(200, 'x'));  // 2
        log.receive_from(endpoint("::1", 80), "six");                         // 3
        log.send_to(endpoint("2001:db8::1", 53), "");                         // 4
        set_seconds(60);
        log.happen(SessionEvent::Kind::error, "hello error");                  // 5
        log.happen(SessionEvent::Kind::drop, "");                              // 6
        log.happen(SessionEvent::Kind::connect, "", endpoint("10.9.9.9", 7));  // 7
        log.read(8080, "GET / HTTP/1.1\r\n");                                  // 8
        log.write(8080, std::string_view("\x48\x00\x6C\xFF", 4));              // 9
        log.note("the last");                                                  // 10
        log.publish();
    }

    void set_seconds(double seconds) {
        log.set_time(at(ten_o_clock * second + static_cast<std::int64_t>(seconds * second)));
    }

    FilterContext context() const {
        FilterContext result;
        result.day = at(ten_o_clock * second);
        return result;
    }

    std::vector<RecordIndex> passing(const Filter& filter) const {
        capture::LogReader reader(log.log());
        std::vector<RecordIndex> result;
        for (RecordIndex i = 0; i < log.log()->published(); ++i) {
            if (filter.matches(reader.record(i))) result.push_back(i);
        }
        return result;
    }

    std::vector<RecordIndex> passing(std::string_view line) const {
        const auto filter = Filter::parse(line, context());
        EXPECT_TRUE(filter) << line << ": " << (filter ? "" : filter.error().message);
        return filter ? passing(*filter) : std::vector<RecordIndex>{999};
    }

    Zone zone{"UTC-8"};
    Conversation log;
};

TEST_F(Talk, passes_whole_when_nothing_is_asked) {
    EXPECT_TRUE(Filter().passes_everything());
    for (const char* line : {"", "  ", "\t", "\xE3\x80\x80"}) {
        const auto filter = Filter::parse(line);
        ASSERT_TRUE(filter) << line;
        EXPECT_TRUE(filter->passes_everything());
        EXPECT_EQ(passing(*filter).size(), 11U);
    }
    EXPECT_FALSE(Filter::parse("rx")->passes_everything());
}

TEST_F(Talk, passes_what_each_term_says) {
    struct Row {
        const char* line;
        std::vector<RecordIndex> records;
    };
    const std::vector<RecordIndex> everything = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    for (const Row& row : std::vector<Row>{
             {"rx", {0, 2, 3, 8}},
             {"recv", {0, 2, 3, 8}},
             {"received", {0, 2, 3, 8}},
             {"tx", {1, 4, 9}},
             {"send", {1, 4, 9}},
             {"SENT", {1, 4, 9}},
             {"udp", {0, 1, 2, 3, 4}},
             {"TCP", {8, 9}},
             {"event", {5, 6, 7, 10}},
             {"error", {5, 6}},
             // addresses
             {"from 127.0.0.1:40000", {0}},
             {"from 127.0.0.1", {0, 1, 8, 9}},
             {"from=127.0.0.1:40000", {0}},
             {"to 127.0.0.1:40000", {1}},
             {"peer 127.0.0.1", {0, 1, 8, 9}},
             {"127.0.0.1:40000", {0, 1}},
             {":8080", {2, 8, 9}},
             {"peer :8080", {2, 8, 9}},
             {"10.0.0.0/8", {2, 7}},
             {"from 10.0.0.0/8", {2, 7}},
             {"10.0.0.0/8:8080", {2}},
             {"10.1.2.0/24", {2}},
             {"10.1.2.2/31", {2}},
             {"10.1.2.4/31", {}},
             {"0.0.0.0/0", {0, 1, 2, 7, 8, 9}},
             {"::1", {3}},
             {"[::1]:80", {3}},
             {"[::1]:81", {}},
             {"[::1]", {3}},
             {"2001:db8::/32", {4}},
             {"[2001:db8::]/32", {4}},
             {"[2001:db8::/32]:53", {4}},
             {"::/0", {3, 4}},
             {"peer 10.9.9.9:7", {7}},
             // lengths
             {"len>100", {2}},
             {"len > 100", {2}},
             {"len=5", {0}},
             {"len==5", {0}},
             {"len!=5", {1, 2, 3, 4, 8, 9}},
             {"len<4", {3, 4}},
             {"len<=4", {3, 4, 9}},
             {"len>=10", {1, 2, 8}},
             {"len=0..4", {3, 4, 9}},
             {"len!=0..16", {2}},
             {"len=10..", {1, 2, 8}},
             {"len=..3", {3, 4}},
             {"len<0", {}},
             {"len>18446744073709551615", {}},
             // record numbers
             {"#1", {0}},
             {"#2..4", {1, 2, 3}},
             {"#10..", {9, 10}},
             {"#..2", {0, 1}},
             {"#1000", {}},
             // texts
             {"\"hello\"", {0, 1}},
             {"'hello'", {0, 1}},
             {"\xE2\x80\x9Chello\xE2\x80\x9D", {0, 1}},
             {"\xE2\x80\x98hello\xE2\x80\x99", {0, 1}},
             {"text\"hello\"", {0, 1}},
             {"text \"hello\"", {0, 1}},
             {"text:exact\"hello\"", {0}},
             {"text:exact \"HELLO\"", {1}},
             {"hex\"48 ?? 6C\"", {9}},
             {"HEX '68 65'", {0}},
             {"/h.llo/", {0}},
             {"/h.llo/i", {0, 1}},
             {"/^GET \\/ /", {8}},
             {"/\\xFF$/", {9}},
             // together
             {"rx \"hello\"", {0}},
             {"rx and \"hello\"", {0}},
             {"rx && \"hello\"", {0}},
             {"tx or event", {1, 4, 5, 6, 7, 9, 10}},
             {"tx || event", {1, 4, 5, 6, 7, 9, 10}},
             {"not rx", {1, 4, 5, 6, 7, 9, 10}},
             {"!rx", {1, 4, 5, 6, 7, 9, 10}},
             {"! not rx", {0, 2, 3, 8}},
             {"rx len>100 or tx len<5", {2, 4, 9}},
             {"rx (len>100 or len<5)", {2, 3}},
             {"not (rx or tx) not error", {7, 10}},
             {"rx!udp", {8}},
             {"rx(udp)", {0, 2, 3}},
             {"\"hello\"rx", {0}},
             {"\xEF\xBC\x88rx\xEF\xBC\x89\xEF\xBC\x81udp", {8}},
             {"not \"hello\"", {2, 3, 4, 5, 6, 7, 8, 9, 10}},
             // times
             {"time>=10:00:01.5", {2, 3, 4, 5, 6, 7, 8, 9, 10}},
             {"time>10:00:01.5", {5, 6, 7, 8, 9, 10}},
             {"time<10:00:01.5", {0, 1}},
             {"time<=10:00:01.5", {0, 1, 2, 3, 4}},
             {"time=10:00", {0, 1, 2, 3, 4}},
             {"time!=10:00", {5, 6, 7, 8, 9, 10}},
             {"time=10:00:01", {2, 3, 4}},
             {"time=10:00:01.4", {}},
             {"time=10:00:01..10:01", {2, 3, 4, 5, 6, 7, 8, 9, 10}},
             {"time=..10:00:00", {0, 1}},
             {"time=10:01..", {5, 6, 7, 8, 9, 10}},
             {"time>=2026-11-21T10:01:00", {5, 6, 7, 8, 9, 10}},
             {"time>=2026-11-21 10:01:00", {5, 6, 7, 8, 9, 10}},
             {"time>=2026-11-21 10:01:00 rx", {8}},
             {"time=2026-11-21", everything},
             {"time>2026-11-22", {}},
             {"time<2026-11-21", {}},
         }) {
        EXPECT_EQ(passing(row.line), row.records) << row.line;
    }
}

TEST_F(Talk, tells_sender_and_receiver_by_the_direction) {
    EXPECT_THAT(passing("from :54321 \"hello\""), ElementsAre(1));
    EXPECT_THAT(passing("to :54321 \"hello\""), ElementsAre(0));
    EXPECT_THAT(passing("peer :54321"), IsEmpty());
}

TEST_F(Talk, uses_the_sessions_encoding) {
    FilterContext gbk = context();
    gbk.encode = [](std::string_view text) -> Result<Bytes> {
        if (text == "\xE4\xBD\xA0") return Bytes{0x48, 0x00};
        if (text == "X") return Bytes(200, 'x');
        return fail_at(text.size() - 1, "cannot be written");
    };
    EXPECT_THAT(passing(*Filter::parse("\"\xE4\xBD\xA0\"", gbk)), ElementsAre(9));
    EXPECT_THAT(passing(*Filter::parse("'X'", gbk)), ElementsAre(2));
    const auto refused = Filter::parse("rx 'a\\'b'", gbk);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().position, 7U);  // of the b, whatever the backslash became
    EXPECT_EQ(refused.error().message, "cannot be written");
}

TEST_F(Talk, keeps_backslashes_that_quote_nothing) {
    const auto matches = [](std::string_view line, std::string_view payload) {
        const auto filter = Filter::parse(line);
        EXPECT_TRUE(filter) << line;
        capture::RecordView record;
        record.payload = as_bytes(payload);
        return filter && filter->matches(record);
    };
    EXPECT_TRUE(matches(R"("C:\new")", R"(in C:\new)"));
    EXPECT_TRUE(matches(R"("say \"hi\"")", R"(say "hi")"));
    EXPECT_TRUE(matches(R"("a\\")", R"(a\)"));
    EXPECT_TRUE(matches(R"('say "hi"')", R"(say "hi")"));
    EXPECT_TRUE(matches("\xE2\x80\x9Csay \"hi\"\xE2\x80\x9D", R"(say "hi")"));
    EXPECT_FALSE(matches(R"("a\\")", "a"));
}

TEST_F(Talk, outlives_the_filter_in_a_selection) {
    std::unique_ptr<Selector> selector = Filter::parse("rx \"hello\"")->selector();
    const Selection selection(log.log(), std::move(selector), 0);
    selection.wait();
    EXPECT_THAT(members(selection.records()), ElementsAre(0));
}

TEST_F(Talk, knows_the_time_zone_on_each_day) {
    const Zone berlin("CET-1CEST,M3.5.0,M10.5.0/3");
    const auto filter = [](const char* line) { return *Filter::parse(line); };
    capture::RecordView record;
    record.time = at(1'751'360'400 * second);  // 2025-07-01 09:00 UTC
    EXPECT_TRUE(filter("time=2025-07-01T11:00").matches(record));
    record.time = at(1'735'722'000 * second);  // 2025-01-01 09:00 UTC
    EXPECT_TRUE(filter("time=2025-01-01T10:00").matches(record));
    // A day with 23 hours.
    record.time = at(1'743'289'199 * second);  // the last second of 2025-03-29
    FilterContext day;
    day.day = at(1'743'246'000 * second);  // 2025-03-29 12:00 local
    EXPECT_TRUE(Filter::parse("time>23:00", day)->matches(record));
    EXPECT_TRUE(filter("time=2025-03-29").matches(record));
    record.time += std::chrono::seconds(1);
    EXPECT_TRUE(filter("time=2025-03-30").matches(record));
    record.time += std::chrono::hours(23) - std::chrono::seconds(1);
    EXPECT_TRUE(filter("time=2025-03-30").matches(record));
    record.time += std::chrono::seconds(1);
    EXPECT_FALSE(filter("time=2025-03-30").matches(record));
}

TEST(Filter, marks_what_it_cannot_understand) {
    struct Row {
        std::string line;
        std::size_t position;
        const char* message;
    };
    for (const Row& row : std::vector<Row>{
             {"hello", 0, "\"hello\" is no word of filters; text stands in quotes"},
             {"rx hello", 3, "text stands in quotes"},
             {"rxtx", 0, "no word"},
             {"rx >", 3, "here could stand rx, tx"},
             {"rx or", 5, "here could stand rx, tx"},
             {"or rx", 0, "no word"},
             {"rx and", 6, "here could stand rx, tx"},
             {"not", 3, "here could stand rx, tx"},
             {"rx & tx", 3, "here could stand rx, tx"},
             {"rx | tx", 3, "here could stand rx, tx"},
             {"(rx", 0, "( is not closed"},
             {"rx ((tx)", 3, "( is not closed"},
             {"rx) tx", 2, ") closes none"},
             {"()", 1, "here could stand rx, tx"},
             {"from", 4, "here could stand an address"},
             {"from tx", 5, "no address"},
             {"from \"a\"", 5, "here could stand an address"},
             {"from localhost:80", 5, "no address"},
             {"100", 0, "no address"},
             {"peer 1.2.3", 5, "no address"},
             {"peer 1.2.3.4.5", 5, "no address"},
             {"peer 1.2.3.4:", 13, "no port"},
             {"peer 1.2.3.4:65536", 13, "no port"},
             {"peer :x", 6, "no port"},
             {"peer 1.2.3.4/33", 13, "up to 32"},
             {"peer ::/129", 8, "up to 128"},
             {"peer [::/x]:80", 9, "up to 128"},
             {"peer [::1", 5, "no address"},
             {"peer [::1]80", 5, "no address"},
             {"peer [1.2.3.4]:80", 5, "no address"},
             {"peer /8", 5, "here could stand an address"},
             {"len", 3, "here could stand =, !="},
             {"len 100", 4, "here could stand =, !="},
             {"len>", 4, "a number of bytes"},
             {"len>tx", 4, "no number"},
             {"len>10k", 6, "no number"},
             {"len>-1", 4, "no number"},
             {"len>99999999999999999999", 4, "too large"},
             {"len>1..2", 5, "range"},
             {"len=9..2", 7, "ends before"},
             {"len=..", 6, "ends with"},
             {"time", 4, "here could stand =, !="},
             {"time>", 5, "a time such as"},
             {"time>10", 5, "no time"},
             {"time>10:0", 5, "no time"},
             {"time>24:00", 5, "no such time"},
             {"time>10:60", 5, "no such time"},
             {"time>10:00:60", 5, "no such time"},
             {"time>10:00:00.", 5, "no time"},
             {"time>10:00:00.1234567891", 5, "no time"},
             {"time>2026-02-30", 5, "no such day"},
             {"time>2026-02-28T", 5, "no time"},
             {"time>2026-02-28T25:00", 16, "no such time"},
             {"time>1969-01-01", 5, "no such day"},
             {"time>9999-01-01", 5, "no such day"},
             {"time<10:00..11:00", 10, "range"},
             {"time=11:00..10:00", 12, "ends before"},
             {"time=..", 7, "ends with"},
             {"#", 1, "number of a record"},
             {"#0", 1, "counted from 1"},
             {"#x", 1, "no number"},
             {"#5..2", 4, "ends before"},
             {"\"abc", 0, "quote is not closed"},
             {"rx 'abc\"", 3, "quote is not closed"},
             {"\"\"", 1, "text to look for"},
             {"text", 4, "in quotes"},
             {"text abc", 5, "in quotes"},
             {"text:other\"a\"", 0, "no word"},
             {"hex", 3, "bytes in quotes"},
             {"hex\"48 4\"", 7, "second one"},
             {"hex\"\"", 4, "no bytes"},
             {"rx /a(b/", 5, "( is not closed"},
             {"/ab", 0, "not closed"},
             {"//", 1, "empty"},
             {"/a/x", 3, "means nothing"},
             {std::string(101, '(') + "rx" + std::string(101, ')'), 100, "deep"},
             {std::string(20'000, ' '), 16'384, "at most"},
             {"\"" + std::string(5000, 'a') + "\"", 1, "4096"},
         }) {
        const auto filter = Filter::parse(row.line);
        ASSERT_FALSE(filter) << row.line;
        EXPECT_EQ(filter.error().position, row.position) << row.line << ": " << filter.error().message;
        EXPECT_THAT(filter.error().message, HasSubstr(row.message)) << row.line;
    }
}

TEST(Filter, takes_hostile_lines_in_its_stride) {
    EXPECT_TRUE(Filter::parse(std::string(100, '(') + "rx" + std::string(100, ')')));
    EXPECT_TRUE(Filter::parse(std::string(16'000, '!') + "rx"));
    EXPECT_TRUE(Filter::parse(std::string(5'000, ' ') + "rx"));
    std::string many;
    for (int i = 0; i < 1000; ++i) many += "rx or ";
    EXPECT_TRUE(Filter::parse(many + "tx"));
    std::string regexes;
    for (int i = 0; i < 17; ++i) regexes += "/a/ ";
    const auto refused = Filter::parse(regexes);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().position, 64U);
    EXPECT_FALSE(Filter::parse(std::string_view("\0", 1)));
    EXPECT_FALSE(Filter::parse("\xFF\xE2\x80"));
}

// ---- completion

std::vector<std::string> texts(const std::vector<Completion>& completions) {
    std::vector<std::string> result;
    for (const Completion& completion : completions) result.push_back(completion.text);
    return result;
}

/// The line with `|` where the caret is.
std::vector<Completion> complete(std::string line, const std::vector<Endpoint>& peers = {}) {
    const std::size_t caret = line.find('|');
    EXPECT_NE(caret, std::string::npos);
    line.erase(caret, 1);
    return complete_filter(line, caret, peers);
}

TEST(FilterCompletion, offers_terms_where_one_can_stand) {
    for (const char* line : {"|", "  |", "not |", "(|", "rx or |", "rx and (|", "!|"}) {
        const auto offered = texts(complete(line));
        EXPECT_THAT(offered, testing::IsSupersetOf({"rx", "tx", "from ", "len", "time", "\"", "hex\""}))
            << line;
        EXPECT_THAT(offered, testing::Not(testing::Contains("or "))) << line;
    }
    EXPECT_THAT(texts(complete("rx |")), testing::IsSupersetOf({"tx", "or ", "and "}));
    EXPECT_THAT(texts(complete("\"abc\" |")), testing::Contains("or "));
}

TEST(FilterCompletion, goes_on_with_the_word_under_the_caret) {
    EXPECT_THAT(texts(complete("r|")), ElementsAre("rx"));
    EXPECT_THAT(texts(complete("R|")), ElementsAre("rx"));
    EXPECT_THAT(texts(complete("rx t|")), ElementsAre("tx", "to ", "time", "text:exact\"", "tcp"));
    EXPECT_THAT(texts(complete("rx o|")), ElementsAre("or "));
    EXPECT_THAT(texts(complete("xyz|")), IsEmpty());
    const auto middle = complete("rx e|ven len>5");
    ASSERT_EQ(texts(middle), (std::vector<std::string>{"event", "error"}));
    EXPECT_EQ(middle[0].begin, 3U);
    EXPECT_EQ(middle[0].end, 7U);
}

TEST(FilterCompletion, offers_addresses_after_their_words) {
    const std::vector<Endpoint> peers = {endpoint("10.0.0.1", 80), endpoint("10.0.0.1", 81),
                                         endpoint("::1", 7)};
    const std::vector<std::string> all = {"10.0.0.1:80", "10.0.0.1:81", "[::1]:7", "10.0.0.1", "::1"};
    for (const char* line : {"from |", "rx to |", "not (peer |", "FROM  |", "from=|"}) {
        EXPECT_EQ(texts(complete(line, peers)), all) << line;
    }
    EXPECT_THAT(texts(complete("from 10|", peers)), ElementsAre("10.0.0.1:80", "10.0.0.1:81", "10.0.0.1"));
    EXPECT_THAT(texts(complete("1|", peers)), ElementsAre("10.0.0.1:80", "10.0.0.1:81", "10.0.0.1"));
    EXPECT_THAT(texts(complete("from |")), IsEmpty());
    const auto offered = complete("from 10|.9", peers);
    ASSERT_FALSE(offered.empty());
    EXPECT_EQ(offered[0].begin, 5U);
    EXPECT_EQ(offered[0].end, 9U);
}

TEST(FilterCompletion, offers_comparisons_after_what_is_compared) {
    for (const char* line : {"len|", "len |", "rx len|", "time |"}) {
        const auto offered = complete(line);
        EXPECT_THAT(texts(offered), testing::UnorderedElementsAre("=", "!=", "<", "<=", ">", ">=")) << line;
        for (const Completion& one : offered) EXPECT_EQ(one.begin, one.end);
    }
    EXPECT_THAT(complete("len>|"), IsEmpty());
    EXPECT_THAT(complete("len>1|"), IsEmpty());
    EXPECT_THAT(texts(complete("len>1 |")), testing::Contains("rx"));
    EXPECT_THAT(texts(complete("hex|")), ElementsAre("hex\""));
    EXPECT_THAT(texts(complete("hex |")), ElementsAre("\""));
}

TEST(FilterCompletion, offers_nothing_inside_of_quotes) {
    for (const char* line :
         {"\"r|", "\"r|x\"", "\"|\"", "/r|", "/r|/", "'rx |", "\xE2\x80\x9Cr|\xE2\x80\x9D", "hex\"4|"}) {
        EXPECT_THAT(complete(line), IsEmpty()) << line;
    }
}

TEST(FilterCompletion, what_is_taken_can_be_gone_on_with) {
    // Whatever is offered fits: the line with it is right, or wrong only at its end or in an open quote.
    const std::vector<Endpoint> peers = {endpoint("10.0.0.1", 80), endpoint("fe80::1", 7)};
    for (const char* line : {"", "rx ", "rx or ", "rx t", "from ", "len", "(", "not "}) {
        for (const Completion& one : complete_filter(line, std::string_view(line).size(), peers)) {
            std::string taken = line;
            taken.replace(one.begin, one.end - one.begin, one.text);
            const auto filter = Filter::parse(taken);
            if (filter) continue;
            const bool is_open = filter.error().message.find("not closed") != std::string::npos;
            EXPECT_TRUE(filter.error().position == taken.size() || is_open)
                << taken << ": " << filter.error().message;
        }
    }
}

}  // namespace
}  // namespace sockdesk::query
