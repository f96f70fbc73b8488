#include "platform/window.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>

#define GLFW_INCLUDE_NONE
#include <GL/gl.h>
#include <GLFW/glfw3.h>

#include <imgui.h>
#include <imgui_impl_glfw.h>
#include <imgui_impl_opengl3.h>
#include <imgui_internal.h>

#include "platform/font_loading.hpp"
#include "platform/font_lookup.hpp"
#include "platform/frame_pacer.hpp"
#include "platform/key_chords.hpp"
#include "platform/signal_watcher.hpp"

namespace sockdesk::platform {

struct Window::State {
    SystemClock clock;
    FramePacer pacer;
    GLFWwindow* window = nullptr;
    bool glfw = false;
    bool imgui = false;
    std::unique_ptr<LoadedFonts> fonts;
    ImFont* ui_font = nullptr;
    ImFont* mono_font = nullptr;
    bool has_chinese = false;
    std::atomic<bool> traffic{false};
    std::atomic<bool> closing{false};
    std::unique_ptr<SignalWatcher> signals;

    ~State() {
        signals.reset();
        if (imgui) {
            ImGui_ImplOpenGL3_Shutdown();
            ImGui_ImplGlfw_Shutdown();
            ImGui::DestroyContext();
        }
        fonts.reset();  // the glyph atlas reads from the mapped files until its end
        if (window != nullptr) glfwDestroyWindow(window);
        if (glfw) glfwTerminate();
    }

    void input() { pacer.on_input(clock.steady_now()); }
    void close() {
        closing.store(true);
        glfwPostEmptyEvent();
    }
    void draw_frame(const std::function<void()>& draw);
    void wait_for_frame();
};

namespace {

std::string glfw_reason() {
    const char* description = nullptr;
    glfwGetError(&description);
    return description != nullptr ? description : "no reason given";
}

// What GLFW's callbacks lead to.
struct Listeners {
    std::function<void()> input;
    std::function<void(const std::vector<std::filesystem::path>&)> files = [](const auto&) {};
};

Listeners& listeners(GLFWwindow* window) {
    return *static_cast<Listeners*>(glfwGetWindowUserPointer(window));
}

template <typename... Arguments>
void note_input(GLFWwindow* window, Arguments...) {
    listeners(window).input();
}

void note_files(GLFWwindow* window, int count, const char** paths) {
    listeners(window).files(std::vector<std::filesystem::path>(paths, paths + count));
    listeners(window).input();
}

// Set before Dear ImGui's, which calls those it finds.
void install_input_callbacks(GLFWwindow* window) {
    glfwSetKeyCallback(window, note_input<int, int, int, int>);
    glfwSetCharCallback(window, note_input<unsigned>);
    glfwSetMouseButtonCallback(window, note_input<int, int, int>);
    glfwSetCursorPosCallback(window, note_input<double, double>);
    glfwSetCursorEnterCallback(window, note_input<int>);
    glfwSetScrollCallback(window, note_input<double, double>);
    glfwSetWindowFocusCallback(window, note_input<int>);
    glfwSetWindowRefreshCallback(window, note_input<>);
    glfwSetFramebufferSizeCallback(window, note_input<int, int>);
    glfwSetWindowIconifyCallback(window, note_input<int>);
    glfwSetWindowContentScaleCallback(window, note_input<float, float>);
    glfwSetWindowCloseCallback(window, note_input<>);
    glfwSetDropCallback(window, note_files);
}

GLFWwindow* create_window(const WindowOptions& options) {
    glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
    glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 2);
    glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
    glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, GLFW_TRUE);
    glfwWindowHint(GLFW_SCALE_TO_MONITOR, GLFW_TRUE);
    glfwWindowHint(GLFW_VISIBLE, GLFW_FALSE);  // shown with its first frame, not as an empty hole
    glfwWindowHintString(GLFW_X11_CLASS_NAME, "sockdesk");
    glfwWindowHintString(GLFW_X11_INSTANCE_NAME, "sockdesk");
    return glfwCreateWindow(options.width, options.height, options.title.c_str(), nullptr, nullptr);
}

// A size remembered from a larger screen must not hang over the edges of this one.
void fit_to_screen(GLFWwindow* window) {
    GLFWmonitor* monitor = glfwGetPrimaryMonitor();
    if (monitor == nullptr) return;
    int left = 0, top = 0, width = 0, height = 0;
    glfwGetMonitorWorkarea(monitor, &left, &top, &width, &height);
    int window_width = 0, window_height = 0;
    glfwGetWindowSize(window, &window_width, &window_height);
    if (width <= 0 || height <= 0 || (window_width <= width && window_height <= height)) return;
    glfwSetWindowSize(window, std::min(window_width, width), std::min(window_height, height));
    glfwSetWindowPos(window, left, top);
}

}  // namespace

Window::Window(std::unique_ptr<State> state) : state_(std::move(state)) {}
Window::~Window() {
    if (state_->window != nullptr) {
        delete static_cast<Listeners*>(glfwGetWindowUserPointer(state_->window));
        glfwSetWindowUserPointer(state_->window, nullptr);
    }
}

Result<std::unique_ptr<Window>> Window::open(const WindowOptions& options) {
    auto state = std::make_unique<State>();
    State* raw = state.get();

    // Before GLFW and the graphics driver make threads of their own.
    state->signals = std::make_unique<SignalWatcher>([raw] { raw->close(); });
    if (glfwInit() != GLFW_TRUE) {
        return fail(ErrorKind::system,
                    "open a window: " + glfw_reason() +
                        ". Start it within a desktop session (DISPLAY or WAYLAND_DISPLAY set)");
    }
    state->glfw = true;
    state->window = create_window(options);
    if (state->window == nullptr) {
        return fail(ErrorKind::system, "open a window with OpenGL 3.2: " + glfw_reason() +
                                           ". Install the graphics driver or libgl1-mesa-dri");
    }
    fit_to_screen(state->window);
    glfwMakeContextCurrent(state->window);
    // Frames are paced here; waiting for the screen as well would make the cost of a frame unknowable.
    glfwSwapInterval(0);
    glfwSetWindowUserPointer(state->window, new Listeners{[raw] { raw->input(); }});
    install_input_callbacks(state->window);

    IMGUI_CHECKVERSION();
    ImGui::CreateContext();
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;  // the workspace keeps what is to be kept
    io.LogFilename = nullptr;
    io.ConfigInputTextCursorBlink = false;  // a blinking cursor is frames drawn while nothing happens
    ImGui_ImplGlfw_InitForOpenGL(state->window, true);
    ImGui_ImplOpenGL3_Init("#version 150");
    state->imgui = true;

    const FontChoice choice = look_up_fonts();
    state->fonts = std::make_unique<LoadedFonts>();
    state->ui_font = state->fonts->add(choice.ui);
    state->mono_font = state->fonts->add(choice.mono);
    state->has_chinese = choice.has_chinese();

    return std::unique_ptr<Window>(new Window(std::move(state)));
}

void Window::State::draw_frame(const std::function<void()>& draw) {
    // Both before drawing: what comes, or is asked for, while this frame is drawn leads to the next one.
    pacer.begin_frame(clock.steady_now());
    traffic.store(false);
    ImGui_ImplOpenGL3_NewFrame();
    ImGui_ImplGlfw_NewFrame();
    ImGuiContext& context = *ImGui::GetCurrentContext();
    const auto held_back = hold_back_input(context);
    ImGui::NewFrame();
    put_back_input(context, held_back);
    draw();
    ImGui::Render();
    if (glfwGetWindowAttrib(window, GLFW_ICONIFIED) == GLFW_FALSE) {
        int width = 0, height = 0;
        glfwGetFramebufferSize(window, &width, &height);
        glViewport(0, 0, width, height);
        const ImVec4 background = ImGui::GetStyle().Colors[ImGuiCol_WindowBg];
        glClearColor(background.x, background.y, background.z, 1.0F);
        glClear(GL_COLOR_BUFFER_BIT);
        ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
        glfwSwapBuffers(window);
    }
    pacer.end_frame(clock.steady_now());
    // Keys that went down and up faster than frames are drawn are handed to the views one a frame.
    if (!ImGui::GetCurrentContext()->InputEventsQueue.empty()) input();
}

void Window::State::wait_for_frame() {
    while (!closing.load() && glfwWindowShouldClose(window) == GLFW_FALSE) {
        if (traffic.load()) pacer.on_traffic();
        const auto next = pacer.next_frame();
        if (!next) {
            glfwWaitEvents();
            continue;
        }
        const auto left = *next - clock.steady_now();
        if (left <= SteadyTime::duration::zero()) break;
        glfwWaitEventsTimeout(std::chrono::duration<double>(left).count());
    }
    glfwPollEvents();
}

void Window::run(const std::function<void()>& draw) {
    // Laid out twice before it is seen: sizes settle in the second frame.
    state_->draw_frame(draw);
    state_->draw_frame(draw);
    glfwShowWindow(state_->window);
    state_->input();
    while (!state_->closing.load() && glfwWindowShouldClose(state_->window) == GLFW_FALSE) {
        state_->wait_for_frame();
        state_->draw_frame(draw);
    }
}

void Window::on_files(std::function<void(const std::vector<std::filesystem::path>&)> open) {
    listeners(state_->window).files = std::move(open);
}

void Window::wake() {
    // Under flood the flag is up already, and the event with it.
    if (!state_->traffic.exchange(true)) glfwPostEmptyEvent();
}

void Window::close() { state_->close(); }

void Window::request_frame(SteadyTime::duration delay) {
    state_->pacer.request_frame(state_->clock.steady_now() + delay);
}

void Window::set_title(const std::string& title) { glfwSetWindowTitle(state_->window, title.c_str()); }

float Window::content_scale() const {
    float x = 1.0F, y = 1.0F;
    glfwGetWindowContentScale(state_->window, &x, &y);
    return std::max(0.5F, std::max(x, y));
}

ImFont* Window::ui_font() const { return state_->ui_font; }
ImFont* Window::mono_font() const { return state_->mono_font; }
bool Window::has_chinese_font() const { return state_->has_chinese; }

}  // namespace sockdesk::platform
