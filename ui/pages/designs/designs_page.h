// Designs: ranked cards; the chosen one opens with its tables, keys and reasons, what stays on several shards and what becomes
// of constraints; the Pareto chart is linked to the cards; another key can be asked for beside them.
#pragma once

#include "ui/pages/designs/design_rows.h"
#include "ui/pages/page_view.h"

class QLineEdit;
class QSpinBox;

namespace foreshard::ui {

class CardList;
class ChartPanel;
class DesignDetails;
class Heading;
class QuietLabel;

class DesignsPage : public PageView {
    Q_OBJECT
public:
    explicit DesignsPage(Document& document, QWidget* parent = nullptr);
    ContextUse contextUse() const override {
        return {{}, {}, tr("Designs are searched on the earlier half of the log and checked on the later one.")};
    }
    CardList* cards() const { return cards_; }
    DesignDetails* details() const { return details_; }
    ChartPanel* pareto() const { return pareto_; }
    QSpinBox* shardsBox() const { return shards_; }
    QLineEdit* questionBox() const { return question_; }
    QAction* adviseAction() const { return advise_; }

protected:
    void refresh() override;

private:
    QWidget* buildContent();
    QWidget* buildDetails();
    void buildActions();
    void advise(const advisor::Pins& pins);
    void ask();
    void choose(const QString& id);
    void chooseTable(int row);
    void showDetails();
    void showBasis(const advisor::Advice& advice);
    const advisor::RankedDesign* chosen() const;
    CardList* cards_ = nullptr;
    DesignDetails* details_ = nullptr;
    ChartPanel* pareto_ = nullptr;
    Heading* name_ = nullptr;
    QuietLabel *risks_ = nullptr, *limits_ = nullptr;
    QSpinBox* shards_ = nullptr;
    QLineEdit* question_ = nullptr;
    std::shared_ptr<const advisor::Advice> shownAdvice_;
    bool filling_ = false;               // the page itself chooses a card, not the reader
    QAction *advise_ = nullptr, *ask_ = nullptr, *simulate_ = nullptr, *migrate_ = nullptr;
};

}  // namespace foreshard::ui
