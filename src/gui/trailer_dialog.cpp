#include "gui/trailer_dialog.hpp"

#include <algorithm>
#include <array>

#include <imgui.h>
#include <imgui_internal.h>

#include <fmt/format.h>

#include "app/message_translation.hpp"
#include "app/translation.hpp"
#include "codec/hex.hpp"
#include "codec/payload_text.hpp"
#include "gui/amounts.hpp"
#include "gui/bar_widgets.hpp"
#include "gui/dialog_parts.hpp"
#include "gui/style.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

using app::tr;
using app::TrailerFields;
using app::trc;
using app::trf;

namespace {

// The catalogue of CRCs and its users tell an algorithm by what it makes of these.
constexpr std::string_view check_text = "123456789";

// A label with a field below it, beside others: its text begins where theirs does, not where that of an input on the line would.
void begin_labelled_field(const char* label) {
    ImGui::BeginGroup();
    ImGui::GetCurrentWindow()->DC.CurrLineTextBaseOffset = 0;
    field_label(label);
}

}  // namespace

std::string trailer_kind_name(std::string_view kind) {
    if (kind == TrailerFields::fixed_kind) return tr("Fixed bytes");
    if (kind == TrailerFields::crc_kind) return tr("A CRC by its parameters");
    if (kind == "sum") return tr("Sum");
    if (kind == "sum-negated") return tr("Negated sum");
    if (kind == "xor") return tr("XOR");
    for (const codec::NamedChecksum& named : codec::Checksum::named()) {
        if (named.name == kind) return std::string(named.title);
    }
    return std::string(kind);
}

std::string trailer_short_name(std::string_view trailer) {
    const TrailerFields fields = TrailerFields::from_text(trailer);
    if (fields.is_fixed()) {
        const auto bytes = codec::parse_hex(fields.fixed_hex);
        return bytes ? short_hex(*bytes) : fields.fixed_hex;
    }
    if (fields.is_crc()) return "CRC-" + fields.width;
    return trailer_kind_name(fields.kind);
}

Choices trailer_choices() {
    Choices choices = {{"", tr("none")},
                       {"fixed=0D", trailer_kind_name(TrailerFields::fixed_kind) + "  0D"},
                       {"fixed=0D0A", trailer_kind_name(TrailerFields::fixed_kind) + "  0D 0A"}};
    for (const codec::NamedChecksum& each : codec::Checksum::named())
        choices.emplace_back(std::string(each.name), trailer_kind_name(each.name));
    return choices;
}

void TrailerDialog::Draft::set(bool is_on, std::string_view trailer) {
    on = is_on;
    fields = TrailerFields::from_text(trailer);
    faults = fields.faults();
}

void TrailerDialog::open(LogTab& tab, Side side) {
    tab_ = tab.key;
    open_next_ = true;
    side_ = side;
    const app::VerifySettings& verify = tab.settings().verify;
    drafts_[1].set(verify.on, verify.trailer);
    drafts_[0] = {};
    if (const app::SessionModel* session = tab.live()) {
        const app::TrailerSettings& trailer = session->tab().send.trailer;
        drafts_[0].set(trailer.append, trailer.trailer);
    }
    // Who opens this wants it.
    draft().on = true;
    result_.reset();
}

void TrailerDialog::draw_sides() {
    const std::array<std::string, 2> labels = {labelled(tr("When sending"), "trailer_sends"),
                                               labelled(tr("On what arrives"), "trailer_arrives")};
    int side = side_ == Side::received ? 1 : 0;
    if (segmented("trailer_sides", labels, side)) side_ = side == 1 ? Side::received : Side::sent;
    if (side_ == Side::received) {
        const std::string copy = labelled(tr("As when sending"), "trailer_copy");
        ImGui::SameLine(right_edge() - ImGui::CalcTextSize(copy.c_str(), nullptr, true).x -
                        2 * ImGui::GetStyle().FramePadding.x);
        if (link_button(copy.c_str())) {
            drafts_[1].fields = drafts_[0].fields;
            drafts_[1].faults = drafts_[0].faults;
        }
        tooltip(tr("Takes over the bytes that are appended when sending."));
    }
    ImGui::Dummy({0, px(2)});
}

void TrailerDialog::draw_kind() {
    field_label(side_ == Side::sent ? tr("What is appended") : tr("With what it has to end"));
    ImGui::SetNextItemWidth(-1);
    if (!ImGui::BeginCombo("###trailer_kind", trailer_kind_name(draft().fields.kind).c_str(),
                           ImGuiComboFlags_HeightLarge))
        return;
    const auto entry = [&](std::string_view kind) {
        const std::string id = "kind_" + std::string(kind);
        if (ImGui::Selectable(labelled(trailer_kind_name(kind).c_str(), id.c_str()).c_str(),
                              kind == draft().fields.kind))
            draft().fields.kind = kind;
    };
    entry(TrailerFields::fixed_kind);
    ImGui::Separator();
    for (const codec::NamedChecksum& named : codec::Checksum::named()) entry(named.name);
    entry(TrailerFields::crc_kind);
    ImGui::EndCombo();
}

std::string TrailerDialog::Draft::fault_of(const std::string TrailerFields::*field) const {
    for (const TrailerFields::Fault& fault : faults) {
        if (fault.field == field) return app::tr_message(fault.error.message);
    }
    return {};
}

void TrailerDialog::field(const char* id, const char* label, std::string TrailerFields::*value,
                          const char* hint_text, float width) {
    begin_labelled_field(label);
    push_mono();
    const auto fault = std::find_if(draft().faults.begin(), draft().faults.end(),
                                    [&](const TrailerFields::Fault& each) { return each.field == value; });
    input_line(id, draft().fields.*value, hint_text, width, fault != draft().faults.end());
    if (fault != draft().faults.end() && fault->error.position != Error::no_position)
        mark_input_error(draft().fields.*value, fault->error.position);
    pop_mono();
    ImGui::EndGroup();
}

void TrailerDialog::draw_fixed() {
    field("###trailer_fixed", tr("Bytes in hex"), &TrailerFields::fixed_hex, "0D 0A", 0);
    field_error(draft().fault_of(&TrailerFields::fixed_hex));
}

void TrailerDialog::draw_crc() {
    const float third = (ImGui::GetContentRegionAvail().x - 2 * ImGui::GetStyle().ItemSpacing.x) / 3;
    field("###crc_width", tr("Width in bits"), &TrailerFields::width, "16", third);
    ImGui::SameLine();
    field("###crc_poly", tr("Polynomial"), &TrailerFields::polynomial, "0x1021", third);
    ImGui::SameLine();
    field("###crc_init", tr("Initial value"), &TrailerFields::initial, "0xFFFF", third);
    field("###crc_xorout", tr("Final xor"), &TrailerFields::final_xor, "0", third);
    ImGui::SameLine();
    begin_labelled_field("");
    ImGui::AlignTextToFramePadding();
    ImGui::SetCursorPosY(ImGui::GetCursorPosY() + ImGui::GetStyle().FramePadding.y);
    check_box(labelled(tr("Input reflected"), "crc_refin").c_str(), &draft().fields.reflect_input);
    ImGui::SameLine(0, em());
    check_box(labelled(tr("Output reflected"), "crc_refout").c_str(), &draft().fields.reflect_output);
    ImGui::EndGroup();
    for (const auto member : {&TrailerFields::width, &TrailerFields::polynomial, &TrailerFields::initial,
                              &TrailerFields::final_xor}) {
        if (const std::string fault = draft().fault_of(member); !fault.empty()) {
            field_error(fault);
            break;
        }
    }
}

void TrailerDialog::draw_checksum() {
    if (draft().fields.is_crc()) draw_crc();
    const float half = (ImGui::GetContentRegionAvail().x - ImGui::GetStyle().ItemSpacing.x) / 2;
    if (draft().fields.has_choice_of_size()) {
        begin_labelled_field(tr("Width"));
        ImGui::SetNextItemWidth(half);
        const auto words = [](std::size_t size) {
            return size == 1 ? std::string(tr("1 byte")) : trf("{} bytes", size);
        };
        if (ImGui::BeginCombo("###trailer_size", words(draft().fields.size_bytes).c_str())) {
            for (const std::size_t size : {1U, 2U, 4U, 8U}) {
                const std::string id = fmt::format("size_{}", size);
                if (ImGui::Selectable(labelled(words(size).c_str(), id.c_str()).c_str(),
                                      size == draft().fields.size_bytes))
                    draft().fields.size_bytes = size;
            }
            ImGui::EndCombo();
        }
        ImGui::EndGroup();
        ImGui::SameLine();
    }
    begin_labelled_field(tr("Byte order"));
    using Order = TrailerFields::Order;
    const auto order_name = [](Order order) {
        return order == Order::usual    ? tr("As is usual for it")
               : order == Order::little ? tr("Low byte first")
                                        : tr("High byte first");
    };
    ImGui::SetNextItemWidth(half);
    if (ImGui::BeginCombo("###trailer_order", order_name(draft().fields.order))) {
        for (const Order order : {Order::usual, Order::little, Order::big}) {
            const std::string id = fmt::format("order_{}", static_cast<int>(order));
            if (ImGui::Selectable(labelled(order_name(order), id.c_str()).c_str(),
                                  order == draft().fields.order))
                draft().fields.order = order;
        }
        ImGui::EndCombo();
    }
    ImGui::EndGroup();

    field("###trailer_from", tr("From byte"), &TrailerFields::from, "0", half);
    ImGui::SameLine();
    field("###trailer_to", tr("Up to, not including"), &TrailerFields::to, tr("the end"), half);
    std::string fault = draft().fault_of(&TrailerFields::from);
    if (fault.empty()) fault = draft().fault_of(&TrailerFields::to);
    if (fault.empty()) {
        hint(tr("The part of the payload that is covered. Negative numbers count from its end."));
    } else {
        field_error(fault);
    }
}

void TrailerDialog::compute(app::SessionModel* session) {
    const app::CompiledPayload* box = session != nullptr ? &session->compiled() : nullptr;
    const std::uint64_t payload = box != nullptr ? box->revision : 0;
    if (result_ && result_->fields == draft().fields && result_->payload == payload) return;
    result_ = {draft().fields, payload, "-", "-", draft().fields.to_text()};
    if (!draft().faults.empty()) return;
    const auto trailer = codec::Trailer::parse(result_->text);
    if (!trailer) return;
    const auto end_of = [&](ByteView before) {
        Bytes bytes(before.begin(), before.end());
        trailer->append_to(bytes);
        return short_hex(ByteView(bytes).subspan(before.size()));
    };
    if (box != nullptr && !box->error)
        result_->on_payload = end_of(ByteView(box->bytes).first(box->bytes.size() - box->trailer_bytes));
    result_->on_digits = end_of(as_bytes(check_text));
}

void TrailerDialog::draw_result(LogTab& tab) {
    ImGui::Dummy({0, px(2)});
    ImGui::Separator();
    field_error(draft().fault_of(nullptr));
    compute(tab.live());
    const auto row = [](const char* label, const std::string& value, ImU32 color) {
        ImGui::TableNextRow();
        ImGui::TableNextColumn();
        colored_text(palette().muted, label);
        ImGui::TableNextColumn();
        push_mono();
        colored_text(color, value);
        pop_mono();
    };
    if (!ImGui::BeginTable("trailer_result", 2, ImGuiTableFlags_SizingFixedFit)) return;
    const bool sent = side_ == Side::sent;
    if (sent) row(tr("On the payload in the box"), result_->on_payload, palette().accent);
    if (!draft().fields.is_fixed())
        row(trf("Check value, on {}", check_text).c_str(), result_->on_digits, palette().accent);
    if (sent) row(tr("In the terminal"), "--checksum " + result_->text, palette().muted);
    ImGui::EndTable();
}

void TrailerDialog::draw_switch(LogTab& tab) {
    ImGui::Separator();
    ImGui::Dummy({0, px(2)});
    if (side_ == Side::sent) {
        check_box(labelled(tr("Append to every payload that is sent"), "trailer_append").c_str(),
                  &draft().on);
        return;
    }
    check_box(labelled(tr("Verify what arrives"), "trailer_verify").c_str(), &draft().on);
    hint(
        tr("What does not end with these bytes is marked in the log. Of a TCP connection a message may have "
           "come in up to 16 reads: it is good when they end so together."));
    if (const app::TrailerChecks* checks = tab.checks()) {
        const app::TrailerChecks::Counts counts = checks->counts();
        colored_text(
            counts.failed > 0 ? palette().error : palette().muted,
            trf("So far {} of {} that arrived do not.", grouped(counts.failed), grouped(counts.received)));
    }
}

void TrailerDialog::draw_buttons(LogTab& tab) {
    const std::string cancel = labelled(tr("Cancel"), "trailer_cancel");
    const std::string apply = labelled(tr("Apply"), "trailer_ok");
    align_right({cancel.c_str(), apply.c_str()});
    if (ImGui::Button(cancel.c_str(), dialog_button_size(cancel.c_str()))) ImGui::CloseCurrentPopup();
    ImGui::SameLine();
    app::SessionModel* session = tab.live();
    const bool wrong = !drafts_[1].faults.empty() || (session != nullptr && !drafts_[0].faults.empty());
    ImGui::BeginDisabled(wrong);
    if (primary_button(apply.c_str(), dialog_button_size(apply.c_str()))) {
        if (session != nullptr) session->tab().send.trailer = {drafts_[0].on, drafts_[0].fields.to_text()};
        tab.settings().verify = {drafts_[1].on, drafts_[1].fields.to_text()};
        ImGui::CloseCurrentPopup();
    }
    ImGui::EndDisabled();
}

void TrailerDialog::draw(LogTab& tab) {
    if (tab_ != tab.key) return;
    const bool sends = tab.live() != nullptr;
    const char* title = sends ? tr("Appended bytes") : tr("Verify what arrives");
    if (!begin_dialog(title, "trailer_dialog", open_next_, em() * 32)) return;
    if (sends) draw_sides();
    const TrailerFields before = draft().fields;
    draw_kind();
    draft().fields.is_fixed() ? draw_fixed() : draw_checksum();
    if (draft().fields != before) draft().faults = draft().fields.faults();
    draw_result(tab);
    draw_switch(tab);
    ImGui::Dummy({0, px(4)});
    draw_buttons(tab);
    ImGui::EndPopup();
}

}  // namespace sockdesk::gui
