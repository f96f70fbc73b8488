#include "engine/replier.hpp"

#include <algorithm>
#include <utility>

namespace sockdesk::engine {

namespace {

constexpr std::chrono::milliseconds held_report_interval{1000};

/// One turn of the loop gives what is due for at most this long, so that what arrives meanwhile is read.
constexpr std::chrono::milliseconds max_turn{1};

constexpr std::uint64_t datagram = 0;

}  // namespace

ReplyAllowance::ReplyAllowance(std::uint32_t burst, std::uint32_t per_second, SteadyTime now)
    : burst_(std::max(burst, std::uint32_t{1})), per_second_(per_second), left_(burst_), filled_(now) {}

bool ReplyAllowance::take(const Clock& clock) {
    if (per_second_ == 0) {
        return true;
    }
    if (left_ == 0) {
        // Only here, so that the clock is not asked each time.
        using Nanoseconds = std::chrono::nanoseconds;
        constexpr std::uint64_t second = 1'000'000'000;
        const SteadyTime now = clock.steady_now();
        const Nanoseconds each(second / per_second_);
        const auto earned = each.count() == 0 ? burst_ : static_cast<std::uint64_t>((now - filled_) / each);
        if (earned == 0) {
            return false;
        }
        left_ = std::min<std::uint64_t>(earned, burst_);
        filled_ = earned > burst_ ? now : filled_ + each * static_cast<std::int64_t>(earned);
    }
    --left_;
    return true;
}

/// Passes on what matches in the stream of one connection.
class Replier::StreamSink final : public query::StreamMatcher::Sink {
public:
    StreamSink(Replier& replier, const ReplyTo& to, std::uint64_t conversation)
        : replier_(replier), to_(to), conversation_(conversation) {}

    bool is_active(std::size_t rule) const override { return replier_.may_answer(rule); }
    bool on_match(std::size_t rule, ByteView bytes, const query::MatchGroups& groups) override {
        replier_.matched(rule, to_, conversation_, bytes, groups);
        return true;
    }

private:
    Replier& replier_;
    const ReplyTo& to_;
    std::uint64_t conversation_;
};

Replier::Replier(net::Loop& loop, const Clock& clock, PayloadMaker& maker, ReplierHost& host)
    : clock_(clock),
      maker_(maker),
      host_(host),
      allowance_(0, 0, clock.steady_now()),
      due_timer_(loop, [this] { give_due(); }),
      held_timer_(loop, [this] {
          tell_held();
          host_.batch_end();
      }) {}

void Replier::set_plan(std::shared_ptr<const ReplyPlan> plan) {
    plan_ = std::move(plan);
    std::vector<query::Matcher> matchers;
    if (plan_) {
        for (const ReplyRule& rule : plan_->rules) {
            matchers.push_back(rule.when);
        }
    }
    matchers_ = std::make_shared<const std::vector<query::Matcher>>(std::move(matchers));
    conversations_.clear();
    const bool had_waiting = !waiting_.empty();
    start_over();
    if (had_waiting) {
        host_.replies_given();
    }
}

void Replier::begin() {
    conversations_.clear();
    start_over();
}

void Replier::end() {
    conversations_.clear();
    drop_waiting();
    held_timer_.stop();
    tell_held();
}

void Replier::start_over() {
    drop_waiting();
    const std::size_t rules = plan_ ? plan_->rules.size() : 0;
    answered_.assign(rules, false);
    counters_.assign(rules, 0);
    allowance_ = ReplyAllowance(plan_ ? plan_->burst : 0, plan_ ? plan_->per_second : 0, clock_.steady_now());
}

void Replier::drop_waiting() {
    waiting_.clear();
    waiting_bytes_ = 0;
    due_timer_.disarm();
}

void Replier::on_datagram(const ReplyTo& to, ByteView bytes) {
    for (std::size_t rule = 0; rule < plan_->rules.size(); ++rule) {
        if (may_answer(rule) && plan_->rules[rule].when.match_datagram(bytes, datagram_groups_)) {
            matched(rule, to, datagram, bytes, datagram_groups_);
            return;
        }
    }
}

void Replier::on_stream(const ReplyTo& to, ByteView piece) {
    Conversation& conversation = conversations_[to.connection];
    if (!conversation.matcher) {
        conversation.serial = ++last_conversation_;
        conversation.matcher =
            std::make_unique<query::StreamMatcher>(matchers_, ReplyPlan::longest_wait_bytes);
    }
    StreamSink sink(*this, to, conversation.serial);
    conversation.matcher->add(piece, clock_.steady_now(), sink);
    while (conversation.matcher->is_behind()) {
        conversation.matcher->go_on(sink);
    }
}

void Replier::forget(ConnectionId connection) {
    conversations_.erase(connection);  // and with it what waits, once it is due
}

bool Replier::is_waiting(ConnectionId connection) const {
    const auto found = conversations_.find(connection);
    return found != conversations_.end() && found->second.waiting != 0;
}

void Replier::matched(std::size_t rule, const ReplyTo& to, std::uint64_t conversation, ByteView bytes,
                      const query::MatchGroups& groups) {
    const bool is_delayed = plan_->rules[rule].delay.count() > 0;
    if (!allowance_.take(clock_) || (is_delayed && !wait(rule, to, conversation, bytes, groups))) {
        host_.reply_held();
        if (held_++ == 0) {
            held_timer_.start(held_report_interval);
        }
        return;
    }
    answered_[rule] = true;
    if (!is_delayed) {
        give(rule, to, bytes, groups);
    }
}

void Replier::give(std::size_t rule, const ReplyTo& to, ByteView bytes, const query::MatchGroups& groups) {
    const Outgoing& answer = plan_->rules[rule].answer;
    group_views_.clear();
    if (answer.recipe() != nullptr) {
        for (const auto& group : groups.groups) {
            group_views_.push_back(bytes.subspan(group.begin, group.end - group.begin));
        }
    }
    host_.give_reply(to, maker_.make(answer, {to.local, to.remote}, counters_[rule]++, group_views_));
}

/// False: too many wait already.
bool Replier::wait(std::size_t rule, const ReplyTo& to, std::uint64_t conversation, ByteView bytes,
                   const query::MatchGroups& groups) {
    Waiting waiting;
    if (plan_->rules[rule].answer.recipe() != nullptr) {
        // Of the bytes only what the groups may tell.
        const ByteView match = bytes.subspan(groups.begin(), groups.end() - groups.begin());
        waiting.match.assign(match.begin(), match.end());
        waiting.groups = groups;
        for (auto& group : waiting.groups.groups) {
            const bool is_within = group.begin >= groups.begin() && group.end <= groups.end();
            group.begin = is_within ? group.begin - groups.begin() : 0;
            group.end = is_within ? group.end - groups.begin() : 0;
        }
    }
    const auto is_full = [&] {
        return waiting_.size() >= most_waiting || waiting_bytes_ + waiting.match.size() > most_waiting_bytes;
    };
    if (is_full()) {
        drop_dead();
    }
    if (is_full()) {
        return false;
    }
    waiting.due = clock_.steady_now() +
                  std::min<std::chrono::nanoseconds>(plan_->rules[rule].delay, ReplyPlan::longest_delay);
    waiting.order = ++last_order_;
    waiting.rule = rule;
    waiting.to = to;
    waiting.conversation = conversation;
    if (conversation != datagram) {
        ++conversations_.at(to.connection).waiting;
    }
    waiting_bytes_ += waiting.match.size();
    waiting_.push_back(std::move(waiting));
    std::push_heap(waiting_.begin(), waiting_.end(), Later{});
    if (waiting_.front().order == last_order_) {
        due_timer_.arm(waiting_.front().due);
    }
    return true;
}

Replier::Waiting Replier::take_first() {
    std::pop_heap(waiting_.begin(), waiting_.end(), Later{});
    Waiting first = std::move(waiting_.back());
    waiting_.pop_back();
    waiting_bytes_ -= first.match.size();
    return first;
}

bool Replier::is_alive(const Waiting& waiting) const {
    if (waiting.conversation == datagram) {
        return true;
    }
    const auto found = conversations_.find(waiting.to.connection);
    return found != conversations_.end() && found->second.serial == waiting.conversation;
}

void Replier::drop_dead() {
    std::erase_if(waiting_, [this](const Waiting& waiting) { return !is_alive(waiting); });
    std::make_heap(waiting_.begin(), waiting_.end(), Later{});
    waiting_bytes_ = 0;
    for (const Waiting& waiting : waiting_) {
        waiting_bytes_ += waiting.match.size();
    }
}

void Replier::give_due() {
    const SteadyTime begun = clock_.steady_now();
    bool is_through = false;  // with one of the connections
    for (SteadyTime now = begun; !waiting_.empty() && waiting_.front().due <= now && now - begun < max_turn;
         now = clock_.steady_now()) {
        const Waiting first = take_first();
        if (!is_alive(first)) {
            continue;
        }
        if (first.conversation != datagram) {
            is_through = --conversations_.at(first.to.connection).waiting == 0 || is_through;
        }
        give(first.rule, first.to, first.match, first.groups);
    }
    if (!waiting_.empty()) {
        due_timer_.arm(waiting_.front().due);
    }
    if (is_through) {
        host_.replies_given();
    }
    host_.batch_end();
}

void Replier::tell_held() {
    if (held_ != 0) {
        host_.tell_replies_held(std::exchange(held_, 0));
    }
}

}  // namespace sockdesk::engine
