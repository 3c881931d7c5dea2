// SqlHighlighter: the colours of sql_text in an editor. Owned by its document.
#pragma once

#include <QSyntaxHighlighter>

namespace foreshard::ui {

class SqlHighlighter : public QSyntaxHighlighter {
    Q_OBJECT
public:
    explicit SqlHighlighter(QTextDocument* document);

protected:
    void highlightBlock(const QString& line) override;
};

}  // namespace foreshard::ui
