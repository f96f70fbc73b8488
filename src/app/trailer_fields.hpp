// The dialog 附加位设置 without its looks: a trailer as fields, and the fields as the text that `codec::Trailer::parse` takes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "codec/trailer.hpp"

namespace sockdesk::app {

struct TrailerFields {
    enum class Order : std::uint8_t { usual, little, big };

    static constexpr std::string_view fixed_kind = "fixed";
    static constexpr std::string_view crc_kind = "crc";  ///< by its parameters

    std::string kind{fixed_kind};  ///< one of these two, or a name of `codec::Checksum::named`
    std::string fixed_hex = "0D";
    std::size_t size_bytes = 1;  ///< of sums and xor
    Order order = Order::usual;
    std::string from;  ///< empty: all of it
    std::string to;

    std::string width = "16";
    std::string polynomial = "0x8005";
    std::string initial = "0xFFFF";
    bool reflect_input = true;
    bool reflect_output = true;
    std::string final_xor = "0x0000";

    bool is_fixed() const { return kind == fixed_kind; }
    bool is_crc() const { return kind == crc_kind; }
    /// As wide as one wants: a sum or a xor.
    bool has_choice_of_size() const;

    /// What is not understood keeps its default.
    static TrailerFields from_text(std::string_view text);
    std::string to_text() const;
    /// The trailer; a failure has its position in the text of `field`.
    struct Fault {
        const std::string TrailerFields::*field = nullptr;  ///< null: none of them in particular
        Error error;
    };
    /// None: `to_text` is a trailer.
    std::vector<Fault> faults() const;

    friend bool operator==(const TrailerFields&, const TrailerFields&) = default;
};

}  // namespace sockdesk::app
