// What a frame of the window costs, drawing left out: the real views over an opened capture of 10 thousand and of 10 million
// records, up to the triangles that a graphics card would be given.
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <system_error>

#include <benchmark/benchmark.h>
#include <imgui.h>

#include "app/storage.hpp"
#include "app/workspace.hpp"
#include "engine/engine.hpp"
#include "gui/desk.hpp"
#include "made_capture.hpp"

namespace {

using namespace sockdesk;

class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string name = std::filesystem::temp_directory_path() / "sockdesk-bench-XXXXXX";
        if (mkdtemp(name.data()) == nullptr) std::abort();
        path_ = name;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

/// A window without a screen that shows one capture.
class Window {
public:
    explicit Window(std::int64_t records) {
        const auto capture = folder_.path() / "made.pcapng";
        if (!bench::make_capture(capture, static_cast<std::uint64_t>(records), 64)) std::abort();
        context_ = ImGui::CreateContext();
        ImGui::GetIO().IniFilename = nullptr;
        ImGui::GetIO().DisplaySize = {1400, 1000};
        ImGui::GetIO().BackendFlags |= ImGuiBackendFlags_RendererHasTextures;
        app::WorkspaceFile file(folder_.path() / "workspace.json");
        auto loaded = file.load();
        storage_ = std::make_unique<app::Storage>(folder_.path() / "state", loaded.workspace.storage);
        engine_ = std::make_unique<engine::Engine>(storage_->engine_options());
        app::WindowRequest request;
        request.captures.push_back(capture);
        desk_ = std::make_unique<gui::Desk>(*engine_, *storage_, std::move(file), std::move(loaded),
                                            gui::Services{}, std::move(request));
        settle(static_cast<RecordCount>(records));
    }

    ~Window() {
        desk_.reset();
        engine_.reset();
        storage_.reset();
        for (ImTextureData* texture : ImGui::GetPlatformIO().Textures) {
            texture->SetTexID(ImTextureID_Invalid);
            texture->SetStatus(ImTextureStatus_Destroyed);
        }
        ImGui::DestroyContext(context_);
    }
    Window(const Window&) = delete;
    Window& operator=(const Window&) = delete;

    app::LogViewModel& log() { return desk_->front().log; }

    void frame() {
        ImGui::GetIO().DeltaTime = 1.0F / 60;
        ImGui::NewFrame();
        desk_->draw();
        ImGui::Render();
        // Nothing is drawn, but Dear ImGui waits for its textures.
        for (ImTextureData* texture : ImGui::GetPlatformIO().Textures) {
            if (texture->Status == ImTextureStatus_WantCreate) texture->SetTexID(ImTextureID{1});
            texture->SetStatus(ImTextureStatus_OK);
        }
    }

private:
    void settle(RecordCount records) {
        while (log().log().published() < records) frame();
        frame();
        log().wait();
        for (int i = 0; i < 5; ++i) frame();
    }

    TemporaryFolder folder_;
    ImGuiContext* context_ = nullptr;
    std::unique_ptr<app::Storage> storage_;
    std::unique_ptr<engine::Engine> engine_;
    std::unique_ptr<gui::Desk> desk_;
};

std::unique_ptr<Window> kept;

/// The last one asked for; the capture of ten million records is not made for each benchmark.
Window& window_of(std::int64_t records) {
    static std::int64_t size = 0;
    if (size != records) {
        kept.reset();
        kept = std::make_unique<Window>(records);
        size = records;
    }
    return *kept;
}

/// `move` before each frame.
template <typename Move>
void frames(benchmark::State& state, Move move) {
    Window& window = window_of(state.range(0));
    for (auto _ : state) {
        move(window.log());
        window.frame();
    }
}

void still(benchmark::State& state) {
    frames(state, [](app::LogViewModel&) {});
}

void scrolling(benchmark::State& state) {
    window_of(state.range(0)).log().scroll_to_fraction(0.4);
    std::int64_t direction = 3;
    int turns = 0;
    frames(state, [&](app::LogViewModel& log) {
        if (++turns % 1000 == 0) direction = -direction;
        log.scroll(direction);
    });
}

/// As the scroll bar is dragged: a small way of the whole each frame, which is many records.
void dragging(benchmark::State& state) {
    double at = 0;
    frames(state, [&](app::LogViewModel& log) {
        at += 0.0005;
        if (at > 1) at = 0;
        log.scroll_to_fraction(at);
    });
}

/// The worst that a person can do, every frame: most jumps lead into what has left memory.
void jumping(benchmark::State& state) {
    std::mt19937 random(1);
    frames(state, [&](app::LogViewModel& log) {
        log.scroll_to_fraction(static_cast<double>(random() % 10'000) / 1e4);
    });
}

BENCHMARK(still)->Arg(10'000)->Unit(benchmark::kMicrosecond);
BENCHMARK(scrolling)->Arg(10'000)->Unit(benchmark::kMicrosecond);
BENCHMARK(dragging)->Arg(10'000)->Unit(benchmark::kMicrosecond);
BENCHMARK(jumping)->Arg(10'000)->Unit(benchmark::kMicrosecond);
BENCHMARK(still)->Arg(10'000'000)->Unit(benchmark::kMicrosecond);
BENCHMARK(scrolling)->Arg(10'000'000)->Unit(benchmark::kMicrosecond);
BENCHMARK(dragging)->Arg(10'000'000)->Unit(benchmark::kMicrosecond);
BENCHMARK(jumping)->Arg(10'000'000)->Unit(benchmark::kMicrosecond);

}  // namespace

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    benchmark::RunSpecifiedBenchmarks();
    kept.reset();  // before what it stands on goes with the program
}
