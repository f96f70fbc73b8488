// The record in front: which bytes, what is selected, and the fields of a format.
#include "app/inspector_model.hpp"

#include <gmock/gmock.h>

#include "capture/log_writer.hpp"
#include "log_text_support.hpp"

namespace sockdesk::app {
namespace {

class Inspector : public InChina {
protected:
    Inspector() { set_language(Language::english); }

    RecordIndex datagram(std::string_view payload,
                         capture::Direction direction = capture::Direction::received) {
        writer_.append_datagram(some_time, direction, here, there, as_bytes(payload));
        writer_.publish();
        return log_->published() - 1;
    }
    RecordIndex note() {
        writer_.append_event(event(capture::SessionEvent::Kind::note));
        writer_.publish();
        return log_->published() - 1;
    }

    std::shared_ptr<capture::SegmentPool> pool_ = std::make_shared<capture::SegmentPool>();
    std::shared_ptr<capture::Log> log_ = capture::Log::make(pool_, "test");
    capture::LogWriter writer_{log_};
    InspectorModel model_{log_};
};

TEST_F(Inspector, ShowsARecordAndKeepsItsBytes) {
    const RecordIndex first = datagram("hello");
    model_.show(first);
    EXPECT_EQ(as_chars(model_.bytes()), "hello");
    EXPECT_EQ(model_.title(), "RECV FROM 127.0.0.1:8080");
    EXPECT_EQ(model_.time(), "2026-11-21 10:00:00.123");
    const RecordIndex second = datagram("", capture::Direction::sent);
    model_.show(second);
    EXPECT_EQ(model_.title(), "SEND TO 127.0.0.1:8080");
    EXPECT_TRUE(model_.bytes().empty());
    EXPECT_TRUE(model_.values().empty());
    EXPECT_TRUE(model_.selected_bytes().empty());
    model_.show(note());
    EXPECT_EQ(model_.title(), "");
    model_.show(first);
    EXPECT_EQ(as_chars(model_.bytes()), "hello");
    model_.show(99);
    EXPECT_EQ(model_.record(), std::nullopt) << "not published";
    EXPECT_TRUE(model_.bytes().empty());
}

TEST_F(Inspector, TheSelectionStaysWhereItFits) {
    model_.show(datagram("0123456789"));
    EXPECT_EQ(model_.selection().range(), (ByteRange{0, 1}));
    model_.selection().select(6);
    model_.selection().extend_to(4);
    EXPECT_EQ(as_chars(model_.selected_bytes()), "456");
    EXPECT_EQ(model_.selection().caret(), 4U);
    model_.show(datagram("abcdefgh"));
    EXPECT_EQ(as_chars(model_.selected_bytes()), "efg") << "the same field of the next record";
    model_.show(datagram("abc"));
    EXPECT_EQ(as_chars(model_.selected_bytes()), "a");

    ByteSelection& selection = model_.selection();
    selection.move(1, false);
    EXPECT_EQ(selection.range(), (ByteRange{1, 2}));
    selection.move(-100, true);
    EXPECT_EQ(selection.range(), (ByteRange{0, 2}));
    selection.move(100, false);
    EXPECT_EQ(selection.range(), (ByteRange{2, 3}));
    selection.select(1000);
    EXPECT_EQ(selection.range(), (ByteRange{2, 3}));
    selection.select(ByteRange{1, 1});
    selection.select(ByteRange{1, 4});
    EXPECT_EQ(selection.range(), (ByteRange{2, 3})) << "no such bytes";
    selection.select_all();
    EXPECT_EQ(as_chars(model_.selected_bytes()), "abc");
    selection.resize(0);
    selection.move(1, false);
    selection.select_all();
    EXPECT_EQ(selection.range(), ByteRange{});
}

TEST_F(Inspector, ValuesFollowSelectionRecordEncodingAndLanguage) {
    const auto first = [&] { return model_.values().front().little; };
    model_.show(datagram("\xC4\xE3"));
    EXPECT_EQ(first(), "196");
    model_.selection().select(1);
    EXPECT_EQ(first(), "227");
    model_.show(datagram("AB"));
    EXPECT_EQ(first(), "66");
    model_.show(datagram("\xC4\xE3"));
    model_.selection().select_all();
    const auto preferred = [&] {
        const auto& values = model_.values();
        return std::find_if(values.begin(), values.end(),
                            [](const InspectedValue& value) { return value.group == ValueGroup::text; });
    };
    EXPECT_EQ(preferred()->little, "\\xC4\\xE3");
    model_.set_encoding(encoding("gbk"));
    EXPECT_EQ(preferred()->little, "你");
    EXPECT_EQ(model_.glyph(0).character, U'你');
    EXPECT_EQ(model_.copied(*preferred(), codec::ByteOrder::little), "你");
    EXPECT_EQ(model_.copied(model_.values()[2], codec::ByteOrder::big), "50403");
    EXPECT_EQ(model_.copied(model_.values()[2], codec::ByteOrder::little), "58308");
    const std::string english = model_.values()[4].name;
    set_language(Language::chinese);
    EXPECT_NE(model_.values()[4].name, english);
    set_language(Language::english);
}

TEST_F(Inspector, FieldsOfAFormat) {
    model_.show(datagram(std::string_view("\x1f\x90hello\0\0\0\xfe+!", 13)));
    model_.set_format("!H8sb");
    ASSERT_EQ(model_.fields().size(), 3U);
    EXPECT_EQ(model_.fields()[0].code, "H");
    EXPECT_EQ(model_.fields()[0].value, "8080");
    EXPECT_EQ(model_.fields()[1].code, "8s");
    EXPECT_EQ(model_.fields()[1].range, (ByteRange{2, 10}));
    EXPECT_EQ(model_.fields()[1].value, "\"hello\\x00\\x00\\x00\"");
    EXPECT_EQ(model_.fields()[2].value, "-2");
    EXPECT_EQ(model_.rest(), (ByteRange{11, 13}));
    EXPECT_EQ(model_.missing_bytes(), 0U);
    EXPECT_EQ(model_.field_at(0), 0U);
    EXPECT_EQ(model_.field_at(9), 1U);
    EXPECT_EQ(model_.field_at(10), 2U);
    EXPECT_EQ(model_.field_at(11), std::nullopt);

    model_.show(datagram(std::string_view("\0\1\2", 3)));
    EXPECT_EQ(model_.fields().size(), 1U) << "the format stays for the next record";
    EXPECT_EQ(model_.missing_bytes(), 8U);
    EXPECT_EQ(model_.rest(), ByteRange{});

    model_.set_format("!Hz");
    ASSERT_TRUE(model_.format_error());
    EXPECT_EQ(model_.format_error()->position, 2U);
    EXPECT_TRUE(model_.fields().empty());
    model_.set_format("");
    EXPECT_FALSE(model_.has_format());
    EXPECT_FALSE(model_.format_error());
    EXPECT_EQ(model_.rest(), ByteRange{});
}

TEST_F(Inspector, FieldsWithGapsAndWithoutBytes) {
    model_.show(datagram("0123456789"));
    model_.set_format("<B2x0sH0s");
    ASSERT_EQ(model_.fields().size(), 4U);
    EXPECT_EQ(model_.field_at(0), 0U);
    EXPECT_EQ(model_.field_at(1), std::nullopt) << "padding";
    EXPECT_EQ(model_.field_at(3), 2U) << "not the one before it, which has no bytes";
    EXPECT_EQ(model_.field_at(5), std::nullopt);
    EXPECT_EQ(model_.rest(), (ByteRange{5, 10}));
    model_.show(std::nullopt);
    EXPECT_TRUE(model_.fields().empty());
    EXPECT_EQ(model_.field_at(0), std::nullopt);
}

}  // namespace
}  // namespace sockdesk::app
