#include "engine/replier.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace sockdesk::engine {

namespace {

constexpr std::chrono::milliseconds held_report_interval{1000};

/// One turn of the loop gives answers for at most this long, so that what arrives meanwhile is read.
constexpr std::chrono::milliseconds max_turn{1};

/// Of peers that take no answer that many are told one by one.
constexpr std::size_t most_refused = 64;

constexpr std::uint64_t datagram = 0;

Outgoing what_arrived() {
    codec::TemplateOptions options;
    options.in_reply = true;
    return make_outgoing(*codec::PayloadTemplate::compile("{{match}}", options), std::nullopt);
}

}  // namespace

/// Passes on what matches in the stream of one connection.
class Replier::StreamSink final : public query::StreamMatcher::Sink {
public:
    StreamSink(Replier& replier, Conversation& conversation)
        : replier_(replier), conversation_(conversation), begun_(replier.clock_.steady_now()) {}

    bool is_active(std::size_t rule) const override { return replier_.may_answer(rule); }

    bool on_match(std::size_t rule, ByteView bytes, const query::MatchGroups& groups) override {
        const SteadyTime now = replier_.clock_.steady_now();
        if (now - begun_ >= max_turn && answered_ != 0) {
            wait_ = Wait::turn;
            return false;
        }
        if (!replier_.host_.has_room(conversation_.to.connection)) {
            wait_ = Wait::room;
            return false;
        }
        if (!replier_.allowance_.take(now)) {
            wait_ = Wait::allowance;
            if (!std::exchange(conversation_.was_held, true)) {
                replier_.count_held();
            }
            return false;
        }
        conversation_.was_held = false;
        ++answered_;
        replier_.answer(rule, conversation_.to, conversation_.serial, bytes, groups);
        return true;
    }

    std::size_t whole(std::size_t any, ByteView bytes) const override {
        const auto& characters = replier_.plan_.rules[any].characters;
        if (!characters) {
            return bytes.size();
        }
        codec::StreamDecoder decoder(*characters);
        std::string text;
        decoder.decode(bytes, text);
        return bytes.size() - std::min(decoder.pending_bytes(), bytes.size());
    }

    /// What it waits for that was behind afterwards.
    Wait wait() const { return wait_; }

private:
    Replier& replier_;
    Conversation& conversation_;
    SteadyTime begun_;
    std::size_t answered_ = 0;
    Wait wait_ = Wait::turn;
};

Replier::Replier(net::Loop& loop, const Clock& clock, PayloadMaker& maker, ReplierHost& host)
    : clock_(clock),
      maker_(maker),
      host_(host),
      matchers_(std::make_shared<const std::vector<query::Matcher>>()),
      turn_timer_(loop, [this] { take_turns(); }),
      pause_timer_(loop, [this] { end_messages(); }),
      due_timer_(loop, [this] { give_due(); }),
      held_timer_(loop, [this] {
          tell_held();
          host_.batch_end();
      }) {}

void Replier::set_plan(std::shared_ptr<const ReplyPlan> plan) {
    given_ = std::move(plan);
    combine();
    const bool had_waiting = !waiting_.empty();
    drop_conversations();
    start_over();
    if (had_waiting) {
        host_.replies_given();
    }
}

void Replier::set_echo(bool echo) {
    if (echo_ == echo) {
        return;
    }
    const bool had_rules = has_rules();
    echo_ = echo;
    combine();
    answered_.resize(plan_.rules.size(), false);
    counters_.resize(plan_.rules.size(), 0);
    if (!had_rules) {
        allowance_ = ReplyAllowance(plan_.burst, plan_.per_second);
    }
    drop_conversations();
}

/// The echo is the last of the rules.
void Replier::combine() {
    plan_ = given_ ? *given_ : ReplyPlan{};
    if (echo_) {
        plan_.rules.push_back({query::Matcher::any(), what_arrived()});
    }
    has_delayed_once_ = false;
    std::vector<query::Matcher> matchers;
    for (const ReplyRule& rule : plan_.rules) {
        matchers.push_back(rule.when);
        has_delayed_once_ = has_delayed_once_ || (rule.once && rule.delay.count() > 0);
    }
    matchers_ = std::make_shared<const std::vector<query::Matcher>>(std::move(matchers));
}

void Replier::begin() {
    drop_conversations();
    start_over();
}

void Replier::end() {
    if (waiting_count_ != 0) {
        host_.tell_replies_dropped(waiting_count_);
    }
    drop_waiting();
    drop_conversations();
    held_timer_.stop();
    tell_held();
}

void Replier::start_over() {
    drop_waiting();
    answered_.assign(plan_.rules.size(), false);
    counters_.assign(plan_.rules.size(), 0);
    allowance_ = ReplyAllowance(plan_.burst, plan_.per_second);
}

/// What comes begins anew; what waits for its time goes on waiting.
void Replier::drop_conversations() {
    for (auto& [connection, conversation] : conversations_) {
        conversation.matcher.reset();
        if (std::exchange(conversation.wait, Wait::none) != Wait::none) {
            host_.hold_reading(connection, false);
        }
        conversation.watches_pause = false;
    }
    behind_ = watching_ = 0;
    std::erase_if(conversations_, [](const auto& entry) { return entry.second.waiting == 0; });
    turns_.clear();
    allowances_.clear();
    watched_.clear();
    turn_timer_.disarm();
    pause_timer_.disarm();
    tell_waiting();
}

void Replier::drop_waiting() {
    waiting_.clear();
    waiting_bytes_ = 0;
    for (auto& [connection, conversation] : conversations_) {
        conversation.waiting = 0;
    }
    waiting_count_ = 0;
    tell_waiting();
    due_timer_.disarm();
}

void Replier::on_datagram(const ReplyTo& to, ByteView bytes) {
    for (std::size_t rule = 0; rule < plan_.rules.size(); ++rule) {
        if (may_answer(rule) && plan_.rules[rule].when.match_datagram(bytes, datagram_groups_)) {
            if (allowance_.take(clock_.steady_now())) {
                answer(rule, to, datagram, bytes, datagram_groups_);
            } else {
                count_held();
            }
            return;
        }
    }
}

void Replier::on_stream(const ReplyTo& to, ByteView piece) {
    Conversation& conversation = conversations_[to.connection];
    if (!conversation.matcher) {
        if (conversation.serial == 0) {
            conversation.serial = ++last_conversation_;
        }
        conversation.to = to;
        conversation.matcher =
            std::make_unique<query::StreamMatcher>(matchers_, ReplyPlan::longest_wait_bytes);
    }
    StreamSink sink(*this, conversation);
    conversation.matcher->add(piece, clock_.steady_now(), sink);
    if (conversation.wait == Wait::none) {
        settle(to.connection, conversation, sink.wait());
    }
}

void Replier::on_end_of_stream(ConnectionId connection) {
    const auto found = conversations_.find(connection);
    if (found == conversations_.end() || !found->second.matcher || found->second.wait != Wait::none) {
        return;
    }
    StreamSink sink(*this, found->second);
    found->second.matcher->end_message(sink);
    settle(connection, found->second, sink.wait());
}

/// After all that was to be looked at was, or the sink wanted to wait.
void Replier::settle(ConnectionId connection, Conversation& conversation, Wait wait) {
    const query::StreamMatcher& matcher = *conversation.matcher;
    if (!matcher.is_behind()) {
        wait = Wait::none;
    }
    const Wait before = std::exchange(conversation.wait, wait);
    if ((before == Wait::none) != (wait == Wait::none)) {
        host_.hold_reading(connection, wait != Wait::none);
        behind_ += wait == Wait::none ? std::size_t{0} - 1 : 1;
    }
    if (wait == Wait::turn || wait == Wait::allowance) {
        (wait == Wait::turn ? turns_ : allowances_).push_back(connection);
        arm_turns();
    }
    if (before != Wait::none && wait == Wait::none) {
        host_.replies_given();
    }
    if (const auto decided = matcher.decides_at(); decided && !conversation.watches_pause) {
        conversation.watches_pause = true;
        ++watching_;
        watched_.push_back({connection, conversation.serial});
        if (watched_.size() == 1) {
            pause_timer_.arm(*decided);
        }
    }
    tell_waiting();
}

void Replier::go_on(ConnectionId connection) {
    const auto found = conversations_.find(connection);
    if (found == conversations_.end() || found->second.wait == Wait::none) {
        return;
    }
    Conversation& conversation = found->second;
    StreamSink sink(*this, conversation);
    conversation.matcher->go_on(sink, clock_.steady_now());
    settle(connection, conversation, sink.wait());
}

void Replier::drained(ConnectionId connection) {
    const auto found = conversations_.find(connection);
    if (found == conversations_.end()) {
        return;
    }
    if (found->second.wait == Wait::room) {
        go_on(connection);
    } else if (found->second.matcher) {
        found->second.matcher->was_held(clock_.steady_now());
    }
}

void Replier::take_turns() {
    const SteadyTime begun = clock_.steady_now();
    const auto take = [&](std::deque<ConnectionId>& queue, const auto& may_go_on) {
        // Each once: who is still behind waits for the next turn.
        for (std::size_t left = queue.size(); left > 0 && may_go_on(); --left) {
            const ConnectionId connection = queue.front();
            queue.pop_front();
            go_on(connection);
        }
    };
    const auto has_time = [&] { return clock_.steady_now() - begun < max_turn; };
    take(turns_, has_time);
    take(allowances_, [&] { return has_time() && allowance_.next() <= clock_.steady_now(); });
    arm_turns();
    host_.batch_end();
}

void Replier::arm_turns() {
    if (!turns_.empty()) {
        turn_timer_.arm(clock_.steady_now());
    } else if (!allowances_.empty()) {
        turn_timer_.arm(allowance_.next());
    }
}

/// A pause is over where nothing has come since, not even what waits to be read while this thread was busy: it is looked at twice, and
/// sockets are read in between.
void Replier::end_messages() {
    const SteadyTime now = clock_.steady_now();
    std::vector<Watched> again;
    while (!watched_.empty()) {
        Watched first = watched_.front();
        const auto found = conversations_.find(first.connection);
        if (found == conversations_.end() || found->second.serial != first.serial ||
            !found->second.watches_pause) {
            watched_.pop_front();
            continue;
        }
        Conversation& conversation = found->second;
        const auto decided = conversation.matcher->decides_at();
        if (decided && *decided > now && !first.is_ripe) {
            break;  // those behind it end later
        }
        watched_.pop_front();
        if (decided && (*decided > now || !first.is_ripe)) {
            first.is_ripe = *decided <= now;
            again.push_back(first);
            continue;
        }
        conversation.watches_pause = false;
        --watching_;
        if (!decided) {
            continue;
        }
        StreamSink sink(*this, conversation);
        conversation.matcher->end_message(sink);
        settle(first.connection, conversation, sink.wait());
    }
    for (const Watched& each : again) {
        // Those that are looked at for the second time are first.
        each.is_ripe ? watched_.push_front(each) : watched_.push_back(each);
    }
    if (!watched_.empty()) {
        const auto decided = conversations_.at(watched_.front().connection).matcher->decides_at();
        pause_timer_.arm(watched_.front().is_ripe ? now : decided.value_or(now));
    }
    tell_waiting();
    host_.batch_end();
}

void Replier::forget(ConnectionId connection) {
    refused_.erase(connection);
    const auto found = conversations_.find(connection);
    if (found == conversations_.end()) {
        return;
    }
    if (found->second.waiting != 0) {
        // What was to be answered once was not.
        for (std::size_t i = 0; has_delayed_once_ && i < waiting_.size(); ++i) {
            if (waiting_[i].conversation == found->second.serial) {
                answered_[waiting_[i].rule] = false;
            }
        }
        waiting_count_ -= found->second.waiting;
    }
    behind_ -= found->second.wait != Wait::none ? std::size_t{1} : 0;
    watching_ -= found->second.watches_pause ? std::size_t{1} : 0;
    conversations_.erase(found);  // and with it what waits, once it is due
    tell_waiting();
}

bool Replier::is_waiting(ConnectionId connection) const {
    const auto found = conversations_.find(connection);
    return found != conversations_.end() && (found->second.waiting != 0 || found->second.wait != Wait::none);
}

void Replier::count_held() {
    host_.reply_held();
    if (held_++ == 0 && refused_more_ == 0) {
        held_timer_.start(held_report_interval);
    }
}

void Replier::answer(std::size_t rule, const ReplyTo& to, std::uint64_t conversation, ByteView bytes,
                     const query::MatchGroups& groups) {
    if (plan_.rules[rule].delay.count() > 0) {
        if (!wait(rule, to, conversation, bytes, groups)) {
            count_held();
            return;
        }
        answered_[rule] = true;
        return;
    }
    answered_[rule] = true;
    give(rule, to, bytes, groups);
}

void Replier::give(std::size_t rule, const ReplyTo& to, ByteView bytes, const query::MatchGroups& groups) {
    const Outgoing& answer = plan_.rules[rule].answer;
    group_views_.clear();
    if (answer.recipe() != nullptr) {
        for (const auto& group : groups.groups) {
            group_views_.push_back(bytes.subspan(group.begin, group.end - group.begin));
        }
    }
    const Payload payload = maker_.make(answer, {to.local, to.remote}, counters_[rule]++, group_views_);
    if (const auto given = host_.give_reply(to, payload); !given) {
        refused(to, given.error());
    }
}

/// Told for each peer once a second; the others are counted.
void Replier::refused(const ReplyTo& to, const Error& error) {
    if (refused_.size() < most_refused && refused_.insert(to.connection).second) {
        host_.tell_reply_refused(to, error);
        if (held_ == 0 && refused_more_ == 0) {
            held_timer_.start(held_report_interval);
        }
        return;
    }
    ++refused_more_;
}

/// False: too many wait already.
bool Replier::wait(std::size_t rule, const ReplyTo& to, std::uint64_t conversation, ByteView bytes,
                   const query::MatchGroups& groups) {
    Waiting waiting;
    if (plan_.rules[rule].answer.recipe() != nullptr) {
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
        return waiting_.size() >= most_waiting || waiting_bytes_ + waiting.size() > most_waiting_bytes;
    };
    if (is_full()) {
        drop_dead();
    }
    if (is_full()) {
        return false;
    }
    waiting.due = clock_.steady_now() +
                  std::min<std::chrono::nanoseconds>(plan_.rules[rule].delay, ReplyPlan::longest_delay);
    waiting.order = ++last_order_;
    waiting.rule = rule;
    waiting.to = to;
    waiting.conversation = conversation;
    if (conversation != datagram) {
        ++conversations_.at(to.connection).waiting;
    }
    waiting_bytes_ += waiting.size();
    ++waiting_count_;
    tell_waiting();
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
    waiting_bytes_ -= first.size();
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
        waiting_bytes_ += waiting.size();
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
        --waiting_count_;
    }
    if (!waiting_.empty()) {
        due_timer_.arm(waiting_.front().due);
    }
    tell_waiting();
    if (is_through) {
        host_.replies_given();
    }
    host_.batch_end();
}

void Replier::tell_waiting() { host_.replies_waiting(waiting_count_ + behind_ + watching_); }

void Replier::tell_held() {
    if (held_ != 0) {
        host_.tell_replies_held(std::exchange(held_, 0));
    }
    if (refused_more_ != 0) {
        host_.tell_replies_refused(std::exchange(refused_more_, 0));
    }
    refused_.clear();
}

}  // namespace sockdesk::engine
