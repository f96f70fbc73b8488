// A long list of rows of one height with a cursor: what the panels of shortcuts and of the history have in common.
#pragma once

#include <cstddef>
#include <cstdint>
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
        bool scrolling = false;                ///< something is dragged at an edge: another frame is needed
    };
    /// What a row is made of, at the cursor; `low` and `high` are its corners. May place widgets of its own over it.
    using DrawRow = std::function<void(std::size_t row, ImVec2 low, ImVec2 high, bool hovered)>;

    /// What a row is, wherever it stands: the cursor stays on it. Where it has gone, the cursor is on what follows.
    using KeyOf = std::function<std::uint64_t(std::size_t row)>;

    /// Takes the width that there is.
    Actions draw(const char* id, float height, std::size_t count, const KeyOf& key_of,
                 const DrawRow& draw_row);

    std::optional<std::size_t> cursor() const { return cursor_; }
    void set_cursor(std::optional<std::size_t> row, bool show = true) {
        cursor_ = row;
        key_.reset();
        show_cursor_ = show_cursor_ || (show && row);
    }
    /// The keyboard goes here at the next frame.
    void focus() { focus_ = true; }

    static float row_height();

private:
    bool move_by_keys(std::size_t count, std::size_t page);
    void follow(std::size_t count, const KeyOf& key_of);

    std::optional<std::size_t> cursor_;
    std::optional<std::uint64_t> key_;  ///< of the row it is on; none: not asked for yet
    bool show_cursor_ = false;
    bool focus_ = false;
};

}  // namespace sockdesk::gui
