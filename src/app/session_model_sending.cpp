// What the box stands for, how it is sent, and what is answered by rules.
#include <algorithm>
#include <atomic>
#include <utility>

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

void SessionModel::compile_box() {
    compiled_ = {};
    outgoing_.reset();
    previewed_ = {};
    sent_by_hand_ = 0;
    auto outgoing = compile_outgoing(*compiled_spec_);
    if (!outgoing) {
        compiled_.error = outgoing.error();
        return;
    }
    outgoing_ = std::move(*outgoing);
    compiled_.is_constant = outgoing_->fixed() != nullptr;
    if (!compiled_spec_->trailer.empty()) {
        if (const auto trailer = codec::Trailer::parse(compiled_spec_->trailer))
            compiled_.trailer_bytes = trailer->size();
    }
    make_preview(SystemClock().now());
}

void SessionModel::make_preview(Timestamp now) {
    if (const engine::Payload* fixed = outgoing_->fixed()) {
        compiled_.bytes = **fixed;
        return;
    }
    codec::TemplateMoment moment;
    moment.now = now;
    // A cycle counts its own sends.
    moment.counter = tab_.send.cycle ? 0 : sent_by_hand_;
    moment.local = local_;
    moment.remote = remote_;
    if (tab_.session.protocol == Protocol::udp) {
        if (const auto target = parse_target(tab_.session.target)) {
            if (const auto address = IpAddress::parse(target->host))
                moment.remote = Endpoint{*address, target->port};
        }
    }
    make_bytes(*outgoing_, moment, compiled_.bytes);
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
        compile_box();
    }
    return compiled_;
}

const CompiledPayload& SessionModel::compiled_at(Timestamp now, SteadyTime when) {
    compiled();
    if (outgoing_ && !compiled_.is_constant && when - previewed_ >= preview_period) {
        make_preview(now);
        previewed_ = when;
    }
    return compiled_;
}

void SessionModel::send() {
    if (cycle_) return;
    if (tab_.send.file.on) return send_file();
    if (compiled_spec_ && reads_files(*compiled_spec_)) compiled_spec_.reset();
    const CompiledPayload& payload = compiled();
    if (payload.error) return refuse(trf("Send: {}", tr_message(payload.error->message)));
    if (payload.is_constant && payload.bytes.empty() && tab_.session.protocol != Protocol::udp) {
        return refuse(tr("Send: the box is empty, and a TCP stream has no empty messages."));
    }
    if (!tab_.send.cycle) {
        if (!send_outgoing(*outgoing_)) return;
        ++sent_by_hand_;
        previewed_ = {};
        if (on_sent_) on_sent_(tab_.send);
        return;
    }

    if (state_ != SessionState::open)
        return refuse(tr("Send: the session is not open. Click Open first (F5)."));
    auto period = parse_period(tab_.send.period_ms);
    if (!period) return refuse(trf("Cycle: {}", period.error().message));
    const auto where = target();
    if (!where) return;
    engine::CyclePlan plan;
    plan.steps = {engine::CycleStep(*outgoing_)};
    plan.period = *period;
    plan.rounds.reset();
    plan.target = *where;
    notice_ = {};
    cycle_ = next_cycle();
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
    sending_file_ = {std::move(*source), SystemClock().steady_now()};
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
    is_playback_ = true;
    playing_ = what;
    sending_file_ = {};
    submit_(engine::StartPlayback{id(), *cycle_, std::move(source), *where});
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
    submit_(engine::StartCycle{id(), *run_, std::move(plan)});
    return true;
}

void SessionModel::stop_run() {
    if (run_) submit_(engine::StopCycle{id(), *run_});
}

void SessionModel::update_replies() {
    AppliedReplies wanted{tab_.replies, tab_.view.encoding};
    if (applied_replies_ == wanted) return;
    const bool had_plan = applied_replies_ && applied_replies_->settings.on && reply_trouble_.empty();
    applied_replies_ = std::move(wanted);
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
            if (*limit != compiled->per_second) compiled->limit_to(*limit);
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
