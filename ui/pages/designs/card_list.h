// CardList: ranked designs as cards: name, one-line reason, small bars on shared scales, badges for risks. A list to
// keyboard and screen reader. GUI thread only.
#pragma once

#include <QListView>

#include "ui/pages/designs/design_rows.h"

namespace foreshard::ui {

class CardModel : public QAbstractListModel {
    Q_OBJECT
public:
    using QAbstractListModel::QAbstractListModel;
    void setCards(std::vector<DesignCard> cards);
    const DesignCard& card(int row) const { return cards_[static_cast<size_t>(row)]; }
    int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : static_cast<int>(cards_.size()); }
    QVariant data(const QModelIndex& at, int role) const override;

private:
    std::vector<DesignCard> cards_;
};

class CardList : public QListView {
    Q_OBJECT
public:
    explicit CardList(QWidget* parent = nullptr);
    CardModel* cards() const { return model_; }
    void select(const std::string& designId);
    std::string selected() const;        // empty: none

Q_SIGNALS:
    void chosen(const QString& designId);

protected:
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

private:
    CardModel* model_;
};

}  // namespace foreshard::ui
