// The Hotspots page's part about ranges drawn by hand.
#include <QComboBox>

#include "core/advisor/decisions.h"
#include "core/advisor/draw.h"
#include "core/cost/evaluator.h"
#include "ui/format/format.h"
#include "ui/pages/hotspots/hotspot_splits.h"
#include "ui/pages/hotspots/hotspots_page.h"
#include "ui/pages/hotspots/split_editor.h"

namespace foreshard::ui {

namespace {

struct Projected {
    cost::Projection drawn, base;
    std::optional<Error> error;
};

}  // namespace

void HotspotsPage::connectSplits() {
    connect(splits_, &SplitEditor::projectionAsked, this, &HotspotsPage::projectSplits);
    connect(splits_, &SplitEditor::keepAsked, this, &HotspotsPage::keepSplits);
    connect(splits_, &SplitEditor::endAsked, this, &HotspotsPage::endSplits);
}

// The design that is chosen on the pages, else the best one.
const sharding::Design* HotspotsPage::splitBase() {
    const auto& advice = contents().advice;
    if (!advice || advice->designs.empty() || !contents().workload) return nullptr;
    const auto& chosen = document().selection().value().designId;
    const auto* design = chosen.empty() ? nullptr : document().design(chosen);
    return design && design->shards > 1 ? design : &advice->designs.front().design;
}

// Of the column that the map shows; of several, of that which is selected, else of the busiest one whose keys have numbers.
void HotspotsPage::beginSplits() {
    const auto workload = contents().workload;
    if (!workload || !splitBase()) return;
    const auto& facts = *workload->facts;
    if (columns_->currentData().toInt() < 0) {
        const auto& selected = document().selection().value();
        int best = -1;
        for (int i = columns_->count(); --i > 0;) {
            const auto column = static_cast<workload::ColumnId>(columns_->itemData(i).toInt());
            if (!advisor::drawable(facts, column)) continue;
            const auto& key = facts.columns[column];
            const bool asked = key.expression == selected.column && facts.schema.tables[key.table].qualifiedName() == selected.table;
            if (best < 0 || i < best || asked) best = i;
            if (asked) break;
        }
        if (best > 0) columns_->setCurrentIndex(best);
    }
    splitsWanted_ = true;
    prepareShown();
    splitsReady();
}

void HotspotsPage::splitsReady() {
    const auto* grid = map_->grid();
    const int column = columns_->currentData().toInt();
    if (!splitsWanted_ || !grid || inputs_.column != column || column < 0) {
        split_->setChecked(splits_->active() || splitsWanted_);
        return;
    }
    const auto& facts = contents().workload->facts;
    const auto& key = facts->columns[static_cast<size_t>(column)];
    const auto isOfKey = [&](const HeatRow& row) { return row.column == key.expression && row.table == facts->schema.tables[key.table].qualifiedName(); };
    if (!isOfKey(grid->rows.front()) || !isOfKey(grid->rows.back())) return;   // the map of this column alone is on the way
    splitsWanted_ = false;
    const bool ordered = advisor::drawable(*facts, static_cast<workload::ColumnId>(column)) && grid->rows.front().low <= grid->rows.front().high;
    if (!ordered) {
        split_->setChecked(false);
        return tellError({ErrorCategory::usage, "Keys of " + key.expression + " have no order that ranges could be drawn in.", "Choose a column of numbers or times.", {}});
    }
    basis_ = std::make_shared<Basis>();
    basis_->workload = contents().workload;
    split_->setChecked(true);
    splits_->begin(facts, *splitBase(), static_cast<workload::ColumnId>(column));
}

void HotspotsPage::endSplits() {
    splitsWanted_ = false;
    basis_.reset();
    splits_->end();
    split_->setChecked(false);
}

// Off the GUI thread; while a line is dragged only the newest place of it is projected.
void HotspotsPage::projectSplits() {
    if (!basis_) return;
    prepare<Projected>(QStringLiteral("drawn ranges"), [basis = basis_, drawn = splits_->design(), base = splits_->base()]() -> Projected {
        Job job;
        const auto on = basis->made(job);
        if (!on.ok()) return {{}, {}, on.error()};
        auto now = cost::project(*basis->workload, **on, drawn, job);
        if (!now.ok()) return {{}, {}, now.error()};
        if (!basis->before) {
            auto before = cost::project(*basis->workload, **on, base, job);
            if (!before.ok()) return {{}, {}, before.error()};
            basis->before = std::move(*before);
        }
        return {std::move(*now), *basis->before, std::nullopt};
    }, [this, basis = basis_](Projected made) {
        if (basis != basis_ || !splits_->active()) return;
        if (made.error) splits_->showError(text(made.error->message));
        else splits_->showProjection(made.drawn, made.base);
    });
}

// A design of its own in the list, like everything that is decided; then it is judged beside the others.
void HotspotsPage::keepSplits() {
    auto design = splits_->design();
    const auto decisions = document().decisions();
    design.id = advisor::nextDrawnId(*decisions);
    const auto& key = contents().workload->facts->columns[splits_->column()];
    design.name = tr("ranges of %1 by hand (%2)").arg(text(key.expression), text(design.id)).toStdString();
    AdviseRequest request;
    request.options.shards = contents().advice->designs.front().design.shards;
    request.fromForecast = document().shownWorkload() != contents().workload;
    document().decide({advisor::Decision::Kind::draw, {}, {}, 0, design});
    document().advise(request);
    auto value = document().selection().value();
    value.designId = design.id;
    document().selection().set(std::move(value));
    endSplits();
    Q_EMIT goTo(PageId::designs);
}

}  // namespace foreshard::ui
