// What the box stands for, how it is sent, and what is answered by rules.
#include <algorithm>
#include <atomic>
#include <utility>

#include "app/cycle_pace.hpp"
#include "app/message_translation.hpp"
#include "app/session_model.hpp"
#include "app/translation.hpp"
#include "codec/encoding.hpp"
#include "codec/escapes.hpp"
#include "codec/hex.hpp"
#include "codec/payload_text.hpp"
#include "codec/trailer.hpp"

namespace sockdesk::app {
namespace {

using namespace std::chrono_literals;
using engine::Protocol;
using engine::SessionState;

// A preview of what changes with the time is for eyes.
constexpr auto preview_period = 100ms;

// Ids of cycles are the process's; tabs share the count.
CycleId next_cycle() {
    static std::atomic<std::uint32_t> count{0};
    return CycleId{++count};
}

}  // namespace

PayloadSpec SessionModel::box_spec() const {
    const SendSettings& send = tab_.send;
    PayloadSpec spec;
    spec.text = send.text;
    spec.hex = send.hex;
    spec.escapes = send.escapes;
    spec.templates = send.templates;
    spec.encoding = tab_.view.encoding;
    if (send.trailer.append) spec.trailer = send.trailer.trailer;
    return spec;
}

void SessionModel::compile_box(KeptPayload::Purpose purpose) {
    const std::uint64_t revision = compiled_.revision + 1;
    compiled_ = {};
    compiled_.revision = revision;
    previewed_ = {};
    const auto& outgoing = box_.compile(*compiled_spec_, purpose, &payload_files_);
    if (!outgoing) {
        compiled_.error = outgoing.error();
        return;
    }
    compiled_.is_constant = outgoing->fixed() != nullptr;
    if (!compiled_spec_->trailer.empty()) {
        if (const auto trailer = codec::Trailer::parse(compiled_spec_->trailer))
            compiled_.trailer_bytes = trailer->size();
    }
    make_preview(SystemClock().now());
}

std::uint64_t SessionModel::next_counter() const {
    // A cycle counts its own sends.
    if (cycle_ && cycling_ && *cycling_ == *box_.outgoing()) return cycle_progress_->rounds.load();
    return tab_.send.cycle ? 0 : box_.sent_by_hand();
}

bool SessionModel::is_compiled() const {
    const SendSettings& send = tab_.send;
    return compiled_spec_ && compiled_spec_->text == send.text && compiled_spec_->hex == send.hex &&
           compiled_spec_->escapes == send.escapes && compiled_spec_->templates == send.templates &&
           compiled_spec_->encoding == tab_.view.encoding &&
           compiled_spec_->trailer == (send.trailer.append ? std::string_view(send.trailer.trailer) : "");
}

const CompiledPayload& SessionModel::compiled() {
    if (!is_compiled()) {
        compiled_spec_ = box_spec();
        compile_box(KeptPayload::Purpose::to_show);
    }
    return compiled_;
}

const CompiledPayload& SessionModel::compiled_at(Timestamp now, SteadyTime when) {
    compiled();
    if (compiled_.error || compiled_.is_constant) return compiled_;
    // The loop thread has counted a click when its record is there: a frame is drawn for that, and for nothing later.
    const bool was_sent = !cycle_ && next_counter() != previewed_counter_;
    if (was_sent || when - previewed_ >= preview_period) {
        make_preview(now);
        previewed_ = when;
    }
    return compiled_;
}

void SessionModel::send() {
    if (cycle_) return;
    if (tab_.send.file.on) return send_file();
    compiled_spec_ = box_spec();
    compile_box(KeptPayload::Purpose::to_send);
    const CompiledPayload& payload = compiled_;
    if (payload.error) return refuse(trf("Send: {}", tr_message(payload.error->message)));
    if (payload.is_constant && payload.bytes.empty() && tab_.session.protocol != Protocol::udp) {
        return refuse(tr("Send: the box is empty, and a TCP stream has no empty messages."));
    }
    if (!tab_.send.cycle) {
        if (!send_outgoing(*box_.outgoing())) return;
        if (on_sent_) on_sent_(tab_.send);
        return;
    }

    if (state_ != SessionState::open)
        return refuse(tr("Send: the session is not open. Click Open first (F5)."));
    const auto pace = cycle_pace(tab_.send);
    if (!pace) return refuse(trf("Cycle: {}", pace.error().message));
    const auto where = target();
    if (!where) return;
    engine::CyclePlan plan;
    plan.steps = {engine::CycleStep(*box_.outgoing())};
    plan.period = pace->period;
    plan.burst = pace->burst;
    plan.rounds = pace->rounds;
    plan.target = *where;
    plan.progress = cycle_progress_ = std::make_shared<engine::CycleProgress>();
    notice_ = {};
    cycle_ = next_cycle();
    cycling_ = *box_.outgoing();
    is_playback_ = false;
    submit_(engine::StartCycle{id(), *cycle_, std::move(plan)});
    if (on_sent_) on_sent_(tab_.send);
}

void SessionModel::send_file() {
    if (state_ != SessionState::open)
        return refuse(tr("Send: the session is not open. Click Open first (F5)."));
    const auto options = file_options(tab_);
    if (!options) return refuse(trf("Send: {}", options.error().message));
    auto source = FileSource::open(*options);
    if (!source) return refuse(tr_message(source.error().message));
    if (!play(*source, Playing::file)) return;
    sending_file_ = {std::move(*source), options->interval, SystemClock().steady_now()};
}

std::optional<SessionModel::FileProgress> SessionModel::file_progress(SteadyTime now) const {
    if (sending_file() == nullptr) return {};
    const FileSource& source = *sending_file_.source;
    FileProgress progress;
    progress.packets = playback_progress_->payloads.load(std::memory_order_acquire);
    progress.total_bytes = source.progress().total_bytes;
    progress.sent_bytes = source.bytes_up_to(progress.packets);
    if (progress.packets == 0) return progress;
    // The first goes at once: where there is an interval, they are spread over one less than there are.
    const auto each = std::max(
        std::chrono::duration<double>(sending_file_.interval),
        std::chrono::duration<double>(now - sending_file_.since) / static_cast<double>(progress.packets));
    if (each.count() <= 0) return progress;
    progress.bytes_per_second =
        static_cast<double>(progress.sent_bytes) / static_cast<double>(progress.packets) / each.count();
    if (progress.bytes_per_second > 0) {
        progress.left = std::chrono::duration<double>(
            static_cast<double>(progress.total_bytes - progress.sent_bytes) / progress.bytes_per_second);
    }
    return progress;
}

bool SessionModel::play(std::shared_ptr<engine::PayloadSource> source, Playing what) {
    const bool replay = what == Playing::replay;
    if (cycle_) {
        refuse(replay ? tr("Replay: the session is sending already. Stop that first.")
                      : tr("Send: the session is sending already. Stop that first."));
        return false;
    }
    if (state_ != SessionState::open) {
        refuse(replay ? tr("Replay: the session is not open. Click Open first (F5).")
                      : tr("Send: the session is not open. Click Open first (F5)."));
        return false;
    }
    const auto where = target();
    if (!where) return false;
    notice_ = {};
    cycle_ = next_cycle();
    playback_progress_ = std::make_shared<engine::CycleProgress>();
    cycling_.reset();
    is_playback_ = true;
    playing_ = what;
    sending_file_ = {};
    submit_(engine::StartPlayback{id(), *cycle_, std::move(source), *where, playback_progress_});
    return true;
}

void SessionModel::send_bytes(Bytes bytes) { send_outgoing(engine::make_payload(std::move(bytes))); }

bool SessionModel::send_outgoing(engine::Outgoing outgoing, const std::optional<HostPort>& where) {
    if (state_ != SessionState::open) {
        refuse(tr("Send: the session is not open. Click Open first (F5)."));
        return false;
    }
    const std::optional<engine::SendTarget> to = where ? engine::SendTarget(*where) : target();
    if (!to) return false;
    notice_ = {};
    submit_(engine::Send{id(), *to, std::move(outgoing)});
    return true;
}

bool SessionModel::run(engine::CyclePlan plan) {
    if (run_) {
        refuse(tr("Send: shortcuts are being sent already. Stop them first."));
        return false;
    }
    if (state_ != SessionState::open) {
        refuse(tr("Send: the session is not open. Click Open first (F5)."));
        return false;
    }
    const bool ask = std::any_of(plan.steps.begin(), plan.steps.end(),
                                 [](const engine::CycleStep& step) { return !step.target; });
    if (ask) {
        const auto where = target();
        if (!where) return false;
        plan.target = *where;
    }
    notice_ = {};
    run_ = next_cycle();
    run_progress_ = plan.progress = std::make_shared<engine::CycleProgress>();
    submit_(engine::StartCycle{id(), *run_, std::move(plan)});
    return true;
}

void SessionModel::stop_run() {
    if (run_) submit_(engine::StopCycle{id(), *run_});
}

void SessionModel::update_replies() {
    // Compared where they stand: each frame asks.
    if (applied_replies_ && applied_replies_->encoding == tab_.view.encoding &&
        applied_replies_->settings == tab_.replies)
        return;
    const bool had_plan = applied_replies_ && applied_replies_->settings.on && reply_trouble_.empty();
    applied_replies_ = AppliedReplies{tab_.replies, tab_.view.encoding};
    const ReplySettings& replies = applied_replies_->settings;
    reply_trouble_.clear();
    std::shared_ptr<engine::ReplyPlan> plan;
    if (replies.on && !replies.rules.empty()) {
        auto compiled = compile_plan(replies.rules, ReplyTexts{applied_replies_->encoding, replies.escapes});
        const auto limit = parse_reply_limit(replies.per_second);
        if (!compiled) {
            const ReplyPlanError& error = compiled.error();
            const ReplyRuleDraft& rule = replies.rules[error.rule];
            const std::string& field =
                error.what.field == ReplyRuleError::Field::match ? rule.match : rule.answer;
            const bool has_text = error.what.field == ReplyRuleError::Field::match ||
                                  error.what.field == ReplyRuleError::Field::answer;
            reply_trouble_ =
                trf("Automatic replies, rule {}: {}", error.rule + 1,
                    has_text ? tr_error(error.what.error, field) : tr_message(error.what.error.message));
        } else if (!limit) {
            reply_trouble_ = trf("Automatic replies: {}", limit.error().message);
        } else if (!compiled->rules.empty()) {
            compiled->limit_to(*limit);
            plan = std::make_shared<engine::ReplyPlan>(std::move(*compiled));
        }
    }
    if (!reply_trouble_.empty()) refuse(reply_trouble_);
    if (plan || had_plan) submit_(engine::SetReplies{id(), std::move(plan)});
}

bool SessionModel::convert_box(bool to_hex) {
    SendSettings& send = tab_.send;
    if (send.hex == to_hex) return true;
    if (send.templates && send.text.find("{{") != std::string::npos) {
        refuse(
            tr("What stands in {{…}} becomes bytes when it is sent; it cannot be shown the other way. Untick "
               "\"Templates\" to convert the text as it stands."));
        return false;
    }
    codec::PayloadOptions options;
    options.mode = send.hex ? codec::PayloadMode::hex : codec::PayloadMode::text;
    options.escapes = send.escapes;
    const auto encoding = codec::Encoding::find(tab_.view.encoding);
    if (!encoding) {
        refuse(tr_message(encoding.error().message));
        return false;
    }
    options.encoding = *encoding;
    const auto bytes = codec::compile_payload(send.text, options);
    if (!bytes) {
        refuse(trf("The text in the box cannot be converted: {}", tr_message(bytes.error().message)));
        return false;
    }
    if (to_hex) {
        send.text = codec::format_hex(*bytes);
        if (send.text.ends_with(' ')) send.text.pop_back();
        send.hex = true;
        return true;
    }
    // Text that a box can hold and that gives these bytes back. With escapes anything can be written.
    std::string text = codec::decode_all(*encoding, *bytes);
    const auto back = codec::encode(*encoding, text);
    const bool visible = codec::escape_controls(text, codec::Keep::line_breaks) == text;
    const bool plain = back && *back == *bytes && visible;
    if (send.templates && text.find("{{") != std::string::npos) {
        refuse(tr(
            "There is {{ in these bytes, which would mean a template as text. Untick \"Templates\" first."));
        return false;
    }
    if (plain && !send.escapes) {
        send.text = std::move(text);
    } else if (send.escapes) {
        send.text = codec::escape_payload(*encoding, *bytes);
    } else {
        refuse(tr(
            "These bytes are not text in this encoding. Tick \"Use escape chars\" to write them as \\xHH, or "
            "stay with HEX."));
        return false;
    }
    send.hex = false;
    return true;
}

}  // namespace sockdesk::app
