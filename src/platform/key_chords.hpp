// Key chords that are over before a frame is drawn.
//
// Dear ImGui hands the views one change a frame of each key, but lets go of a modifier in the same frame in which another key goes
// down: Ctrl held since the last frame, F pressed, Ctrl released is then an F without Ctrl. Who types quickly, or on a machine that
// draws slowly, would press keys in vain.
#pragma once

#include <vector>

#include <imgui.h>
#include <imgui_internal.h>

namespace sockdesk::platform {

/// Before `ImGui::NewFrame`: takes out of the queue of input what comes after a key or a button went down and a modifier changed
/// then. To be put back by `put_back_input` after `NewFrame`, for the next frame.
std::vector<ImGuiInputEvent> hold_back_input(ImGuiContext& context);
void put_back_input(ImGuiContext& context, const std::vector<ImGuiInputEvent>& held_back);

}  // namespace sockdesk::platform
