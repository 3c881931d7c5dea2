#include "ui/theme/theme.h"

#include <QApplication>
#include <QFontDatabase>
#include <QStyle>

#include "ui/theme/colour_math.h"
#include "ui/theme/workbench_style.h"

static void initIconResources() { Q_INIT_RESOURCE(icons); }

namespace foreshard::ui {

namespace {

// From Okabe and Ito's set, shifted so that each has contrast 2.5 at least with its background.
constexpr std::array<const char*, 8> lightSeries{"#0072b2", "#d08700", "#008c66", "#c2609a", "#3fa0d8", "#4d3d0a", "#c8500a", "#6a51a3"};
constexpr std::array<const char*, 8> darkSeries{"#4ba3e3", "#f0b040", "#35b58b", "#e39ac4", "#a5dcff", "#b0905a", "#f47c48", "#c4b5f2"};

Colours lightColours() {
    Colours c{.background = QColor("#f4f5f6"), .surface = QColor("#ffffff"), .raised = QColor("#eceef0"), .line = QColor("#d3d7db"),
              .text = QColor("#1c2126"), .secondary = QColor("#5a636c"), .accent = QColor("#1a66c2"), .accentText = QColor("#ffffff"),
              .selection = QColor("#d4e4f8"), .warning = QColor("#8a5a00"), .error = QColor("#b3261e"), .verified = QColor("#1d7a3e"),
              .notice = QColor("#f7f1e3"), .series = {}};
    for (size_t i = 0; i < c.series.size(); ++i) c.series[i] = QColor(lightSeries[i]);
    return c;
}

Colours darkColours() {
    Colours c{.background = QColor("#1b1e22"), .surface = QColor("#22262b"), .raised = QColor("#2c3137"), .line = QColor("#3d444c"),
              .text = QColor("#e4e7ea"), .secondary = QColor("#a3acb5"), .accent = QColor("#6cb0ff"), .accentText = QColor("#10151b"),
              .selection = QColor("#294263"), .warning = QColor("#e8b34b"), .error = QColor("#ff8a80"), .verified = QColor("#6fcf8e"),
              .notice = QColor("#332d20"), .series = {}};
    for (size_t i = 0; i < c.series.size(); ++i) c.series[i] = QColor(darkSeries[i]);
    return c;
}

Colours highContrastColours() {
    auto c = darkColours();
    c.background = c.surface = QColor("#000000");
    c.raised = QColor("#141414");
    c.line = QColor("#b8b8b8");
    c.text = QColor("#ffffff");
    c.secondary = QColor("#e6e6e6");
    c.accent = QColor("#7cc4ff");
    c.accentText = QColor("#000000");
    c.selection = QColor("#003f80");
    c.warning = QColor("#ffd24d");
    c.error = QColor("#ffb0a8");
    c.verified = QColor("#7dffa8");
    c.notice = QColor("#1f1a00");
    return c;
}

}  // namespace

Theme& Theme::instance() {
    static Theme theme;
    return theme;
}

Colours Theme::coloursFor(ThemeMode mode) {
    return mode == ThemeMode::light ? lightColours() : mode == ThemeMode::dark ? darkColours() : highContrastColours();
}

QPalette Theme::paletteFor(const Colours& c) {
    QPalette p;
    p.setColor(QPalette::Window, c.background);
    p.setColor(QPalette::WindowText, c.text);
    p.setColor(QPalette::Base, c.surface);
    p.setColor(QPalette::AlternateBase, mix(c.surface, c.raised, 0.4));
    p.setColor(QPalette::Text, c.text);
    p.setColor(QPalette::PlaceholderText, c.secondary);
    p.setColor(QPalette::Button, c.raised);
    p.setColor(QPalette::ButtonText, c.text);
    p.setColor(QPalette::BrightText, c.error);
    p.setColor(QPalette::Highlight, c.selection);
    p.setColor(QPalette::HighlightedText, c.text);
    p.setColor(QPalette::Link, c.accent);
    p.setColor(QPalette::LinkVisited, c.accent);
    p.setColor(QPalette::ToolTipBase, c.raised);
    p.setColor(QPalette::ToolTipText, c.text);
    p.setColor(QPalette::Light, mix(c.raised, c.surface, 0.6));
    p.setColor(QPalette::Midlight, c.raised);
    p.setColor(QPalette::Mid, c.line);
    p.setColor(QPalette::Dark, mix(c.line, c.text, 0.25));
    p.setColor(QPalette::Shadow, mix(c.line, c.text, 0.5));
    const auto faint = mix(c.background, c.text, 0.42);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText}) {
        p.setColor(QPalette::Disabled, role, faint);
    }
    p.setColor(QPalette::Disabled, QPalette::Highlight, c.line);
    return p;
}

void Theme::apply(ThemeMode mode) {
    initIconResources();
    mode_ = mode;
    colours_ = coloursFor(mode);
    if (!qobject_cast<WorkbenchStyle*>(QApplication::style())) QApplication::setStyle(new WorkbenchStyle);
    QApplication::setPalette(paletteFor(colours_));
    Q_EMIT changed();
}

Qt::PenStyle Theme::seriesPen(int index) {
    constexpr std::array styles{Qt::SolidLine, Qt::DashLine, Qt::DotLine, Qt::DashDotLine};
    return styles[static_cast<size_t>(index) / 8 % styles.size()];
}

Qt::BrushStyle Theme::seriesBrush(int index) {
    constexpr std::array styles{Qt::SolidPattern, Qt::BDiagPattern, Qt::FDiagPattern, Qt::DiagCrossPattern};
    return styles[static_cast<size_t>(index) / 8 % styles.size()];
}

QFont scaledFont(double factor, bool strong) {
    auto font = QApplication::font();
    font.setPointSizeF(font.pointSizeF() * factor);
    if (strong) font.setWeight(QFont::DemiBold);
    return font;
}

QFont monoFont(double factor) {
    auto font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setPointSizeF(QApplication::font().pointSizeF() * factor);
    return font;
}

}  // namespace foreshard::ui
