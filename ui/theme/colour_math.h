// OKLab colours: a space in which equal steps look equally far apart (Björn Ottosson, 2020, public domain). Pure functions.
#pragma once

#include <QColor>

namespace foreshard::ui {

struct Oklab {
    double lightness = 0, a = 0, b = 0;
};

Oklab toOklab(const QColor& colour);
QColor fromOklab(const Oklab& colour);                       // clipped into sRGB
QColor fromOklch(double lightness, double chroma, double hueDegrees);
double distance(const Oklab& x, const Oklab& y);             // 0.02 is about the least one sees

QColor mix(const QColor& from, const QColor& to, double share);   // in OKLab; 0: from
// Contrast of WCAG 2.1, 1…21. Body text wants 4.5 at least.
double contrast(const QColor& x, const QColor& y);

}  // namespace foreshard::ui
