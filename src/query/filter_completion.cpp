// What can go on at the caret of a filter line. It looks at the pieces before the caret only, so it also helps where the
// line is wrong.
#include <algorithm>
#include <array>

#include "query/filter.hpp"
#include "query/filter_tokens.hpp"
#include "query/filter_values.hpp"

namespace sockdesk::query {

namespace {

struct Offer {
    std::string_view text;
    std::string_view description;
};

constexpr std::array term_offers = {
    Offer{"rx", "what was received"},
    Offer{"tx", "what was sent"},
    Offer{"from ", "who sent it: address, port or network"},
    Offer{"to ", "to whom it went: address, port or network"},
    Offer{"peer ", "the remote end, either way"},
    Offer{"len", "bytes of payload"},
    Offer{"time", "local time"},
    Offer{"\"", "text, in either letter case"},
    Offer{"text:exact\"", "text, letter case counts"},
    Offer{"hex\"", "bytes, ? for any digit"},
    Offer{"/", "regular expression over bytes"},
    Offer{"#", "record number or range"},
    Offer{"event", "what happened to the session"},
    Offer{"error", "errors and drops"},
    Offer{"udp", "datagrams, not streams"},
    Offer{"tcp", "pieces of streams"},
    Offer{"not ", "all but the next term"},
    Offer{"(", "terms that belong together"},
};

constexpr std::array joint_offers = {
    Offer{"or ", "one side or the other"},
    Offer{"and ", "both; the same as nothing between"},
};

constexpr std::array comparison_offers = {
    Offer{">", "greater than that"},
    Offer{">=", "at least"},
    Offer{"<", "less than that"},
    Offer{"<=", "at most"},
    Offer{"=", "equal, or in a range such as 0..64"},
    Offer{"!=", "not equal, or not in a range"},
};

constexpr std::array time_offers = {
    Offer{">=", "from then on"},
    Offer{"<", "before that time"},
    Offer{"=", "then, or in a range such as 10:00..10:05"},
    Offer{">", "after that time"},
    Offer{"<=", "until then"},
    Offer{"!=", "at other times"},
};

bool starts_with(std::string_view text, std::string_view prefix) {
    return prefix.size() <= text.size() &&
           std::equal(prefix.begin(), prefix.end(), text.begin(), [](char a, char b) {
               const auto lower = [](char c) {
                   return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
               };
               return lower(a) == lower(b);
           });
}

class Completer {
public:
    Completer(std::string_view line, std::size_t caret, const std::vector<Endpoint>& peers)
        : line_(line), caret_(std::min(caret, line.size())), peers_(peers) {}

    std::vector<Completion> complete() {
        if (!look_back()) return {};
        const std::string_view word = text(last_);
        if (last_.kind == TokenKind::comparison) return {};  // a number or a time, or nothing that goes on
        if (last_.kind == TokenKind::word) {
            if (takes_address(word)) {
                offer_peers();
                return std::move(result_);
            }
            if (is_word(word, "len")) return offer_all(comparison_offers);
            if (is_word(word, "time")) return offer_all(time_offers);
            if (is_word(word, "hex") || is_word(word, "text") || is_word(word, "text:exact")) {
                offer("\"", "");
                return std::move(result_);
            }
        }
        // The word under the caret is whole, and what it wants comes next.
        if (is_word(prefix_, "len")) return offer_behind(comparison_offers);
        if (is_word(prefix_, "time")) return offer_behind(time_offers);

        const bool can_join = last_.kind == TokenKind::text || last_.kind == TokenKind::regex ||
                              last_.kind == TokenKind::close ||
                              (last_.kind == TokenKind::word && !is_word(word, "or") &&
                               !is_word(word, "and") && !is_word(word, "not"));
        if (can_join && !prefix_.empty()) offer_all_of(joint_offers);
        offer_all_of(term_offers);
        if (can_join && prefix_.empty()) offer_all_of(joint_offers);
        if (!prefix_.empty()) offer_peers();
        return std::move(result_);
    }

private:
    std::string_view text(const Token& token) const {
        return line_.substr(token.begin, token.end - token.begin);
    }

    static bool takes_address(std::string_view word) {
        return is_word(word, "from") || is_word(word, "to") || is_word(word, "peer");
    }

    /// Finds the word under the caret and the piece before it. False: the caret is inside of a text or an
    /// expression, where everything can stand.
    bool look_back() {
        begin_ = end_ = caret_;
        for (Token token = next_token(line_, 0); token.kind != TokenKind::end && token.begin < caret_;
             token = next_token(line_, token.end)) {
            const bool is_quoted = token.kind == TokenKind::text || token.kind == TokenKind::regex;
            if (is_quoted && (!token.is_closed || caret_ < token.end)) return false;
            if (token.kind == TokenKind::word && token.end >= caret_) {
                begin_ = token.begin;
                end_ = token.end;
                prefix_ = line_.substr(begin_, caret_ - begin_);
                return true;
            }
            // "from=" is understood as "from".
            const bool is_joint = token.kind == TokenKind::comparison && takes_address(text(last_));
            if (!is_joint) last_ = token;
        }
        return true;
    }

    void offer(std::string_view completion, std::string_view description) {
        result_.push_back({std::string(completion), std::string(description), begin_, end_});
    }

    template <typename Offers>
    void offer_all_of(const Offers& offers) {
        for (const Offer& one : offers) {
            if (starts_with(one.text, prefix_)) offer(one.text, one.description);
        }
    }

    template <typename Offers>
    std::vector<Completion> offer_all(const Offers& offers) {
        if (prefix_.empty()) offer_all_of(offers);
        return std::move(result_);
    }

    template <typename Offers>
    std::vector<Completion> offer_behind(const Offers& offers) {
        begin_ = caret_;
        prefix_ = {};
        return offer_all(offers);
    }

    void offer_peers() {
        std::vector<std::string> offered;
        const auto offer_once = [&](std::string address, std::string_view description) {
            if (!starts_with(address, prefix_)) return;
            if (std::find(offered.begin(), offered.end(), address) != offered.end()) return;
            offer(address, description);
            offered.push_back(std::move(address));
        };
        for (const Endpoint& peer : peers_) offer_once(peer.to_string(), "");
        for (const Endpoint& peer : peers_) offer_once(peer.address.to_string(), "any port");
    }

    std::string_view line_;
    std::size_t caret_;
    const std::vector<Endpoint>& peers_;
    Token last_;  ///< the piece before the word under the caret; `end` if there is none
    std::string_view prefix_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::vector<Completion> result_;
};

}  // namespace

std::vector<Completion> complete_filter(std::string_view text, std::size_t caret,
                                        const std::vector<Endpoint>& peers) {
    return Completer(text, caret, peers).complete();
}

}  // namespace sockdesk::query
