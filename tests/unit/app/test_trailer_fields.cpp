// 附加位设置: fields and text are the same trailer; what is wrong is told of its field.
#include <gtest/gtest.h>

#include "app/trailer_fields.hpp"
#include "app/translation.hpp"

namespace sockdesk::app {
namespace {

class TrailerFieldsTest : public testing::Test {
protected:
    TrailerFieldsTest() { set_language(Language::english); }

    static Bytes appended(const std::string& text) {
        auto trailer = codec::Trailer::parse(text);
        EXPECT_TRUE(trailer) << text;
        Bytes bytes{'1', '2', '3', '4', '5', '6', '7', '8', '9'};
        if (trailer) trailer->append_to(bytes);
        return {bytes.begin() + 9, bytes.end()};
    }
};

TEST_F(TrailerFieldsTest, AreWhatTheTextSays) {
    for (const std::string text :
         {"fixed=0D", "fixed=0d 0A", "sum", "sum,bytes=2", "sum-negated,bytes=4,le",
          "xor,bytes=2,from=1,to=-1", "lrc", "crc8", "crc16-modbus", "crc16-modbus,be", "crc32,le,from=2",
          "crc32c", "adler32,to=4", "crc:width=16,poly=0x1021,init=0xFFFF",
          "crc:width=24,poly=0x864CFB,init=0xB704CE,be",
          "crc:width=16,poly=0x8005,refin,refout,xorout=0xFFFF,le"}) {
        const TrailerFields fields = TrailerFields::from_text(text);
        EXPECT_TRUE(fields.faults().empty()) << text;
        EXPECT_EQ(appended(fields.to_text()), appended(text)) << text << " became " << fields.to_text();
        EXPECT_EQ(TrailerFields::from_text(fields.to_text()), fields) << text;
    }
}

TEST_F(TrailerFieldsTest, BeginAsNetAssistDoes) {
    EXPECT_EQ(TrailerFields().to_text(), "fixed=0D");
    EXPECT_EQ(TrailerFields::from_text("no such thing"), TrailerFields());
}

TEST_F(TrailerFieldsTest, EveryNameIsAKind) {
    for (const codec::NamedChecksum& named : codec::Checksum::named()) {
        TrailerFields fields;
        fields.kind = named.name;
        EXPECT_TRUE(fields.faults().empty()) << named.name;
        EXPECT_EQ(TrailerFields::from_text(fields.to_text()).kind, named.name);
    }
}

TEST_F(TrailerFieldsTest, TellWhichFieldIsWrong) {
    TrailerFields fields;
    fields.fixed_hex = "0D 0x";
    ASSERT_EQ(fields.faults().size(), 1U);
    EXPECT_EQ(fields.faults()[0].field, &TrailerFields::fixed_hex);
    EXPECT_NE(fields.faults()[0].error.position, Error::no_position);
    fields.fixed_hex = " ";
    EXPECT_EQ(fields.faults()[0].field, &TrailerFields::fixed_hex);

    fields = {};
    fields.kind = "crc32";
    fields.from = "one";
    ASSERT_EQ(fields.faults().size(), 1U);
    EXPECT_EQ(fields.faults()[0].field, &TrailerFields::from);

    fields = {};
    fields.kind = TrailerFields::crc_kind;
    EXPECT_TRUE(fields.faults().empty());
    fields.polynomial = "0x18005";
    ASSERT_EQ(fields.faults().size(), 1U);
    EXPECT_EQ(fields.faults()[0].field, &TrailerFields::polynomial);
    fields.polynomial = "1";
    fields.width = "65";
    ASSERT_FALSE(fields.faults().empty());
    EXPECT_EQ(fields.faults()[0].field, &TrailerFields::width);
}

}  // namespace
}  // namespace sockdesk::app
