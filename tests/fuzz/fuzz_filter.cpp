// The filter line, as typed: parsing, evaluating and completing. The first byte is the place of the caret.
#include <cstdlib>
#include <string>

#include "query/filter.hpp"

using namespace sockdesk;
using namespace sockdesk::query;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string line(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::size_t caret = data[0];

    FilterContext context;
    context.day = Timestamp(std::chrono::seconds(1'795'226'400));
    const auto filter = Filter::parse(line, context);
    if (filter) {
        capture::RecordView record;
        record.time = context.day;
        record.payload = as_bytes(line);
        const bool matches = filter->matches(record);
        require(matches || !filter->passes_everything());
        // What it means does not depend on blanks and brackets around it.
        if (!filter->passes_everything() && line.size() < 1000) {
            const auto bracketed = Filter::parse(" (" + line + ") ", context);
            if (bracketed) require(bracketed->matches(record) == matches);
            const auto negated = Filter::parse("not (" + line + ")", context);
            if (negated) require(negated->matches(record) != matches);
        }
    } else {
        require(filter.error().position <= line.size());
        require(!filter.error().message.empty());
    }

    const std::vector<Endpoint> peers = {{IpAddress::v4({127, 0, 0, 1}), 8080}};
    for (const Completion& completion : complete_filter(line, caret, peers)) {
        require(completion.begin <= completion.end && completion.end <= line.size());
        require(!completion.text.empty());
    }
    return 0;
}
