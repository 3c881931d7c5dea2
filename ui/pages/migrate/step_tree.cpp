#include "ui/pages/migrate/step_tree.h"

#include <algorithm>

#include "ui/format/format.h"
#include "ui/theme/theme.h"

namespace foreshard::ui {

namespace {

// Of the steps that tell; nothing where none does.
std::optional<double> sum(const std::vector<const StepView*>& steps, std::optional<double> StepView::*figure) {
    double out = 0;
    for (const auto* step : steps) {
        if (step->*figure) out += *(step->*figure);
    }
    const bool some = std::any_of(steps.begin(), steps.end(), [&](const StepView* s) { return (s->*figure).has_value(); });
    return some ? std::optional(out) : std::nullopt;
}

QString figureWords(int column, std::optional<double> rows, std::optional<double> bytes, std::optional<double> seconds) {
    if (column == StepTree::rowsColumn) return number(rows);
    if (column == StepTree::bytesColumn) return ui::bytes(bytes);
    return ui::seconds(seconds);
}

}  // namespace

QString moveWords(const StepView& step) {
    if (step.to.empty()) return text(step.from);
    return step.from.empty() ? text(step.to) : QStringLiteral("%1 → %2").arg(text(step.from), text(step.to));
}

QString stepStateWords(const StepView& step) {
    switch (step.state) {
        case StepState::running: return step.rows && step.rowsMoved && *step.rows > 0 ? QObject::tr("running, %1").arg(share(*step.rowsMoved / *step.rows)) : QObject::tr("running");
        case StepState::done: return QObject::tr("done");
        case StepState::failed: return QObject::tr("failed");
        case StepState::rolledBack: return QObject::tr("rolled back");
        case StepState::planned: break;
    }
    return step.approved ? QObject::tr("approved") : QObject::tr("not approved");
}

void StepTree::setPlan(std::shared_ptr<const MigrationView> plan) {
    const bool same = plan && plan_ && plan->plan == plan_->plan && plan->steps.size() == plan_->steps.size();
    if (same) {
        // Progress: the shape is as it was, so selection and scroll position stay.
        plan_ = std::move(plan);
        for (const auto& step : plan_->steps) {
            if (step.approved) wished_.erase(step.id);
        }
        for (int r = 0; r < rowCount(); ++r) {
            const auto round = index(r, 0);
            Q_EMIT dataChanged(round, index(r, columns - 1));
            Q_EMIT dataChanged(index(0, 0, round), index(rowCount(round) - 1, columns - 1, round));
        }
        Q_EMIT ticksChanged();
        return;
    }
    beginResetModel();
    plan_ = std::move(plan);
    wished_.clear();
    rounds_.clear();
    for (size_t i = 0; plan_ && i < plan_->steps.size(); ++i) {
        const auto number = plan_->steps[i].round;
        if (rounds_.empty() || rounds_.back().number != number) rounds_.push_back({number, {}});
        rounds_.back().steps.push_back(i);
    }
    endResetModel();
    Q_EMIT ticksChanged();
}

// Internal id: 0 for rounds, else 1 + the round's row.
QModelIndex StepTree::index(int row, int column, const QModelIndex& parent) const {
    if (!hasIndex(row, column, parent)) return {};
    return parent.isValid() ? createIndex(row, column, static_cast<quintptr>(parent.row()) + 1) : createIndex(row, column, quintptr{0});
}

QModelIndex StepTree::parent(const QModelIndex& child) const {
    return child.isValid() && child.internalId() > 0 ? createIndex(static_cast<int>(child.internalId()) - 1, 0, quintptr{0}) : QModelIndex();
}

int StepTree::rowCount(const QModelIndex& parent) const {
    if (!parent.isValid()) return static_cast<int>(rounds_.size());
    if (parent.internalId() > 0 || parent.column() > 0) return 0;
    return static_cast<int>(rounds_[static_cast<size_t>(parent.row())].steps.size());
}

const StepView* StepTree::step(const QModelIndex& at) const {
    if (!at.isValid() || at.internalId() == 0) return nullptr;
    return &plan_->steps[rounds_[at.internalId() - 1].steps[static_cast<size_t>(at.row())]];
}

QModelIndex StepTree::indexOf(const std::string& stepId) const {
    for (int r = 0; r < rowCount(); ++r) {
        const auto round = index(r, 0);
        for (int s = 0; s < rowCount(round); ++s) {
            if (step(index(s, 0, round))->id == stepId) return index(s, 0, round);
        }
    }
    return {};
}

std::vector<std::string> StepTree::ticked() const {
    std::vector<std::string> out;
    for (size_t i = 0; plan_ && i < plan_->steps.size(); ++i) {
        const auto& s = plan_->steps[i];
        if (!s.approved && wished_.contains(s.id)) out.push_back(s.id);
    }
    return out;
}

void StepTree::tickAll(bool ticked) {
    for (int r = 0; r < rowCount(); ++r) setData(index(r, 0), ticked ? Qt::Checked : Qt::Unchecked, Qt::CheckStateRole);
}

Qt::CheckState StepTree::roundTick(const Round& round) const {
    size_t on = 0;
    for (const auto i : round.steps) on += isTicked(plan_->steps[i]);
    return on == 0 ? Qt::Unchecked : on == round.steps.size() ? Qt::Checked : Qt::PartiallyChecked;
}

QVariant StepTree::data(const QModelIndex& at, int role) const {
    if (!checkIndex(at, CheckIndexOption::IndexIsValid)) return {};
    if (role == Qt::TextAlignmentRole) {
        const bool figure = at.column() == rowsColumn || at.column() == bytesColumn || at.column() == timeColumn;
        return static_cast<int>((figure ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    const auto* found = step(at);
    return found ? stepData(*found, at.column(), role) : roundData(rounds_[static_cast<size_t>(at.row())], at.column(), role);
}

QVariant StepTree::roundData(const Round& round, int column, int role) const {
    if (role == Qt::CheckStateRole && column == stepColumn) return roundTick(round);
    if (role != Qt::DisplayRole) return {};
    std::vector<const StepView*> steps;
    for (const auto i : round.steps) steps.push_back(&plan_->steps[i]);
    if (column == stepColumn) return tr("Round %1: %2").arg(round.number).arg(plural(steps.size(), tr("step"), tr("steps")));
    if (column == stateColumn) {
        const auto done = std::count_if(steps.begin(), steps.end(), [](const auto* s) { return s->state == StepState::done; });
        return tr("%1 of %2 done").arg(done).arg(steps.size());
    }
    if (column == moveColumn) return {};
    return figureWords(column, sum(steps, &StepView::rows), sum(steps, &StepView::bytes), sum(steps, &StepView::seconds));
}

QVariant StepTree::stepData(const StepView& s, int column, int role) const {
    if (role == Qt::CheckStateRole && column == stepColumn) return isTicked(s) ? Qt::Checked : Qt::Unchecked;
    if (role == Qt::ForegroundRole && column == stateColumn) {
        const auto& c = Theme::instance().colours();
        return s.state == StepState::failed ? QVariant(c.error) : QVariant();
    }
    if (role == Qt::ToolTipRole && column == stepColumn) return text(s.chunk);
    if (role == Qt::ToolTipRole && column == timeColumn && !s.seconds) return tr("Not known until a step has been measured");
    if (role == Qt::AccessibleTextRole && column == stepColumn) {
        return tr("%1 %2, %3, %4").arg(text(s.kind), text(s.chunk), stepStateWords(s), isTicked(s) ? tr("ticked") : tr("not ticked"));
    }
    if (role != Qt::DisplayRole) return {};
    if (column == stateColumn) return stepStateWords(s);
    if (column == stepColumn) return text(s.kind) + (s.chunk.empty() ? QString() : QStringLiteral(": ") + text(s.chunk));
    if (column == moveColumn) return moveWords(s);
    return figureWords(column, s.rows, s.bytes, s.seconds);
}

bool StepTree::setData(const QModelIndex& at, const QVariant& value, int role) {
    if (role != Qt::CheckStateRole || !checkIndex(at, CheckIndexOption::IndexIsValid)) return false;
    const bool on = value.toInt() != Qt::Unchecked;
    const auto change = [&](const StepView& s) {
        if (!s.approved) on ? static_cast<void>(wished_.insert(s.id)) : static_cast<void>(wished_.erase(s.id));
    };
    const auto* found = step(at);
    const auto round = found ? at.parent() : at.siblingAtColumn(0);
    if (found) {
        change(*found);
    } else {
        for (const auto i : rounds_[static_cast<size_t>(at.row())].steps) change(plan_->steps[i]);
    }
    Q_EMIT dataChanged(round, round);
    Q_EMIT dataChanged(index(0, 0, round), index(rowCount(round) - 1, 0, round));
    Q_EMIT ticksChanged();
    return true;
}

Qt::ItemFlags StepTree::flags(const QModelIndex& at) const {
    if (!at.isValid()) return {};
    auto out = Qt::ItemIsSelectable | Qt::ItemIsEnabled;
    const auto* found = step(at);
    if (at.column() == stepColumn && !(found && found->approved)) out |= Qt::ItemIsUserCheckable;
    return out;
}

QVariant StepTree::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole && section >= rowsColumn && section <= timeColumn) return static_cast<int>(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    const QStringList titles{tr("Step"), tr("On"), tr("Rows"), tr("Size"), tr("Time"), tr("State")};
    return titles.value(section);
}

}  // namespace foreshard::ui
