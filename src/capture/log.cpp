#include "capture/log.hpp"

#include <utility>

namespace sockdesk::capture {

Log::Log(SegmentPool& pool, std::string name) : pool_(pool), name_(std::move(name)), table_(pool) {}

Log::~Log() = default;

std::shared_ptr<Log> Log::make(std::shared_ptr<SegmentPool> pool, std::string name) {
    SegmentPool& memory = *pool;
    return {new Log(memory, std::move(name)), [pool = std::move(pool)](Log* log) { delete log; }};
}

void Log::wait_for_more(RecordCount known, const std::atomic<bool>& stop) const {
    while (!stop.load(std::memory_order_seq_cst) && published() <= known) {
        doorbell_.wait([&] {
            // The writer stores the bytes last, and in the order that the doorbell asks for.
            published_bytes_.load(std::memory_order_seq_cst);
            return stop.load(std::memory_order_seq_cst) || published() > known;
        });
    }
}

void Log::release_before(RecordIndex record) { table_.release_before(record); }

}  // namespace sockdesk::capture
