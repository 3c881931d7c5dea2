// Designs: ranked cards; the chosen one opens with its tables, keys and reasons; the Pareto chart is linked to the cards.
#pragma once

#include "ui/pages/designs/design_rows.h"
#include "ui/pages/page_view.h"

class QLineEdit;
class QSpinBox;

namespace foreshard::ui {

class CardList;
class ChartPanel;
class Heading;
class QuietLabel;
class TablePanel;

class DesignsPage : public PageView {
    Q_OBJECT
public:
    explicit DesignsPage(Document& document, QWidget* parent = nullptr);
    ContextUse contextUse() const override {
        return {{}, {}, tr("Designs are searched on the earlier half of the log and checked on the later one.")};
    }
    CardList* cards() const { return cards_; }
    TablePanel* tables() const { return tableTable_; }
    ChartPanel* pareto() const { return pareto_; }
    QSpinBox* shardsBox() const { return shards_; }
    QLineEdit* pinBox() const { return pin_; }
    QAction* adviseAction() const { return advise_; }
    // "orders=customer_id, item=reference" as pins; an Error says what is wrong with it.
    static Result<std::map<std::string, std::string>> parsePins(const QString& typed, const workload::Facts& facts);

protected:
    void refresh() override;

private:
    QWidget* buildContent();
    QWidget* buildDetails();
    void buildActions();
    void advise();
    void choose(const QString& id);
    void showTables();
    void showWhy();
    void showBasis(const advisor::Advice& advice);
    const advisor::RankedDesign* chosen() const;
    RowsModel<DesignTableRow> tableModel_;
    CardList* cards_ = nullptr;
    TablePanel* tableTable_ = nullptr;
    ChartPanel* pareto_ = nullptr;
    Heading* name_ = nullptr;
    QuietLabel *risks_ = nullptr, *limits_ = nullptr, *why_ = nullptr;
    QSpinBox* shards_ = nullptr;
    QLineEdit* pin_ = nullptr;
    std::shared_ptr<const advisor::Advice> shownAdvice_;
    bool filling_ = false;               // the page itself chooses a card, not the reader
    QAction *advise_ = nullptr, *simulate_ = nullptr, *migrate_ = nullptr;
};

}  // namespace foreshard::ui
