// The Hotspots page's part about the next interval: made when somebody looks, by the function behind the verb.
#include <QLabel>
#include <QTabWidget>

#include "ui/document/hotspot_views.h"
#include "ui/format/format.h"
#include "ui/pages/hotspots/hotspots_page.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/table_panel.h"

namespace foreshard::ui {

QWidget* HotspotsPage::buildComing() {
    describeComing(comingModel_);
    comingTable_ = new TablePanel(tr("Hotspots of the next interval"), &comingModel_);
    comingTable_->setFilterVisible(false);
    comingTable_->setStretchColumn(7);
    connect(comingTable_, &TablePanel::currentRowChanged, this, [this](int row) {
        if (row < 0) return;
        const auto& chosen = comingModel_.row(row);
        HotspotView where;
        where.table = chosen.table, where.column = chosen.column, where.keys = chosen.keys;
        showOnMap(where);
    });
    comingWords_ = new QuietLabel;
    comingWords_->setWordWrap(true);
    comingWords_->setMinimumHeight(metrics::rowHeight);   // of one row: so both tables end with a whole one
    auto* content = new QWidget;
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(comingWords_);
    column->addWidget(comingTable_, 1);
    return content;
}

// It is of the observed workload and all of its time, whatever is chosen in the bar: what comes next follows from all.
void HotspotsPage::prepareComing() {
    if (tabs_->currentIndex() != comingTab) return;
    const auto observed = contents().workload;
    if (!observed || observed == comingOf_) return;
    comingOf_ = observed;
    comingModel_.updateRows({});
    comingTable_->hide();
    comingWords_->setText(tr("Looking at the last intervals…"));
    prepareJob<ComingShown>(QStringLiteral("hotspots of the next interval"),
                            [observed](Job& job) -> Result<ComingShown> {
                                FS_ASSIGN(const auto coming, models::comingHotspots(*observed, {}, job));
                                return comingShown(*observed, coming, hotspotViews(*observed, nullptr));
                            },
                            [this](ComingShown shown) {
                                comingWords_->setText(comingWords(shown));
                                comingModel_.updateRows(std::move(shown.rows));
                                comingTable_->setVisible(comingModel_.rowCount() > 0);
                            });
}

}  // namespace foreshard::ui
