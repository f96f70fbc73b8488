#include "query/filter_tree.hpp"

#include <algorithm>
#include <utility>

namespace sockdesk::query {

namespace {

using capture::RecordKind;
using capture::RecordView;

template <typename Test>
class Term final : public FilterTerm {
public:
    explicit Term(Test test) : test_(std::move(test)) {}
    bool matches(const RecordView& record) const override { return test_(record); }

private:
    Test test_;
};

template <typename Test>
TermPointer term(Test test) {
    return std::make_unique<const Term<Test>>(std::move(test));
}

/// `test` of records that carry a payload; others do not match.
template <typename Test>
TermPointer payload_term(Test test) {
    return term([test = std::move(test)](const RecordView& record) {
        return record.kind == RecordKind::payload && test(record);
    });
}

}  // namespace

TermPointer all_of(std::vector<TermPointer> terms) {
    if (terms.size() == 1) return std::move(terms.front());
    return term([terms = std::move(terms)](const RecordView& record) {
        return std::all_of(terms.begin(), terms.end(),
                           [&](const TermPointer& one) { return one->matches(record); });
    });
}

TermPointer any_of(std::vector<TermPointer> terms) {
    if (terms.size() == 1) return std::move(terms.front());
    return term([terms = std::move(terms)](const RecordView& record) {
        return std::any_of(terms.begin(), terms.end(),
                           [&](const TermPointer& one) { return one->matches(record); });
    });
}

TermPointer negation(TermPointer negated) {
    return term(
        [negated = std::move(negated)](const RecordView& record) { return !negated->matches(record); });
}

TermPointer direction_is(capture::Direction direction) {
    return payload_term([direction](const RecordView& record) { return record.direction == direction; });
}

TermPointer transport_is(capture::Transport transport) {
    return payload_term([transport](const RecordView& record) { return record.transport == transport; });
}

TermPointer is_event() {
    return term([](const RecordView& record) { return record.kind == RecordKind::event; });
}

TermPointer is_alarm() {
    return term([](const RecordView& record) {
        if (record.kind != RecordKind::event) return false;
        const auto kind = capture::decode_event(record).kind;
        return kind == capture::SessionEvent::Kind::error || kind == capture::SessionEvent::Kind::drop;
    });
}

TermPointer address_is(AddressRole role, AddressTest test) {
    return term([role, test](const RecordView& record) {
        if (record.kind == RecordKind::event) {
            // An event has no direction; what it is about is the peer.
            const auto remote = capture::decode_event(record).remote;
            return remote && test.matches(*remote);
        }
        if (role == AddressRole::peer) return test.matches(record.remote);
        const bool is_received = record.direction == capture::Direction::received;
        return test.matches(is_received == (role == AddressRole::source) ? record.remote : record.local);
    });
}

TermPointer length_is(NumberRange range) {
    return payload_term([range](const RecordView& record) { return range.contains(record.payload.size()); });
}

TermPointer time_is(TimeRange range) {
    return term([range](const RecordView& record) { return range.contains(record.time); });
}

TermPointer number_is(NumberRange range) {
    return term([range](const RecordView& record) { return range.contains(record.index + 1); });
}

TermPointer payload_has(Pattern pattern) {
    return payload_term([pattern = std::move(pattern)](const RecordView& record) {
        return pattern.find(record.payload).has_value();
    });
}

}  // namespace sockdesk::query
