// 自动应答: the rules by which a session answers, in their order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/payload_preview.hpp"
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
    void draw_rule(app::ReplyRuleDraft& rule, const std::string& encoding);
    void draw_match(app::ReplyRuleDraft& rule, const app::ReplyRuleError* error);
    void draw_answer(app::ReplyRuleDraft& rule, const app::ReplyRuleError* error);
    void draw_preview(std::size_t index, const std::string& encoding);
    void draw_details(app::ReplyRuleDraft& rule, const app::ReplyRuleError* error);
    void draw_limit(SessionTab& tab);
    void draw_buttons(SessionTab& tab);
    void draw_question();
    void apply(SessionTab& tab);
    bool is_edited() const { return draft_ != opened_; }
    void add(app::ReplyRuleDraft rule);
    /// Before the one that is at `to` now, or to the end.
    void move_rule(std::size_t from, std::size_t to);
    void check(const std::string& encoding);

    std::uint32_t tab_ = 0;
    bool open_next_ = false;
    bool asking_ = false;  ///< whether the changes are to be thrown away
    app::ReplySettings opened_;
    app::ReplySettings draft_;
    std::size_t selected_ = 0;
    struct Move {
        std::size_t from = 0;
        std::size_t to = 0;
    };
    std::optional<Move> move_;    ///< what a row was dragged for
    bool reveal_ = false;         ///< the selected rule is to be scrolled to
    bool apply_refused_ = false;  ///< "Apply" was clicked while a rule was wrong

    // What was checked last, and what came of it: an expression is compiled when it changes, and none but it.
    struct Checked {
        app::ReplyRuleDraft rule;
        std::optional<app::ReplyRuleError> error;
        app::PayloadPreview answer;
        std::size_t trailer_bytes = 0;
    };
    static Checked checked(const app::ReplyRuleDraft& rule, const app::ReplyTexts& texts);
    const app::ReplyRuleError* error_of(std::size_t index) const;
    std::vector<Checked> checked_;  ///< as many as there are rules, in their order, or fewer
    app::ReplyTexts checked_texts_;
};

}  // namespace sockdesk::gui
