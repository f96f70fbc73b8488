// An expression as a program for streams. RE2 has taken the expression: so only its structure has to be read here, and what a single
// character of it stands for is asked of RE2.
#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include <re2/re2.h>

#include "query/stream_program.hpp"

namespace sockdesk::query {

namespace {

using Step = StreamProgram::Step;
using Kind = Step::Kind;
using Assertion = StreamProgram::Assertion;

struct Node {
    enum class Type : std::uint8_t { empty, bytes, assertion, sequence, choice, repeat };
    Type type = Type::empty;
    std::uint32_t set = 0;
    Assertion assertion = Assertion::message_begin;
    unsigned least = 0;
    unsigned most = 0;
    std::vector<Node> parts{};
};

constexpr unsigned no_limit = std::numeric_limits<unsigned>::max();

bool is_octal(char c) { return c >= '0' && c <= '7'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Reader {
public:
    Reader(std::string_view text, StreamProgram& program, StreamProgram::Dollars& dollars)
        : text_(text), program_(program), dollars_(dollars) {}

    Node read() { return read_choice(); }

private:
    struct Flags {
        bool ignores_case = false;
        bool lines = true;  ///< `(?m)`, which stands before every expression here
        bool dot_takes_all = false;
    };

    bool at_end() const { return at_ >= text_.size(); }
    bool takes(std::string_view word) {
        if (!text_.substr(at_).starts_with(word)) return false;
        at_ += word.size();
        return true;
    }

    /// Up to the bracket that closes it, which is left there.
    Node read_choice() {
        const Flags outside = flags_;
        Node choice{Node::Type::choice};
        do {
            choice.parts.push_back(read_sequence());
        } while (takes("|"));
        flags_ = outside;
        return choice.parts.size() == 1 ? std::move(choice.parts.front()) : std::move(choice);
    }

    Node read_sequence() {
        Node sequence{Node::Type::sequence};
        auto& parts = sequence.parts;
        while (!at_end() && text_[at_] != '|' && text_[at_] != ')') {
            if (takes("\\Q")) {
                while (!at_end() && !takes("\\E")) parts.push_back(literal(text_.substr(at_++, 1)));
            } else if (text_[at_] == '(') {
                if (auto group = read_group()) parts.push_back(std::move(*group));
            } else if (const auto times = read_repetition(); times && !parts.empty()) {
                Node repeat{Node::Type::repeat};
                std::tie(repeat.least, repeat.most) = *times;
                repeat.parts.push_back(std::move(parts.back()));
                parts.back() = std::move(repeat);
            } else {
                parts.push_back(read_atom());
            }
        }
        return sequence;
    }

    /// None: it only sets flags.
    std::optional<Node> read_group() {
        const Flags outside = flags_;
        ++at_;
        if (takes("?P<") || takes("?<")) {
            while (!at_end() && text_[at_++] != '>') {
            }
        } else if (takes("?")) {
            bool value = true;
            for (; !at_end() && text_[at_] != ':' && text_[at_] != ')'; ++at_) {
                const char c = text_[at_];
                if (c == '-') value = false;
                if (c == 'i') flags_.ignores_case = value;
                if (c == 'm') flags_.lines = value;
                if (c == 's') flags_.dot_takes_all = value;
            }
            if (takes(")")) return std::nullopt;  // for what follows
            takes(":");
        }
        Node inside = read_choice();
        takes(")");
        flags_ = outside;
        return inside;
    }

    std::optional<std::pair<unsigned, unsigned>> read_repetition() {
        std::optional<std::pair<unsigned, unsigned>> times;
        if (takes("*")) times = {0, no_limit};
        if (!times && takes("+")) times = {1, no_limit};
        if (!times && takes("?")) times = {0, 1};
        if (!times) times = read_counts();
        if (times) takes("?");  // which of several it takes is RE2's matter
        return times;
    }

    /// `{2}`, `{2,}`, `{2,3}`; all else in braces stands for itself.
    std::optional<std::pair<unsigned, unsigned>> read_counts() {
        const std::size_t begin = at_;
        const auto number = [&]() -> std::optional<unsigned> {
            const std::size_t from = at_;
            unsigned value = 0;
            while (!at_end() && is_digit(text_[at_]) && value <= 1000) {
                value = 10 * value + static_cast<unsigned>(text_[at_++] - '0');
            }
            if (at_ == from || (at_ > from + 1 && text_[from] == '0')) return std::nullopt;
            return value;
        };
        if (takes("{")) {
            if (const auto least = number()) {
                std::optional<unsigned> most = least;
                if (takes(",")) most = !at_end() && text_[at_] == '}' ? std::optional(no_limit) : number();
                if (most && takes("}")) return std::pair(*least, *most);
            }
        }
        at_ = begin;
        return std::nullopt;
    }

    Node read_atom() {
        const std::size_t begin = at_;
        const char c = text_[at_++];
        switch (c) {
            case '^':
                return assertion(Assertion::message_begin);
            case '$':
                dollars_.push_back(begin);
                return dollar();
            case '[':
                skip_class();
                break;
            case '\\':
                if (takes("A")) return assertion(Assertion::message_begin);
                if (takes("z")) return assertion(Assertion::text_end);
                if (takes("b")) return assertion(Assertion::word_boundary);
                if (takes("B")) return assertion(Assertion::no_word_boundary);
                skip_escape();
                break;
            default:
                break;
        }
        return character(text_.substr(begin, at_ - begin));
    }

    /// Behind the backslash.
    void skip_escape() {
        if (at_end()) return;
        const char c = text_[at_++];
        if ((c == 'x' || c == 'p' || c == 'P') && takes("{")) {
            while (!at_end() && text_[at_++] != '}') {
            }
        } else if (c == 'x') {
            at_ += 2;
        } else if (c == 'p' || c == 'P') {
            ++at_;
        } else if (is_octal(c)) {
            for (int more = 0; more < 2 && !at_end() && is_octal(text_[at_]); ++more) ++at_;
        }
        at_ = std::min(at_, text_.size());
    }

    /// Behind the bracket that opens it.
    void skip_class() {
        takes("^");
        takes("]");  // that comes first stands for itself
        while (!at_end() && !takes("]")) {
            const std::size_t name_end =
                text_.substr(at_).starts_with("[:") ? text_.find(":]", at_ + 2) : std::string_view::npos;
            if (name_end != std::string_view::npos) {
                at_ = name_end + 2;
            } else if (takes("\\")) {
                skip_escape();
            } else {
                ++at_;
            }
        }
    }

    static Node assertion(Assertion which) {
        Node node{Node::Type::assertion};
        node.assertion = which;
        return node;
    }

    /// As group_regex.cpp has RE2 read it: with the carriage return that belongs to a line end.
    Node dollar() {
        Node line_end{Node::Type::repeat};
        line_end.most = 1;
        line_end.parts.push_back(character("\\r"));
        Node both{Node::Type::sequence};
        both.parts.push_back(std::move(line_end));
        both.parts.push_back(assertion(flags_.lines ? Assertion::line_end : Assertion::text_end));
        return both;
    }

    /// Of one character as it is written: `a`, `.`, `\d`, `[^a-z]`.
    Node character(std::string_view token) {
        if (token.size() == 1 && token != ".") return literal(token);
        return bytes(token, flags_text() + std::string(token));
    }

    Node literal(std::string_view byte) {
        if (flags_.ignores_case) {
            return bytes(byte, flags_text() + re2::RE2::QuoteMeta(re2::StringPiece(byte.data(), 1)));
        }
        return bytes(byte, std::string(byte));
    }

    std::string flags_text() const {
        return std::string("(?") + (flags_.ignores_case ? "i" : "") + (flags_.dot_takes_all ? "s" : "") +
               '-' + (flags_.ignores_case ? "" : "i") + (flags_.dot_takes_all ? "U" : "s") + ')';
    }

    /// `expression` has the flags in it, unless it is a single byte.
    Node bytes(std::string_view token, const std::string& expression) {
        Node node{Node::Type::bytes};
        const auto [known, is_new] =
            sets_.emplace(expression, static_cast<std::uint32_t>(program_.sets.size()));
        node.set = known->second;
        if (!is_new) return node;
        StreamProgram::ByteSet set;
        if (expression.size() == 1) {
            set.set(static_cast<std::uint8_t>(token.front()));
        } else {
            re2::RE2::Options options;
            options.set_encoding(re2::RE2::Options::EncodingLatin1);
            options.set_log_errors(false);
            const re2::RE2 one(expression, options);
            for (std::size_t byte = 0; byte < set.size(); ++byte) {
                const auto c = static_cast<char>(byte);
                set[byte] = re2::RE2::FullMatch(re2::StringPiece(&c, 1), one);
            }
        }
        program_.sets.push_back(set);
        return node;
    }

    std::string_view text_;
    StreamProgram& program_;
    StreamProgram::Dollars& dollars_;
    std::size_t at_ = 0;
    Flags flags_;
    std::map<std::string, std::uint32_t> sets_;
};

/// From the last step to the first: each needs to know what follows.
class Writer {
public:
    explicit Writer(StreamProgram& program) : program_(program) {}

    bool is_full() const { return program_.steps.size() > StreamProgram::most_steps; }

    std::uint32_t add(Step step) {
        if (is_full()) return 0;  // it is refused as a whole
        program_.steps.push_back(step);
        return static_cast<std::uint32_t>(program_.steps.size() - 1);
    }

    std::uint32_t write(const Node& node, std::uint32_t next) {
        if (is_full()) return 0;
        switch (node.type) {
            case Node::Type::empty:
                return next;
            case Node::Type::bytes:
                return add({Kind::set, 0, {}, next, node.set});
            case Node::Type::assertion:
                return add({Kind::assertion, 0, node.assertion, next});
            case Node::Type::sequence:
                for (auto part = node.parts.rbegin(); part != node.parts.rend(); ++part) {
                    next = write(*part, next);
                }
                return next;
            case Node::Type::choice: {
                std::uint32_t entry = write(node.parts.back(), next);
                for (auto part = std::next(node.parts.rbegin()); part != node.parts.rend(); ++part) {
                    entry = add({Kind::split, 0, {}, write(*part, next), entry});
                }
                return entry;
            }
            case Node::Type::repeat:
                break;
        }
        return write_repeat(node, next);
    }

private:
    std::uint32_t write_repeat(const Node& node, std::uint32_t next) {
        const Node& body = node.parts.front();
        unsigned before = node.least;
        if (node.most == no_limit) {
            const std::uint32_t again = add({Kind::split, 0, {}, 0, next});
            const std::uint32_t first = write(body, again);
            if (is_full()) return 0;
            program_.steps[again].next = first;
            next = before == 0 ? again : first;
            before -= before == 0 ? 0 : 1;
        } else {
            const std::uint32_t behind = next;
            for (unsigned i = node.least; i < node.most && !is_full(); ++i) {
                next = add({Kind::split, 0, {}, write(body, next), behind});
            }
        }
        for (; before > 0 && !is_full(); --before) next = write(body, next);
        return next;
    }

    StreamProgram& program_;
};

}  // namespace

Result<StreamProgram> StreamProgram::of_expression(std::string_view expression, std::size_t longest_match,
                                                   Dollars& dollars) {
    StreamProgram program;
    const Node node = Reader(expression, program, dollars).read();
    Writer writer(program);
    program.entry = writer.write(node, writer.add({}));
    if (writer.is_full()) {
        return fail_at(
            0, "the regular expression is too large to be looked for in all that arrives; repeat less");
    }
    program.longest_match = longest_match;
    program.find_first_bytes();
    return program;
}

}  // namespace sockdesk::query
