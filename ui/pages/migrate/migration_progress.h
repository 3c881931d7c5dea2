// MigrationProgress: rows moved per shard, foreground latency against its limit, throttle. Hidden before the first row moves.
#pragma once

#include <QWidget>

#include "ui/document/migration_view.h"

class QGridLayout;
class QLabel;

namespace foreshard::ui {

class MigrationProgress : public QWidget {
    Q_OBJECT
public:
    explicit MigrationProgress(QWidget* parent = nullptr);
    void show(const MigrationView& view);
    QString words() const;

private:
    QGridLayout* grid_;
    QLabel* latency_;
};

}  // namespace foreshard::ui
