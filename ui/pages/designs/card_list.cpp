#include "ui/pages/designs/card_list.h"

#include <QHelpEvent>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QToolTip>

#include "ui/format/format.h"
#include "ui/theme/colour_math.h"
#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"

namespace foreshard::ui {

void CardModel::setCards(std::vector<DesignCard> cards) {
    beginResetModel();
    cards_ = std::move(cards);
    endResetModel();
}

QVariant CardModel::data(const QModelIndex& at, int role) const {
    if (!checkIndex(at, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
    const auto& card = cards_[static_cast<size_t>(at.row())];
    QStringList words{QStringLiteral("%1. %2").arg(card.rank).arg(card.name)};
    if (role == Qt::DisplayRole) return words.front();
    if (role != Qt::AccessibleTextRole && role != Qt::ToolTipRole) return {};
    if (!card.beatenBy.isEmpty()) words << QObject::tr("runner-up: “%1” is at least as good in every respect").arg(card.beatenBy);
    words << card.reason;
    if (!card.bars.empty()) words << QObject::tr("figures of the %1").arg(card.part);
    for (const auto& bar : card.bars) words << bar.name + QStringLiteral(": ") + bar.words + (role == Qt::ToolTipRole ? QStringLiteral("\n    ") + QString(bar.tip).replace(QLatin1Char('\n'), QStringLiteral("\n    ")) : QString());
    for (const auto& risk : card.risks) words << QObject::tr("risk: %1").arg(risk);
    return words.join(role == Qt::ToolTipRole ? QLatin1Char('\n') : QLatin1Char(';'));
}

namespace {

constexpr int cardPadding = 10;
constexpr int barRow = 17;
constexpr int partRow = 14;            // above the bars: what their figures are of

class CardDelegate : public QStyledItemDelegate {
public:
    explicit CardDelegate(CardModel* model) : QStyledItemDelegate(model), model_(model) {}

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const auto& card = model_->card(index.row());
        const auto* view = qobject_cast<const QAbstractScrollArea*>(option.widget);
        const int width = view ? view->viewport()->width() : 320;
        const int reason = reasonHeight(card, width - 2 - 2 * cardPadding);
        const int risks = card.risks.isEmpty() ? 0 : QFontMetrics(scaledFont(0.9)).height() + metrics::inner;
        return {width, 2 * cardPadding + QFontMetrics(scaledFont(1.0, true)).height() + metrics::inner + reason + metrics::gap +
                           partRow + static_cast<int>(card.bars.size()) * barRow + risks + metrics::gap};
    }

    void paint(QPainter* p, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const auto& card = model_->card(index.row());
        const auto& c = Theme::instance().colours();
        const bool selected = option.state & QStyle::State_Selected;
        const auto box = QRectF(option.rect).adjusted(1, 1, -1, -(metrics::gap - 1));
        p->save();
        p->setRenderHint(QPainter::Antialiasing);
        p->setPen(QPen(selected ? c.accent : c.line, selected ? 2 : 1));
        p->setBrush(selected ? c.selection : c.surface);
        p->drawRoundedRect(box, 3, 3);
        auto area = box.adjusted(cardPadding, cardPadding - 2, -cardPadding, -cardPadding).toRect();
        p->setPen(c.text);
        p->setFont(scaledFont(1.0, true));
        const int line = p->fontMetrics().height();
        const int badge = card.beatenBy.isEmpty() ? 0 : paintBadge(*p, QRect(area.left(), area.top(), area.width(), line), QObject::tr("runner-up"));
        p->drawText(QRect(area.left(), area.top(), area.width() - badge, line), Qt::AlignVCenter,
                    p->fontMetrics().elidedText(QStringLiteral("%1  %2").arg(card.rank).arg(card.name), Qt::ElideRight, area.width() - badge));
        area.setTop(area.top() + line + metrics::inner);
        p->setFont(scaledFont(0.9));
        p->setPen(c.secondary);
        const int reason = reasonHeight(card, area.width());
        p->drawText(QRect(area.left(), area.top(), area.width(), reason), Qt::TextWordWrap, card.reason);
        area.setTop(area.top() + reason + metrics::gap);
        p->setFont(scaledFont(0.8));
        p->drawText(QRect(area.left(), area.top(), area.width(), partRow), Qt::AlignRight | Qt::AlignVCenter, card.part);
        area.setTop(area.top() + partRow);
        for (const auto& bar : card.bars) {
            paintBar(*p, QRect(area.left(), area.top(), area.width(), barRow), bar);
            area.setTop(area.top() + barRow);
        }
        if (!card.risks.isEmpty()) paintRisks(*p, QRect(area.left(), area.top() + metrics::inner, area.width(), QFontMetrics(scaledFont(0.9)).height()), card.risks);
        p->restore();
    }

private:
    static int reasonHeight(const DesignCard& card, int width) {
        return QFontMetrics(scaledFont(0.9)).boundingRect(QRect(0, 0, width, 1000), Qt::TextWordWrap, card.reason).height();
    }

    // At the right end of a line; gives the room that it takes.
    static int paintBadge(QPainter& p, const QRect& row, const QString& words) {
        const auto& c = Theme::instance().colours();
        const QFontMetrics small(scaledFont(0.8));
        const QRect box(row.right() - small.horizontalAdvance(words) - 12, row.center().y() - small.height() / 2 - 1, small.horizontalAdvance(words) + 12, small.height() + 2);
        p.save();
        p.setFont(scaledFont(0.8));
        p.setPen(c.secondary);
        p.setBrush(c.raised);
        p.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
        p.drawText(box, Qt::AlignCenter, words);
        p.restore();
        return box.width() + metrics::gap;
    }

    static void paintBar(QPainter& p, const QRect& row, const CardBar& bar) {
        const auto& c = Theme::instance().colours();
        const QFontMetrics metrics(scaledFont(0.9));
        const int names = metrics.horizontalAdvance(QObject::tr("multi-shard writes")) + 10, figures = metrics.horizontalAdvance(QStringLiteral("100.0 % ")) + 4;
        p.setFont(scaledFont(0.9));
        p.setPen(c.secondary);
        p.drawText(row.adjusted(0, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, bar.name);
        p.setPen(c.text);
        p.drawText(row, Qt::AlignRight | Qt::AlignVCenter, bar.words);
        const QRectF track(row.left() + names, row.center().y() - 3, std::max(10, row.width() - names - figures), 7);
        p.fillRect(track, mix(c.surface, c.line, 0.6));
        if (bar.share) p.fillRect(QRectF(track.topLeft(), QSizeF(track.width() * std::clamp(*bar.share, 0.0, 1.0), track.height())), c.accent);
        if (bar.heldOut) {
            const double x = track.left() + track.width() * std::clamp(*bar.heldOut, 0.0, 1.0);
            p.fillRect(QRectF(x - 1, track.top() - 3, 2, track.height() + 6), c.text);
        }
    }

    static void paintRisks(QPainter& p, const QRect& row, const QStringList& risks) {
        p.setFont(scaledFont(0.9));
        p.setPen(Theme::instance().colours().warning);
        const auto words = QStringLiteral("⚠ ") + (risks.size() > 1 ? QObject::tr("%1 (and %2 more)").arg(risks.front()).arg(risks.size() - 1) : risks.front());
        p.drawText(row, Qt::AlignVCenter, p.fontMetrics().elidedText(words, Qt::ElideRight, row.width()));
    }

    CardModel* model_;
};

}  // namespace

CardList::CardList(QWidget* parent) : QListView(parent), model_(new CardModel(this)) {
    setModel(model_);
    setItemDelegate(new CardDelegate(model_));
    setAccessibleName(tr("Ranked designs"));
    setFrameShape(QFrame::NoFrame);
    viewport()->setBackgroundRole(QPalette::Window);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    setResizeMode(Adjust);
}

void CardList::select(const std::string& designId) {
    for (int r = 0; r < model_->rowCount(); ++r) {
        if (model_->card(r).id == designId && currentIndex().row() != r) return setCurrentIndex(model_->index(r));
    }
}

std::string CardList::selected() const { return currentIndex().isValid() ? model_->card(currentIndex().row()).id : std::string(); }

void CardList::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QListView::currentChanged(current, previous);
    if (current.isValid()) Q_EMIT chosen(text(model_->card(current.row()).id));
}

}  // namespace foreshard::ui
