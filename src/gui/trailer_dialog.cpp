#include "gui/trailer_dialog.hpp"

#include <algorithm>

#include <imgui.h>
#include <imgui_internal.h>

#include <fmt/format.h>

#include "app/message_translation.hpp"
#include "app/translation.hpp"
#include "codec/hex.hpp"
#include "codec/payload_text.hpp"
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
constexpr std::size_t most_shown_bytes = 16;

// A label with a field below it, beside others: its text begins where theirs does, not where that of an input on the line would.
void begin_labelled_field(const char* label) {
    ImGui::BeginGroup();
    ImGui::GetCurrentWindow()->DC.CurrLineTextBaseOffset = 0;
    field_label(label);
}

std::string hex_of(ByteView bytes) {
    std::string shown = codec::format_hex(bytes.first(std::min(bytes.size(), most_shown_bytes)));
    if (bytes.size() > most_shown_bytes) shown += "…";
    if (shown.ends_with(' ')) shown.pop_back();
    return shown;
}

}  // namespace

std::string trailer_kind_name(std::string_view kind) {
    if (kind == TrailerFields::fixed_kind) return tr("Fixed bytes");
    if (kind == TrailerFields::crc_kind) return tr("A CRC by its parameters");
    if (kind == "sum") return tr("Sum");
    if (kind == "sum-negated") return tr("Negated sum");
    if (kind == "xor") return tr("Exclusive or");
    for (const codec::NamedChecksum& named : codec::Checksum::named()) {
        if (named.name == kind) return std::string(named.title);
    }
    return std::string(kind);
}

std::string trailer_short_name(std::string_view trailer) {
    const TrailerFields fields = TrailerFields::from_text(trailer);
    if (fields.is_fixed()) {
        const auto bytes = codec::parse_hex(fields.fixed_hex);
        return bytes ? hex_of(*bytes) : fields.fixed_hex;
    }
    if (fields.is_crc()) return "CRC-" + fields.width;
    return trailer_kind_name(fields.kind);
}

void TrailerDialog::open(const SessionTab& tab) {
    tab_ = tab.key;
    open_next_ = true;
    const app::TrailerSettings& kept = tab.session.tab().send.trailer;
    fields_ = TrailerFields::from_text(kept.trailer);
    // Who opens this wants one or the other.
    append_ = kept.append || !kept.verify;
    verify_ = kept.verify;
    faults_ = fields_.faults();
}

void TrailerDialog::draw_kind() {
    field_label(tr("What is appended"));
    ImGui::SetNextItemWidth(-1);
    if (!ImGui::BeginCombo("###trailer_kind", trailer_kind_name(fields_.kind).c_str(),
                           ImGuiComboFlags_HeightLarge))
        return;
    const auto entry = [&](std::string_view kind) {
        const std::string id = "kind_" + std::string(kind);
        if (ImGui::Selectable(labelled(trailer_kind_name(kind).c_str(), id.c_str()).c_str(),
                              kind == fields_.kind))
            fields_.kind = kind;
    };
    entry(TrailerFields::fixed_kind);
    ImGui::Separator();
    for (const codec::NamedChecksum& named : codec::Checksum::named()) entry(named.name);
    entry(TrailerFields::crc_kind);
    ImGui::EndCombo();
}

std::string TrailerDialog::fault_of(const std::string TrailerFields::*field) const {
    for (const TrailerFields::Fault& fault : faults_) {
        if (fault.field == field) return app::tr_message(fault.error.message);
    }
    return {};
}

void TrailerDialog::field(const char* id, const char* label, std::string TrailerFields::*value,
                          const char* hint_text, float width) {
    begin_labelled_field(label);
    push_mono();
    const auto fault = std::find_if(faults_.begin(), faults_.end(),
                                    [&](const TrailerFields::Fault& each) { return each.field == value; });
    input_line(id, fields_.*value, hint_text, width, fault != faults_.end());
    if (fault != faults_.end() && fault->error.position != Error::no_position)
        mark_input_error(fields_.*value, fault->error.position);
    pop_mono();
    ImGui::EndGroup();
}

void TrailerDialog::draw_fixed() {
    field("###trailer_fixed", tr("Bytes in hex"), &TrailerFields::fixed_hex, "0D 0A", 0);
    field_error(fault_of(&TrailerFields::fixed_hex));
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
    check_box(labelled(tr("Input reflected"), "crc_refin").c_str(), &fields_.reflect_input);
    ImGui::SameLine(0, em());
    check_box(labelled(tr("Output reflected"), "crc_refout").c_str(), &fields_.reflect_output);
    ImGui::EndGroup();
    for (const auto member : {&TrailerFields::width, &TrailerFields::polynomial, &TrailerFields::initial,
                              &TrailerFields::final_xor}) {
        if (const std::string fault = fault_of(member); !fault.empty()) {
            field_error(fault);
            break;
        }
    }
}

void TrailerDialog::draw_checksum() {
    if (fields_.is_crc()) draw_crc();
    const float half = (ImGui::GetContentRegionAvail().x - ImGui::GetStyle().ItemSpacing.x) / 2;
    if (fields_.has_choice_of_size()) {
        begin_labelled_field(tr("Width"));
        ImGui::SetNextItemWidth(half);
        const auto words = [](std::size_t size) {
            return size == 1 ? std::string(tr("1 byte")) : trf("{} bytes", size);
        };
        if (ImGui::BeginCombo("###trailer_size", words(fields_.size_bytes).c_str())) {
            for (const std::size_t size : {1U, 2U, 4U, 8U}) {
                const std::string id = fmt::format("size_{}", size);
                if (ImGui::Selectable(labelled(words(size).c_str(), id.c_str()).c_str(),
                                      size == fields_.size_bytes))
                    fields_.size_bytes = size;
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
    if (ImGui::BeginCombo("###trailer_order", order_name(fields_.order))) {
        for (const Order order : {Order::usual, Order::little, Order::big}) {
            const std::string id = fmt::format("order_{}", static_cast<int>(order));
            if (ImGui::Selectable(labelled(order_name(order), id.c_str()).c_str(), order == fields_.order))
                fields_.order = order;
        }
        ImGui::EndCombo();
    }
    ImGui::EndGroup();

    field("###trailer_from", tr("From byte"), &TrailerFields::from, "0", half);
    ImGui::SameLine();
    field("###trailer_to", tr("Up to, not including"), &TrailerFields::to, tr("the end"), half);
    std::string fault = fault_of(&TrailerFields::from);
    if (fault.empty()) fault = fault_of(&TrailerFields::to);
    if (fault.empty()) {
        hint(tr("The part of the payload that is covered. Negative numbers count from its end."));
    } else {
        field_error(fault);
    }
}

void TrailerDialog::draw_result(SessionTab& tab) {
    ImGui::Dummy({0, px(2)});
    ImGui::Separator();
    field_error(fault_of(nullptr));
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
    const auto trailer =
        faults_.empty() ? codec::Trailer::parse(fields_.to_text()) : Result<codec::Trailer>(fail_at(0, ""));
    std::string on_payload = "-";
    std::string check = "-";
    const auto end_of = [&](Bytes bytes) {
        const std::size_t before = bytes.size();
        trailer->append_to(bytes);
        return hex_of(ByteView(bytes).subspan(before));
    };
    if (trailer) {
        const app::CompiledPayload& box = tab.session.compiled();
        if (!box.error) {
            const ByteView body = ByteView(box.bytes).first(box.bytes.size() - box.trailer_bytes);
            on_payload = end_of({body.begin(), body.end()});
        }
        const ByteView digits = as_bytes(check_text);
        check = end_of({digits.begin(), digits.end()});
    }
    row(tr("On the payload in the box"), on_payload, palette().accent);
    if (!fields_.is_fixed()) row(trf("Check value, on {}", check_text).c_str(), check, palette().accent);
    row(tr("In the terminal"), "--checksum " + fields_.to_text(), palette().muted);
    ImGui::EndTable();
    ImGui::Separator();
    ImGui::Dummy({0, px(2)});

    check_box(labelled(tr("Append to every payload that is sent"), "trailer_append").c_str(), &append_);
    check_box(labelled(tr("Verify on what arrives"), "trailer_verify").c_str(), &verify_);
    hint(
        tr("What does not end with these bytes is marked in the log. By TCP each read is looked at by "
           "itself, so a "
           "message that comes in several reads is marked as well."));
}

void TrailerDialog::draw_buttons(SessionTab& tab) {
    const std::string cancel = labelled(tr("Cancel"), "trailer_cancel");
    const std::string apply = labelled(tr("Apply"), "trailer_ok");
    align_right({cancel.c_str(), apply.c_str()});
    if (ImGui::Button(cancel.c_str(), dialog_button_size(cancel.c_str()))) ImGui::CloseCurrentPopup();
    ImGui::SameLine();
    ImGui::BeginDisabled(!faults_.empty());
    if (primary_button(apply.c_str(), dialog_button_size(apply.c_str()))) {
        app::TrailerSettings& kept = tab.session.tab().send.trailer;
        kept.trailer = fields_.to_text();
        kept.verify = verify_;
        kept.append = append_;
        ImGui::CloseCurrentPopup();
    }
    ImGui::EndDisabled();
}

void TrailerDialog::draw(SessionTab& tab) {
    if (tab_ != tab.key) return;
    if (!begin_dialog(tr("Appended bytes"), "trailer_dialog", open_next_, em() * 32)) return;
    const TrailerFields before = fields_;
    draw_kind();
    fields_.is_fixed() ? draw_fixed() : draw_checksum();
    if (fields_ != before) faults_ = fields_.faults();
    draw_result(tab);
    ImGui::Dummy({0, px(4)});
    draw_buttons(tab);
    ImGui::EndPopup();
}

}  // namespace sockdesk::gui
