#include "app/replay_plan.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <utility>

#include <fmt/format.h>

namespace sockdesk::app {

namespace {

using capture::Direction;
using capture::RecordView;
using capture::Transport;

/// Takes the records of one transport and one direction apart into flows.
class FlowCollector {
public:
    /// Every record of that transport and direction comes by; only those chosen are replayed.
    Result<void> add(const RecordView& record, bool chosen) {
        if (record.transport == Transport::udp) {
            if (chosen) return enter(record, 0);
            return {};
        }
        const Key key{record.local, record.remote};
        // The first of its stream: whoever had these addresses before is gone.
        if (!record.previous_in_stream) flows_of_.erase(key);
        if (!chosen) return {};
        const auto [known, is_new] = flows_of_.try_emplace(key, flows.size());
        return enter(record, known->second);
    }

    std::vector<ReplayFlow> flows;
    std::vector<RecordIndex> last;  ///< record of each flow

private:
    using Key = std::pair<Endpoint, Endpoint>;

    Result<void> enter(const RecordView& record, std::size_t number) {
        if (number == flows.size()) {
            if (flows.size() == ReplayPlan::most_flows) {
                return fail(
                    ErrorKind::too_large,
                    fmt::format("replay: more than {} connections; choose fewer with a filter such as "
                                "\"peer 127.0.0.1:8080\"",
                                ReplayPlan::most_flows));
            }
            ReplayFlow& flow = flows.emplace_back();
            flow.local = record.local;
            flow.remote = record.remote;
            flow.begin = record.time;
            flow.first = record.index;
            last.push_back(record.index);
        } else {
            const std::uint64_t step = record.index - last[number];
            if (step > std::numeric_limits<std::uint32_t>::max()) {
                return fail(ErrorKind::too_large,
                            "replay: too many records lie between two of a connection; choose fewer with a "
                            "filter such as \"#1..1000000\"");
            }
            flows[number].steps.push_back(static_cast<std::uint32_t>(step));
            last[number] = record.index;
        }
        flows[number].end = record.time;
        flows[number].bytes += record.payload.size();
        return {};
    }

    std::map<Key, std::size_t> flows_of_;
};

}  // namespace

RecordCount ReplayPlan::records() const {
    RecordCount count = 0;
    for (const ReplayFlow& flow : flows) count += flow.records();
    return count;
}

std::chrono::nanoseconds ReplayPlan::duration() const {
    Timestamp end = begin;
    for (const ReplayFlow& flow : flows) end = std::max(end, flow.end);
    return end - begin;
}

namespace {

struct Found {
    std::array<std::array<RecordCount, 2>, 2> records{};  ///< by direction and transport

    RecordCount& of(Direction direction, Transport transport) {
        return records[static_cast<std::size_t>(direction)][static_cast<std::size_t>(transport)];
    }
};

tl::unexpected<Error> cancelled() { return fail(ErrorKind::closed, "replay: cancelled"); }

template <typename Each>
Result<void> for_each_payload(const std::shared_ptr<const capture::Log>& log, const query::Filter& filter,
                              const std::atomic<bool>& cancel, const Each& each) {
    capture::LogReader reader(log, capture::Access::sequential);
    const bool everything = filter.passes_everything();
    const RecordCount end = log->published();
    for (RecordIndex index = log->first_available(); index < end; ++index) {
        if (cancel.load(std::memory_order_relaxed)) return cancelled();
        const RecordView record = reader.record(index);
        if (record.kind != capture::RecordKind::payload) continue;
        if (auto done = each(record, everything || filter.matches(record)); !done) return done;
    }
    return {};
}

/// What there is to choose from.
Result<Found> look_through(const std::shared_ptr<const capture::Log>& log, const ReplayChoice& choice,
                           const std::atomic<bool>& cancel) {
    Found found;
    auto done = for_each_payload(log, choice.filter, cancel, [&](const RecordView& record, bool chosen) {
        if (chosen) ++found.of(record.direction, record.transport);
        return Result<void>();
    });
    if (!done) return tl::unexpected(done.error());
    return found;
}

Result<Transport> choose_transport(Found& found, Direction direction, const ReplayChoice& choice) {
    if (choice.transport) return *choice.transport;
    const bool udp = found.of(direction, Transport::udp) != 0;
    const bool tcp = found.of(direction, Transport::tcp) != 0;
    if (udp && tcp) {
        return fail(ErrorKind::bad_input,
                    "replay: the capture holds both UDP datagrams and TCP streams; choose with the filter "
                    "\"udp\" or \"tcp\"");
    }
    return tcp ? Transport::tcp : Transport::udp;
}

tl::unexpected<Error> nothing_chosen(const ReplayChoice& choice) {
    if (!choice.filter.passes_everything()) {
        return fail(ErrorKind::not_found, "replay: no payload that could be sent passes the filter");
    }
    if (choice.direction == Direction::received) {
        return fail(ErrorKind::not_found, "replay: the capture holds no payload that was received");
    }
    if (choice.direction == Direction::sent) {
        return fail(ErrorKind::not_found, "replay: the capture holds no payload that was sent");
    }
    return fail(ErrorKind::not_found, "replay: the capture holds no payload that could be sent");
}

}  // namespace

Result<ReplayPlan> plan_replay(const std::shared_ptr<const capture::Log>& log, const ReplayChoice& choice,
                               const std::atomic<bool>& cancel) {
    auto found = look_through(log, choice, cancel);
    if (!found) return tl::unexpected(found.error());
    const auto count = [&](Direction direction) {
        RecordCount sum = 0;
        for (const Transport transport : {Transport::udp, Transport::tcp}) {
            if (!choice.transport || choice.transport == transport) sum += found->of(direction, transport);
        }
        return sum;
    };

    ReplayPlan plan;
    plan.direction =
        choice.direction.value_or(count(Direction::received) != 0 ? Direction::received : Direction::sent);
    if (count(plan.direction) == 0) return nothing_chosen(choice);
    const auto transport = choose_transport(*found, plan.direction, choice);
    if (!transport) return tl::unexpected(transport.error());
    plan.transport = *transport;

    FlowCollector collector;
    auto done = for_each_payload(log, choice.filter, cancel, [&](const RecordView& record, bool chosen) {
        if (record.transport != plan.transport || record.direction != plan.direction) return Result<void>();
        return collector.add(record, chosen);
    });
    if (!done) return tl::unexpected(done.error());
    plan.flows = std::move(collector.flows);
    plan.begin = plan.flows.front().begin;
    return plan;
}

}  // namespace sockdesk::app
