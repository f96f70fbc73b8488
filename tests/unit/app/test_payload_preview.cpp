// What is known of the bytes of the next send before it.
#include <gtest/gtest.h>

#include "app/payload_compiler.hpp"
#include "app/payload_preview.hpp"

namespace sockdesk::app {
namespace {

// Digits of bytes, "??" for those that are not known.
std::string spelled(const PayloadPreview& preview) {
    std::string text;
    for (std::size_t i = 0; i < preview.bytes.size(); ++i) {
        const bool unknown = i < preview.unknown.size() && preview.unknown[i];
        text += unknown ? '?' : static_cast<char>(preview.bytes[i]);
    }
    return text + (preview.varying_size ? "~" : "");
}

std::string seen(std::string text, const codec::TemplateMoment& moment = {}) {
    const auto outgoing = compile_outgoing({text, false, false, true, "utf-8", ""});
    EXPECT_TRUE(outgoing);
    return outgoing ? spelled(preview_of(*outgoing, text, moment)) : "";
}

TEST(PayloadPreview, ShowsWhatIsKnown) {
    EXPECT_EQ(seen("abc"), "abc");
    EXPECT_EQ(seen("n={{counter:7}};"), "n=7;");
}

TEST(PayloadPreview, DoesNotShowWhatChanceDecides) {
    EXPECT_EQ(seen("<{{random:4}}>"), "<" + std::string(4, '?') + ">");
    const std::string uuid = seen("{{uuid}}");
    EXPECT_EQ(uuid.size(), 36U);
    EXPECT_EQ(uuid.substr(8, 1) + uuid.substr(13, 2), "--4") << "its version is known: " << uuid;
    EXPECT_EQ(uuid.substr(0, 8), std::string(8, '?'));
    EXPECT_TRUE(seen("<{{random:1..1000000}}>").starts_with("<?"));
}

TEST(PayloadPreview, KnowsEndpointsOnceTheyAreThere) {
    EXPECT_EQ(seen("{{session.local_port}}|"), std::string(5, '?') + "|~");
    EXPECT_EQ(seen("to {{session.remote_address}}!").substr(0, 4), "to ?");
    codec::TemplateMoment moment;
    moment.local = Endpoint{*IpAddress::parse("127.0.0.1"), 4000};
    moment.remote = Endpoint{*IpAddress::parse("::1"), 9};
    EXPECT_EQ(seen("{{session.local_port}} {{session.remote_address}}", moment), "4000 ::1");
}

TEST(PayloadPreview, OfAnAnswerShowsTheMatchWhereItIsWhatWasTyped) {
    const auto answer =
        compile_outgoing({"<{{match}}>{{match:1}}.", false, false, true, "utf-8", ""}, {true, {""}});
    ASSERT_TRUE(answer) << answer.error().message;
    const std::string text = "<{{match}}>{{match:1}}.";
    EXPECT_EQ(spelled(preview_of_answer(*answer, text, Bytes{'p', 'i'}, 1)), "<pi>?.~");
    EXPECT_EQ(spelled(preview_of_answer(*answer, text, std::nullopt, 1)).substr(0, 2), "<?");
}

}  // namespace
}  // namespace sockdesk::app
