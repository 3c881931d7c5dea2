// Lists of tokens for those who write statements anew. Internal to sql/.
#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "core/sql/trace.h"

namespace foreshard::sql {

// `text` must live as long as the tokens: a constant.
inline TraceToken wordToken(std::string_view text) { return {TraceKind::word, {}, false, {}, 0, text, text}; }
inline TraceToken punctToken(std::string_view text) { return {TraceKind::punct, {}, false, {}, 0, text, text}; }
inline TraceToken opToken(std::string_view text) { return {TraceKind::op, {}, false, {}, 0, text, text}; }
// The same name, in quotes.
inline TraceToken nameToken(const TraceToken& token) { return {TraceKind::name, {}, true, {}, 0, token.source, token.text}; }

inline bool isAnyWord(const TraceToken& token, std::initializer_list<std::string_view> words) {
    for (const auto word : words)
        if (token.isWord(word)) return true;
    return false;
}

// Tokens by index, with a token that is nothing behind the last one.
class TokenList {
public:
    explicit TokenList(std::vector<TraceToken> tokens) : tokens_(std::move(tokens)) {}

    size_t size() const { return tokens_.size(); }
    const TraceToken& at(size_t i) const {
        static const TraceToken none{TraceKind::punct};
        return i < tokens_.size() ? tokens_[i] : none;
    }
    bool isWord(size_t i, std::string_view word) const { return at(i).isWord(word); }
    bool isAny(size_t i, std::initializer_list<std::string_view> words) const { return isAnyWord(at(i), words); }
    // Behind the bracket that closes the one at `open`.
    size_t behindBracket(size_t open) const {
        size_t depth = 0;
        for (size_t i = open; i < size(); ++i) {
            if (at(i).is("(")) ++depth;
            if (at(i).is(")") && --depth == 0) return i + 1;
        }
        return size();
    }
    // The first of these words in [from, to) outside of brackets; `to` where there is none.
    size_t find(size_t from, size_t to, std::initializer_list<std::string_view> words) const {
        for (size_t i = from; i < to; ++i) {
            if (isAny(i, words)) return i;
            if (at(i).is("(")) i = behindBracket(i) - 1;
            else if (at(i).is(")")) return to;
        }
        return to;
    }
    const std::vector<TraceToken>& all() const { return tokens_; }

private:
    std::vector<TraceToken> tokens_;
};

}  // namespace foreshard::sql
