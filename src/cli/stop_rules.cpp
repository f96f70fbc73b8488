#include "cli/stop_rules.hpp"

#include <algorithm>

namespace sockdesk::cli {

StopRules::StopRules(const StopWhen& when, bool waits_when_sent, SteadyTime start)
    : when_(when), begin_(start) {
    if (waits_when_sent && !when_.wait) when_.wait = std::chrono::seconds{1};
}

void StopRules::opened(SteadyTime now) {
    if (silent_since_) return;
    silent_since_ = now;
    begin_ = now;
}

bool StopRules::count_received() {
    if (when_.count && received_ >= *when_.count) return false;
    ++received_;
    return true;
}

void StopRules::received(SteadyTime now) {
    silent_since_ = now;
    last_received_ = now;
}

void StopRules::set_all_sent(bool all_sent, SteadyTime now) {
    if (!all_sent) {
        all_sent_since_.reset();
    } else if (!all_sent_since_) {
        all_sent_since_ = now;
    }
}

std::optional<SteadyTime> StopRules::after_deadline() const {
    if (!when_.after) return std::nullopt;
    return begin_ + *when_.after;
}

std::optional<SteadyTime> StopRules::idle_deadline() const {
    if (!when_.idle || !silent_since_) return std::nullopt;
    return *silent_since_ + *when_.idle;
}

/// An answer that takes long to come in whole is not cut off: each piece of it begins the wait anew.
std::optional<SteadyTime> StopRules::wait_deadline() const {
    if (!when_.wait || !all_sent_since_) return std::nullopt;
    return std::max(*all_sent_since_, last_received_.value_or(*all_sent_since_)) + *when_.wait;
}

std::optional<StopRules::Reason> StopRules::reached(SteadyTime now) const {
    const auto passed = [now](std::optional<SteadyTime> deadline) { return deadline && now >= *deadline; };
    if (when_.count && received_ >= *when_.count) return Reason::count;
    if (passed(after_deadline())) return Reason::after;
    if (passed(idle_deadline())) return Reason::idle;
    if (passed(wait_deadline())) return Reason::wait;
    return std::nullopt;
}

std::optional<SteadyTime> StopRules::deadline() const {
    std::optional<SteadyTime> first;
    for (const auto& deadline : {after_deadline(), idle_deadline(), wait_deadline()}) {
        if (deadline && (!first || *deadline < *first)) first = deadline;
    }
    return first;
}

}  // namespace sockdesk::cli
