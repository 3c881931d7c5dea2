// SQL for people: keywords weighted, literal slots ($1…) grey. The lexing here only colours; it never decides anything.
#pragma once

#include <QList>
#include <QString>
#include <QTextLayout>

class QPainter;
class QPalette;

namespace foreshard::ui {

QList<QTextLayout::FormatRange> sqlFormats(const QString& sql, const QPalette& palette);
// One line, cut with "…" at the right edge. `colour` is used for all of it when the row is selected.
void drawSqlLine(QPainter& painter, const QRect& rect, const QString& sql, const QPalette& palette, bool selected);

}  // namespace foreshard::ui
