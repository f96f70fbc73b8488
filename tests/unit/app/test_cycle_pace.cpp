// How often and how often in all: as typed in the window, and as the engine gets it.
#include <gtest/gtest.h>

#include "app/cycle_pace.hpp"
#include "app/translation.hpp"

namespace sockdesk::app {
namespace {

using namespace std::chrono_literals;
using Field = CycleFault::Field;

class CyclePaceTest : public testing::Test {
protected:
    CyclePaceTest() { set_language(Language::english); }

    static SendSettings every(std::string period, std::string burst = "1", std::string times = "") {
        SendSettings send;
        send.period_ms = std::move(period);
        send.pace.burst = std::move(burst);
        send.pace.times = std::move(times);
        return send;
    }
    static SendSettings rate(std::string rate, std::string burst = "1") {
        SendSettings send = every("never", std::move(burst));
        send.pace.by_rate = true;
        send.pace.rate = std::move(rate);
        return send;
    }
};

TEST_F(CyclePaceTest, UnderstandsPeriods) {
    EXPECT_EQ(cycle_pace(every("1000")).value(), (CyclePace{1s, 1, {}}));
    EXPECT_EQ(cycle_pace(every("10us", " 3 ", " 100 ")).value(), (CyclePace{10us, 3, 100}));
    EXPECT_EQ(cycle_pace(every("0")).value(), (CyclePace{0ns, 1, {}})) << "as fast as possible";
}

TEST_F(CyclePaceTest, UnderstandsRates) {
    EXPECT_EQ(cycle_pace(rate("50k/s")).value(), (CyclePace{20us, 1, {}}));
    EXPECT_EQ(cycle_pace(rate("200")).value(), (CyclePace{5ms, 1, {}}));
    EXPECT_EQ(cycle_pace(rate("0.5/s")).value(), (CyclePace{2s, 1, {}}));
    EXPECT_EQ(cycle_pace(rate("1.5M")).value(), (CyclePace{2us, 3, {}})) << "kept exactly";
    EXPECT_EQ(cycle_pace(rate("100/s", "10")).value(), (CyclePace{100ms, 10, {}}))
        << "of payloads, not of bursts";
}

TEST_F(CyclePaceTest, SaysWhichFieldIsWrong) {
    const auto field = [](const SendSettings& send) {
        const auto pace = cycle_pace(send);
        EXPECT_FALSE(pace);
        EXPECT_FALSE(!pace && pace.error().message.empty());
        return pace ? std::optional<Field>() : pace.error().field;
    };
    for (const char* period : {"", "soon", "9us", "9999ns", "-1", "1e9", "99999999999999s"})
        EXPECT_EQ(field(every(period)), Field::period) << period;
    for (const char* wrong :
         {"", "0", "/s", "k", "1.2.3", "-5", "1G/s", "99999999999999999999", "1000000M", "x"})
        EXPECT_EQ(field(rate(wrong)), Field::rate) << wrong;
    for (const char* wrong : {"", "0", "-1", "1.5", "1000001", "99999999999999999999"})
        EXPECT_EQ(field(every("1", wrong)), Field::burst) << wrong;
    for (const char* wrong : {"0", "-1", "x", "99999999999999999999"})
        EXPECT_EQ(field(every("1", "1", wrong)), Field::times) << wrong;
}

}  // namespace
}  // namespace sockdesk::app
