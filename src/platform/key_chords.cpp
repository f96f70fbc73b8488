#include "platform/key_chords.hpp"

namespace sockdesk::platform {

namespace {

bool is_modifier(ImGuiKey key) {
    return (key >= ImGuiKey_LeftCtrl && key <= ImGuiKey_RightSuper) || (key & ImGuiMod_Mask_) != 0;
}

bool is_press(const ImGuiInputEvent& event) {
    if (event.Type == ImGuiInputEventType_Key) return event.Key.Down && !is_modifier(event.Key.Key);
    return event.Type == ImGuiInputEventType_MouseButton && event.MouseButton.Down;
}

}  // namespace

std::vector<ImGuiInputEvent> hold_back_input(ImGuiContext& context) {
    ImVector<ImGuiInputEvent>& queue = context.InputEventsQueue;
    bool pressed = false;
    for (int i = 0; i < queue.Size; ++i) {
        const ImGuiInputEvent& event = queue[i];
        pressed = pressed || is_press(event);
        if (!pressed || event.Type != ImGuiInputEventType_Key || !is_modifier(event.Key.Key)) continue;
        std::vector<ImGuiInputEvent> rest(queue.begin() + i, queue.end());
        queue.resize(i);
        return rest;
    }
    return {};
}

void put_back_input(ImGuiContext& context, const std::vector<ImGuiInputEvent>& held_back) {
    for (const ImGuiInputEvent& event : held_back) context.InputEventsQueue.push_back(event);
}

}  // namespace sockdesk::platform
