#include "query/stream_program.hpp"

#include <utility>

namespace sockdesk::query {

namespace {

using Step = StreamProgram::Step;
using Kind = Step::Kind;

/// What a match may begin with, if `message_begin` is as told and all that depends on the first byte itself holds.
StreamProgram::ByteSet first_bytes(const StreamProgram& program, bool message_begin) {
    StreamProgram::ByteSet result;
    std::vector<bool> seen(program.steps.size(), false);
    std::vector<std::uint32_t> open{program.entry};
    while (!open.empty()) {
        const std::uint32_t at = open.back();
        open.pop_back();
        if (seen[at]) continue;
        seen[at] = true;
        const Step& step = program.steps[at];
        switch (step.kind) {
            case Kind::byte:
                result.set(step.byte);
                break;
            case Kind::set:
                result |= program.sets[step.other];
                break;
            case Kind::split:
                open.push_back(step.next);
                open.push_back(step.other);
                break;
            case Kind::assertion:
                if (step.assertion != StreamProgram::Assertion::message_begin || message_begin) {
                    open.push_back(step.next);
                }
                break;
            case Kind::match:
                break;
        }
    }
    return result;
}

}  // namespace

void StreamProgram::find_first_bytes() {
    for (const Step& step : steps) {
        if (step.kind != Kind::assertion) continue;
        looks_back = looks_back || step.assertion == Assertion::message_begin ||
                     step.assertion == Assertion::word_boundary ||
                     step.assertion == Assertion::no_word_boundary;
        looks_ahead = looks_ahead || step.assertion != Assertion::message_begin;
    }
    first_of_message = first_bytes(*this, true);
    first_elsewhere = first_bytes(*this, false);
}

StreamProgram StreamProgram::of_bytes(ByteView value, ByteView mask, bool from_message_begin, bool whole) {
    StreamProgram program;
    const auto add = [&](Step step) {
        step.next = static_cast<std::uint32_t>(program.steps.size() + 1);
        program.steps.push_back(step);
    };
    if (from_message_begin) add({Kind::assertion, 0, Assertion::message_begin});
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (mask[i] == 0xFF) {
            add({Kind::byte, value[i]});
            continue;
        }
        ByteSet set;
        for (std::size_t byte = 0; byte < set.size(); ++byte) set[byte] = (byte & mask[i]) == value[i];
        add({Kind::set, 0, {}, 0, static_cast<std::uint32_t>(program.sets.size())});
        program.sets.push_back(set);
    }
    program.longest_match = value.size();
    if (whole && value.back() != '\n') {
        const auto at = static_cast<std::uint32_t>(program.steps.size());
        add({Kind::split, 0, {}, 0, at + 2});
        add({Kind::byte, '\r'});
        add({Kind::assertion, 0, Assertion::line_end});
        program.longest_match += 2;  // and what decides whether it ends there
    }
    program.steps.push_back({});
    program.find_first_bytes();
    return program;
}

}  // namespace sockdesk::query
