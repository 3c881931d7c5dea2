// RowsModel: a table model over plain rows, each column one description. All item models of the pages are made of it, so
// that sorting, units in headers, formulas in tooltips, bars, spark lines and CSV work alike everywhere. GUI thread only.
#pragma once

#include <QAbstractTableModel>
#include <QColor>
#include <QList>

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace foreshard::ui {

// Roles beyond Qt's own.
enum ModelRole {
    sortValueRole = Qt::UserRole + 1,   // double or QString: what to sort by; invalid sorts last
    barRole,                       // double 0…1: bar in the cell
    sparkRole,                     // QList<double>: small line
    filterTextRole,                    // QString: what the filter box looks at (display text by default)
    idRole,                        // QVariant: identity of the row
    emphasisRole,                  // bool: a filled dot
};

enum class ColumnKind : uint8_t { text, number, bar, spark, sql, chips, dot };

struct ColumnHead {
    QString title, unit, tip;      // tip: formula or meaning, in a sentence
    ColumnKind kind = ColumnKind::text;
    int width = 0;                 // preferred, in pixels; 0: by kind
};

class RowsModelBase : public QAbstractTableModel {
    Q_OBJECT
public:
    using QAbstractTableModel::QAbstractTableModel;
    const ColumnHead& head(int column) const { return heads_[static_cast<size_t>(column)]; }
    int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : static_cast<int>(heads_.size()); }
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

protected:
    std::vector<ColumnHead> heads_;
};

// What one cell says. `sort` and `text` are apart: 1,200,000 reads "1.2 M". An absent number is shown as a dash.
struct Cell {
    QString text;
    QVariant sort;
    QString tip;
    std::optional<double> bar;
    QList<double> spark;
    QColor colour;                 // of the text; invalid: the palette's
    bool emphasis = false;

    static Cell words(QString text, QString tip = {}) { return {text, text, std::move(tip)}; }
    static Cell number(std::optional<double> value, QString text, QString tip = {}) {
        return {std::move(text), value ? QVariant(*value) : QVariant(), std::move(tip)};
    }
    static Cell share(std::optional<double> value, QString text) {
        Cell cell = number(value, std::move(text));
        cell.bar = value;
        return cell;
    }
};

QVariant cellData(const Cell& cell, const ColumnHead& head, int role);

template <typename Row>
class RowsModel : public RowsModelBase {
public:
    using CellOf = std::function<Cell(const Row&)>;
    using RowsModelBase::RowsModelBase;

    void addColumn(ColumnHead head, CellOf cell) {
        const int at = columnCount();
        beginInsertColumns({}, at, at);
        heads_.push_back(std::move(head));
        cells_.push_back(std::move(cell));
        endInsertColumns();
    }
    // Before a new set of columns; the rows go too.
    void clearColumns() {
        beginResetModel();
        heads_.clear();
        cells_.clear();
        rows_.clear();
        endResetModel();
    }
    void setIdentity(std::function<QVariant(const Row&)> identity) { identity_ = std::move(identity); }
    void setRows(std::vector<Row> rows) {
        beginResetModel();
        rows_ = std::move(rows);
        endResetModel();
    }
    // Same rows with other contents: keeps selection and scroll position.
    void updateRows(std::vector<Row> rows) {
        if (rows.size() != rows_.size() || rows.empty()) return setRows(std::move(rows));
        rows_ = std::move(rows);
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
    }
    const std::vector<Row>& rows() const { return rows_; }
    const Row& row(int i) const { return rows_[static_cast<size_t>(i)]; }

    int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : static_cast<int>(rows_.size()); }
    QVariant data(const QModelIndex& at, int role) const override {
        if (!checkIndex(at, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
        const auto& row = rows_[static_cast<size_t>(at.row())];
        if (role == idRole) return identity_ ? identity_(row) : QVariant(at.row());
        const auto column = static_cast<size_t>(at.column());
        return cellData(cells_[column](row), heads_[column], role);
    }

private:
    std::vector<CellOf> cells_;
    std::vector<Row> rows_;
    std::function<QVariant(const Row&)> identity_;
};

}  // namespace foreshard::ui
