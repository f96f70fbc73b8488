#include "query/search.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <random>
#include <string>

#include "query/pattern.hpp"
#include "query/stream_search.hpp"
#include "support.hpp"

#include <gmock/gmock.h>

namespace sockdesk::query {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Pattern literal(std::string_view text) { return *Pattern::literal(bytes_of(text)); }
Pattern regex(std::string_view text) {
    const auto pattern = Pattern::regex(text);
    EXPECT_TRUE(pattern) << text;
    return *pattern;
}

struct Found {
    std::uint64_t matches = 0;
    std::vector<RecordIndex> records;
    friend bool operator==(const Found&, const Found&) = default;
};

std::ostream& operator<<(std::ostream& out, const Found& found) {
    out << found.matches << " in";
    for (const RecordIndex record : found.records) out << ' ' << record;
    return out;
}

Found found_by(const Search& search) {
    search.wait();
    const SearchProgress progress = search.progress();
    EXPECT_TRUE(progress.is_complete());
    return {progress.matches, members(search.hits())};
}

Found find_all(const Conversation& talk, const Pattern& pattern, RecordIndex first = 0) {
    const Search search(talk.log(), pattern, first);
    return found_by(search);
}

TEST(Search, counts_matches_in_datagrams) {
    Conversation talk;
    talk.receive("abc abc");
    talk.receive("nothing");
    talk.send_to(talk.there, "abcabcab");
    talk.receive("c");  // datagrams are no stream
    talk.receive("aaaa");
    talk.publish();
    EXPECT_EQ(find_all(talk, literal("abc")), (Found{4, {0, 2}}));
    EXPECT_EQ(find_all(talk, literal("aa")), (Found{2, {4}}));
    EXPECT_EQ(find_all(talk, literal("abc"), 1), (Found{2, {2}}));
    EXPECT_EQ(find_all(talk, literal("absent")), (Found{0, {}}));
    EXPECT_EQ(find_all(talk, regex("[ab]+")), (Found{6, {0, 2, 4}}));
}

TEST(Search, looks_at_the_words_of_events) {
    Conversation talk;
    talk.note("the needle is here");
    talk.happen(capture::SessionEvent::Kind::connect, "", endpoint("192.0.2.7", 99));
    talk.publish();
    const Search search(talk.log(), literal("needle"));
    EXPECT_EQ(found_by(search), (Found{1, {0}}));
    EXPECT_EQ(find_all(talk, literal("192.0.2.7")), (Found{1, {1}}));
    capture::LogReader reader(talk.log());
    EXPECT_THAT(search.matches_in(0, reader), ElementsAre(Match{4, 10}));
}

TEST(Search, of_an_empty_log_is_complete) {
    const Conversation talk;
    EXPECT_EQ(find_all(talk, literal("x")), (Found{0, {}}));
}

TEST(Search, goes_on_with_what_is_appended) {
    Conversation talk;
    std::mutex mutex;
    std::condition_variable changed;
    bool told = false;
    const Search search(talk.log(), literal("x"), 0, [&] {
        const std::lock_guard lock(mutex);
        told = true;
        changed.notify_all();
    });
    EXPECT_EQ(found_by(search), (Found{0, {}}));
    talk.receive("x");
    talk.publish();
    EXPECT_EQ(found_by(search), (Found{1, {0}}));
    {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return told; });
        told = false;
    }
    talk.receive("yx");
    talk.publish();
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return told; });
    EXPECT_EQ(search.progress().matches, 2U);
}

TEST(Search, finds_what_spans_two_reads_where_it_begins) {
    Conversation talk;
    talk.read(1, "say hel");
    talk.receive("hel");
    talk.read(1, "lo, hello and he");
    talk.read(2, "llo");
    talk.write(1, "llo");
    talk.read(1, "llo");
    talk.publish();
    const Search search(talk.log(), literal("hello"));
    EXPECT_EQ(found_by(search), (Found{3, {0, 2}}));
    capture::LogReader reader(talk.log());
    EXPECT_THAT(search.matches_in(0, reader), ElementsAre(Match{4, 7}));
    EXPECT_THAT(search.matches_in(1, reader), IsEmpty());
    EXPECT_THAT(search.matches_in(2, reader), ElementsAre(Match{0, 2}, Match{4, 9}, Match{14, 16}));
    EXPECT_THAT(search.matches_in(3, reader), IsEmpty());
    EXPECT_THAT(search.matches_in(4, reader), IsEmpty());
    EXPECT_THAT(search.matches_in(5, reader), ElementsAre(Match{0, 3}));
}

TEST(Search, finds_what_spans_reads_that_come_while_it_goes_on) {
    Conversation talk;
    const Search search(talk.log(), literal("hello"));
    const std::string_view text = "hello hello";
    for (std::size_t i = 0; i < text.size(); ++i) {
        talk.read(1, text.substr(i, 1));
        talk.publish();
        const std::uint64_t whole = i < 4 ? 0 : i < 10 ? 1 : 2;
        EXPECT_EQ(found_by(search).matches, whole) << i;
    }
    EXPECT_EQ(found_by(search), (Found{2, {0, 6}}));
}

TEST(Search, keeps_connections_of_the_same_ends_apart) {
    Conversation talk;
    talk.read(1, "hel");
    talk.reconnect(1);
    talk.read(1, "lo");
    talk.publish();
    EXPECT_EQ(find_all(talk, literal("hello")), (Found{0, {}}));
    EXPECT_EQ(find_all(talk, regex("hel+o")), (Found{0, {}}));
}

/// Matches of a text that was read in these pieces, found by looking at the text as a whole.
struct Expected {
    Found found;
    std::vector<std::vector<Match>> highlights;
};

Expected expected_of(const std::string& text, const std::vector<std::size_t>& cuts, const Pattern& pattern) {
    std::vector<std::size_t> begins = {0};
    begins.insert(begins.end(), cuts.begin(), cuts.end());
    std::vector<std::size_t> ends = cuts;
    ends.push_back(text.size());
    Expected result;
    result.highlights.resize(begins.size());
    std::size_t at = 0;
    while (const auto match = pattern.find(as_bytes(text), at)) {
        at = match->end;
        ++result.found.matches;
        for (std::size_t i = 0; i < begins.size(); ++i) {
            if (match->begin >= begins[i] && match->begin < ends[i] &&
                (result.found.records.empty() || result.found.records.back() != i)) {
                result.found.records.push_back(i);
            }
            const std::size_t from = std::max(match->begin, begins[i]);
            const std::size_t to = std::min(match->end, ends[i]);
            if (from < to) result.highlights[i].push_back({from - begins[i], to - begins[i]});
        }
    }
    return result;
}

const std::string text_to_cut = "abab ababab aab\naaabaaa xababx 12 345 6ab";

/// At every place, at many pairs of places, and at all places at once.
std::vector<std::vector<std::size_t>> ways_to_cut(const std::string& text) {
    std::vector<std::vector<std::size_t>> ways;
    std::vector<std::size_t> everywhere;
    for (std::size_t one = 1; one < text.size(); ++one) {
        ways.push_back({one});
        for (std::size_t two = one + 1; two < text.size(); two += 3) ways.push_back({one, two});
        everywhere.push_back(one);
    }
    ways.push_back(everywhere);
    return ways;
}

std::vector<Pattern> patterns_to_cut() {
    return {
        literal("ab"),
        literal("abab"),
        literal("aa"),
        literal("a"),
        *Pattern::literal(bytes_of("ABAB"), LetterCase::ignored),
        *Pattern::hex("61 ?? 61"),
        *Pattern::hex("?? ?? ??"),
        regex("a+b"),
        regex("[ab]+"),
        regex("\\d+ \\d+"),
        regex("b?a"),
        regex("^a+"),
        regex("\\bab"),
    };
}

TEST(StreamSearch, finds_the_same_however_much_it_is_given_at_once) {
    const auto patterns = patterns_to_cut();
    for (std::size_t number = 0; number < patterns.size(); ++number) {
        for (const auto& cuts : ways_to_cut(text_to_cut)) {
            for (const std::size_t at_once : {1U, 2U, 100U}) {
                StreamSearch search(patterns[number]);
                Found found;
                const auto add = [&](RecordIndex record, std::uint64_t matches) {
                    found.matches += matches;
                    if (matches > 0) found.records.push_back(record);
                };
                const auto add_one = [&](RecordIndex record) { add(record, 1); };
                capture::RecordView piece;
                piece.transport = capture::Transport::tcp;
                for (std::size_t i = 0; i <= cuts.size(); ++i) {
                    const std::size_t begin = i == 0 ? 0 : cuts[i - 1];
                    const std::size_t end = i == cuts.size() ? text_to_cut.size() : cuts[i];
                    piece.index = i;
                    piece.stream_offset = begin;
                    piece.payload = as_bytes(std::string_view(text_to_cut).substr(begin, end - begin));
                    add(i, search.add(piece, add_one));
                    if ((i + 1) % at_once == 0) search.flush(add_one);
                }
                search.flush(add_one);
                std::sort(found.records.begin(), found.records.end());
                found.records.erase(std::unique(found.records.begin(), found.records.end()),
                                    found.records.end());
                ASSERT_EQ(found, expected_of(text_to_cut, cuts, patterns[number]).found)
                    << "pattern " << number << ", cut " << testing::PrintToString(cuts) << ", " << at_once
                    << " at once";
            }
        }
    }
}

TEST(Search, finds_the_same_wherever_a_stream_is_cut) {
    const std::string& text = text_to_cut;
    const auto ways = ways_to_cut(text);

    // Each in a stream of its own, one after the other in one log.
    Conversation talk;
    for (std::size_t way = 0; way < ways.size(); ++way) {
        const auto port = static_cast<std::uint16_t>(way + 1);
        std::size_t begin = 0;
        for (const std::size_t cut : ways[way]) {
            talk.read(port, std::string_view(text).substr(begin, cut - begin));
            begin = cut;
        }
        talk.read(port, std::string_view(text).substr(begin));
    }
    talk.publish();

    const std::vector<Pattern> patterns = patterns_to_cut();
    for (std::size_t number = 0; number < patterns.size(); ++number) {
        const Search search(talk.log(), patterns[number]);
        const Found found = found_by(search);
        capture::LogReader reader(talk.log());
        std::uint64_t matches = 0;
        RecordIndex first = 0;
        for (const auto& cuts : ways) {
            const Expected expected = expected_of(text, cuts, patterns[number]);
            matches += expected.found.matches;
            for (std::size_t i = 0; i < expected.highlights.size(); ++i) {
                const bool is_hit =
                    std::count(expected.found.records.begin(), expected.found.records.end(), i) > 0;
                ASSERT_EQ(search.hits().contains(first + i), is_hit)
                    << "pattern " << number << ", cut " << testing::PrintToString(cuts) << ", piece " << i;
                ASSERT_EQ(search.matches_in(first + i, reader), expected.highlights[i])
                    << "pattern " << number << ", cut " << testing::PrintToString(cuts) << ", piece " << i;
            }
            first += expected.highlights.size();
        }
        EXPECT_EQ(found.matches, matches) << "pattern " << number;
    }
}

TEST(Search, finds_the_same_in_many_streams_at_once_as_in_each) {
    std::mt19937 random(5);
    const std::vector<Pattern> patterns = {literal("abca"), *Pattern::hex("61 6? 63"), regex("a[bc]+a")};
    std::map<std::uint16_t, std::string> texts;
    std::map<std::uint16_t, std::vector<std::pair<std::size_t, RecordIndex>>> begins;
    Conversation talk;
    for (RecordIndex i = 0; i < 3000; ++i) {
        const auto port = static_cast<std::uint16_t>(1 + random() % 20);
        std::string piece(1 + random() % 6, ' ');
        for (char& c : piece) c = static_cast<char>('a' + random() % 3);
        begins[port].emplace_back(texts[port].size(), i);
        texts[port] += piece;
        talk.read(port, piece);
    }
    talk.publish();
    for (const Pattern& pattern : patterns) {
        Found expected;
        for (const auto& entry : texts) {
            const auto& places = begins[entry.first];
            std::size_t at = 0;
            while (const auto match = pattern.find(as_bytes(entry.second), at)) {
                at = match->end;
                ++expected.matches;
                const auto after =
                    std::upper_bound(places.begin(), places.end(), std::pair(match->begin, ~RecordIndex{0}));
                expected.records.push_back((after - 1)->second);
            }
        }
        std::sort(expected.records.begin(), expected.records.end());
        expected.records.erase(std::unique(expected.records.begin(), expected.records.end()),
                               expected.records.end());
        EXPECT_EQ(find_all(talk, pattern), expected);
    }
}

TEST(Search, finds_a_match_as_long_as_allowed_over_many_reads) {
    std::string needle;
    for (int i = 0; needle.size() < 4096; ++i) needle += std::to_string(i) + ",";
    needle.resize(4096);
    Conversation talk;
    const std::string text = "before" + needle + "after";
    for (std::size_t i = 0; i < text.size(); i += 100) talk.read(1, std::string_view(text).substr(i, 100));
    talk.publish();
    EXPECT_EQ(find_all(talk, literal(needle)), (Found{1, {0}}));
    EXPECT_EQ(find_all(talk, regex("before[0-9,]{1000}[0-9,]{1000}")), (Found{1, {0}}));
}

TEST(Search, forgets_streams_rather_than_take_memory_without_end) {
    Conversation talk;
    talk.read(1, "hel");
    // Twice as many streams as are remembered.
    for (std::uint32_t i = 0; i < 131'072; ++i) {
        capture::TcpFlow flow;
        flow.local = talk.here;
        flow.remote = {IpAddress::v4({10, 0, static_cast<std::uint8_t>(i >> 16U), 1}),
                       static_cast<std::uint16_t>(i)};
        talk.writer().append_stream(at(0), capture::Direction::received, flow, as_bytes("he"));
        if (i == 131'071)
            talk.writer().append_stream(at(0), capture::Direction::received, flow, as_bytes("llo"));
    }
    talk.read(1, "lo");
    talk.publish();
    EXPECT_EQ(find_all(talk, literal("hello")), (Found{1, {131'072}}));
}

TEST(Search, stops_at_once) {
    Conversation talk;
    const std::string payload(60'000, 'a');
    for (int i = 0; i < 2000; ++i) talk.receive(payload);
    talk.publish();
    // Each record costs a hundred milliseconds: all of them would be minutes.
    const auto begin = std::chrono::steady_clock::now();
    { const Search search(talk.log(), regex("a[^z]{1000}[^z]{1000}z|b")); }
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30));
}

}  // namespace
}  // namespace sockdesk::query
