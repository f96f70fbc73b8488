// When the next frame is due. Pure arithmetic on times, so that it can be tested without a window.
//
// No frame is drawn while nothing changes. What a person does is answered at up to 60 frames a second. What
// the network does is shown at up to 20, and fewer when a frame is dear: a software renderer may need 12 ms
// of processor for one, and that time belongs to the receive path.
#pragma once

#include <optional>

#include "base/clock.hpp"

namespace sockdesk::platform {

class FramePacer {
public:
    /// The person moved, clicked or typed; or the window needs to be drawn again.
    void on_input(SteadyTime now);
    /// The network brought something.
    void on_traffic();
    /// Somebody wants a frame at that time. Only the earliest request is kept.
    void request_frame(SteadyTime at);
    /// Before the views draw: what was asked for until then is answered by this frame, what they ask for while they draw by a later one.
    void begin_frame(SteadyTime started);
    void end_frame(SteadyTime ended);

    /// When to draw; none: sleep until something happens.
    std::optional<SteadyTime> next_frame() const;

private:
    SteadyTime::duration pause_after_input() const;
    SteadyTime::duration pause_after_traffic() const;

    std::optional<SteadyTime> last_start_;
    SteadyTime::duration cost_{0};  // smoothed
    bool cost_known_ = false;
    int settling_frames_ = 0;
    bool traffic_ = false;
    std::optional<SteadyTime> requested_;
};

}  // namespace sockdesk::platform
