#include "app/po_file.hpp"

#include <fmt/format.h>

namespace sockdesk::app {
namespace {

class Parser {
public:
    explicit Parser(std::string_view content) : rest_(content) {}

    Result<PoCatalogue> parse() {
        while (!rest_.empty()) {
            const std::size_t end = rest_.find('\n');
            std::string_view line = rest_.substr(0, end);
            rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
            if (line.ends_with('\r')) line.remove_suffix(1);
            ++line_number_;
            if (auto done = take(line); !done) return tl::unexpected(done.error());
        }
        if (auto done = finish_entry(); !done) return tl::unexpected(done.error());
        return std::move(catalogue_);
    }

private:
    struct Entry {
        std::string context;
        std::string id;
        std::string text;
        bool has_context = false;
        bool has_id = false;
        bool has_text = false;
        bool fuzzy = false;
    };

    Result<void> take(std::string_view line) {
        if (line.empty()) return finish_entry();
        if (line.starts_with("#~")) return {};  // an obsolete entry, kept for translators
        if (line.front() == '#') {
            if (entry_.has_text) {
                if (auto done = finish_entry(); !done) return done;
            }
            if (line.starts_with("#,") && line.find("fuzzy") != std::string_view::npos) entry_.fuzzy = true;
            return {};
        }
        if (line.front() == '"') {
            if (current_ == nullptr) return error("a text that belongs to no keyword");
            return append_string(line, *current_);
        }
        if (line.starts_with("msgctxt ")) return start_context(line.substr(8));
        if (line.starts_with("msgid ")) return start_id(line.substr(6));
        if (line.starts_with("msgstr ")) return start_text(line.substr(7));
        return error("a keyword other than msgctxt, msgid and msgstr");
    }

    Result<void> start_context(std::string_view text) {
        if (auto done = finish_entry(); !done) return done;
        entry_.has_context = true;
        current_ = &entry_.context;
        return append_string(text, entry_.context);
    }

    Result<void> start_id(std::string_view text) {
        if (entry_.has_text) {
            if (auto done = finish_entry(); !done) return done;
        }
        if (entry_.has_id) return error("a msgid without its msgstr");
        entry_.has_id = true;
        current_ = &entry_.id;
        return append_string(text, entry_.id);
    }

    Result<void> start_text(std::string_view text) {
        if (!entry_.has_id || entry_.has_text) return error("a msgstr without its msgid");
        entry_.has_text = true;
        current_ = &entry_.text;
        return append_string(text, entry_.text);
    }

    Result<void> append_string(std::string_view quoted, std::string& out) {
        if (quoted.size() < 2 || quoted.front() != '"' || quoted.back() != '"') {
            return error("a text without its quotation marks");
        }
        const std::string_view body = quoted.substr(1, quoted.size() - 2);
        for (std::size_t i = 0; i < body.size(); ++i) {
            if (body[i] == '"') return error("a quotation mark without a backslash");
            if (body[i] != '\\') {
                out += body[i];
                continue;
            }
            if (++i == body.size()) return error("a backslash at the end of a text");
            switch (body[i]) {
                case 'n':
                    out += '\n';
                    break;
                case 't':
                    out += '\t';
                    break;
                case '"':
                    out += '"';
                    break;
                case '\\':
                    out += '\\';
                    break;
                default:
                    return error("an escape other than \\n \\t \\\" \\\\");
            }
        }
        return {};
    }

    Result<void> finish_entry() {
        current_ = nullptr;
        Entry entry = std::exchange(entry_, {});
        if (!entry.has_id && !entry.has_context) {
            entry_.fuzzy = entry.fuzzy;  // comments may stand apart from their entry
            return {};
        }
        if (!entry.has_text) return error("an entry without msgstr");
        if (entry.fuzzy || entry.text.empty() || entry.id.empty()) return {};
        std::string key = entry.has_context ? entry.context + po_context_separator + entry.id : entry.id;
        if (!catalogue_.emplace(std::move(key), std::move(entry.text)).second) {
            return error(fmt::format("\"{}\" for the second time", entry.id));
        }
        return {};
    }

    tl::unexpected<Error> error(std::string_view what) const {
        return fail(ErrorKind::bad_input, fmt::format("line {} of the translation: {}", line_number_, what));
    }

    std::string_view rest_;
    std::size_t line_number_ = 0;
    PoCatalogue catalogue_;
    Entry entry_;
    std::string* current_ = nullptr;
};

}  // namespace

Result<PoCatalogue> parse_po(std::string_view content) { return Parser(content).parse(); }

}  // namespace sockdesk::app
