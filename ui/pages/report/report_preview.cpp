#include "ui/pages/report/report_preview.h"

#include <QMap>
#include <QPainter>
#include <QRegularExpression>
#include <QSvgRenderer>

#include <cmath>

#include "ui/theme/theme.h"

namespace foreshard::ui {

namespace {

QString cut(QString text, const QString& pattern, const QString& instead = {}) {
    return text.replace(QRegularExpression(pattern, QRegularExpression::DotMatchesEverythingOption), instead);
}

// The custom properties of the n-th :root of the report's style: 0 in the light, 1 in the dark.
QMap<QString, QString> coloursOf(const QString& report, int set) {
    static const QRegularExpression root(QStringLiteral(":root\\{([^}]*)\\}")), entry(QStringLiteral("--([a-z0-9]+):([^;}]+)"));
    QMap<QString, QString> out;
    auto roots = root.globalMatch(report);
    for (int n = 0; n <= set && roots.hasNext(); ++n) {
        auto entries = entry.globalMatch(roots.next().captured(1));
        while (entries.hasNext()) {
            const auto found = entries.next();
            out[found.captured(1)] = found.captured(2).trimmed();
        }
    }
    return out;
}

// The rules that pictures are drawn by, with colours in place of custom properties.
QString pictureStyle(const QString& report, const QMap<QString, QString>& colours) {
    static const QRegularExpression rule(QStringLiteral("(?:^|\\})\\s*((?:\\.[a-z][a-z0-9]*)+)\\{([^}]*)\\}"), QRegularExpression::MultilineOption);
    QString style = QStringLiteral("text{fill:var(--text)}.tick{fill:var(--second)}");
    for (qsizetype at = 0;;) {
        const auto found = rule.match(report, at);
        if (!found.hasMatch()) break;
        style += found.captured(1) + QLatin1Char('{') + found.captured(2) + QLatin1Char('}');
        at = found.capturedEnd() - 1;      // the brace may begin the next rule
    }
    for (auto colour = colours.begin(); colour != colours.end(); ++colour) style.replace(QStringLiteral("var(--%1)").arg(colour.key()), colour.value());
    return style;
}

// Gives every word of a picture its font by attributes: QtSvg forgets the style's where an element has a text-anchor. A picture
// is made for the width of a page; drawn smaller, its words stay readable as far as they have room.
QString withFonts(const QString& svg, int width) {
    static const QRegularExpression box(QStringLiteral("viewBox=\"0 0 ([0-9.]+) ")), words(QStringLiteral("<text\\b([^>]*)>"));
    constexpr double most = 1.25, plain = 12, tick = 11, small = 10;          // as the report's style has them
    const auto found = box.match(svg);
    const double larger = found.hasMatch() ? std::clamp(found.captured(1).toDouble() / width, 1.0, most) : 1.0;
    QString out;
    qsizetype done = 0;
    for (auto all = words.globalMatch(svg); all.hasNext();) {
        const auto one = all.next();
        const auto attributes = one.captured(1);
        const double size = attributes.contains(QStringLiteral("small")) ? small : attributes.contains(QStringLiteral("tick")) ? tick : plain;
        out += QStringView(svg).mid(done, one.capturedStart() - done);
        out += QStringLiteral("<text font-family=\"DejaVu Sans\" font-size=\"%1\"%2>").arg(std::lround(size * larger)).arg(attributes);
        done = one.capturedEnd();
    }
    return out += QStringView(svg).mid(done);
}

QImage drawn(QString svg, const QString& style, int width, double ratio) {
    const auto end = svg.indexOf(QLatin1Char('>'));
    svg.insert(end + 1, QStringLiteral("<style>") + style + QStringLiteral("</style>"));
    svg.insert(4, QStringLiteral(" xmlns=\"http://www.w3.org/2000/svg\""));
    QSvgRenderer renderer(withFonts(svg, width).toUtf8());
    const auto box = renderer.viewBoxF();
    if (!renderer.isValid() || box.isEmpty()) return {};
    const QSizeF size(width, std::round(width * box.height() / box.width()));
    QImage image((size * ratio).toSize(), QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(ratio);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    renderer.render(&painter, QRectF(QPointF(), size));
    return image;
}

}  // namespace

QString pictureUrl(qsizetype n) { return QStringLiteral("picture:%1").arg(n); }

QString previewStyle() {
    const auto& c = Theme::instance().colours();
    return QStringLiteral("h1{font-size:20px}h2{font-size:17px;margin-top:24px;margin-bottom:4px}h3{font-size:13px;margin-top:12px;margin-bottom:4px}"
                          ".answer{font-size:14px;margin-top:0}.figure{margin-top:0;margin-bottom:0}table{font-size:11px}"
                          ".made,.more,.notes,.unit,.below{color:%1}.code{font-family:monospace;font-size:10px}th{text-align:left}a{color:%2}")
        .arg(c.secondary.name(), c.accent.name());
}

ReportPreview reportPreview(const QString& report, int width, double ratio, bool dark) {
    static const QRegularExpression svg(QStringLiteral("<svg\\b.*?</svg>"), QRegularExpression::DotMatchesEverythingOption);
    const auto style = pictureStyle(report, coloursOf(report, dark ? 1 : 0));
    ReportPreview out;
    qsizetype done = 0;
    auto pictures = svg.globalMatch(report);
    while (pictures.hasNext()) {
        const auto found = pictures.next();
        out.html += QStringView(report).mid(done, found.capturedStart() - done);
        const auto picture = drawn(found.captured(), style, width, ratio);
        out.html += QStringLiteral("<img src=\"%1\" width=\"%2\" height=\"%3\">").arg(pictureUrl(out.pictures.size())).arg(width).arg(picture.deviceIndependentSize().height());
        out.pictures << picture;
        done = found.capturedEnd();
    }
    out.html += QStringView(report).mid(done);
    out.html = cut(out.html, QStringLiteral("<head>.*?</head>"));
    out.html = cut(out.html, QStringLiteral("<span class=\"bar\".*?</span>"));
    out.html = cut(out.html, QStringLiteral("<section id=\"([a-z]+)\">"), QStringLiteral("<a name=\"\\1\"></a>"));
    // To rich text a <figure> is nothing, and its picture would be one more word of the heading before it.
    out.html.replace(QStringLiteral("<figure>"), QStringLiteral("<p class=\"figure\">")).replace(QStringLiteral("</figure>"), QStringLiteral("</p>"));
    out.html.replace(QStringLiteral("</a><a "), QStringLiteral("</a> &nbsp; <a "))
        .replace(QStringLiteral("<span class=\"unit\">"), QStringLiteral("<br><span class=\"unit\">"))
        .replace(QStringLiteral("wide\">"), QStringLiteral("wide\" width=\"40%\">"))
        .replace(QStringLiteral("class=\"num\""), QStringLiteral("class=\"num\" align=\"right\""))
        .replace(QStringLiteral("<table>"), QStringLiteral("<table width=\"99%\" cellspacing=\"0\" cellpadding=\"4\">"))
        .replace(QStringLiteral("<wbr/>"), QStringLiteral("&#8203;"));
    return out;
}

}  // namespace foreshard::ui
