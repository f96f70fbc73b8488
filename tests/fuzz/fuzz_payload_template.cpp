// A payload template of a person's making. First byte: how it is written; then the template, up to a line's end; behind it what a rule
// matched, for templates of replies.
#include <algorithm>
#include <cstdlib>

#include "codec/payload_template.hpp"

using namespace sockdesk;
using namespace sockdesk::codec;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    static const Encoding encodings[] = {Encoding::utf8(), Encoding::find("gbk").value(),
                                         Encoding::find("utf-16le").value(), Encoding::find("utf-7").value()};
    const std::uint8_t how = data[0];
    const ByteView all(data + 1, size - 1);
    const auto cut = static_cast<std::size_t>(std::find(all.begin(), all.end(), '\n') - all.begin());
    const std::string_view text = as_chars(all.first(cut));
    const ByteView matched = all.subspan(std::min(cut + 1, all.size()));

    TemplateOptions options;
    options.payload.mode = (how & 1) != 0 ? PayloadMode::hex : PayloadMode::text;
    options.payload.escapes = (how & 2) != 0;
    options.payload.encoding = encodings[how >> 2 & 3];
    options.in_reply = (how & 16) != 0;
    options.group_names = {"", "name"};
    options.read_file = [](std::string_view path) -> Result<std::shared_ptr<const Bytes>> {
        if (path.size() > 8) return fail(ErrorKind::not_found, "no such file");
        return std::make_shared<const Bytes>(path.begin(), path.end());
    };

    const auto compiled = PayloadTemplate::compile(text, options);
    if (!compiled) {
        require(compiled.error().position <= text.size() && !compiled.error().message.empty());
        return 0;
    }
    // Text without items is what it is without the language.
    if (text.find("{{") == std::string_view::npos) require(compiled->is_constant());

    const ByteView groups[] = {matched, matched.first(matched.size() / 2), {}};
    std::mt19937_64 random(size);
    TemplateMoment moment;
    moment.random = &random;
    moment.counter = size * 0x9E3779B97F4A7C15;
    moment.groups = groups;
    moment.now = Timestamp(std::chrono::nanoseconds(1'795'255'200'123'456'789));
    moment.remote = Endpoint{IpAddress::v4({127, 0, 0, 1}), 9};
    // Twice the same, whatever was in `out`, and nothing but the moment decides.
    Bytes first, second(how);
    compiled->make(moment, first);
    random.seed(size);
    compiled->make(moment, second);
    require(first == second && first.size() <= PayloadTemplate::max_size);
    if (text.find("{{") == std::string_view::npos)
        require(first == compile_payload(text, options.payload).value());
    if (compiled->is_constant()) {
        moment = {};
        moment.random = &random;
        compiled->make(moment, second);
        require(first == second);
    }
    return 0;
}
