#include "codec/template_program.hpp"

#include <algorithm>
#include <bit>
#include <charconv>

#include <fmt/format.h>

namespace sockdesk::codec::detail {

namespace {

constexpr std::size_t uuid_characters = 36;
constexpr std::size_t iso_time_characters = 29;
constexpr std::size_t address_characters = 56;  // an IPv6 address, % and the number of an interface

std::uint8_t* write_digits(std::string_view digits, bool negative, const NumberForm& form,
                           const AsciiBytes& ascii, std::uint8_t* to) {
    if (form.exact_width && digits.size() > form.width) digits.remove_prefix(digits.size() - form.width);
    const auto put = [&](char c) {
        if (ascii.same) {
            *to++ = static_cast<std::uint8_t>(c);
            return;
        }
        const auto index = static_cast<std::size_t>(c);
        to = std::copy_n(ascii.bytes[index].begin(), ascii.sizes[index], to);
    };
    if (negative) put('-');
    for (std::size_t i = digits.size() + (negative ? 1 : 0); i < form.width; ++i) put('0');
    for (const char c : digits) put(c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c);
    return to;
}

/// Sorts the lengths so that what floats inside of another comes before it.
Result<void> sort_lengths(const Measured& measured, std::vector<std::size_t>& order) {
    const std::vector<Length>& lengths = measured.lengths;
    std::vector<bool> placed(lengths.size());
    const auto is_inside = [&](std::size_t inner, std::size_t outer) {
        const Part& part = measured.parts[lengths[outer].part];
        return part.first_step <= lengths[inner].step && lengths[inner].step < part.end_step;
    };
    while (order.size() < lengths.size()) {
        const std::size_t before = order.size();
        for (std::size_t i = 0; i < lengths.size(); ++i) {
            if (placed[i]) continue;
            bool ready = true;
            for (std::size_t j = 0; j < lengths.size() && ready; ++j) {
                ready = !lengths[j].floats() || placed[j] || !is_inside(j, i);
            }
            if (!ready) continue;
            placed[i] = true;
            order.push_back(i);
        }
        if (order.size() > before) continue;
        const auto stuck = static_cast<std::size_t>(std::ranges::find(placed, false) - placed.begin());
        return fail_at(lengths[stuck].position,
                       fmt::format("this length would measure itself, and with as many digits as it needs it "
                                   "has no size beforehand; give it a width, {}, or a struct code, {}",
                                   "{{len:all,width=4}}", "{{len:all,!H}}"));
    }
    return {};
}

/// Turns the lengths of what has always the same size into constants; those that are left stay in `measured`.
void fold_lengths(TemplateProgram& program, Measured& measured) {
    std::vector<bool> folded(measured.lengths.size());
    for (const std::size_t index : program.order) {
        const Length& length = measured.lengths[index];
        const Part& part = measured.parts[length.part];
        std::size_t size = 0;
        bool fixed = true;
        for (std::size_t i = part.first_step; i < part.end_step && fixed; ++i) {
            const auto step_size = fixed_size_of(program.steps[i], program.ascii);
            fixed = step_size.has_value();
            size += step_size.value_or(0);
        }
        if (!fixed) continue;
        const std::uint64_t value = length.value(size);
        Step& step = program.steps[length.step];
        const std::size_t at = program.constants.size();
        program.constants.resize(at + room_of(step, program.ascii));
        std::uint8_t* const to = program.constants.data() + at;
        const auto written =
            static_cast<std::size_t>(write_number_as(length.form, value, true, program.ascii, to) - to);
        program.constants.resize(at + written);
        step = Step{.a = at, .b = written};
        folded[index] = true;
    }

    std::vector<std::size_t> new_index(measured.lengths.size());
    std::vector<Length> left;
    for (std::size_t i = 0; i < measured.lengths.size(); ++i) {
        if (folded[i]) continue;
        new_index[i] = left.size();
        left.push_back(measured.lengths[i]);
    }
    std::erase_if(program.order, [&](std::size_t index) { return folded[index]; });
    for (std::size_t& index : program.order) index = new_index[index];
    measured.lengths = std::move(left);
}

/// Where a part begins or ends: before the step `at`.
struct Mark {
    std::size_t at;
    Step step;
};

/// Keeps the parts that are measured, each once.
std::vector<Mark> place_marks(TemplateProgram& program, Measured& measured) {
    std::vector<std::size_t> kept(measured.parts.size(), measured.parts.size());
    std::vector<Mark> marks;
    for (std::size_t i = 0; i < measured.lengths.size(); ++i) {
        Length& length = measured.lengths[i];
        program.steps[length.step].a = i;
        const Part& part = measured.parts[length.part];
        std::size_t& index = kept[length.part];
        if (index == measured.parts.size()) {
            index = program.parts.size();
            program.parts.push_back(part);
            marks.push_back({part.first_step, Step{.kind = StepKind::part_begin, .a = index}});
            marks.push_back({part.end_step, Step{.kind = StepKind::part_end, .a = index}});
        }
        length.part = index;
    }
    std::ranges::stable_sort(marks, {}, &Mark::at);
    return marks;
}

}  // namespace

std::uint64_t Length::value(std::size_t size) const {
    const std::int64_t sum = static_cast<std::int64_t>(size) + addend;
    return static_cast<std::uint64_t>(form.packed_size == 0 ? std::max<std::int64_t>(sum, 0) : sum);
}

std::size_t most_digits(const NumberForm& form) {
    if (form.exact_width) return form.width;
    const std::size_t digits = form.base >= 10 ? 21 : 65;  // of 64 bits, and a sign
    return std::max<std::size_t>(form.width, digits);
}

std::size_t room_of(const Step& step, const AsciiBytes& ascii) {
    switch (step.kind) {
        case StepKind::constant:
        case StepKind::file:
            return step.b;
        case StepKind::random_bytes:
            return step.a;
        case StepKind::uuid:
            return uuid_characters * ascii.longest_used;
        case StepKind::time_iso:
            return iso_time_characters * ascii.longest_used;
        case StepKind::local_address:
        case StepKind::remote_address:
            return address_characters * ascii.longest_used;
        case StepKind::group:
        case StepKind::part_begin:
        case StepKind::part_end:
            return 0;
        case StepKind::counter:
        case StepKind::time:
        case StepKind::random_number:
        case StepKind::local_port:
        case StepKind::remote_port:
        case StepKind::length:
            break;
    }
    return step.form.packed_size > 0 ? step.form.packed_size : most_digits(step.form) * ascii.longest_used;
}

std::optional<std::size_t> fixed_size_of(const Step& step, const AsciiBytes& ascii) {
    switch (step.kind) {
        case StepKind::constant:
        case StepKind::file:
        case StepKind::random_bytes:
        case StepKind::part_begin:
        case StepKind::part_end:
            return room_of(step, ascii);
        case StepKind::uuid:
        case StepKind::time_iso:
            if (ascii.has_one_size) return room_of(step, ascii);
            return std::nullopt;
        case StepKind::local_address:
        case StepKind::remote_address:
        case StepKind::group:
            return std::nullopt;
        case StepKind::counter:
        case StepKind::time:
        case StepKind::random_number:
        case StepKind::local_port:
        case StepKind::remote_port:
        case StepKind::length:
            break;
    }
    if (step.form.packed_size > 0) return step.form.packed_size;
    if (step.form.exact_width) return step.form.width * ascii.digit_size;
    return std::nullopt;
}

std::uint8_t* write_number_as(const NumberForm& form, std::uint64_t value, bool is_signed,
                              const AsciiBytes& ascii, std::uint8_t* to) {
    if (form.packed_size > 0) {
        if (form.is_float) {
            const double number = is_signed ? static_cast<double>(static_cast<std::int64_t>(value))
                                            : static_cast<double>(value);
            value = form.packed_size == 4 ? std::bit_cast<std::uint32_t>(static_cast<float>(number))
                                          : std::bit_cast<std::uint64_t>(number);
        }
        write_number(value, to, form.packed_size, form.order);
        return to + form.packed_size;
    }
    const bool negative = is_signed && static_cast<std::int64_t>(value) < 0;
    char digits[64];
    const auto result =
        std::to_chars(std::begin(digits), std::end(digits), negative ? 0 - value : value, form.base);
    return write_digits({digits, static_cast<std::size_t>(result.ptr - digits)}, negative, form, ascii, to);
}

Result<void> finish_program(TemplateProgram& program, Measured measured) {
    if (auto sorted = sort_lengths(measured, program.order); !sorted) return sorted;
    fold_lengths(program, measured);
    const std::vector<Mark> marks = place_marks(program, measured);

    // Anew, in the order of the steps, so that neighbours join.
    std::vector<Step> steps;
    Bytes constants;
    constants.reserve(program.constants.size());
    auto mark = marks.begin();
    for (std::size_t i = 0; i <= program.steps.size(); ++i) {
        for (; mark != marks.end() && mark->at == i; ++mark) steps.push_back(mark->step);
        if (i == program.steps.size()) break;
        const Step& step = program.steps[i];
        if (step.kind != StepKind::constant) {
            program.is_constant = program.is_constant && step.kind == StepKind::file;
            if (step.kind == StepKind::length) measured.lengths[step.a].step = steps.size();
            steps.push_back(step);
            continue;
        }
        if (step.b == 0) continue;
        const bool joins = !steps.empty() && steps.back().kind == StepKind::constant;
        if (!joins) steps.push_back(Step{.a = constants.size()});
        steps.back().b += step.b;
        const auto from = program.constants.begin() + static_cast<std::ptrdiff_t>(step.a);
        constants.insert(constants.end(), from, from + static_cast<std::ptrdiff_t>(step.b));
    }
    program.steps = std::move(steps);
    program.constants = std::move(constants);
    program.lengths = std::move(measured.lengths);
    for (const Step& step : program.steps) program.room += room_of(step, program.ascii);
    return {};
}

}  // namespace sockdesk::codec::detail
