// Colour ramps for heat. A single ramp goes in equal steps of OKLab lightness from the background away, so that "more" is
// always farther from it, in light and in dark; the diverging one has zero at the neutral colour. Pure functions.
#pragma once

#include <QList>
#include <QRgb>
#include <QString>

#include "ui/theme/theme.h"

namespace foreshard::ui {

enum class Ramp : uint8_t { ember, ocean, grey, diverging };   // stable ids: settings keep their names
constexpr int rampSteps = 256;

QString rampName(Ramp ramp);       // "ember": for settings
QString rampTitle(Ramp ramp);      // "Ember": for people
Ramp rampFromName(const QString& name);

// `rampSteps` colours, least first. For diverging the middle one is neutral. `brightness` in 0.25…4 is a gamma on the value:
// above 1 shows small values stronger.
QList<QRgb> rampColours(Ramp ramp, ThemeMode mode, double brightness = 1.0);

}  // namespace foreshard::ui
