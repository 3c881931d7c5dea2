// Theme: the one place where colours and fonts come from. Applies a QPalette on the Fusion style; everything else reads
// palette() or Theme::colours(). GUI thread only. Widgets that paint with Theme::colours() repaint on QEvent::PaletteChange.
#pragma once

#include <QColor>
#include <QFont>
#include <QObject>
#include <QPalette>

#include <array>

namespace foreshard::ui {

enum class ThemeMode : uint8_t { light, dark, highContrast };

// Meaning, not hue: amber and red only where a person is needed, green only for "verified".
struct Colours {
    QColor background, surface, raised, line, text, secondary, accent, accentText, selection;
    QColor warning, error, verified;
    QColor notice;                     // quiet fill behind inline notices
    std::array<QColor, 8> series;      // shards and series; told apart in the common kinds of colour blindness
};

class Theme : public QObject {
    Q_OBJECT
public:
    static Theme& instance();

    // Also sets style and fonts of the application. Emits changed() after palettes have been sent.
    void apply(ThemeMode mode);
    ThemeMode mode() const { return mode_; }
    bool dark() const { return mode_ != ThemeMode::light; }
    const Colours& colours() const { return colours_; }
    static Colours coloursFor(ThemeMode mode);
    static QPalette paletteFor(const Colours& colours);

    // Colour of the n-th shard or series; from the ninth on the same colours, to be drawn with another pattern.
    QColor series(int index) const { return colours_.series[static_cast<size_t>(index) % colours_.series.size()]; }
    static Qt::PenStyle seriesPen(int index);
    static Qt::BrushStyle seriesBrush(int index);

Q_SIGNALS:
    void changed();

private:
    Theme() = default;
    ThemeMode mode_ = ThemeMode::light;
    Colours colours_ = coloursFor(ThemeMode::light);
};

// Fonts by role, as factors of the application's.
QFont scaledFont(double factor, bool strong = false);
QFont monoFont(double factor = 1.0);

}  // namespace foreshard::ui
