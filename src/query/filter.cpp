#include "query/filter.hpp"

#include <utility>

#include "query/filter_parser.hpp"
#include "query/filter_tree.hpp"

namespace sockdesk::query {

struct Filter::Node {
    TermPointer term;
};

Filter::Filter() = default;

Result<Filter> Filter::parse(std::string_view text, const FilterContext& context) {
    auto term = parse_filter(text, context);
    if (!term) return tl::unexpected(std::move(term.error()));
    Filter result;
    if (*term) result.root_ = std::make_shared<const Node>(Node{std::move(*term)});
    return result;
}

bool Filter::passes_everything() const { return root_ == nullptr; }

bool Filter::matches(const capture::RecordView& record) const {
    return root_ == nullptr || root_->term->matches(record);
}

std::unique_ptr<Selector> Filter::selector() const {
    class FilterSelector final : public Selector {
    public:
        explicit FilterSelector(Filter filter) : filter_(std::move(filter)) {}
        bool selects(const capture::RecordView& record) override { return filter_.matches(record); }

    private:
        const Filter filter_;
    };
    return std::make_unique<FilterSelector>(*this);
}

}  // namespace sockdesk::query
