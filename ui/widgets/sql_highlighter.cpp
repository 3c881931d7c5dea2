#include "ui/widgets/sql_highlighter.h"

#include <QApplication>

#include "ui/theme/theme.h"
#include "ui/widgets/sql_text.h"

namespace foreshard::ui {

SqlHighlighter::SqlHighlighter(QTextDocument* document) : QSyntaxHighlighter(document) {
    connect(&Theme::instance(), &Theme::changed, this, &QSyntaxHighlighter::rehighlight);
}

void SqlHighlighter::highlightBlock(const QString& line) {
    for (const auto& range : sqlFormats(line, QApplication::palette())) setFormat(range.start, range.length, range.format);
}

}  // namespace foreshard::ui
