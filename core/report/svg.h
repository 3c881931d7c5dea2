// A small SVG writer: shapes with CSS classes (colours live in the page's style, so that light, dark and print follow),
// all text escaped, numbers the same on every machine. Not thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshard::report {

// Text as HTML and SVG take it, in elements and in attributes. Bytes that are no UTF-8, and control characters, become
// U+FFFD.
std::string escapeMarkup(std::string_view text);
// A coordinate or number with at most one digit behind the point.
std::string number(double value);

class Svg {
public:
    using Points = std::vector<std::pair<double, double>>;

    // `label` says to a screen reader what the picture shows.
    Svg(double width, double height, std::string_view label);

    void rectangle(double x, double y, double width, double height, std::string_view classes);
    void line(double x1, double y1, double x2, double y2, std::string_view classes);
    void polyline(const Points& points, std::string_view classes);
    void polygon(const Points& points, std::string_view classes);
    // `anchor`: start, middle, end. `tip` is shown under the pointer; empty: none.
    void text(double x, double y, std::string_view what, std::string_view anchor = "start",
              std::string_view classes = {}, std::string_view tip = {});
    // Path data made by the caller from numbers alone.
    void path(std::string_view data, std::string_view classes);
    std::string finish();

private:
    std::string out_;
};

}  // namespace foreshard::report
