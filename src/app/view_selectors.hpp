// What a view shows of a log, decided record by record in the background (query::Selection).
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "query/filter.hpp"
#include "query/record_set.hpp"
#include "query/selection.hpp"

namespace sockdesk::app {

/// Which kinds of records a view shows, before any filter.
enum class ShownKinds : std::uint8_t {
    all,   ///< every record, including the further packets of one send to all clients, which have no rows
    once,  ///< of a send to all clients the first packet alone
    without_received,  ///< no received payload, and a send to all clients once
    stream,            ///< received payloads, errors and drops
    errors,            ///< errors and drops alone
};

/// What became of the records that the kinds above would show. Any thread may look.
struct FilterCounts {
    std::atomic<std::uint64_t> shown{0};
    std::atomic<std::uint64_t> hidden{0};  ///< by the filter
};

/// The records to show.
std::unique_ptr<query::Selector> make_view_selector(ShownKinds kinds, query::Filter filter,
                                                    std::shared_ptr<FilterCounts> counts);

/// ShownKinds::stream: selects the first record of every item, a portion of the view. The pieces of a TCP stream join
/// to one item up to a line's end, as long as nothing of the same view comes between. `shown` takes the decision on each
/// record as the function above would make it; it is always at least as far as the selection.
std::unique_ptr<query::Selector> make_item_start_selector(query::Filter filter,
                                                          std::shared_ptr<query::RecordSet> shown,
                                                          std::shared_ptr<FilterCounts> counts);

/// An error or a drop of datagrams: what must not be missed in any view.
bool is_alarm(const capture::RecordView& record);

}  // namespace sockdesk::app
