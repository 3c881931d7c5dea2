#include "core/sql/parse_form.h"

#include "core/sql/lexer_core.h"

namespace foreshard::sql {

namespace {

void appendSlot(ParseForm& form, const TraceToken& token) {
    const auto here = [&] { return static_cast<int64_t>(form.text.size()); };
    form.slotAt[here()] = token.slot;
    switch (token.literal) {
        case LiteralKind::parameter:
            form.text += '$' + std::to_string(token.slot + 1);
            break;
        case LiteralKind::string:
            form.text += "''";
            break;
        case LiteralKind::bytes:
            form.text += "B''";
            break;
        case LiteralKind::boolean:
        case LiteralKind::null:
            form.text += token.source;
            break;
        case LiteralKind::number: {
            // The parser gives the place of the sign or of the digits, by what follows.
            const bool sign = token.source[0] == '-' || token.source[0] == '+';
            if (sign) form.text += token.source[0];
            form.slotAt[here()] = token.slot;
            // Only small integers are told apart from other numbers by the grammar.
            const std::string_view digits = token.text.substr(!token.text.empty() && token.text[0] == '-' ? 1 : 0);
            const bool small = digits.size() < 10 && digits.find_first_not_of("0123456789") == std::string_view::npos;
            form.text += small ? digits : "1.5";
            break;
        }
    }
}

void appendKept(std::string& text, const TraceToken& token) {
    if (token.literal != LiteralKind::string) {
        text += token.source;
        return;
    }
    text += '\'';
    for (char c : token.text) {
        if (c == '\'') text += c;
        text += c;
    }
    text += '\'';
}

}  // namespace

ParseForm parseForm(const std::vector<TraceToken>& tokens, uint32_t slots) {
    ParseForm form;
    form.slots = slots;
    for (const TraceToken& token : tokens) {
        if (!form.text.empty()) form.text += ' ';
        switch (token.kind) {
            case TraceKind::slot:
                appendSlot(form, token);
                break;
            case TraceKind::kept:
                appendKept(form.text, token);
                break;
            case TraceKind::name: {
                form.text += '"';
                for (char c : token.text) {
                    if (c == '"') form.text += c;
                    form.text += c;
                }
                form.text += '"';
                break;
            }
            case TraceKind::op:
                form.text += token.source == "??" ? "?" : token.source;
                break;
            case TraceKind::word:
            case TraceKind::punct:
                form.text += token.source;
                break;
        }
    }
    return form;
}

}  // namespace foreshard::sql
