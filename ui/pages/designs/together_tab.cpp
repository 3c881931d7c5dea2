#include "ui/pages/designs/together_tab.h"

#include <QSplitter>

#include "ui/format/format.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"
#include "ui/widgets/table_panel.h"

namespace foreshard::ui {

std::vector<PairRow> pairRows(const advisor::CoAccess& graph) {
    std::vector<PairRow> out;
    for (const auto& edge : graph.edges) {
        PairRow row{bareTable(graph.nodes[edge.left].table), bareTable(graph.nodes[edge.right].table), {}, edge.share, edge.agree, edge.apart};
        if (!edge.leftColumn.empty()) row.columns = QStringLiteral("%1 = %2").arg(text(edge.leftColumn), text(edge.rightColumn));
        out.push_back(std::move(row));
    }
    std::stable_sort(out.begin(), out.end(), [](const PairRow& a, const PairRow& b) { return a.share > b.share; });
    return out;
}

void describePairs(RowsModel<PairRow>& m) {
    m.addColumn({QObject::tr("Table"), {}, {}, ColumnKind::text, 120}, [](const PairRow& r) { return Cell::words(r.left); });
    m.addColumn({QObject::tr("With"), {}, {}, ColumnKind::text, 120}, [](const PairRow& r) { return Cell::words(r.right); });
    m.addColumn({QObject::tr("Together"), {}, QObject::tr("Transactions that touch both / all transactions"), ColumnKind::number, 78}, [](const PairRow& r) { return Cell::number(r.share, shareInTable(r.share)); });
    m.addColumn({QObject::tr("Equal values"), {}, QObject::tr("The pair of columns whose values agree most often inside transactions"), ColumnKind::text, 170}, [](const PairRow& r) { return Cell::words(r.columns, r.columns); });
    m.addColumn({QObject::tr("Agree"), {}, QObject::tr("Transactions in which these columns have one value / all transactions"), ColumnKind::number, 66},
                [](const PairRow& r) { return r.columns.isEmpty() ? Cell{} : Cell::number(r.agree, shareInTable(r.agree)); });
    m.addColumn({QObject::tr("Apart"), {}, QObject::tr("Transactions whose rows of the two tables lie on several shards under this design / transactions that touch both"), ColumnKind::number, 66}, [](const PairRow& r) {
        auto cell = Cell::number(r.apart, shareInTable(r.apart));
        if (r.apart && *r.apart >= 0.001) cell.colour = Theme::instance().colours().warning;
        return cell;
    });
}

TogetherTab::TogetherTab(QWidget* parent) : QWidget(parent) {
    describePairs(model_);
    graph_ = new GraphView;
    pairs_ = new TablePanel(tr("Pairs of tables that the same transactions touch"), &model_);
    pairs_->setFilterVisible(false);
    pairs_->setStretchColumn(3);
    auto* splitter = new QSplitter(Qt::Vertical);
    splitter->addWidget(graph_);
    splitter->addWidget(pairs_);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({300, 96});
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, metrics::inner, 0, 0);
    column->addWidget(splitter);
}

void TogetherTab::setGraph(const std::shared_ptr<const DesignGraph>& graph) {
    graph_->setGraph(graph);
    model_.updateRows(graph ? pairRows(graph->graph) : std::vector<PairRow>());
}

void TogetherTab::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    Q_EMIT shown();
}

}  // namespace foreshard::ui
