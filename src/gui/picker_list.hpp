// A long list of rows of one height with a cursor: what the panels of shortcuts and of the history have in common.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>

#include <imgui.h>

namespace sockdesk::gui {

class PickerList {
public:
    struct Actions {
        std::optional<std::size_t> pressed;    ///< a click, or the cursor came there by a key
        std::optional<std::size_t> activated;  ///< double click or Enter
        std::optional<std::size_t> menu;       ///< right button
        bool has_focus = false;                ///< of the keyboard
    };
    /// What a row is made of, at the cursor; `low` and `high` are its corners. May place widgets of its own over it.
    using DrawRow = std::function<void(std::size_t row, ImVec2 low, ImVec2 high, bool hovered)>;

    /// Takes the width that there is.
    Actions draw(const char* id, float height, std::size_t count, const DrawRow& draw_row);

    std::optional<std::size_t> cursor() const { return cursor_; }
    void set_cursor(std::optional<std::size_t> row, bool show = true) {
        cursor_ = row;
        show_cursor_ = show_cursor_ || (show && row);
    }
    /// The keyboard goes here at the next frame.
    void focus() { focus_ = true; }

    static float row_height();

private:
    bool move_by_keys(std::size_t count, std::size_t page);

    std::optional<std::size_t> cursor_;
    bool show_cursor_ = false;
    bool focus_ = false;
};

}  // namespace sockdesk::gui
