// 自动应答: the rules by which a session answers, in their order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/reply_rules.hpp"
#include "gui/session_tab.hpp"

namespace sockdesk::gui {

class RepliesDialog {
public:
    void open(const SessionTab& tab);
    /// Belongs to the tab it was opened for.
    void draw(SessionTab& tab);

private:
    void draw_rules();
    void draw_row(std::size_t index);
    void draw_rule_buttons();
    void draw_rule(app::ReplyRuleDraft& rule);
    void draw_match(app::ReplyRuleDraft& rule, const app::ReplyRuleError* error);
    void draw_answer(app::ReplyRuleDraft& rule, const app::ReplyRuleError* error);
    void draw_details(app::ReplyRuleDraft& rule, const app::ReplyRuleError* error);
    void draw_limit(SessionTab& tab);
    void draw_buttons(SessionTab& tab);
    void add(app::ReplyRuleDraft rule);
    /// Before the one that is at `to` now, or to the end.
    void move_rule(std::size_t from, std::size_t to);
    void check(const std::string& encoding);

    std::uint32_t tab_ = 0;
    bool open_next_ = false;
    app::ReplySettings draft_;
    std::size_t selected_ = 0;
    struct Move {
        std::size_t from = 0;
        std::size_t to = 0;
    };
    std::optional<Move> move_;    ///< what a row was dragged for
    bool reveal_ = false;         ///< the selected rule is to be scrolled to
    bool apply_refused_ = false;  ///< "Apply" was clicked while a rule was wrong

    // What was checked last, and what came of it: an expression is not compiled for every frame.
    std::vector<app::ReplyRuleDraft> checked_;
    bool checked_escapes_ = false;
    std::string checked_encoding_;
    std::vector<std::optional<app::ReplyRuleError>> errors_;
};

}  // namespace sockdesk::gui
