// Designs: ranked cards; the chosen one opens with its tables, keys and reasons, what stays on several shards and what becomes
// of constraints; the Pareto charts are linked to the cards; another key can be asked for beside them. What is decided on the
// page (pins, weights, designs drawn by hand) is one list in the document: other weights rank the listed designs anew at once,
// anything else is searched for. While a search runs the best so far is told, and can be kept.
#pragma once

#include <QTimer>

#include "ui/pages/designs/design_rows.h"
#include "ui/pages/page_view.h"

class QLineEdit;
class QSpinBox;

namespace foreshard::ui {

class CardList;
class DesignDetails;
class Heading;
class ParetoView;
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
    ParetoView* pareto() const { return pareto_; }
    QSpinBox* shardsBox() const { return shards_; }
    QLineEdit* questionBox() const { return question_; }
    QAction* adviseAction() const { return advise_; }
    QAction* stopAction() const { return stop_; }

protected:
    void refresh() override;
    bool waiting() const override { return search_.isActive(); }

private:
    QWidget* buildContent();
    QWidget* buildDetails();
    void buildActions();
    void connectDetails();
    void advise();
    void pin(const QString& table, const QString& column);
    void takeBack(const QString& table);
    void remove(int decision);
    void weigh(const QString& name, double value);
    void followDecisions();
    void showCards();
    void showBestSoFar();
    void showGraph();
    void ask();
    void choose(const QString& id);
    void chooseTable(int row);
    void showDetails();
    void showBasis(const advisor::Advice& advice);
    const advisor::RankedDesign* chosen() const;
    CardList* cards_ = nullptr;
    DesignDetails* details_ = nullptr;
    ParetoView* pareto_ = nullptr;
    Heading* name_ = nullptr;
    QuietLabel *risks_ = nullptr, *limits_ = nullptr;
    QSpinBox* shards_ = nullptr;
    QLineEdit* question_ = nullptr;
    std::shared_ptr<const advisor::Advice> found_, reranked_, shownAdvice_;   // of the document; that by other weights; what is shown
    std::shared_ptr<const advisor::Decisions> decisions_;                     // that the page knows of
    struct GraphOf {
        std::shared_ptr<const workload::Workload> workload;
        uint64_t design = 0;
        bool operator==(const GraphOf&) const = default;
    };
    GraphOf graphOf_;
    QTimer search_;                      // after a decision; several in a row are one search
    bool filling_ = false;               // the page itself chooses a card, not the reader
    QAction *advise_ = nullptr, *stop_ = nullptr, *ask_ = nullptr, *simulate_ = nullptr, *migrate_ = nullptr;
};

}  // namespace foreshard::ui
