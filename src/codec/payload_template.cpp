#include "codec/payload_template.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include <arpa/inet.h>

#include "codec/template_parser.hpp"
#include "codec/template_program.hpp"

namespace sockdesk::codec {

namespace {

using detail::Case;
using detail::Length;
using detail::Step;
using detail::StepKind;
using detail::TemplateProgram;

void put_digits(char* to, int number, int digits) {
    for (; digits > 0; number /= 10) to[--digits] = static_cast<char>('0' + number % 10);
}

/// "2026-11-21T10:00:00.123+08:00". Asking the system's zone tables at each send would cost more than all else, so the text of the second
/// is kept.
std::string_view iso_time(Timestamp now) {
    struct Second {
        Second() { tzset(); }
        std::int64_t number = INT64_MIN;
        char text[30] = "0000-00-00T00:00:00.000+00:00";
    };
    thread_local Second second;
    const auto whole = std::chrono::floor<std::chrono::seconds>(now);
    if (const std::int64_t number = whole.time_since_epoch().count(); number != second.number) {
        const auto system_second = static_cast<std::time_t>(number);
        std::tm parts{};
        localtime_r(&system_second, &parts);
        char* const text = second.text;
        put_digits(text, parts.tm_year + 1900, 4);
        put_digits(text + 5, parts.tm_mon + 1, 2);
        put_digits(text + 8, parts.tm_mday, 2);
        put_digits(text + 11, parts.tm_hour, 2);
        put_digits(text + 14, parts.tm_min, 2);
        put_digits(text + 17, parts.tm_sec, 2);
        const int minutes = static_cast<int>(parts.tm_gmtoff / 60);
        text[23] = minutes < 0 ? '-' : '+';
        put_digits(text + 24, std::abs(minutes) / 60, 2);
        put_digits(text + 27, std::abs(minutes) % 60, 2);
        second.number = number;
    }
    put_digits(second.text + 20,
               static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(now - whole).count()),
               3);
    return {second.text, 29};
}

/// One payload in the making. `out` has room for the most that the program writes.
class Maker {
public:
    Maker(const TemplateProgram& program, const TemplateMoment& moment, std::uint8_t* out)
        : program_(program), moment_(moment), out_(out), to_(out) {}

    /// `groups_room` is what groups may take in all.
    std::size_t make(std::size_t groups_room) {
        groups_room_ = groups_room;
        for (const Step& step : program_.steps) write(step);
        if (!program_.lengths.empty()) write_lengths();
        return static_cast<std::size_t>(to_ - out_);
    }

private:
    std::size_t offset() const { return static_cast<std::size_t>(to_ - out_); }

    void number(const Step& step, std::uint64_t value) {
        to_ = write_number_as(step.form, value, step.is_signed, program_.ascii, to_);
    }

    void write(const Step& step) {
        switch (step.kind) {
            case StepKind::constant:
                std::memcpy(to_, program_.constants.data() + step.a, step.b);
                to_ += step.b;
                break;
            case StepKind::file:
                to_ = std::ranges::copy(*program_.files[step.a], to_).out;
                break;
            case StepKind::counter:
                number(step, step.a + step.b * moment_.counter);
                break;
            case StepKind::time:
                number(step, static_cast<std::uint64_t>(time_in(static_cast<std::int64_t>(step.a))));
                break;
            case StepKind::time_iso:
                write_text(iso_time(moment_.now));
                break;
            case StepKind::random_bytes:
                write_random(step.a);
                break;
            case StepKind::random_number:
                number(step,
                       step.a + std::uniform_int_distribution<std::uint64_t>(0, step.b)(*moment_.random));
                break;
            case StepKind::uuid:
                write_uuid();
                break;
            case StepKind::local_port:
                number(step, moment_.local ? moment_.local->port : 0);
                break;
            case StepKind::remote_port:
                number(step, moment_.remote ? moment_.remote->port : 0);
                break;
            case StepKind::local_address:
                if (moment_.local) write_address(moment_.local->address);
                break;
            case StepKind::remote_address:
                if (moment_.remote) write_address(moment_.remote->address);
                break;
            case StepKind::group:
                write_group(step);
                break;
            case StepKind::part_begin:
                part_begins_[step.a] = offset();
                break;
            case StepKind::part_end:
                part_ends_[step.a] = offset();
                break;
            case StepKind::length:
                at_[step.a] = offset();
                to_ += space_of(program_.lengths[step.a]);
                break;
        }
    }

    std::int64_t time_in(std::int64_t unit) const {
        const std::int64_t nanoseconds = moment_.now.time_since_epoch().count();
        const std::int64_t whole = nanoseconds / unit;
        return nanoseconds % unit < 0 ? whole - 1 : whole;
    }

    void write_text(std::string_view characters) {
        if (program_.ascii.same) {
            to_ =
                std::copy_n(reinterpret_cast<const std::uint8_t*>(characters.data()), characters.size(), to_);
            return;
        }
        for (const char c : characters) {
            const auto index = static_cast<std::size_t>(c);
            to_ = std::copy_n(program_.ascii.bytes[index].begin(), program_.ascii.sizes[index], to_);
        }
    }

    void write_random(std::size_t count) {
        while (count > 0) {
            const std::uint64_t bits = (*moment_.random)();
            const std::size_t some = std::min(count, sizeof bits);
            std::memcpy(to_, &bits, some);
            to_ += some;
            count -= some;
        }
    }

    void write_uuid() {
        std::array<std::uint64_t, 2> words = {(*moment_.random)(), (*moment_.random)()};
        words[0] = (words[0] & ~std::uint64_t{0xF000}) | 0x4000;                     // version
        words[1] = (words[1] & ~(std::uint64_t{3} << 62)) | std::uint64_t{1} << 63;  // variant
        char text[36];
        std::size_t at = 0;
        for (std::size_t digit = 0; digit < 32; ++digit) {
            if (digit == 8 || digit == 12 || digit == 16 || digit == 20) text[at++] = '-';
            text[at++] = "0123456789abcdef"[words[digit / 16] >> (60 - digit % 16 * 4) & 15];
        }
        write_text({text, sizeof text});
    }

    void write_address(const IpAddress& address) {
        char text[INET6_ADDRSTRLEN + 12];
        if (inet_ntop(address.is_v4() ? AF_INET : AF_INET6, address.octets().data(), text,
                      INET6_ADDRSTRLEN) == nullptr)
            return;
        std::size_t size = std::strlen(text);
        if (address.scope_id() != 0) {
            text[size++] = '%';
            size = static_cast<std::size_t>(
                std::to_chars(text + size, std::end(text), address.scope_id()).ptr - text);
        }
        write_text({text, size});
    }

    void write_group(const Step& step) {
        if (step.a >= moment_.groups.size()) return;
        const ByteView group = moment_.groups[step.a];
        if (group.size() > groups_room_) return;
        groups_room_ -= group.size();
        if (step.letters == Case::as_is) {
            to_ = std::ranges::copy(group, to_).out;
        } else {
            write_in_case(group, step.letters);
        }
    }

    void write_in_case(ByteView text, Case wanted) {
        const detail::CaseRule& rule = program_.letters;
        const auto& letters = wanted == Case::upper ? rule.upper : rule.lower;
        std::size_t i = 0;
        if (rule.unit == 1) {
            while (i < text.size()) {
                std::size_t followers = rule.followers[text[i]];
                *to_++ = letters[text[i++]];
                for (; followers > 0 && i < text.size(); --followers) *to_++ = text[i++];
            }
            return;
        }
        for (; text.size() - i >= rule.unit; i += rule.unit) {
            bool is_letter = true;
            for (std::size_t k = 0; k < rule.unit; ++k) {
                to_[k] = text[i + k];
                is_letter = is_letter && (k == rule.letter_at || text[i + k] == 0);
            }
            if (is_letter) to_[rule.letter_at] = letters[to_[rule.letter_at]];
            to_ += rule.unit;
        }
        // Of a piece that was cut within a character.
        to_ = std::ranges::copy(text.subspan(i), to_).out;
    }

    /// What is kept free for a length.
    std::size_t space_of(const Length& length) const {
        if (length.form.packed_size > 0) return length.form.packed_size;
        return length.form.exact_width ? length.form.width * program_.ascii.digit_size
                                       : most_digits(length.form) * program_.ascii.longest_used;
    }

    /// Lengths of a fixed size go where they belong at once. Those that float have more room than they need: as soon as all is known, what
    /// is behind each moves up to it.
    void write_lengths() {
        bool any_floats = false;
        for (const std::size_t index : program_.order) {
            const Length& length = program_.lengths[index];
            const std::size_t begin = part_begins_[length.part];
            const std::size_t end = part_ends_[length.part];
            std::size_t size = end - begin;
            for (std::size_t i = 0; i < program_.lengths.size(); ++i) {
                const Length& inner = program_.lengths[i];
                if (inner.floats() && at_[i] >= begin && at_[i] < end) size -= space_of(inner) - sizes_[i];
            }
            values_[index] = length.value(size);
            std::uint8_t* const place = out_ + at_[index];
            sizes_[index] = static_cast<std::size_t>(
                write_number_as(length.form, values_[index], true, program_.ascii, place) - place);
            any_floats = any_floats || length.floats();
        }
        if (any_floats) close_gaps();
    }

    void close_gaps() {
        std::uint8_t* end = nullptr;  // of what is in its place
        std::size_t from = 0;
        for (std::size_t i = 0; i < program_.lengths.size(); ++i) {
            const Length& length = program_.lengths[i];
            if (!length.floats()) continue;
            const std::size_t kept_to = at_[i] + sizes_[i];
            end = move_up(end, from, kept_to);
            from = at_[i] + space_of(length);
        }
        to_ = move_up(end, from, offset());
    }

    std::uint8_t* move_up(std::uint8_t* to, std::size_t from, std::size_t end) {
        if (to == nullptr) return out_ + end;
        std::memmove(to, out_ + from, end - from);
        return to + (end - from);
    }

    const TemplateProgram& program_;
    const TemplateMoment& moment_;
    std::uint8_t* out_;
    std::uint8_t* to_;
    std::size_t groups_room_ = 0;
    // Not initialised: each is written before it is read, and most templates have none.
    std::array<std::size_t, detail::most_lengths> part_begins_;
    std::array<std::size_t, detail::most_lengths> part_ends_;
    std::array<std::size_t, detail::most_lengths> at_;
    std::array<std::size_t, detail::most_lengths> sizes_;
    std::array<std::uint64_t, detail::most_lengths> values_;
};

}  // namespace

PayloadTemplate::PayloadTemplate(std::shared_ptr<const Program> program) : program_(std::move(program)) {}

Result<PayloadTemplate> PayloadTemplate::compile(std::string_view text, const TemplateOptions& options) {
    auto program = detail::TemplateParser(text, options).parse();
    if (!program) return tl::unexpected(std::move(program.error()));
    return PayloadTemplate(std::make_shared<const Program>(Program{std::move(*program)}));
}

bool PayloadTemplate::is_constant() const { return program_->is_constant; }

bool PayloadTemplate::reads_files() const { return !program_->files.empty(); }

std::size_t PayloadTemplate::most_bytes() const { return program_->room; }

void PayloadTemplate::make(const TemplateMoment& moment, Bytes& out) const {
    const Program& program = *program_;
    std::size_t groups_room = 0;
    const std::size_t most = max_size - program.room;
    for (const Step& step : program.steps) {
        if (step.kind != StepKind::group || step.a >= moment.groups.size()) continue;
        const std::size_t size = moment.groups[step.a].size();
        if (size <= most - groups_room) groups_room += size;
    }
    out.resize(program.room + groups_room);
    out.resize(Maker(program, moment, out.data()).make(groups_room));
}

}  // namespace sockdesk::codec
