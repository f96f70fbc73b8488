#include "driver.hpp"

#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include "app/translation.hpp"

namespace {
sockdesk::gui_tests::Driver* active = nullptr;
}

void ImGuiTestEngineHook_ItemAdd(ImGuiContext*, ImGuiID id, const ImRect& rect,
                                 const ImGuiLastItemData* data) {
    if (active != nullptr) active->on_item(id, rect, data);
}
void ImGuiTestEngineHook_ItemInfo(ImGuiContext*, ImGuiID id, const char* label, ImGuiItemStatusFlags flags) {
    if (active != nullptr) active->on_info(id, label, flags);
}
void ImGuiTestEngineHook_Log(ImGuiContext*, const char*, ...) {}
const char* ImGuiTestEngine_FindItemDebugLabel(ImGuiContext*, ImGuiID) { return nullptr; }

namespace sockdesk::gui_tests {
namespace {

using namespace std::chrono_literals;
constexpr auto deadline = 60s;

// Nothing is drawn, but Dear ImGui waits for its textures.
void answer_textures() {
    for (ImTextureData* texture : ImGui::GetPlatformIO().Textures) {
        if (texture->Status == ImTextureStatus_WantCreate) texture->SetTexID(ImTextureID{1});
        if (texture->Status == ImTextureStatus_WantDestroy) {
            texture->SetTexID(ImTextureID_Invalid);
            texture->SetStatus(ImTextureStatus_Destroyed);
        } else {
            texture->SetStatus(ImTextureStatus_OK);
        }
    }
}

// "a/b/##c" against the stack of ids that the item was made in: `##c` in `b` in `a`.
bool matches(const Item& item, std::string_view path) {
    const auto slash = path.rfind('/');
    const std::string_view last = slash == std::string_view::npos ? path : path.substr(slash + 1);
    const auto same = [](ImGuiID id, std::string_view label, ImGuiID seed) {
        return id == ImHashStr(label.data(), label.size(), seed);
    };
    if (item.id_stack.empty() || !same(item.id, last, item.id_stack.back())) return false;
    std::size_t depth = item.id_stack.size() - 1;
    std::string_view rest = slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
    while (!rest.empty()) {
        const auto cut = rest.rfind('/');
        const std::string_view part = cut == std::string_view::npos ? rest : rest.substr(cut + 1);
        if (depth == 0 || !same(item.id_stack[depth], part, item.id_stack[depth - 1])) return false;
        --depth;
        rest = cut == std::string_view::npos ? std::string_view() : rest.substr(0, cut);
    }
    return true;
}

}  // namespace

Driver::Driver(std::optional<app::SessionSetup> request, app::Language language) {
    std::string folder = std::filesystem::temp_directory_path() / "sockdesk-gui-XXXXXX";
    folder_ = mkdtemp(folder.data());
    setenv("LC_ALL", language == app::Language::chinese ? "zh_CN.UTF-8" : "C.UTF-8", 1);
    app::WindowRequest asked;
    asked.session = std::move(request);
    start(std::move(asked));
}

Driver::~Driver() {
    stop();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

void Driver::start(app::WindowRequest request) {
    IMGUI_CHECKVERSION();
    context_ = ImGui::CreateContext();
    context_->TestEngineHookItems = true;
    context_->IO.IniFilename = nullptr;
    context_->IO.DisplaySize = {1400, 1000};
    context_->IO.BackendFlags |= ImGuiBackendFlags_RendererHasTextures;
    ImGuiPlatformIO& platform = ImGui::GetPlatformIO();
    platform.Platform_ClipboardUserData = this;
    platform.Platform_SetClipboardTextFn = [](ImGuiContext* c, const char* text) {
        static_cast<Driver*>(c->PlatformIO.Platform_ClipboardUserData)->clipboard_ = text;
    };
    platform.Platform_GetClipboardTextFn = [](ImGuiContext* c) {
        return static_cast<Driver*>(c->PlatformIO.Platform_ClipboardUserData)->clipboard_.c_str();
    };
    active = this;

    app::WorkspaceFile file(folder_ / "workspace.json");
    auto loaded = file.load();
    storage_ = std::make_unique<app::Storage>(folder_ / "state", loaded.workspace.storage);
    engine_ = std::make_unique<engine::Engine>(storage_->engine_options());
    engine_->on_activity([this] { ring(); });
    gui::Services services;
    services.set_title = [this](const std::string& title) { window_title_ = title; };
    services.quit = [this] { quit_asked_ = true; };
    services.wake = [this] { ring(); };
    desk_ = std::make_unique<gui::Desk>(*engine_, *storage_, std::move(file), std::move(loaded),
                                        std::move(services), std::move(request));
    frames(4);
}

void Driver::ring() {
    const std::lock_guard lock(mutex_);
    has_news_ = true;
    news_.notify_one();
}

void Driver::stop() {
    desk_.reset();
    engine_.reset();
    storage_.reset();
    active = nullptr;
    for (ImTextureData* texture : ImGui::GetPlatformIO().Textures) {
        texture->SetTexID(ImTextureID_Invalid);
        texture->SetStatus(ImTextureStatus_Destroyed);
    }
    ImGui::DestroyContext(context_);
}

void Driver::restart(app::WindowRequest request) {
    stop();
    start(std::move(request));
}

void Driver::frame() {
    drawing_.clear();
    context_->IO.DeltaTime = 1.0F / 60;
    ImGui::NewFrame();
    desk_->draw();
    ImGui::Render();
    answer_textures();
    drawn_.swap(drawing_);
}

void Driver::frames(int count) {
    for (int i = 0; i < count; ++i) frame();
    // Events given faster than one a frame wait in a queue.
    while (!context_->InputEventsQueue.empty()) frame();
}

bool Driver::until(std::string_view what, const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + deadline;
    frames();
    while (!condition()) {
        {
            std::unique_lock lock(mutex_);
            // Some conditions depend on peers and files, which ring no bell here.
            news_.wait_for(lock, 20ms, [this] { return has_news_; });
            has_news_ = false;
        }
        frames();
        if (std::chrono::steady_clock::now() > end) {
            ADD_FAILURE() << "did not happen: " << what << "\nlog:\n"
                          << log_text() << "\nstatus: " << front().notice().text;
            return false;
        }
    }
    frames(2);
    return true;
}

void Driver::on_item(ImGuiID id, const ImRect& rect, const ImGuiLastItemData* data) {
    ImGuiWindow* window = context_->CurrentWindow;
    if (id == 0 || window == nullptr) return;
    Item item;
    item.id = id;
    item.rect = data != nullptr ? data->NavRect : rect;
    if (item.rect.GetWidth() <= 0) item.rect = rect;
    item.clip = window->ClipRect;
    item.window = window->Name;
    item.id_stack.assign(window->IDStack.begin(), window->IDStack.end());
    item.disabled = (context_->CurrentItemFlags & ImGuiItemFlags_Disabled) != 0;
    drawing_.push_back(std::move(item));
}

void Driver::on_info(ImGuiID id, const char* label, ImGuiItemStatusFlags) {
    for (auto item = drawing_.rbegin(); item != drawing_.rend(); ++item) {
        if (item->id == id) {
            item->label = label;
            return;
        }
    }
}

const Item* Driver::find(std::string_view path) const {
    for (const Item& item : drawn_) {
        // By label: the part after ### is the same in every language.
        if (path.starts_with("###") && item.label.ends_with(path)) return &item;
        if (matches(item, path)) return &item;
    }
    return nullptr;
}

bool Driver::is_disabled(std::string_view path) const {
    const Item* item = find(path);
    if (item == nullptr) ADD_FAILURE() << "not on screen: " << path;
    return item != nullptr && item->disabled;
}

void Driver::click(std::string_view path, ImGuiMouseButton button) {
    ImVec2 aimed{-1, -1};
    // What the mouse leaves or enters may still move things (a message that appears, a card that grows).
    for (int attempt = 0; attempt < 8; ++attempt) {
        const Item* item = find(path);
        if (item == nullptr) {
            std::string labels;
            for (const std::string& label : shown_labels()) labels += label + "\n";
            FAIL() << "not on screen: " << path << "\nthere is:\n" << labels;
        }
        ImRect visible = item->rect;
        visible.ClipWith(item->clip);
        const ImVec2 center = visible.GetCenter();
        if (center.x == aimed.x && center.y == aimed.y) break;
        aimed = center;
        context_->IO.AddMousePosEvent(aimed.x, aimed.y);
        frames(2);
    }
    click_at(aimed, button);
}

void Driver::click_at(ImVec2 position, ImGuiMouseButton button, int times) {
    ImGuiIO& io = context_->IO;
    io.AddMousePosEvent(position.x, position.y);
    frames(2);
    for (int i = 0; i < times; ++i) {
        io.AddMouseButtonEvent(button, true);
        frames();
        io.AddMouseButtonEvent(button, false);
        frames();
    }
    frames(2);
}

void Driver::drag(ImVec2 from, ImVec2 to) {
    ImGuiIO& io = context_->IO;
    io.AddMousePosEvent(from.x, from.y);
    frames(2);
    io.AddMouseButtonEvent(ImGuiMouseButton_Left, true);
    frames(2);
    io.AddMousePosEvent(to.x, to.y);
    frames(2);
    io.AddMouseButtonEvent(ImGuiMouseButton_Left, false);
    frames(3);
}

void Driver::wheel(std::string_view path, float notches) {
    const Item* item = find(path);
    ASSERT_NE(item, nullptr) << "not on screen: " << path;
    const ImVec2 center = item->rect.GetCenter();
    context_->IO.AddMousePosEvent(center.x, center.y);
    frames(2);
    context_->IO.AddMouseWheelEvent(0, notches);
    frames(3);
}

void Driver::key(ImGuiKeyChord chord) {
    ImGuiIO& io = context_->IO;
    const auto key = static_cast<ImGuiKey>(chord & ~ImGuiMod_Mask_);
    const auto set = [&](bool down) {
        for (const ImGuiKey mod : {ImGuiMod_Ctrl, ImGuiMod_Shift, ImGuiMod_Alt}) {
            if ((chord & mod) != 0) io.AddKeyEvent(mod, down);
        }
    };
    set(true);
    io.AddKeyEvent(key, true);
    frames();
    io.AddKeyEvent(key, false);
    set(false);
    frames(3);
}

void Driver::type(std::string_view utf8) {
    context_->IO.AddInputCharactersUTF8(std::string(utf8).c_str());
    frames(2);
}

void Driver::fill(std::string_view path, std::string_view utf8) {
    click(path);
    key(ImGuiMod_Ctrl | ImGuiKey_A);
    key(ImGuiKey_Delete);
    type(utf8);
}

void Driver::choose(std::string_view combo, std::string_view entry) {
    click(combo);
    click(entry);
}

std::string Driver::log_text() {
    frames();
    std::string text;
    for (const app::VisibleRow& row : front().log.shown_rows()) {
        text.append(row.item->text, row.extent().begin, row.extent().end - row.extent().begin);
        text += '\n';
    }
    return text;
}

std::vector<std::string> Driver::shown_labels() const {
    std::vector<std::string> labels;
    for (const Item& item : drawn_) {
        if (!item.label.empty()) labels.push_back(item.label);
    }
    return labels;
}

}  // namespace sockdesk::gui_tests
