#include "app/log_filter_model.hpp"

#include <algorithm>

namespace sockdesk::app {

void LogFilterModel::update(const std::string& text, LogViewModel& view) {
    const Timestamp day = view.begin_time();
    if (text == text_ && view.format().encoding == encoding_ && (day == day_ || text.empty())) return;
    text_ = text;
    encoding_ = view.format().encoding;
    day_ = day;
    query::FilterContext context;
    context.encode = [encoding = encoding_](std::string_view words) {
        return codec::encode(encoding, words);
    };
    context.day = day;
    auto filter = query::Filter::parse(text, context);
    if (!filter) {
        error_ = filter.error();
        return;
    }
    error_.reset();
    if (filter->passes_everything() && !view.has_filter()) return;
    view.set_filter(std::move(*filter));
}

void LogFilterModel::remember(const std::string& text, std::vector<std::string>& recent) {
    if (text.find_first_not_of(' ') == std::string::npos) return;
    recent.erase(std::remove(recent.begin(), recent.end(), text), recent.end());
    recent.insert(recent.begin(), text);
    if (recent.size() > max_recent) recent.resize(max_recent);
}

std::string LogFilterModel::of_peer(const Endpoint& peer) { return "peer " + peer.to_string(); }

}  // namespace sockdesk::app
