#include "gui/style.hpp"

#include <cmath>

#include "app/cell_width.hpp"

namespace sockdesk::gui {
namespace {

constexpr ImU32 rgb(unsigned value, unsigned alpha = 255) {
    return IM_COL32((value >> 16U) & 0xFFU, (value >> 8U) & 0xFFU, value & 0xFFU, alpha);
}

ImVec4 color(unsigned value, float alpha = 1.0F) {
    ImVec4 v = ImGui::ColorConvertU32ToFloat4(rgb(value));
    v.w = alpha;
    return v;
}

// Every text colour has a contrast of 4.5:1 or more against its background (WCAG 2.1, 1.4.3).
constexpr Palette light = {
    .accent = rgb(0x2563EB),
    .on_accent = rgb(0xFFFFFF),
    .muted = rgb(0x5F6875),
    .error = rgb(0xC62828),
    .sent = rgb(0x1D4ED8),
    .received = rgb(0x0B7A43),
    .event = rgb(0x6B7280),
    .selection = rgb(0x2563EB, 56),
    .match = rgb(0xFFE58A),
    .current_match = rgb(0xFFB454),
    .match_mark = rgb(0xD97706),
    .paper = rgb(0xFFFFFF),
    .border = rgb(0xD7DCE3),
    .lamp_closed = rgb(0xA3ABB7),
    .lamp_opening = rgb(0xF59E0B),
    .lamp_open = rgb(0x16A34A),
    .lamp_failed = rgb(0xDC2626),
};
constexpr Palette dark = {
    .accent = rgb(0x3B78F0),
    .on_accent = rgb(0xFFFFFF),
    .muted = rgb(0x9DA7B5),
    .error = rgb(0xFF8A80),
    .sent = rgb(0x7FB2FF),
    .received = rgb(0x6FD89B),
    .event = rgb(0x8B95A3),
    .selection = rgb(0x5B93FF, 84),
    .match = rgb(0x6B5A16),
    .current_match = rgb(0xA85E00),
    .match_mark = rgb(0xF2A33A),
    .paper = rgb(0x1A1D21),
    .border = rgb(0x3A404A),
    .lamp_closed = rgb(0x6B7480),
    .lamp_opening = rgb(0xFBBF24),
    .lamp_open = rgb(0x34D07B),
    .lamp_failed = rgb(0xF36B6B),
};

struct Surfaces {
    unsigned window, panel, input, hover, active, border, text, muted, accent, accent_hover, accent_active,
        header;
};
constexpr Surfaces light_surfaces = {0xF3F5F8, 0xFBFCFD, 0xFFFFFF, 0xEDF1F7, 0xDFE7F3, 0xD7DCE3,
                                     0x1F2933, 0x5F6875, 0x2563EB, 0x1D55D4, 0x1847B5, 0xE4ECFB};
constexpr Surfaces dark_surfaces = {0x1F2328, 0x262A31, 0x1A1D21, 0x31363F, 0x3B424D, 0x3A404A,
                                    0xE3E7ED, 0x9DA7B5, 0x3B78F0, 0x4E87F5, 0x2F68DC, 0x2C3B57};

const Palette* current = &light;
float mono_base_size = 0;
ImFont* mono = nullptr;
float scale_now = 1.0F;

void set_colors(const Surfaces& s) {
    ImVec4* c = ImGui::GetStyle().Colors;
    c[ImGuiCol_Text] = color(s.text);
    c[ImGuiCol_TextDisabled] = color(s.muted);
    c[ImGuiCol_WindowBg] = color(s.window);
    c[ImGuiCol_ChildBg] = color(s.window, 0);
    c[ImGuiCol_PopupBg] = color(s.panel);
    c[ImGuiCol_Border] = color(s.border);
    c[ImGuiCol_BorderShadow] = color(0, 0);
    c[ImGuiCol_FrameBg] = color(s.input);
    c[ImGuiCol_FrameBgHovered] = color(s.input);
    c[ImGuiCol_FrameBgActive] = color(s.input);
    c[ImGuiCol_TitleBg] = color(s.panel);
    c[ImGuiCol_TitleBgActive] = color(s.panel);
    c[ImGuiCol_TitleBgCollapsed] = color(s.panel);
    c[ImGuiCol_MenuBarBg] = color(s.window);
    c[ImGuiCol_ScrollbarBg] = color(s.window, 0);
    c[ImGuiCol_ScrollbarGrab] = color(s.muted, 0.35F);
    c[ImGuiCol_ScrollbarGrabHovered] = color(s.muted, 0.55F);
    c[ImGuiCol_ScrollbarGrabActive] = color(s.muted, 0.75F);
    c[ImGuiCol_CheckMark] = color(s.accent);
    c[ImGuiCol_SliderGrab] = color(s.accent);
    c[ImGuiCol_SliderGrabActive] = color(s.accent_active);
    c[ImGuiCol_Button] = color(s.panel);
    c[ImGuiCol_ButtonHovered] = color(s.hover);
    c[ImGuiCol_ButtonActive] = color(s.active);
    c[ImGuiCol_Header] = color(s.header);
    c[ImGuiCol_HeaderHovered] = color(s.hover);
    c[ImGuiCol_HeaderActive] = color(s.active);
    c[ImGuiCol_Separator] = color(s.border);
    c[ImGuiCol_SeparatorHovered] = color(s.accent, 0.6F);
    c[ImGuiCol_SeparatorActive] = color(s.accent);
    c[ImGuiCol_ResizeGrip] = color(s.border, 0);
    c[ImGuiCol_Tab] = color(s.window);
    c[ImGuiCol_TabHovered] = color(s.hover);
    c[ImGuiCol_TabSelected] = color(s.panel);
    c[ImGuiCol_TabSelectedOverline] = color(s.accent);
    c[ImGuiCol_TabDimmed] = color(s.window);
    c[ImGuiCol_TabDimmedSelected] = color(s.panel);
    c[ImGuiCol_TabDimmedSelectedOverline] = color(s.accent);
    c[ImGuiCol_TableHeaderBg] = color(s.window);
    c[ImGuiCol_TableBorderStrong] = color(s.border);
    c[ImGuiCol_TableBorderLight] = color(s.border);
    c[ImGuiCol_TableRowBg] = color(s.input);
    c[ImGuiCol_TableRowBgAlt] = color(s.panel);
    c[ImGuiCol_TextSelectedBg] = color(s.accent, 0.28F);
    c[ImGuiCol_TextLink] = color(s.accent);
    c[ImGuiCol_NavCursor] = color(s.accent, 0.8F);
    c[ImGuiCol_InputTextCursor] = color(s.text);
    c[ImGuiCol_ModalWindowDimBg] = ImVec4(0, 0, 0, 0.28F);
}

void set_measures() {
    ImGuiStyle& style = ImGui::GetStyle();
    style.WindowPadding = {12, 10};
    style.FramePadding = {8, 3};
    style.ItemSpacing = {8, 6};
    style.ItemInnerSpacing = {6, 4};
    style.CellPadding = {6, 3};
    style.ScrollbarSize = 11;
    style.ScrollbarRounding = 6;
    style.GrabMinSize = 20;
    style.WindowBorderSize = 1;
    style.ChildBorderSize = 1;
    style.PopupBorderSize = 1;
    style.FrameBorderSize = 1;
    style.TabBorderSize = 0;
    style.TabBarBorderSize = 1;
    style.TabBarOverlineSize = 2;
    style.WindowRounding = 6;
    style.ChildRounding = 6;
    style.PopupRounding = 6;
    style.FrameRounding = 4;
    style.GrabRounding = 4;
    style.TabRounding = 4;
    style.WindowTitleAlign = {0.0F, 0.5F};
    style.SeparatorTextBorderSize = 1;
    style.DisabledAlpha = 0.55F;
}

// 16 cells of hex must end where 8 Chinese characters end. Advances are whole pixels, so not every size has
// that.
float aligned_size(ImFont* font, float pixels) {
    const float wanted = std::round(pixels);
    for (const float candidate : {wanted, wanted + 1, wanted - 1, wanted + 2}) {
        ImFontBaked* baked = font->GetFontBaked(candidate);
        if (baked->GetCharAdvance(U'汉') == 2 * baked->GetCharAdvance('n')) return candidate;
    }
    return wanted;
}

// As wide as it is drawn, rounded to cells.
int drawn_width(char32_t character) {
    ImFontBaked* baked = mono->GetFontBaked(std::round(mono_base_size * scale_now));
    const float cell = baked->GetCharAdvance('n');
    return baked->GetCharAdvance(static_cast<ImWchar>(character)) > cell * 1.25F ? 2 : 1;
}

}  // namespace

const Palette& palette() { return *current; }
float px(float length) { return std::round(length * scale_now); }
float em() { return ImGui::GetFontSize(); }

void apply_style(const StyleKey& key, const Services& services) {
    ImGuiStyle& style = ImGui::GetStyle();
    style = ImGuiStyle();
    set_measures();
    const bool is_dark = key.theme == app::Theme::dark;
    set_colors(is_dark ? dark_surfaces : light_surfaces);
    current = is_dark ? &dark : &light;

    scale_now = key.scale;
    style.ScaleAllSizes(key.scale);
    style.FontScaleDpi = key.scale;
    // A font's size is here the height of its line, which in faces with Chinese is some 1.45 times that of a
    // character.
    style.FontSizeBase = std::round(static_cast<float>(key.font_size) * 1.45F);
    // Within a frame the first is put back by the next PopFont.
    style._NextFrameFontSizeBase = style.FontSizeBase;
    if (services.ui_font != nullptr) ImGui::GetIO().FontDefault = services.ui_font;

    mono = services.mono_font;
    mono_base_size = style.FontSizeBase;
    if (mono != nullptr) mono_base_size = aligned_size(mono, style.FontSizeBase * key.scale) / key.scale;
    app::set_width_probe(mono != nullptr ? drawn_width : nullptr);
}

void push_mono() { ImGui::PushFont(mono, mono_base_size); }
void pop_mono() { ImGui::PopFont(); }

}  // namespace sockdesk::gui
