// Clicks and types at the real views without a window, through Dear ImGui's own test hooks.
//
// Items are found by a path of labels: "###open", or "target/##text" for an item within PushID("target").
// Only what was drawn in the last frame is trusted. Nothing here sleeps: `until` draws a frame whenever the
// engine has news.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <imgui.h>
#include <imgui_internal.h>

#include "app/workspace.hpp"
#include "engine/engine.hpp"
#include "gui/desk.hpp"

namespace sockdesk::gui_tests {

struct Item {
    ImGuiID id = 0;
    std::string label;
    ImRect rect;  // what can be seen of it
    ImRect clip;
    std::string window;
    std::vector<ImGuiID> id_stack;
    bool disabled = false;
};

class Driver {
public:
    /// Each driver has a workspace of its own, in a temporary folder.
    explicit Driver(std::optional<app::SessionSetup> request = {},
                    app::Language language = app::Language::english);
    ~Driver();
    Driver(const Driver&) = delete;
    Driver& operator=(const Driver&) = delete;

    gui::Desk& desk() { return *desk_; }
    /// Of the session in front; `front` also gives one that only shows a capture.
    gui::SessionTab& tab() { return *desk_->front_session(); }
    gui::LogTab& front() { return desk_->front(); }
    engine::Engine& engine() { return *engine_; }
    app::Storage& storage() { return *storage_; }
    const std::filesystem::path& folder() const { return folder_; }
    const std::string& window_title() const { return window_title_; }
    bool quit_asked() const { return quit_asked_; }

    void frames(int count = 1);
    /// Draws until `condition` holds; false (and a test failure that names `what`) after ten seconds.
    bool until(std::string_view what, const std::function<bool()>& condition);

    const Item* find(std::string_view path) const;
    bool is_shown(std::string_view path) const { return find(path) != nullptr; }
    bool is_disabled(std::string_view path) const;

    /// All of these end with frames to settle. An item that is not there fails the test.
    void click(std::string_view path, ImGuiMouseButton button = ImGuiMouseButton_Left);
    void click_at(ImVec2 position, ImGuiMouseButton button = ImGuiMouseButton_Left, int times = 1);
    void drag(ImVec2 from, ImVec2 to);
    void wheel(std::string_view path, float notches);
    void key(ImGuiKeyChord chord);
    void type(std::string_view utf8);
    /// Clicks into an input, replaces what it holds.
    void fill(std::string_view path, std::string_view utf8);
    /// Opens a combo and chooses.
    void choose(std::string_view combo, std::string_view entry);

    /// The rows of the log as they are on screen, with line ends between.
    std::string log_text();
    /// The engine starts anew from the workspace file, as at the next start of the program.
    void restart(app::WindowRequest request = {});
    std::string clipboard() const { return clipboard_; }
    std::vector<std::string> shown_labels() const;

    // Called by the hooks.
    void on_item(ImGuiID id, const ImRect& rect, const ImGuiLastItemData* data);
    void on_info(ImGuiID id, const char* label, ImGuiItemStatusFlags flags);

private:
    void start(app::WindowRequest request);
    void ring();
    void stop();
    void frame();

    std::filesystem::path folder_;
    ImGuiContext* context_ = nullptr;
    std::unique_ptr<app::Storage> storage_;
    std::unique_ptr<engine::Engine> engine_;
    std::unique_ptr<gui::Desk> desk_;
    std::vector<Item> drawing_;
    std::vector<Item> drawn_;
    std::string window_title_;
    std::string clipboard_;
    bool quit_asked_ = false;

    std::mutex mutex_;
    std::condition_variable news_;
    bool has_news_ = false;
};

}  // namespace sockdesk::gui_tests
