// StepTree: rounds and their steps with tick boxes; a tick is a wish, approval is recorded by the verb. Approved steps are
// ticked for good. Item model; GUI thread only.
#pragma once

#include <QAbstractItemModel>

#include <memory>
#include <set>

#include "ui/document/migration_view.h"

namespace foreshard::ui {

class StepTree : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Column { stepColumn, moveColumn, rowsColumn, bytesColumn, timeColumn, stateColumn, columns };
    using QAbstractItemModel::QAbstractItemModel;

    // Keeps the ticks where it is the same plan.
    void setPlan(std::shared_ptr<const MigrationView> plan);
    const StepView* step(const QModelIndex& at) const;      // null: a round
    QModelIndex indexOf(const std::string& stepId) const;
    std::vector<std::string> ticked() const;                // ticked and not yet approved, in order
    void tickAll(bool ticked);

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& = {}) const override { return columns; }
    QVariant data(const QModelIndex& at, int role) const override;
    bool setData(const QModelIndex& at, const QVariant& value, int role) override;
    Qt::ItemFlags flags(const QModelIndex& at) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

Q_SIGNALS:
    void ticksChanged();

private:
    struct Round {
        uint32_t number = 1;
        std::vector<size_t> steps;           // indexes into the plan
    };
    QVariant roundData(const Round& round, int column, int role) const;
    QVariant stepData(const StepView& step, int column, int role) const;
    Qt::CheckState roundTick(const Round& round) const;
    bool isTicked(const StepView& step) const { return step.approved || wished_.contains(step.id); }
    std::shared_ptr<const MigrationView> plan_;
    std::vector<Round> rounds_;
    std::set<std::string> wished_;
};

QString moveWords(const StepView& step);          // "shard0 → shard1"
QString stepStateWords(const StepView& step);

}  // namespace foreshard::ui
