// Joins the faces: the command line decides, and hands over to the window where that is what was asked for.
#include "cli/faces.hpp"

#if SOCKDESK_GUI
#include <cstdio>

#include "app/storage.hpp"
#include "capture/save_guard.hpp"
#include "engine/engine.hpp"
#include "gui/desk.hpp"
#include "platform/window.hpp"

namespace {

int open_window(const sockdesk::app::WindowRequest& request) {
    using namespace sockdesk;
    capture::start_save_guard();  // a fork, so before there are threads
    app::WorkspaceFile file(request.workspace.value_or(app::default_workspace_path()));
    app::WorkspaceFile::Loaded loaded = file.load();
    auto window =
        platform::Window::open({"Sockdesk", loaded.workspace.window_width, loaded.workspace.window_height});
    if (!window) {
        std::fprintf(stderr, "sockdesk: %s\n", window.error().message.c_str());
        return 1;
    }
    platform::Window& w = **window;

    gui::Services services;
    services.set_title = [&w](const std::string& title) { w.set_title(title); };
    services.wake = [&w] { w.wake(); };
    services.request_frame = [&w](SteadyTime::duration delay) { w.request_frame(delay); };
    services.content_scale = [&w] { return w.content_scale(); };
    services.quit = [&w] { w.close(); };
    services.ui_font = w.ui_font();
    services.mono_font = w.mono_font();
    services.has_chinese_font = w.has_chinese_font();

    app::Storage storage(archive::default_state_folder(), loaded.workspace.storage);
    engine::Engine engine(storage.engine_options());
    engine.on_activity([&w] { w.wake(); });
    gui::Desk desk(engine, storage, std::move(file), std::move(loaded), std::move(services), request);
    w.on_files([&desk](const std::vector<std::filesystem::path>& files) { desk.open_files(files); });
    w.run([&desk] { desk.draw(); });
    return 0;
}

}  // namespace
#endif

int main(int argc, char** argv) {
    sockdesk::cli::Faces faces;
#if SOCKDESK_GUI
    faces.open_window = open_window;
#endif
    return sockdesk::cli::run(argc, argv, faces);
}
