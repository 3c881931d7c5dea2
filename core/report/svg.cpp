#include "core/report/svg.h"

#include <fmt/format.h>

#include <cmath>

namespace foreshard::report {

namespace {

// Length of the UTF-8 character that starts here; 0 where none does (also overlong forms and surrogates).
size_t characterLength(std::string_view text) {
    const auto at = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const auto follows = [&](size_t i) { return (at(i) & 0xc0) == 0x80; };
    const unsigned first = at(0);
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first < 0xe0) return follows(1) ? 2 : 0;
    if (first >= 0xe0 && first < 0xf0) {
        const bool bad = (first == 0xe0 && at(1) < 0xa0) || (first == 0xed && at(1) >= 0xa0);
        return !bad && follows(1) && follows(2) ? 3 : 0;
    }
    if (first >= 0xf0 && first < 0xf5) {
        const bool bad = (first == 0xf0 && at(1) < 0x90) || (first == 0xf4 && at(1) >= 0x90);
        return !bad && follows(1) && follows(2) && follows(3) ? 4 : 0;
    }
    return 0;
}

void appendPoints(std::string& out, const Svg::Points& points) {
    for (const auto& [x, y] : points) {
        out += number(x);
        out += ',';
        out += number(y);
        out += ' ';
    }
}

}  // namespace

std::string escapeMarkup(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const size_t length = characterLength(text);
        const char c = text[0];
        if (length == 0 || (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
            out += "\xef\xbf\xbd";
        else if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '"')
            out += "&quot;";
        else if (c == '\'')
            out += "&#39;";
        else
            out.append(text.substr(0, length));
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return out;
}

std::string number(double value) {
    if (!std::isfinite(value)) return "0";
    std::string out = fmt::format("{:.1f}", value);
    if (out.ends_with(".0")) out.resize(out.size() - 2);
    return out == "-0" ? "0" : out;
}

Svg::Svg(double width, double height, std::string_view label) {
    out_ = fmt::format(R"(<svg viewBox="0 0 {} {}" role="img" aria-label="{}" preserveAspectRatio="xMinYMin meet">)",
                       number(width), number(height), escapeMarkup(label));
    out_ += '\n';
}

void Svg::rectangle(double x, double y, double width, double height, std::string_view classes) {
    out_ += fmt::format(R"(<rect x="{}" y="{}" width="{}" height="{}" class="{}"/>)", number(x), number(y),
                        number(width), number(height), classes);
}

void Svg::line(double x1, double y1, double x2, double y2, std::string_view classes) {
    out_ += fmt::format(R"(<line x1="{}" y1="{}" x2="{}" y2="{}" class="{}"/>)", number(x1), number(y1), number(x2),
                        number(y2), classes);
}

void Svg::polyline(const Points& points, std::string_view classes) {
    if (points.empty()) return;
    out_ += "<polyline points=\"";
    appendPoints(out_, points);
    out_ += fmt::format(R"(" class="{}"/>)", classes);
}

void Svg::polygon(const Points& points, std::string_view classes) {
    if (points.empty()) return;
    out_ += "<polygon points=\"";
    appendPoints(out_, points);
    out_ += fmt::format(R"(" class="{}"/>)", classes);
}

void Svg::text(double x, double y, std::string_view what, std::string_view anchor, std::string_view classes,
               std::string_view tip) {
    out_ += fmt::format(R"(<text x="{}" y="{}" text-anchor="{}" class="{}">{}{}</text>)", number(x), number(y), anchor,
                        classes, tip.empty() ? std::string() : fmt::format("<title>{}</title>", escapeMarkup(tip)),
                        escapeMarkup(what));
    out_ += '\n';
}

void Svg::path(std::string_view data, std::string_view classes) {
    if (!data.empty()) out_ += fmt::format("<path d=\"{}\" class=\"{}\"/>\n", data, classes);
}

std::string Svg::finish() {
    out_ += "</svg>\n";
    return std::move(out_);
}

}  // namespace foreshard::report
