#include "ui/pages/migrate/migration_progress.h"

#include <QGridLayout>
#include <QLabel>
#include <QProgressBar>

#include "ui/format/format.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/page_parts.h"

namespace foreshard::ui {

MigrationProgress::MigrationProgress(QWidget* parent) : QWidget(parent), grid_(new QGridLayout), latency_(new QuietLabel) {
    setAccessibleName(tr("Progress of the migration"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(metrics::inner);
    grid_->setHorizontalSpacing(metrics::gap);
    grid_->setVerticalSpacing(2);
    grid_->setColumnStretch(1, 1);
    column->addLayout(grid_);
    column->addWidget(latency_);
    hide();
}

QString MigrationProgress::words() const { return latency_->text(); }

void MigrationProgress::show(const MigrationView& view) {
    while (auto* item = grid_->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    int row = 0;
    const bool began = view.state != "planned";
    for (const auto& shard : began ? view.progress : std::vector<ShardProgressView>()) {
        auto* bar = new QProgressBar;
        bar->setTextVisible(false);
        bar->setFixedHeight(10);
        bar->setRange(0, shard.rowsTotal && *shard.rowsTotal > 0 ? 1000 : 0);
        if (bar->maximum()) bar->setValue(static_cast<int>(std::min(1.0, shard.rowsMoved / *shard.rowsTotal) * 1000));
        bar->setAccessibleName(tr("Rows moved to %1").arg(text(shard.shard)));
        auto* words = new QLabel(shard.rowsTotal ? tr("%1 of %2 rows").arg(number(shard.rowsMoved), number(shard.rowsTotal)) : tr("%1 rows").arg(number(shard.rowsMoved)));
        grid_->addWidget(new QLabel(text(shard.shard)), row, 0);
        grid_->addWidget(bar, row, 1);
        grid_->addWidget(words, row, 2, Qt::AlignRight);
        ++row;
    }
    QStringList parts;
    if (view.foregroundMs) {
        parts << (view.foregroundLimitMs ? tr("foreground calls take %1 (P95), limit %2").arg(seconds(*view.foregroundMs / 1000), seconds(*view.foregroundLimitMs / 1000))
                                         : tr("foreground calls take %1 (P95)").arg(seconds(*view.foregroundMs / 1000)));
    }
    if (view.throttle) parts << tr("running at %1 of full speed").arg(share(view.throttle));
    latency_->setText(parts.join(QStringLiteral(" · ")));
    latency_->setVisible(!parts.isEmpty());
    setVisible(row > 0 || !parts.isEmpty());
}

}  // namespace foreshard::ui
