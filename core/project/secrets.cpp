#include "core/project/secrets.h"

#include <algorithm>
#include <cctype>
#include <string>

namespace foreshard::project {

namespace {

int hexDigit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const int lower = std::tolower(static_cast<unsigned char>(c));
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Lower case with %xx undone, so that "p%61ssword" is found too.
std::string plain(std::string_view uri) {
    std::string out;
    for (size_t i = 0; i < uri.size(); ++i) {
        if (uri[i] == '%' && i + 2 < uri.size() && hexDigit(uri[i + 1]) >= 0 && hexDigit(uri[i + 2]) >= 0) {
            out += static_cast<char>(std::tolower(hexDigit(uri[i + 1]) * 16 + hexDigit(uri[i + 2])));
            i += 2;
        } else {
            out += static_cast<char>(std::tolower(static_cast<unsigned char>(uri[i])));
        }
    }
    return out;
}

bool parameterNamed(const std::string& text, std::string_view name) {
    for (size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
        const size_t next = text.find_first_not_of(" \t\n\r", at + name.size());
        if (next != std::string::npos && text[next] == '=') return true;
    }
    return false;
}

}  // namespace

bool carriesSecret(std::string_view uri) {
    const std::string text = plain(uri);
    if (text.starts_with("sqlite:")) return false;  // all of it is a file name
    for (const std::string_view name : {"password", "passwd", "pwd"})
        if (parameterNamed(text, name)) return true;
    // The user part is looked for before percent signs are undone: an encoded '@' is not its end.
    const size_t begin = uri.find("//");
    if (begin == std::string_view::npos) return false;
    const std::string_view authority = uri.substr(begin + 2, uri.find_first_of("/?#", begin + 2) - begin - 2);
    const size_t at = authority.rfind('@');
    return at != std::string_view::npos && authority.substr(0, at).find(':') != std::string_view::npos;
}

}  // namespace foreshard::project
