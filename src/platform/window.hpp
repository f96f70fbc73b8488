// A window with Dear ImGui in it: GLFW and OpenGL 3 behind a header that knows neither.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

struct ImFont;

namespace sockdesk::platform {

struct WindowOptions {
    std::string title;
    /// In units of a 96 dpi screen; multiplied by the screen's scale.
    int width = 1180;
    int height = 780;
};

/// One at a time. All of it belongs to the main thread but `wake` and `close`.
class Window {
public:
    /// Fails with one line when there is no display or no OpenGL 3. Open it before threads are started: it
    /// takes SIGINT, SIGTERM and SIGHUP for itself, so that a signal ends `run` in good order.
    static Result<std::unique_ptr<Window>> open(const WindowOptions& options);
    ~Window();
    Window(const Window&) = delete;
    Window& operator=(const Window&) = delete;

    /// Draws a frame with `draw` whenever one is due; returns when the person closes the window.
    void run(const std::function<void()>& draw);

    /// `open` is told which files were dropped on the window. Between frames.
    void on_files(std::function<void(const std::vector<std::filesystem::path>&)> open);

    /// The network brought something: draw soon. Any thread; does not block.
    void wake();
    /// Ends `run`. Any thread.
    void close();

    /// A frame `delay` from now, if none comes sooner.
    void request_frame(SteadyTime::duration delay);

    void set_title(const std::string& title);
    /// Pixels of this screen for one of a 96 dpi screen.
    float content_scale() const;

    ImFont* ui_font() const;
    ImFont* mono_font() const;
    /// False: no font with Chinese characters was found.
    bool has_chinese_font() const;

private:
    struct State;
    explicit Window(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace sockdesk::platform
