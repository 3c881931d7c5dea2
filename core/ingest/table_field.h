// One field of a table (CSV and its kin, RFC 4180). Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace foreshard::ingest {

// What stands behind a field: a separator, a line break, the end of the text, or what does not belong there.
enum class FieldEnd : uint8_t { field, line, cut, broken };

// The field at `at`, which moves behind what ends it; at the end of the text it is that, but inside of quotes. `undone` holds a
// field whose doubled quotes were undone.
inline FieldEnd readTableField(std::string_view text, char separator, size_t& at, std::string_view& out, std::string& undone) {
    size_t begin = at;
    if (at < text.size() && text[at] == '"') {
        bool doubled = false;
        begin = ++at;
        for (;;) {
            const size_t quote = text.find('"', at);
            if (quote == std::string_view::npos) return FieldEnd::cut;
            at = quote + 1;
            if (at >= text.size() || text[at] != '"') break;
            if (!doubled) undone.clear();
            doubled = true;
            undone.append(text, begin, at - begin);
            begin = ++at;
        }
        out = text.substr(begin, at - 1 - begin);
        if (doubled) out = undone.append(out);
    } else {
        while (at < text.size() && text[at] != separator && text[at] != '\n') ++at;
        out = text.substr(begin, at - begin);
        if (at < text.size() && text[at] == '\n' && out.ends_with('\r')) out.remove_suffix(1);
    }
    if (at < text.size() && text[at] == '\r') ++at;
    if (at >= text.size()) return FieldEnd::cut;
    if (text[at] != separator && text[at] != '\n') return FieldEnd::broken;
    return text[at++] == '\n' ? FieldEnd::line : FieldEnd::field;
}

}  // namespace foreshard::ingest
