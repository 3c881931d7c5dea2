#include "ui/theme/ramps.h"

#include <algorithm>
#include <cmath>

#include "ui/theme/colour_math.h"

namespace foreshard::ui {

namespace {

struct Leg {                      // one ramp in OKLCH; lightness is linear, chroma swells in the middle
    double hueFrom, hueTo, chroma;
};

Leg legOf(Ramp ramp) {
    switch (ramp) {
        case Ramp::ocean: return {200, 275, 0.13};
        case Ramp::grey: return {0, 0, 0};
        default: return {85, 15, 0.16};
    }
}

QColor single(Ramp ramp, ThemeMode mode, double share) {
    const auto leg = legOf(ramp);
    const auto base = toOklab(Theme::coloursFor(mode).surface);
    const double end = mode == ThemeMode::light ? 0.28 : 0.95;
    // In the dark the ramp runs the other way round: its bright end is the light hue.
    const double hue = mode == ThemeMode::light ? std::lerp(leg.hueFrom, leg.hueTo, share) : std::lerp(leg.hueTo, leg.hueFrom, share);
    const double chroma = leg.chroma * std::sin(std::min(1.0, share * 1.15 + 0.02) * 2.6) * 1.02;
    return fromOklch(std::lerp(base.lightness, end, share), std::max(0.0, chroma), hue);
}

QColor diverging(ThemeMode mode, double share) {
    const auto neutral = toOklab(Theme::coloursFor(mode).raised);
    const double far = std::fabs(share * 2 - 1);
    const double end = mode == ThemeMode::light ? 0.42 : 0.86;
    return fromOklch(std::lerp(neutral.lightness, end, far), 0.15 * far, share < 0.5 ? 250 : 50);
}

}  // namespace

QString rampName(Ramp ramp) {
    switch (ramp) {
        case Ramp::ocean: return QStringLiteral("ocean");
        case Ramp::grey: return QStringLiteral("grey");
        case Ramp::diverging: return QStringLiteral("diverging");
        default: return QStringLiteral("ember");
    }
}

QString rampTitle(Ramp ramp) {
    auto name = rampName(ramp);
    name[0] = name[0].toUpper();
    return name;
}

Ramp rampFromName(const QString& name) {
    for (const auto ramp : {Ramp::ocean, Ramp::grey, Ramp::diverging}) {
        if (rampName(ramp) == name) return ramp;
    }
    return Ramp::ember;
}

QList<QRgb> rampColours(Ramp ramp, ThemeMode mode, double brightness) {
    QList<QRgb> out(rampSteps);
    const double gamma = 1 / std::clamp(brightness, 0.25, 4.0);
    for (int i = 0; i < rampSteps; ++i) {
        const double share = static_cast<double>(i) / (rampSteps - 1);
        if (ramp == Ramp::diverging) {
            const double signedShare = share * 2 - 1;
            const double bent = std::copysign(std::pow(std::fabs(signedShare), gamma), signedShare);
            out[i] = diverging(mode, (bent + 1) / 2).rgb();
        } else {
            out[i] = single(ramp, mode, std::pow(share, gamma)).rgb();
        }
    }
    return out;
}

}  // namespace foreshard::ui
