#include "platform/frame_pacer.hpp"

#include <algorithm>

namespace sockdesk::platform {
namespace {

using namespace std::chrono_literals;

// The toolkit lays out with sizes of the frame before, opens pop-ups a frame late and so on.
constexpr int frames_to_settle = 3;
// Tooltips appear when the pointer has rested this long; without a frame then they would not.
constexpr auto rest = 550ms;
constexpr auto input_interval = 16ms;
constexpr auto traffic_interval = 50ms;

}  // namespace

void FramePacer::on_input(SteadyTime now) {
    settling_frames_ = frames_to_settle;
    requested_ = requested_ ? std::min(*requested_, now + rest) : now + rest;
}

void FramePacer::on_traffic() { traffic_ = true; }

void FramePacer::request_frame(SteadyTime at) { requested_ = requested_ ? std::min(*requested_, at) : at; }

void FramePacer::begin_frame(SteadyTime started) {
    last_start_ = started;
    settling_frames_ = std::max(0, settling_frames_ - 1);
    traffic_ = false;
    if (requested_ && *requested_ <= started) requested_.reset();
}

void FramePacer::end_frame(SteadyTime ended) {
    if (!last_start_) return;
    const SteadyTime::duration cost = ended - *last_start_;
    cost_ = cost_known_ ? (cost_ * 3 + cost) / 4 : cost;
    cost_known_ = true;
}

SteadyTime::duration FramePacer::pause_after_input() const {
    return std::max<SteadyTime::duration>(input_interval, cost_ * 2);
}

SteadyTime::duration FramePacer::pause_after_traffic() const {
    return std::max<SteadyTime::duration>(traffic_interval, cost_ * 8);
}

std::optional<SteadyTime> FramePacer::next_frame() const {
    if (!last_start_) return SteadyTime{};
    std::optional<SteadyTime> next;
    const auto consider = [&](SteadyTime time) { next = next ? std::min(*next, time) : time; };
    if (settling_frames_ > 0) consider(*last_start_ + pause_after_input());
    if (traffic_) consider(*last_start_ + pause_after_traffic());
    // At the pace of traffic: what asks for frames is what goes on in the background, and under flood that never ends.
    if (requested_) consider(std::max(*requested_, *last_start_ + pause_after_traffic()));
    return next;
}

}  // namespace sockdesk::platform
