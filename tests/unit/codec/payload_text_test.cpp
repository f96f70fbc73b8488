#include "codec/payload_text.hpp"

#include "codec_test.hpp"

namespace sockdesk::codec {
namespace {

TEST(CompilePayload, means_the_text_as_the_options_say) {
    EXPECT_EQ(compile_payload("你好\\n", {}), bytes_of("你好\\n"));
    EXPECT_EQ(compile_payload("你好\\n", {PayloadMode::text, encoding("gbk"), false}),
              bytes("c4 e3 ba c3 5c 6e"));
    EXPECT_EQ(compile_payload("你好\\n", {PayloadMode::text, encoding("gbk"), true}),
              bytes("c4 e3 ba c3 0a"));
    EXPECT_EQ(compile_payload("48 65", {PayloadMode::hex, {}, true}), bytes("48 65"));
    EXPECT_EQ(compile_payload("48 65", {}), bytes_of("48 65"));
    EXPECT_EQ(compile_payload("", {}), Bytes{});
}

TEST(CompilePayload, says_where_the_fault_is) {
    EXPECT_EQ(compile_payload("48 6", {PayloadMode::hex, {}, false}).error().position, 3u);
    EXPECT_EQ(compile_payload("ab\\q", {PayloadMode::text, {}, true}).error().position, 2u);
    EXPECT_EQ(compile_payload("ab\xFF", {}).error().position, 2u);
    EXPECT_EQ(compile_payload("a你", {PayloadMode::text, encoding("ascii"), false}).error().position, 1u);
}

}  // namespace
}  // namespace sockdesk::codec
