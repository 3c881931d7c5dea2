#include "ui/pages/hotspots/split_editor.h"

#include <QAction>
#include <QBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QUndoCommand>
#include <QUndoStack>

#include <algorithm>

#include "core/advisor/draw.h"
#include "ui/charts/chart_panel.h"
#include "ui/format/format.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/page_parts.h"

namespace foreshard::ui {

class SplitEditor::Change : public QUndoCommand {
public:
    Change(SplitEditor& editor, std::vector<int64_t> before, std::vector<int64_t> after, const QString& words, QString joined)
        : QUndoCommand(words), editor_(&editor), session_(editor.session_), before_(std::move(before)), after_(std::move(after)), joined_(std::move(joined)) {}
    void undo() override { apply(before_); }
    void redo() override { apply(after_); }
    int id() const override { return joined_.isEmpty() ? -1 : 4; }
    bool mergeWith(const QUndoCommand* next) override {
        const auto* other = static_cast<const Change*>(next);      // the only commands with this id
        if (other->joined_ != joined_ || other->session_ != session_) return false;
        after_ = other->after_;
        return true;
    }

private:
    void apply(const std::vector<int64_t>& points) {
        if (editor_ && editor_->active() && editor_->session_ == session_) editor_->take(points);
        else setObsolete(true);
    }
    QPointer<SplitEditor> editor_;
    uint64_t session_;
    std::vector<int64_t> before_, after_;
    QString joined_;
};

SplitEditor::SplitEditor(HeatMapView& map, QUndoStack& undo, QWidget* parent) : QWidget(parent), map_(map), undo_(undo) {
    typed_ = new QLineEdit;
    typed_->setAccessibleName(tr("Split points: the first keys of all ranges but the lowest"));
    typed_->setToolTip(tr("The first keys of all ranges but the lowest, with spaces between them. On the map: drag a line, or Ctrl and the arrow keys; Insert adds one at the cursor, Delete takes one away."));
    connect(typed_, &QLineEdit::editingFinished, this, &SplitEditor::typed);
    even_ = new QAction(tr("Even out the load"), this);
    even_->setToolTip(tr("As many ranges as shards, each with about the same load"));
    keep_ = new QAction(tr("Keep as a design"), this);
    keep_->setToolTip(tr("Adds it to the designs, where it is compared with the others"));
    end_ = new QAction(tr("Leave"), this);
    end_->setToolTip(tr("Takes the lines away; nothing is kept"));
    connect(even_, &QAction::triggered, this, [this] { change(evenPoints(), tr("Even out the load of ranges")); });
    connect(keep_, &QAction::triggered, this, &SplitEditor::keepAsked);
    connect(end_, &QAction::triggered, this, &SplitEditor::endAsked);
    connect(&map_, &HeatMapView::splitMoved, this, &SplitEditor::moved);
    connect(&map_, &HeatMapView::splitAdded, this, &SplitEditor::added);
    connect(&map_, &HeatMapView::splitRemoved, this, &SplitEditor::removed);
    buildRows();
    hide();
}

void SplitEditor::buildRows() {
    title_ = new QLabel;
    words_ = new QuietLabel;
    words_->setAccessibleName(tr("What the ranges do"));
    loads_ = new ChartPanel;
    loads_->setCompact(true);
    loads_->setFixedSize(300, 120);
    auto* row = new QHBoxLayout;
    row->setSpacing(metrics::gap);
    row->addWidget(title_);
    row->addWidget(typed_, 1);
    for (auto* action : {even_, keep_, end_}) row->addWidget(actionButton(action, action == keep_));
    auto* left = new QVBoxLayout;
    left->setSpacing(metrics::inner);
    left->addLayout(row);
    left->addWidget(words_);
    left->addStretch(1);
    auto* all = new QHBoxLayout(this);
    all->setContentsMargins(0, metrics::inner, 0, metrics::inner);
    all->addLayout(left, 1);
    all->addWidget(loads_);
}

void SplitEditor::begin(std::shared_ptr<const workload::Facts> facts, sharding::Design base, workload::ColumnId column) {
    facts_ = std::move(facts);
    base_ = std::move(base);
    column_ = column;
    ++session_;
    dragging_ = false;
    const auto& key = facts_->columns[column_];
    title_->setText(tr("Ranges of %1.%2 on %3 begin at").arg(bareTable(facts_->schema.tables[key.table].qualifiedName()), text(key.expression), plural(base_.shards, tr("shard"), tr("shards"))));
    words_->setText(tr("Projecting…"));
    loads_->setData({});
    loads_->hide();
    auto points = advisor::splitsOf(*facts_, base_, column_);
    show();
    take(points.empty() ? evenPoints() : std::move(points));
}

void SplitEditor::end() {
    facts_ = nullptr;
    map_.setSplits(std::nullopt);
    hide();
}

sharding::Design SplitEditor::design() const { return advisor::drawRanges(*facts_, base_, column_, points_); }

int64_t SplitEditor::lowOf(int row) const { return map_.grid()->rows[static_cast<size_t>(row)].low; }

QString SplitEditor::keyText(int64_t number) const {
    const auto type = facts_->columns[column_].type;
    return type == ValueType::timestamp || type == ValueType::date ? text(formatRfc3339(number)) : QString::number(number);
}

// Rows are filled up in the order of keys until each range has its part.
std::vector<int64_t> SplitEditor::evenPoints() const {
    std::vector<int64_t> points;
    const auto* grid = map_.grid();
    if (!grid) return points;
    std::vector<double> loads;
    double all = 0, sum = 0;
    for (size_t r = 0; r < grid->rows.size(); ++r) {
        double load = 0;
        for (size_t c = 0; c < grid->columns; ++c) load += std::max(0.0f, grid->at(r, c));
        loads.push_back(load);
        all += load;
    }
    for (size_t r = 0; r < loads.size(); ++r) {
        const double due = all * static_cast<double>(points.size() + 1) / base_.shards;
        // The edge that is nearer to what is due; the lowest row begins no further range.
        if (r > 0 && points.size() + 1 < base_.shards && sum + loads[r] / 2 >= due && (points.empty() || lowOf(static_cast<int>(r)) > points.back())) points.push_back(lowOf(static_cast<int>(r)));
        sum += loads[r];
    }
    return points;
}

// ---- changes ----------------------------------------------------------------------------------------------------

void SplitEditor::change(std::vector<int64_t> points, const QString& words, const QString& joined) {
    const auto before = dragging_ ? std::exchange(before_, {}) : points_;
    dragging_ = false;
    if (points == before) return take(std::move(points));
    undo_.push(new Change(*this, before, std::move(points), words, joined));
}

void SplitEditor::take(std::vector<int64_t> points) {
    points_ = std::move(points);
    QStringList words;
    for (const int64_t point : points_) words << keyText(point);
    typed_->setText(words.join(QLatin1Char(' ')));
    placeLines();
    Q_EMIT projectionAsked();
}

void SplitEditor::placeLines() {
    const auto* grid = map_.grid();
    if (!active() || !grid) return;
    HeatSplits lines;
    for (const int64_t point : points_) {
        size_t row = 0;
        while (row < grid->rows.size() && grid->rows[row].high < point) ++row;
        double at = static_cast<double>(row);
        if (row < grid->rows.size() && point > grid->rows[row].low) {
            const auto& keys = grid->rows[row];
            at += (static_cast<double>(point) - static_cast<double>(keys.low)) / (static_cast<double>(keys.high) - static_cast<double>(keys.low) + 1);
        }
        lines.rows.push_back(at);
    }
    for (size_t part = 0; part <= points_.size(); ++part) {
        lines.shards.push_back(static_cast<uint32_t>(part % base_.shards));
        lines.words << tr("shard %1").arg(part % base_.shards);
    }
    map_.setSplits(std::move(lines));
}

void SplitEditor::moved(int split, int row, bool done) {
    if (!active()) return;
    auto points = points_;
    points[static_cast<size_t>(split)] = lowOf(row);
    if (done) return change(std::move(points), tr("Move a split point"), dragging_ ? QString() : QStringLiteral("split %1").arg(split));
    if (points == points_) return;
    if (!dragging_) before_ = points_;
    dragging_ = true;
    take(std::move(points));
}

void SplitEditor::added(int row) {
    auto points = points_;
    const int64_t point = lowOf(row);
    if (!active() || row == 0 || std::binary_search(points.begin(), points.end(), point)) return;
    points.insert(std::lower_bound(points.begin(), points.end(), point), point);
    change(std::move(points), tr("Add a split point"));
}

void SplitEditor::removed(int split) {
    if (!active()) return;
    auto points = points_;
    points.erase(points.begin() + split);
    change(std::move(points), tr("Take a split point away"));
}

void SplitEditor::typed() {
    if (!active()) return;
    std::vector<int64_t> points;
    bool read = true;
    for (const auto& word : typed_->text().split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        const auto value = canonicalValue(word.toStdString(), true, facts_->columns[column_].type);
        read = read && (value.kind == ValueKind::integer || value.kind == ValueKind::timestamp);
        points.push_back(value.number);
    }
    if (!read || !std::is_sorted(points.begin(), points.end()) || std::adjacent_find(points.begin(), points.end()) != points.end())
        return showError(tr("Write keys in ascending order, each once, with spaces between them."));
    if (points != points_) change(std::move(points), tr("Type split points"));
}

// ---- what it does -----------------------------------------------------------------------------------------------

QString SplitEditor::words() const { return words_->text(); }

void SplitEditor::showError(const QString& words) { words_->setText(words); }

void SplitEditor::showProjection(const cost::Projection& drawn, const cost::Projection& base) {
    QStringList words;
    const auto add = [&](const QString& sentence, std::optional<double> now, std::optional<double> before, QString (*say)(std::optional<double>)) {
        if (!now) return;
        words << sentence.arg(say(now)) + (before && say(before) != say(now) ? tr(" (%1 without these ranges)").arg(say(before)) : QString());
    };
    add(tr("Hottest shard: %1 the mean load"), drawn.loadMaxOverMean, base.loadMaxOverMean, &ratio);
    add(tr("worst interval: %1"), drawn.loadMaxOverMeanWorst, base.loadMaxOverMeanWorst, &ratio);
    add(tr("largest shard: %1 the mean rows"), drawn.storageMaxOverMean, base.storageMaxOverMean, &ratio);
    add(tr("multi-shard transactions: %1"), drawn.multiShardShare, base.multiShardShare, &share);
    add(tr("of these writes: %1"), drawn.multiShardWriteShare, base.multiShardWriteShare, &share);
    words_->setText(words.isEmpty() ? tr("Nothing can be said of it: %1.").arg(text(drawn.loadOrigin)) : words.join(QStringLiteral("; ")) + QLatin1Char('.'));
    ChartData chart;
    chart.name = tr("Load per shard");
    chart.yTitle = tr("accesses/s");
    ChartSeries bars{.name = tr("drawn"), .shape = Shape::bars};
    for (const auto& load : drawn.load) {
        double sum = 0;
        for (const double value : load.values) sum += value;
        bars.x << static_cast<double>(chart.categories.size());
        bars.y << (load.values.empty() ? 0 : sum / static_cast<double>(load.values.size()));
        chart.categories << QString::number(load.shard);
    }
    chart.series << bars;
    loads_->setVisible(!drawn.load.empty());
    if (!drawn.load.empty()) loads_->setData(chart);
}

}  // namespace foreshard::ui
