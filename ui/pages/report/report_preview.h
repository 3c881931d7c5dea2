// ReportPreview: the report's HTML as Qt's rich text can show it. Rich text knows neither inline SVG nor custom properties, so
// pictures become images in the theme's colours and the rest is reduced to what it understands. Pure; any thread.
#pragma once

#include <QImage>
#include <QList>
#include <QString>

namespace foreshard::ui {

struct ReportPreview {
    QString html;
    QList<QImage> pictures;                // the n-th is the resource pictureUrl(n)
};

// `width`: of the pictures, in pixels that do not depend on the device; `ratio`: of the device's to these. `dark`: which of the
// report's two sets of colours.
ReportPreview reportPreview(const QString& report, int width, double ratio, bool dark);
QString pictureUrl(qsizetype n);
// For QTextDocument::setDefaultStyleSheet, before the HTML is set.
QString previewStyle();

}  // namespace foreshard::ui
