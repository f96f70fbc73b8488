// What a payload template is compiled to: a flat list of steps, which `make` walks through once. Private to this room.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/byte_numbers.hpp"
#include "codec/payload_template.hpp"

namespace sockdesk::codec::detail {

/// How a number is written.
struct NumberForm {
    std::uint8_t packed_size = 0;  ///< 0: as text
    bool is_float = false;         ///< of a packed one
    ByteOrder order = ByteOrder::little;
    std::uint8_t base = 10;    ///< of text
    std::uint16_t width = 0;   ///< of text: filled with zeros up to this many characters
    bool exact_width = false;  ///< of text: cut to the last `width` digits, too
};

/// The bytes of the ASCII characters that numbers, times and addresses are written with.
struct AsciiBytes {
    static constexpr std::size_t longest = 8;
    bool same = true;  ///< each is its own byte; the rest is not filled in then
    std::size_t longest_used = 1;
    bool has_one_size = true;  ///< all of them take `longest_used` bytes
    std::size_t digit_size = 1;
    std::array<std::array<std::uint8_t, longest>, 128> bytes{};
    std::array<std::uint8_t, 128> sizes{};
};

/// What upper and lower case have to know of an encoding: 0x61 is not always an "a".
struct CaseRule {
    std::size_t unit = 1;  ///< bytes of a letter
    std::size_t letter_at = 0;
    std::array<std::uint8_t, 256> followers{};  ///< how many bytes behind it belong to the same character
    std::array<std::uint8_t, 256> upper{};
    std::array<std::uint8_t, 256> lower{};
};

enum class Case : std::uint8_t { as_is, upper, lower };

enum class StepKind : std::uint8_t {
    constant,  ///< `a`: where in the constants, `b`: how many bytes
    file,      ///< `a`: its index in `Program::files`, `b`: how many bytes
    counter,   ///< `a`: start, `b`: step
    time,      ///< `a`: nanoseconds of its unit
    time_iso,
    random_bytes,   ///< `a`: how many
    random_number,  ///< `a`: the lowest, `b`: the highest less the lowest
    uuid,
    local_port,
    remote_port,
    local_address,
    remote_address,
    group,       ///< `a`: its number
    part_begin,  ///< `a`: its index in `Program::parts`
    part_end,
    length,  ///< `a`: its index in `Program::lengths`
};

struct Step {
    StepKind kind = StepKind::constant;
    Case letters = Case::as_is;  ///< of a group
    bool is_signed = false;      ///< of a number
    NumberForm form = {};
    std::uint64_t a = 0;
    std::uint64_t b = 0;
};

/// A stretch whose length is asked for.
struct Part {
    std::size_t first_step = 0;  ///< [first_step, end_step)
    std::size_t end_step = 0;
};

struct Length {
    std::size_t part = 0;
    std::int64_t addend = 0;
    NumberForm form = {};
    std::size_t position = 0;  ///< of its item in the text
    std::size_t step = 0;
    /// It stands in the text with as many digits as it needs, so that what contains it is only as long as it then is.
    bool floats() const { return form.packed_size == 0 && !form.exact_width; }
    /// What is written where the part has that size; as text it is not below 0.
    std::uint64_t value(std::size_t size) const;
};

/// Beyond that many the stack would have no room for where they lie.
inline constexpr std::size_t most_lengths = 256;

struct TemplateProgram {
    std::vector<Step> steps;
    Bytes constants;
    std::vector<std::shared_ptr<const Bytes>> files;
    std::vector<Part> parts;         ///< those that are measured, at most `most_lengths`
    std::vector<Length> lengths;     ///< in the order of their steps, at most `most_lengths`
    std::vector<std::size_t> order;  ///< indexes of `lengths`: what is inside of another comes before it
    AsciiBytes ascii;
    CaseRule letters;
    std::size_t room = 0;  ///< no payload takes more, but for the groups
    bool is_constant = true;
};

/// The characters that a number of this form may take.
std::size_t most_digits(const NumberForm& form);
/// The most that a step writes; nothing of a group, whose size is known at the send.
std::size_t room_of(const Step& step, const AsciiBytes& ascii);
/// The only size that what a step writes can have; none where it varies.
std::optional<std::size_t> fixed_size_of(const Step& step, const AsciiBytes& ascii);
/// Writes `value` (two's complement where `is_signed`) and returns the end of what was written.
std::uint8_t* write_number_as(const NumberForm& form, std::uint64_t value, bool is_signed,
                              const AsciiBytes& ascii, std::uint8_t* to);

/// What is measured, before it is known what else is.
struct Measured {
    std::vector<Part> parts;
    std::vector<Length> lengths;  ///< each with its `step`, in their order
};

/// Puts lengths that do not depend on the send into the constants, joins constants, and marks where what is measured at each send begins
/// and ends. Fails at a length that measures itself.
Result<void> finish_program(TemplateProgram& program, Measured measured);

}  // namespace sockdesk::codec::detail

namespace sockdesk::codec {

struct PayloadTemplate::Program : detail::TemplateProgram {};

}  // namespace sockdesk::codec
