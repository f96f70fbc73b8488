// What a typed payload becomes, how often it was sent, and the files that are read for it.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/payload_compiler.hpp"
#include "app/translation.hpp"

namespace sockdesk::app {
namespace {

namespace fs = std::filesystem;
using Purpose = KeptPayload::Purpose;

class PayloadCompilerTest : public testing::Test {
protected:
    PayloadCompilerTest() {
        set_language(Language::english);
        std::string name = (fs::temp_directory_path() / "sockdesk-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
    }
    ~PayloadCompilerTest() override { fs::remove_all(folder_); }

    fs::path file(const std::string& name, std::string_view content) const {
        std::ofstream(folder_ / name, std::ios::binary) << content;
        return folder_ / name;
    }
    static PayloadSpec spec(std::string text) {
        PayloadSpec spec;
        spec.text = std::move(text);
        spec.templates = true;
        return spec;
    }
    /// Of the next send, which is then behind it.
    static std::string sent(KeptPayload& payload, const PayloadSpec& spec,
                            Purpose purpose = Purpose::to_send) {
        const auto& outgoing = payload.compile(spec, purpose);
        if (!outgoing) return outgoing.error().message;
        codec::TemplateMoment moment;
        moment.counter = payload.sent_by_hand();
        Bytes bytes;
        make_bytes(*outgoing, moment, bytes);
        if (purpose == Purpose::to_send && outgoing->recipe() != nullptr) ++*outgoing->recipe()->sent_by_hand;
        return std::string(as_chars(bytes));
    }

    fs::path folder_;
};

TEST_F(PayloadCompilerTest, a_counter_goes_on_whatever_letters_stand_around_it) {
    KeptPayload payload;
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(sent(payload, spec("profile={{counter}}")), "profile=" + std::to_string(i));
    EXPECT_EQ(payload.sent_by_hand(), 3u);
    EXPECT_EQ(sent(payload, spec("profiles={{counter}}")), "profiles=0") << "another text begins anew";
}

TEST_F(PayloadCompilerTest, a_counter_goes_on_beside_a_file_that_changes) {
    const fs::path path = file("a", "one");
    const PayloadSpec with_file = spec("{{counter}} {{file:" + path.string() + "}}");
    KeptPayload payload;
    EXPECT_EQ(sent(payload, with_file), "0 one");
    file("a", "two");
    EXPECT_EQ(sent(payload, with_file, Purpose::to_show), "1 one")
        << "what is shown is not read at each look";
    EXPECT_EQ(sent(payload, with_file), "1 two");
    fs::remove(path);
    EXPECT_NE(sent(payload, with_file).find("No such file"), std::string::npos);
    file("a", "three");
    EXPECT_EQ(sent(payload, with_file), "2 three");
    payload.let_go();
    EXPECT_EQ(sent(payload, with_file), "3 three");
}

TEST_F(PayloadCompilerTest, a_pipe_or_a_device_keeps_nobody_waiting) {
    const fs::path pipe = folder_ / "pipe";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    for (const std::string& path : {pipe.string(), std::string("/dev/zero"), folder_.string()}) {
        const auto outgoing = compile_outgoing(spec("ab{{file:" + path + "}}"));
        ASSERT_FALSE(outgoing) << path;
        EXPECT_EQ(outgoing.error().position, 9u);
        EXPECT_NE(outgoing.error().message.find(path), std::string::npos) << outgoing.error().message;
    }
}

TEST_F(PayloadCompilerTest, files_are_remembered_while_they_stay_as_they_are) {
    PayloadFiles files;
    const fs::path path = file("a", "old");
    const auto read = [&] { return *files.read(path.string(), 1 << 20); };
    // Somebody may write to it again within the same tick of the clock.
    EXPECT_NE(read(), read());
    // One that was there before the test: when an entry changed cannot be set back.
    const std::string settled = "/bin/sh";
    const auto first = files.read(settled, 1 << 30);
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_EQ(*files.read(settled, 1 << 30), *first);
    file("a", "new");
    EXPECT_EQ(std::string(as_chars(*read())), "new");
    EXPECT_FALSE(files.read(path.string(), 2)) << "larger than is taken";
    fs::remove(path);
    EXPECT_FALSE(files.read(path.string(), 1 << 20));
}

}  // namespace
}  // namespace sockdesk::app
