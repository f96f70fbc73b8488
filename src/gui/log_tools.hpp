// What finds things in a log: models and bars of one tab.
#pragma once

#include <memory>

#include "app/log_filter_model.hpp"
#include "app/log_search_model.hpp"
#include "gui/filter_bar.hpp"
#include "gui/go_to_bar.hpp"
#include "gui/search_bar.hpp"

namespace sockdesk::gui {

struct LogTools {
    explicit LogTools(std::shared_ptr<const capture::Log> log) : search(std::move(log)) {}

    app::LogFilterModel filter;
    app::LogSearchModel search;
    FilterBar filter_bar;
    SearchBar search_bar;
    GoToBar go_to_bar;
};

}  // namespace sockdesk::gui
