#include "gui/replies_dialog.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <imgui.h>

#include <fmt/format.h>

#include "app/message_translation.hpp"
#include "app/payload_compiler.hpp"
#include "app/translation.hpp"
#include "codec/trailer.hpp"
#include "gui/amounts.hpp"
#include "gui/bar_widgets.hpp"
#include "gui/dialog_parts.hpp"
#include "gui/payload_strip.hpp"
#include "gui/row_dragging.hpp"
#include "gui/style.hpp"
#include "gui/trailer_dialog.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

using app::ReplyRuleDraft;
using app::ReplyRuleError;
using app::tr;
using app::trf;
using query::MatchKind;

namespace {

constexpr std::size_t most_rules = 1000;
constexpr const char* drag_kind = "sockdesk rule";

constexpr std::array<std::pair<MatchKind, const char*>, 6> kinds = {{
    {MatchKind::any, "kind_any"},
    {MatchKind::exact, "kind_exact"},
    {MatchKind::prefix, "kind_prefix"},
    {MatchKind::contains, "kind_contains"},
    {MatchKind::hex, "kind_hex"},
    {MatchKind::regex, "kind_regex"},
}};

const char* kind_words(MatchKind kind) {
    switch (kind) {
        case MatchKind::any:
            return tr("Whatever arrives");
        case MatchKind::exact:
            return tr("Is exactly");
        case MatchKind::prefix:
            return tr("Begins with");
        case MatchKind::contains:
            return tr("Contains");
        case MatchKind::hex:
            return tr("Contains bytes (hex)");
        case MatchKind::regex:
            break;
    }
    return tr("Regular expression");
}

const char* match_hint(MatchKind kind) {
    switch (kind) {
        case MatchKind::hex:
            return "48 ?? 6C";
        case MatchKind::regex:
            return "GET (\\w+)";
        default:
            return "";
    }
}

std::string ready_made_name(std::string_view name) {
    if (name == "Echo") return tr("Echo");
    if (name == "Upper case") return tr("Upper case");
    return std::string(name);
}

}  // namespace

void RepliesDialog::open(const SessionTab& tab) {
    tab_ = tab.key;
    open_next_ = true;
    asking_ = false;
    opened_ = draft_ = tab.session.tab().replies;
    selected_ = 0;
    apply_refused_ = false;
    checked_.clear();
}

RepliesDialog::Checked RepliesDialog::checked(const ReplyRuleDraft& rule, const app::ReplyTexts& texts) {
    Checked checked{rule, {}, {}, 0};
    const auto compiled = app::compile_rule(rule, texts);
    if (!compiled) {
        checked.error = compiled.error();
        return checked;
    }
    // What is found is known beforehand where it is what was typed.
    std::optional<Bytes> match;
    if (rule.kind == MatchKind::exact || rule.kind == MatchKind::prefix || rule.kind == MatchKind::contains) {
        const auto found =
            app::compile_outgoing({rule.match, false, texts.escapes, false, texts.encoding, std::string()});
        if (found && found->fixed() != nullptr) match = **found->fixed();
    }
    checked.answer =
        app::preview_of_answer(compiled->answer, rule.answer, match, compiled->when.group_names().size());
    if (const auto trailer = codec::Trailer::parse(rule.trailer); trailer && !rule.trailer.empty())
        checked.trailer_bytes = trailer->size();
    return checked;
}

const ReplyRuleError* RepliesDialog::error_of(std::size_t index) const {
    return index < checked_.size() && checked_[index].error ? &*checked_[index].error : nullptr;
}

void RepliesDialog::check(const std::string& encoding) {
    if (checked_texts_.encoding != encoding || checked_texts_.escapes != draft_.escapes) checked_.clear();
    checked_texts_ = {encoding, draft_.escapes};
    checked_.resize(std::min(checked_.size(), draft_.rules.size()));
    for (std::size_t i = 0; i < draft_.rules.size(); ++i) {
        if (i < checked_.size() && checked_[i].rule == draft_.rules[i]) continue;
        Checked fresh = checked(draft_.rules[i], checked_texts_);
        if (i < checked_.size()) {
            checked_[i] = std::move(fresh);
        } else {
            checked_.push_back(std::move(fresh));
        }
        apply_refused_ = false;
    }
}

void RepliesDialog::add(ReplyRuleDraft rule) {
    if (draft_.rules.size() >= most_rules) return;
    const std::size_t at = draft_.rules.empty() ? 0 : selected_ + 1;
    const auto place = static_cast<std::ptrdiff_t>(at);
    if (at <= checked_.size()) checked_.insert(checked_.begin() + place, checked(rule, checked_texts_));
    draft_.rules.insert(draft_.rules.begin() + place, std::move(rule));
    selected_ = at;
    reveal_ = true;
}

void RepliesDialog::move_rule(std::size_t from, std::size_t to) {
    if (from >= draft_.rules.size() || to > draft_.rules.size()) return;
    const auto move = [&](auto& list) {
        const auto at = [&](std::size_t i) { return list.begin() + static_cast<std::ptrdiff_t>(i); };
        if (list.size() < std::max(from + 1, to)) return;
        if (to > from) {
            std::rotate(at(from), at(from + 1), at(to));
        } else {
            std::rotate(at(to), at(from), at(from + 1));
        }
    };
    move(draft_.rules);
    move(checked_);
    selected_ = to > from ? to - 1 : to;
    reveal_ = true;
}

void RepliesDialog::draw_row(std::size_t index) {
    ReplyRuleDraft& rule = draft_.rules[index];
    ImGui::PushID(static_cast<int>(index));
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    check_box("###rule_on", &rule.enabled);
    ImGui::TableNextColumn();
    const std::string label = fmt::format("{}###rule_{}", index + 1, index);
    if (ImGui::Selectable(label.c_str(), index == selected_,
                          ImGuiSelectableFlags_SpanAllColumns | ImGuiSelectableFlags_AllowOverlap))
        selected_ = index;
    drag_row(drag_kind, index, fmt::format("{}  {}", index + 1, kind_words(rule.kind)));
    if (const auto dropped = drop_on_row(drag_kind, ImGui::GetItemRectMin(), ImGui::GetItemRectMax()))
        move_ = Move{dropped->dragged, index + (dropped->behind ? 1 : 0)};
    if (index == selected_ && reveal_) {
        ImGui::SetScrollHereY();
        reveal_ = false;
    }
    const bool wrong = error_of(index) != nullptr;
    const ImU32 color = wrong          ? palette().error
                        : rule.enabled ? ImGui::GetColorU32(ImGuiCol_Text)
                                       : palette().muted;
    ImGui::TableNextColumn();
    colored_text(color, kind_words(rule.kind));
    ImGui::TableNextColumn();
    if (rule.kind != MatchKind::any)
        fitted_text(color, one_line(rule.match), ImGui::GetContentRegionAvail().x);
    ImGui::TableNextColumn();
    fitted_text(color, (rule.answer_hex ? "HEX " : "") + one_line(rule.answer),
                ImGui::GetContentRegionAvail().x);
    ImGui::PopID();
}

void RepliesDialog::draw_rules() {
    constexpr ImGuiTableFlags flags = ImGuiTableFlags_ScrollY | ImGuiTableFlags_RowBg |
                                      ImGuiTableFlags_BordersOuter | ImGuiTableFlags_PadOuterX;
    if (!ImGui::BeginTable("rules", 5, flags, {0, em() * 9.5F})) return;
    ImGui::TableSetupScrollFreeze(0, 1);
    ImGui::TableSetupColumn("", ImGuiTableColumnFlags_WidthFixed, em() * 1.4F);
    ImGui::TableSetupColumn("", ImGuiTableColumnFlags_WidthFixed, em() * 1.6F);
    ImGui::TableSetupColumn(tr("What arrives"), ImGuiTableColumnFlags_WidthStretch, 0.28F);
    ImGui::TableSetupColumn("", ImGuiTableColumnFlags_WidthStretch, 0.34F);
    ImGui::TableSetupColumn(tr("Answer"), ImGuiTableColumnFlags_WidthStretch, 0.38F);
    ImGui::TableHeadersRow();
    for (std::size_t i = 0; i < draft_.rules.size(); ++i) draw_row(i);
    ImGui::EndTable();
    // After the rows: it changes their order.
    if (const auto move = std::exchange(move_, std::nullopt)) move_rule(move->from, move->to);
}

void RepliesDialog::draw_rule_buttons() {
    const bool none = draft_.rules.empty();
    ImGui::BeginDisabled(draft_.rules.size() >= most_rules);
    if (ImGui::Button(labelled(tr("Add a rule"), "rule_add").c_str())) {
        ReplyRuleDraft rule;
        rule.kind = MatchKind::contains;
        add(std::move(rule));
    }
    for (const app::ReadyMadeRule& ready : app::ready_made_rules()) {
        ImGui::SameLine();
        const std::string id = "ready_" + std::string(ready.name);
        const std::string label = "+ " + ready_made_name(ready.name);
        if (ImGui::Button(labelled(label.c_str(), id.c_str()).c_str())) add(ready.rule);
        tooltip(tr("Adds a rule that is ready-made."));
    }
    ImGui::EndDisabled();

    const std::string remove = labelled(tr("Delete"), "rule_delete");
    const ImGuiStyle& style = ImGui::GetStyle();
    const float arrow = ImGui::GetFrameHeight();
    const float width = 2 * (arrow + style.ItemSpacing.x) +
                        ImGui::CalcTextSize(remove.c_str(), nullptr, true).x + 2 * style.FramePadding.x;
    ImGui::SameLine(right_edge() - width);
    ImGui::BeginDisabled(none || selected_ == 0);
    if (ImGui::ArrowButton("###rule_up", ImGuiDir_Up)) move_rule(selected_, selected_ - 1);
    ImGui::EndDisabled();
    tooltip(tr("Earlier: the first rule that fits answers."));
    ImGui::SameLine();
    ImGui::BeginDisabled(none || selected_ + 1 >= draft_.rules.size());
    if (ImGui::ArrowButton("###rule_down", ImGuiDir_Down)) move_rule(selected_, selected_ + 2);
    ImGui::EndDisabled();
    tooltip(tr("Later"));
    ImGui::SameLine();
    ImGui::BeginDisabled(none);
    if (ImGui::Button(remove.c_str())) {
        const auto at = static_cast<std::ptrdiff_t>(selected_);
        draft_.rules.erase(draft_.rules.begin() + at);
        if (selected_ < checked_.size()) checked_.erase(checked_.begin() + at);
        if (selected_ > 0 && selected_ >= draft_.rules.size()) selected_ = draft_.rules.size() - 1;
    }
    ImGui::EndDisabled();
}

void RepliesDialog::draw_match(ReplyRuleDraft& rule, const ReplyRuleError* error) {
    const bool wrong = error != nullptr && error->field == ReplyRuleError::Field::match;
    field_label(tr("What arrives"));
    ImGui::SetNextItemWidth(em() * 11);
    if (ImGui::BeginCombo("###rule_kind", kind_words(rule.kind))) {
        for (const auto& [kind, id] : kinds) {
            if (ImGui::Selectable(labelled(kind_words(kind), id).c_str(), kind == rule.kind))
                rule.kind = kind;
        }
        ImGui::EndCombo();
    }
    ImGui::SameLine();
    ImGui::BeginDisabled(rule.kind == MatchKind::any);
    push_mono();
    input_line("###rule_match", rule.match, match_hint(rule.kind), 0, wrong);
    if (wrong && error->error.position != Error::no_position)
        mark_input_error(rule.match, error->error.position);
    pop_mono();
    ImGui::EndDisabled();
    if (wrong) field_error(app::tr_error(error->error, rule.match));
}

void RepliesDialog::draw_answer(ReplyRuleDraft& rule, const ReplyRuleError* error) {
    const bool wrong = error != nullptr && error->field == ReplyRuleError::Field::answer;
    field_label(tr("Answer"));
    const float row = ImGui::GetCursorPosY();
    ImGui::SetCursorPosY(row + ImGui::GetStyle().FramePadding.y);
    if (radio_button("ASCII###answer_text", !rule.answer_hex)) rule.answer_hex = false;
    ImGui::SameLine();
    if (radio_button("HEX###answer_hex", rule.answer_hex)) rule.answer_hex = true;
    ImGui::SameLine(em() * 11 + ImGui::GetStyle().WindowPadding.x + ImGui::GetStyle().ItemSpacing.x);
    ImGui::SetCursorPosY(row);
    push_mono();
    input_line("###rule_answer", rule.answer, rule.answer_hex ? "48 69 {{match}}" : "{{match:1}}", 0, wrong);
    if (wrong && error->error.position != Error::no_position)
        mark_input_error(rule.answer, error->error.position);
    pop_mono();
    if (wrong) {
        field_error(app::tr_error(error->error, rule.answer));
    } else {
        hint(tr(
            "{{match}} is what was found, {{match:1}} the first group of an expression, {{upper:match}} in "
            "upper case; all of the template language is understood."));
    }
}

void RepliesDialog::draw_details(ReplyRuleDraft& rule, const ReplyRuleError* error) {
    const auto is_wrong = [&](ReplyRuleError::Field field) {
        return error != nullptr && error->field == field;
    };
    ImGui::AlignTextToFramePadding();
    text(tr("Delay"));
    ImGui::SameLine();
    push_mono();
    input_line("###rule_delay", rule.delay_ms, "0", em() * 5, is_wrong(ReplyRuleError::Field::delay));
    pop_mono();
    ImGui::SameLine();
    text("ms");
    ImGui::SameLine(0, em());
    text(tr("Appended bytes"));
    ImGui::SameLine();
    const bool wrong_trailer = is_wrong(ReplyRuleError::Field::trailer);
    combo_input("rule_trailer", rule.trailer, tr("none"), em() * 11,
                {wrong_trailer, wrong_trailer ? error->error.position : InputFault::npos}, trailer_choices);
    ImGui::SameLine(0, em());
    ImGui::SetCursorPosY(ImGui::GetCursorPosY() + ImGui::GetStyle().FramePadding.y);
    check_box(labelled(tr("Once"), "rule_once").c_str(), &rule.once);
    tooltip(tr("Answers once after the session was opened or the rules were changed, and then no more."));
    if (wrong_trailer) field_error(app::tr_error(error->error, rule.trailer));
    if (is_wrong(ReplyRuleError::Field::delay)) field_error(app::tr_message(error->error.message));
}

// The bytes of the answer, as in the send box.
void RepliesDialog::draw_preview(std::size_t index, const std::string& encoding) {
    if (index >= checked_.size() || checked_[index].error) return;
    const Checked& checked = checked_[index];
    draw_payload_strip({checked.answer.bytes, checked.answer.unknown, checked.trailer_bytes}, encoding,
                       ImGui::GetContentRegionAvail().x);
    tooltip(tr("The bytes of the answer; ?? is what only what arrives decides, or the moment."));
}

void RepliesDialog::draw_rule(ReplyRuleDraft& rule, const std::string& encoding) {
    const ReplyRuleError* error = error_of(selected_);
    ImGui::PushID("rule_editor");
    draw_match(rule, error);
    draw_answer(rule, error);
    draw_preview(selected_, encoding);
    draw_details(rule, error);
    ImGui::PopID();
}

void RepliesDialog::draw_limit(SessionTab& tab) {
    check_box(labelled(tr("Use escape chars"), "replies_escapes").c_str(), &draft_.escapes);
    tooltip("\\r \\n \\t \\\\ \\0 \\xHH \\uHHHH");
    const auto limit = app::parse_reply_limit(draft_.per_second);
    ImGui::AlignTextToFramePadding();
    text(tr("Answers a second, at most"));
    ImGui::SameLine();
    push_mono();
    input_line("###replies_limit", draft_.per_second, "1000", em() * 6, !limit);
    pop_mono();
    tooltip(tr("Two sessions that answer each other would never end. 0 is no limit."));
    ImGui::SameLine();
    const std::uint64_t held = tab.session.replies_held();
    if (!limit) {
        colored_text(palette().error, limit.error().message);
    } else if (held > 0) {
        colored_text(palette().error, trf("{} answers were held back by it", grouped(held)));
    } else {
        colored_text(palette().muted, tr("none held back so far"));
    }
}

void RepliesDialog::draw_buttons(SessionTab& tab) {
    if (apply_refused_) field_error(tr("A rule that is ticked has an error: mend it, or untick it."));
    const std::string cancel = labelled(tr("Cancel"), "replies_cancel");
    const std::string apply_label = labelled(tr("Apply"), "replies_ok");
    align_right({cancel.c_str(), apply_label.c_str()});
    if (ImGui::Button(cancel.c_str(), dialog_button_size(cancel.c_str()))) ImGui::CloseCurrentPopup();
    ImGui::SameLine();
    if (primary_button(apply_label.c_str(), dialog_button_size(apply_label.c_str()))) apply(tab);
}

void RepliesDialog::apply(SessionTab& tab) {
    check(tab.session.tab().view.encoding);
    bool any = false;
    for (std::size_t i = 0; i < draft_.rules.size(); ++i) {
        if (!draft_.rules[i].enabled) continue;
        any = true;
        if (error_of(i) == nullptr) continue;
        apply_refused_ = true;
        selected_ = i;
        reveal_ = true;
        return;
    }
    if (!app::parse_reply_limit(draft_.per_second)) return;
    draft_.on = any;
    tab.session.tab().replies = draft_;
    tab.session.update_replies();
    ImGui::CloseCurrentPopup();
}

void RepliesDialog::draw_question() {
    const std::string discard = labelled(tr("Throw away"), "replies_discard");
    const std::string keep = labelled(tr("Go on editing"), "replies_keep");
    ImGui::AlignTextToFramePadding();
    text(tr("The rules were changed. Throw the changes away?"));
    ImGui::SameLine();
    align_right({discard.c_str(), keep.c_str()});
    if (ImGui::Button(discard.c_str(), dialog_button_size(discard.c_str()))) ImGui::CloseCurrentPopup();
    ImGui::SameLine();
    if (primary_button(keep.c_str(), dialog_button_size(keep.c_str()))) asking_ = false;
}

void RepliesDialog::draw(SessionTab& tab) {
    if (tab_ != tab.key) return;
    bool leave = false;
    const bool drawn =
        begin_careful_dialog(tr("Automatic replies"), "replies_dialog", open_next_, em() * 46, leave);
    if (leave && is_edited()) {
        // The second Escape takes back the first.
        asking_ = !drawn || !asking_;
    } else if (leave) {
        open_next_ = false;
        if (drawn) ImGui::CloseCurrentPopup();
    }
    if (!drawn) return;
    const std::string& encoding = tab.session.tab().view.encoding;
    check(encoding);
    draw_rules();
    draw_rule_buttons();
    check(encoding);
    ImGui::Dummy({0, px(2)});
    ImGui::Separator();
    if (draft_.rules.empty()) {
        hint(
            tr("What arrives is compared with the rules from above; the first one that fits is answered, to "
               "whom it came from."));
    } else {
        draw_rule(draft_.rules[selected_], encoding);
    }
    ImGui::Separator();
    draw_limit(tab);
    ImGui::Dummy({0, px(4)});
    asking_ ? draw_question() : draw_buttons(tab);
    ImGui::EndPopup();
}

}  // namespace sockdesk::gui
