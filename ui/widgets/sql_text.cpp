#include "ui/widgets/sql_text.h"

#include <QFontMetrics>
#include <QPainter>
#include <QSet>

#include "ui/theme/theme.h"

namespace foreshard::ui {

namespace {

const QSet<QString>& keywords() {
    static const QSet<QString> words{
        "SELECT", "FROM",   "WHERE",  "AND",    "OR",     "NOT",      "IN",    "BETWEEN", "LIKE",  "IS",     "NULL",   "INSERT",
        "INTO",   "VALUES", "UPDATE", "SET",    "DELETE", "JOIN",     "LEFT",  "RIGHT",   "INNER", "OUTER",  "ON",     "GROUP",
        "BY",     "ORDER",  "LIMIT",  "OFFSET", "FOR",    "HAVING",   "AS",    "DISTINCT", "WITH", "UNION",  "ALL",    "EXISTS",
        "CASE",   "WHEN",   "THEN",   "ELSE",   "END",    "ASC",      "DESC",  "BEGIN",   "COMMIT", "ROLLBACK", "PREPARE", "TRANSACTION",
        "CREATE", "TABLE",  "INDEX",  "ALTER",  "DROP",   "RETURNING", "CONFLICT", "DO",  "NOTHING", "USING", "ANY",   "INTERVAL", "ATTACH"};
    return words;
}

bool wordCharacter(QChar c) { return c.isLetterOrNumber() || c == QLatin1Char('_'); }

}  // namespace

QList<QTextLayout::FormatRange> sqlFormats(const QString& sql, const QPalette& palette) {
    QTextCharFormat strong, slot;
    strong.setFontWeight(QFont::DemiBold);
    slot.setForeground(palette.color(QPalette::PlaceholderText));
    QList<QTextLayout::FormatRange> out;
    for (int i = 0; i < sql.size();) {
        int end = i;
        if (sql[i] == QLatin1Char('\'')) {                       // a literal of a statement that is no template
            end = sql.indexOf(QLatin1Char('\''), i + 1);
            end = end < 0 ? static_cast<int>(sql.size()) : end + 1;
            out.append({i, end - i, slot});
        } else if (sql[i] == QLatin1Char('$')) {
            for (++end; end < sql.size() && sql[end].isDigit();) ++end;
            out.append({i, end - i, slot});
        } else if (wordCharacter(sql[i])) {
            while (end < sql.size() && wordCharacter(sql[end])) ++end;
            if (keywords().contains(sql.mid(i, end - i))) out.append({i, end - i, strong});
        } else {
            ++end;
        }
        i = end;
    }
    return out;
}

void drawSqlLine(QPainter& painter, const QRect& rect, const QString& sql, const QPalette& palette, bool selected) {
    const auto font = monoFont(0.9);
    auto line = sql.simplified();
    // In the middle: statements begin alike, and their ends tell them apart.
    line = QFontMetrics(font).elidedText(line, Qt::ElideMiddle, rect.width());
    QTextLayout layout(line, font);
    auto formats = sqlFormats(line, palette);
    if (selected) {
        for (auto& range : formats) range.format.clearForeground();
    }
    layout.setFormats(formats);
    layout.beginLayout();
    auto row = layout.createLine();
    row.setLineWidth(1e6);
    layout.endLayout();
    painter.save();
    painter.setClipRect(rect);
    painter.setPen(palette.color(selected ? QPalette::HighlightedText : QPalette::Text));
    layout.draw(&painter, QPointF(rect.left(), rect.top() + (rect.height() - row.height()) / 2));
    painter.restore();
}

}  // namespace foreshard::ui
