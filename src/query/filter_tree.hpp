// A filter once it is understood: terms that are asked one after the other, in the order in which they were written.
#pragma once

#include <memory>
#include <vector>

#include "capture/record.hpp"
#include "query/filter_values.hpp"
#include "query/pattern.hpp"

namespace sockdesk::query {

class FilterTerm {
public:
    virtual ~FilterTerm() = default;
    virtual bool matches(const capture::RecordView& record) const = 0;
};

using TermPointer = std::unique_ptr<const FilterTerm>;

/// Which end of a record an address is about.
enum class AddressRole : std::uint8_t { source, destination, peer };

TermPointer all_of(std::vector<TermPointer> terms);
TermPointer any_of(std::vector<TermPointer> terms);
TermPointer negation(TermPointer term);

TermPointer direction_is(capture::Direction direction);
TermPointer transport_is(capture::Transport transport);
TermPointer is_event();
/// Errors and drops.
TermPointer is_alarm();
TermPointer address_is(AddressRole role, AddressTest test);
TermPointer length_is(NumberRange range);
TermPointer time_is(TimeRange range);
/// Counted from 1.
TermPointer number_is(NumberRange range);
TermPointer payload_has(Pattern pattern);

}  // namespace sockdesk::query
