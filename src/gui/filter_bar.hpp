// 过滤: the line that says which records are shown, with what could come next in it and what is wrong with it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "query/filter.hpp"

struct ImGuiInputTextCallbackData;

namespace sockdesk::gui {

struct LogTab;

class FilterBar {
public:
    void open();
    /// Clears the line and hides the bar: what hides records is always in sight.
    void close(LogTab& tab);
    bool is_open(LogTab& tab) const;
    /// Before the log is drawn in the same frame.
    void draw(LogTab& tab);
    /// Another line, put into effect at once.
    void apply(LogTab& tab, std::string line);

private:
    struct Offer {
        query::Completion completion;
        bool is_recent = false;  ///< a whole line used before
    };

    static int on_input(ImGuiInputTextCallbackData* data);
    void edit(ImGuiInputTextCallbackData& data);
    void draw_input(LogTab& tab, float width);
    void draw_recent(LogTab& tab);
    void draw_offers(LogTab& tab, float x, float y);
    void draw_result(LogTab& tab, float width);
    void find_offers(LogTab& tab);
    void take(std::string& line, const Offer& offer);

    bool open_ = false;
    bool focus_next_ = false;
    bool active_ = false;  ///< the caret is in the line
    std::size_t caret_ = 0;
    std::optional<std::size_t> caret_next_;

    std::vector<Offer> offers_;
    std::string offered_for_;
    std::size_t offered_at_ = 0;
    bool offers_are_old_ = true;
    int chosen_ = -1;
    bool dismissed_ = false;       ///< until the line changes
    bool offers_hovered_ = false;  ///< a click on one takes the caret away first
};

}  // namespace sockdesk::gui
