#include "capture/log.hpp"

#include <utility>

namespace sockdesk::capture {

Log::Log(SegmentPool& pool, std::string name) : pool_(pool), name_(std::move(name)), table_(pool) {}

Log::~Log() = default;

void Log::release_before(RecordIndex record) { table_.release_before(record); }

}  // namespace sockdesk::capture
