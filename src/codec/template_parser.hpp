// Reads a payload template into steps. Private to this room.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "codec/payload_template.hpp"
#include "codec/template_program.hpp"
#include "codec/template_values.hpp"

namespace sockdesk::codec::detail {

/// Used once.
class TemplateParser {
public:
    TemplateParser(std::string_view text, const TemplateOptions& options) : text_(text), options_(options) {}

    Result<TemplateProgram> parse();

private:
    /// More than anybody writes by hand, and few enough that nothing behind takes long.
    static constexpr std::size_t most_items = 65'536;

    /// What stands behind an item's name: `:VALUE`, then `,…` as often as it is written.
    struct Arguments {
        std::optional<Slice> value;
        std::vector<Slice> more;
    };
    struct OpenPart {
        std::size_t index;  ///< in `measured_.parts`
        std::size_t item;   ///< where its `{{` is
    };
    struct LengthOfName {
        std::size_t length;  ///< index in `measured_.lengths`
        Slice name;
    };

    Result<void> read_text(std::size_t end);
    Result<void> read_item();
    Result<void> read_named_item(Slice name);
    Result<void> close_parts();
    Result<void> name_lengths();

    /// An item by its name: read from behind the name on, or once what follows the name is apart.
    struct Item {
        std::string_view name;
        Result<void> (TemplateParser::*read_whole)();
        Result<void> (TemplateParser::*read)(Slice name, const Arguments& arguments);
    };
    static const std::array<Item, 18> items;

    Result<void> read_quoted_item();
    Result<void> read_pack();
    Result<StructFormat> pack_format();
    Result<StructValue> pack_value();
    Result<void> read_file();
    Result<void> read_encoded_text();
    Result<void> read_hex();
    Result<void> read_counter(Slice name, const Arguments& arguments);
    Result<void> read_time(Slice name, const Arguments& arguments);
    Result<void> read_random(Slice name, const Arguments& arguments);
    Result<void> read_uuid(Slice name, const Arguments& arguments);
    Result<void> read_part(Slice name, const Arguments& arguments);
    Result<void> end_part(Slice name, const Arguments& arguments);
    Result<void> read_length(Slice name, const Arguments& arguments);
    Result<void> read_port(Slice name, const Arguments& arguments);
    Result<void> read_address(Slice name, const Arguments& arguments);
    Result<void> read_match(Slice name, const Arguments& arguments);
    Result<void> read_case(Slice name, const Arguments& arguments);
    Result<void> read_group(Case letters, const std::optional<Slice>& group, const Arguments& arguments);
    Result<std::uint64_t> group_number(Slice group) const;

    /// Up to the `}}` that ends the item, which is then passed.
    Result<Slice> rest_of_item();
    Result<Arguments> arguments_of_item();
    /// Expects nothing but blanks before the `}}`, which is then passed.
    Result<void> end_item();
    Result<void> expect(char c, std::string_view what);
    tl::unexpected<Error> not_closed() const;
    tl::unexpected<Error> unknown_item(Slice name) const;

    Result<void> without_arguments(std::string_view item, const Arguments& arguments) const;
    Result<void> without_value(std::string_view item, const Arguments& arguments) const;
    /// A struct code, or `width=` and `base=`; and `step=` where there is one to be set.
    Result<NumberForm> number_form(const std::vector<Slice>& more,
                                   std::optional<Integer>* step = nullptr) const;
    Result<void> struct_code(Slice code, NumberForm& form) const;

    Result<void> add(Step step);
    Result<void> add_bytes(const Bytes& bytes, std::size_t position);
    Result<void> count_room(std::size_t bytes, std::size_t position);
    Result<void> learn_ascii();
    void learn_case();

    std::string_view text_;
    const TemplateOptions& options_;
    TemplateProgram program_;
    Measured measured_;
    std::vector<OpenPart> open_parts_;
    std::unordered_map<std::string, std::size_t> part_names_;
    std::vector<LengthOfName> named_lengths_;
    std::size_t at_ = 0;
    std::size_t item_ = 0;  ///< where the `{{` of the item at hand is
    std::size_t items_ = 0;
    std::size_t room_ = 0;
    bool knows_ascii_ = false;
    bool knows_case_ = false;
};

}  // namespace sockdesk::codec::detail
