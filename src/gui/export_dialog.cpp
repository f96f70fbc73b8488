#include "gui/export_dialog.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include <imgui.h>

#include "app/message_translation.hpp"
#include "app/translation.hpp"
#include "codec/encoding.hpp"
#include "codec/escapes.hpp"
#include "gui/amounts.hpp"
#include "gui/dialog_parts.hpp"
#include "gui/style.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

namespace fs = std::filesystem;
using app::ExportFormat;
using app::tr;
using app::trc;
using app::trf;

namespace {

constexpr std::array formats = {ExportFormat::pcapng, ExportFormat::log,  ExportFormat::hexdump,
                                ExportFormat::csv,    ExportFormat::json, ExportFormat::raw};

const char* label_of(ExportFormat format) {
    switch (format) {
        case ExportFormat::pcapng:
            return tr("pcapng capture, for Wireshark");
        case ExportFormat::log:
            return tr("Text, as the log shows it");
        case ExportFormat::hexdump:
            return tr("Hex dump");
        case ExportFormat::csv:
            return tr("CSV table");
        case ExportFormat::json:
            return tr("JSON lines");
        case ExportFormat::raw:
            break;
    }
    return tr("Payload bytes alone");
}

// In place of that of another format. Any other ending is part of the name: "readings 10.0.0.7".
std::string with_extension(const std::string& path, ExportFormat format) {
    fs::path changed = path;
    if (!changed.has_filename()) return path;
    const std::string extension = changed.extension().string();
    const bool known = std::ranges::any_of(
        formats, [&](ExportFormat each) { return extension == app::export_format_extension(each); });
    if (known) changed.replace_extension();
    changed += std::string(app::export_format_extension(format));
    return changed.string();
}

// A lone ".csv": what is left when the name is deleted from the suggestion.
bool has_no_name(const fs::path& path) {
    const std::string name = path.filename().string();
    return std::ranges::any_of(formats,
                               [&](ExportFormat each) { return name == app::export_format_extension(each); });
}

LogTab* find_tab(const std::vector<std::unique_ptr<LogTab>>& tabs, std::uint32_t key) {
    const auto found = std::ranges::find_if(tabs, [&](const auto& tab) { return tab->key == key; });
    return found == tabs.end() ? nullptr : found->get();
}

bool choice(const char* text, const char* id, bool chosen) {
    return radio_button(labelled(text, id).c_str(), chosen);
}

}  // namespace

float export_button_width() {
    return ImGui::CalcTextSize(tr("Export...")).x + 2 * ImGui::GetStyle().FramePadding.x;
}

void draw_export_button(LogTab& tab) {
    if (ImGui::Button(labelled(tr("Export..."), "export").c_str())) tab.export_asked = true;
    tooltip(tr("Write the log, or part of it, to a file (Ctrl+E)."));
}

void ExportDialog::open(const LogTab& tab) {
    open_next_ = true;
    asked_tab_ = tab.key;
    asking_ = false;
    error_.clear();
    if (job_) return;
    const std::string extension(app::export_format_extension(format_));
    if (path_.empty()) {
        path_ = suggested_path(extension.substr(1).c_str());
    } else {
        // What was written last is not offered to be overwritten.
        path_ =
            (expanded(path_).parent_path() / fs::path(suggested_path(extension.substr(1).c_str())).filename())
                .string();
    }
    scope_ = tab.log.has_selection() ? Scope::selection : tab.log.has_filter() ? Scope::filtered : Scope::all;
}

app::ExportPlan ExportDialog::plan_for(LogTab& tab) const {
    app::ExportPlan plan;
    plan.format = format_;
    if (format_ == ExportFormat::raw) plan.direction = direction_;
    if (scope_ != Scope::all) {
        plan.filter = tab.log.filter();
        plan.without_received = tab.settings().hide_received;
        plan.first = tab.log.index().first_record();
    }
    if (scope_ == Scope::selection) {
        const auto [first, end] = tab.log.selected_records();
        plan.first = first;
        plan.end = end;
    }
    plan.protocol = tab.protocol();
    plan.session = SessionId{tab.key};
    plan.view = tab.settings().view;
    if (auto encoding = codec::Encoding::find(tab.settings().encoding)) plan.encoding = *encoding;
    return plan;
}

void ExportDialog::start(LogTab& tab, const Services& services) {
    asking_ = false;
    app::ExportPlan plan = plan_for(tab);
    // The selection goes when the log is formatted anew.
    if (scope_ == Scope::selection && plan.end == plan.first) {
        error_ = tr("Nothing is selected in the log any more.");
        return;
    }
    auto job = app::ExportJob::start(tab.source, std::move(plan), expanded(path_), services.wake);
    if (!job) {
        error_ = app::tr_message(job.error().message);
        return;
    }
    job_ = std::move(*job);
    job_tab_ = tab.key;
}

void ExportDialog::finish(LogTab& tab) {
    const auto result = job_->result();
    const app::ExportProgress progress = job_->progress();
    const std::string target = codec::escape_controls(job_->target().string());
    if (job_->was_cancelled()) {
        tab.set_notice({false, trf("The export was cancelled; {} was not written.", target)});
    } else if (!*result) {
        tab.set_notice({true, app::tr_message(result->error().message)});
    } else {
        tab.set_notice({false, trf("Exported {} records ({}) to {}", grouped(progress.written_records),
                                   binary_amount(progress.written_bytes), target)});
    }
    job_.reset();
}

void ExportDialog::draw(LogTab& front, const std::vector<std::unique_ptr<LogTab>>& tabs,
                        const Services& services) {
    const bool ended = job_ && job_->result().has_value();
    if (ended) {
        LogTab* owner = find_tab(tabs, job_tab_);
        finish(owner == nullptr ? front : *owner);
    }
    // While it is being written there are two ways out, and Escape would be a third that says neither.
    if (!begin_dialog(tr("Export"), "export_dialog", open_next_, em() * 32, !job_)) return;
    LogTab* asked = find_tab(tabs, asked_tab_);
    if (ended || (!job_ && asked == nullptr)) {
        ImGui::CloseCurrentPopup();
    } else if (job_) {
        draw_progress();
    } else if (asking_) {
        draw_question(*asked, services);
    } else {
        draw_choices(*asked, services);
    }
    ImGui::EndPopup();
}

void ExportDialog::draw_format() {
    field_label(tr("Format"));
    ImGui::SetNextItemWidth(-1);
    if (!ImGui::BeginCombo("###export_format", label_of(format_))) return;
    for (const ExportFormat format : formats) {
        const std::string id(app::export_format_name(format));
        if (ImGui::Selectable(labelled(label_of(format), ("format_" + id).c_str()).c_str(),
                              format == format_) &&
            format != format_) {
            format_ = format;
            path_ = with_extension(path_, format);
            error_.clear();
        }
    }
    ImGui::EndCombo();
}

void ExportDialog::draw_scope(const LogTab& tab) {
    field_label(tr("Records"));
    const std::string count = grouped(tab.source->published());
    const bool cleared = tab.log.index().first_record() > tab.source->first_available();
    const std::string all = cleared ? trf("All, cleared ones included ({})", count) : trf("All ({})", count);
    if (choice(all.c_str(), "scope_all", scope_ == Scope::all)) scope_ = Scope::all;
    ImGui::SameLine(0, em());
    ImGui::BeginDisabled(!tab.log.has_selection());
    if (choice(tr("The selection"), "scope_selection", scope_ == Scope::selection)) scope_ = Scope::selection;
    ImGui::EndDisabled();
    ImGui::SameLine(0, em());
    ImGui::BeginDisabled(!tab.log.has_filter());
    if (choice(tr("Those that the filter shows"), "scope_filtered", scope_ == Scope::filtered))
        scope_ = Scope::filtered;
    ImGui::EndDisabled();
}

void ExportDialog::draw_direction() {
    if (format_ != ExportFormat::raw) return;
    field_label(tr("Direction"));
    if (choice(tr("Both"), "direction_both", !direction_)) direction_.reset();
    ImGui::SameLine(0, em());
    if (choice(tr("Received"), "direction_received", direction_ == capture::Direction::received))
        direction_ = capture::Direction::received;
    ImGui::SameLine(0, em());
    if (choice(tr("Sent"), "direction_sent", direction_ == capture::Direction::sent))
        direction_ = capture::Direction::sent;
}

void ExportDialog::draw_choices(LogTab& tab, const Services& services) {
    draw_format();
    draw_scope(tab);
    draw_direction();
    field_label(tr("File"));
    push_mono();
    const bool entered =
        input_line("###export_path", path_, "", 0, !error_.empty(), ImGuiInputTextFlags_EnterReturnsTrue);
    if (ImGui::IsItemEdited()) error_.clear();
    pop_mono();
    field_error(error_);
    ImGui::Dummy({0, px(4)});

    const std::string cancel = labelled(tr("Cancel"), "export_cancel");
    const std::string start_label = labelled(trc("button", "Export"), "export_ok");
    align_right({cancel.c_str(), start_label.c_str()});
    if (ImGui::Button(cancel.c_str(), dialog_button_size(cancel.c_str()))) ImGui::CloseCurrentPopup();
    ImGui::SameLine();
    if (!primary_button(start_label.c_str(), dialog_button_size(start_label.c_str())) && !entered) return;

    const fs::path path = expanded(path_);
    std::error_code ignored;
    error_ = has_no_name(path) ? tr("Add the name of a file.") : reason_against(path);
    if (!error_.empty()) return;
    if (fs::exists(path, ignored)) {
        asking_ = true;
    } else {
        start(tab, services);
    }
}

void ExportDialog::draw_question(LogTab& tab, const Services& services) {
    ImGui::PushTextWrapPos(0.0F);
    text(trf("{} exists already.", codec::escape_controls(expanded(path_).string())));
    colored_text(palette().muted, tr("Overwriting replaces it once the export is complete."));
    ImGui::PopTextWrapPos();
    ImGui::Dummy({0, px(4)});
    const std::string back = labelled(tr("Cancel"), "export_back");
    const std::string overwrite = labelled(tr("Overwrite"), "export_overwrite");
    align_right({back.c_str(), overwrite.c_str()});
    if (ImGui::Button(back.c_str(), dialog_button_size(back.c_str()))) asking_ = false;
    ImGui::SameLine();
    if (primary_button(overwrite.c_str(), dialog_button_size(overwrite.c_str()))) start(tab, services);
}

void ExportDialog::draw_progress() {
    const app::ExportProgress progress = job_->progress();
    const double share = progress.total == 0
                             ? 0.0
                             : static_cast<double>(progress.looked_at) / static_cast<double>(progress.total);
    hint(codec::escape_controls(job_->target().string()).c_str());
    ImGui::PushStyleColor(ImGuiCol_PlotHistogram, palette().accent);
    ImGui::ProgressBar(static_cast<float>(std::clamp(share, 0.0, 1.0)), {-1, 0});
    ImGui::PopStyleColor();
    text(trf("{} of {} records, {} written", grouped(progress.looked_at), grouped(progress.total),
             binary_amount(progress.written_bytes)));
    ImGui::Dummy({0, px(4)});
    const std::string cancel = labelled(tr("Cancel the export"), "export_stop");
    const std::string hide = labelled(tr("Go on in the background"), "export_hide");
    align_right({cancel.c_str(), hide.c_str()});
    if (ImGui::Button(cancel.c_str(), dialog_button_size(cancel.c_str()))) job_->cancel();
    ImGui::SameLine();
    if (ImGui::Button(hide.c_str(), dialog_button_size(hide.c_str()))) ImGui::CloseCurrentPopup();
}

}  // namespace sockdesk::gui
