#include "ui/pages/designs/graph_view.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>

#include "ui/format/format.h"
#include "ui/pages/designs/design_rows.h"
#include "ui/theme/colour_math.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"

namespace foreshard::ui {

namespace {

constexpr double radius = 7;
constexpr double crosses = 0.001;        // share of transactions apart from which on a line is marked
constexpr int shapes = 6;

// Six shapes, so that no group is told by colour alone.
QPainterPath shapePath(int shape, QPointF at, double r) {
    QPainterPath path;
    const auto polygon = [&](int corners, double turn) {
        for (int i = 0; i < corners; ++i) {
            const double angle = turn + i * 2 * M_PI / corners;
            const QPointF corner(at.x() + r * 1.2 * std::cos(angle), at.y() + r * 1.2 * std::sin(angle));
            i == 0 ? path.moveTo(corner) : path.lineTo(corner);
        }
        path.closeSubpath();
    };
    switch (shape % shapes) {
        case 0: path.addEllipse(at, r, r); break;
        case 1: polygon(4, M_PI / 4); break;
        case 2: polygon(3, -M_PI / 2); break;
        case 3: polygon(4, 0); break;
        case 4: polygon(6, 0); break;
        default: polygon(3, M_PI / 2);
    }
    return path;
}

}  // namespace

GraphView::GraphView(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAccessibleName(tr("Tables that the same transactions touch"));
}

void GraphView::setGraph(std::shared_ptr<const DesignGraph> graph) {
    const auto before = current_ >= 0 && shown_ ? shown_->graph.nodes[static_cast<size_t>(current_)].table : std::string();
    shown_ = std::move(graph);
    waiting_.clear();
    looks_.clear();
    groups_.clear();
    groupLooks_.clear();
    hover_ = current_ = -1;
    mostShare_ = 0;
    if (shown_) {
        lookAt(shown_->design);
        for (const auto& edge : shown_->graph.edges) mostShare_ = std::max(mostShare_, edge.share);
        if (!before.empty()) setCurrent(before);
        setAccessibleDescription(legend().join(QStringLiteral("; ")));
    }
    update();
}

void GraphView::setWaiting(const QString& words) {
    waiting_ = words;
    if (!shown_) update();
}

// Groups of keyed tables in the order of their size, then copies, then what stays on one shard.
void GraphView::lookAt(const sharding::Design& design) {
    std::map<uint32_t, std::vector<size_t>> keyed;
    looks_.resize(shown_->graph.nodes.size());
    size_t copies = 0, lone = 0;
    for (size_t i = 0; i < looks_.size(); ++i) {
        const auto* table = design.find(shown_->graph.nodes[i].table);
        looks_[i].copied = table && table->strategy == sharding::Strategy::reference;
        looks_[i].keyed = table && table->keyed();
        looks_[i].key = table ? placementWords(*table) : strategyTitle(sharding::Strategy::unsharded);
        if (looks_[i].keyed) keyed[table->group].push_back(i);
        else ++(looks_[i].copied ? copies : lone);
    }
    std::vector<std::vector<size_t>> ordered;
    for (auto& [group, tables] : keyed) ordered.push_back(std::move(tables));
    std::stable_sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
    const auto add = [this](const Look& look, const QString& words, size_t tables) {
        groupLooks_.push_back(look);
        groups_.push_back(QStringLiteral("%1 (%2)").arg(words).arg(tables));
    };
    for (const auto& tables : ordered) {
        for (const size_t i : tables) looks_[i].group = static_cast<int>(groups_.size());
        add(looks_[tables.front()], looks_[tables.front()].key, tables.size());
    }
    if (copies > 0) add({.copied = true}, tr("copied to every shard"), copies);
    if (lone > 0) add({}, tr("on one shard"), lone);
}

QStringList GraphView::legend() const { return {groups_.begin(), groups_.end()}; }

QString GraphView::nameOf(int node) const { return bareTable(shown_->graph.nodes[static_cast<size_t>(node)].table); }

QString GraphView::wordsOf(int node) const {
    if (!shown_ || node < 0) return {};
    const auto& graph = shown_->graph;
    QStringList lines{tr("%1: %2; touched by %3 of transactions").arg(nameOf(node), looks_[static_cast<size_t>(node)].key, share(graph.nodes[static_cast<size_t>(node)].share))};
    for (const auto& edge : graph.edges) {
        const bool left = static_cast<int>(edge.left) == node;
        if (!left && static_cast<int>(edge.right) != node) continue;
        auto line = tr("with %1 in %2").arg(nameOf(static_cast<int>(left ? edge.right : edge.left)), share(edge.share));
        if (edge.agree > 0) line += tr(", %1 = %2 in %3").arg(text(left ? edge.leftColumn : edge.rightColumn), text(left ? edge.rightColumn : edge.leftColumn), share(edge.agree));
        if (edge.apart && *edge.apart >= crosses) line += tr(", of these %1 on several shards").arg(share(*edge.apart));
        lines << line;
    }
    return lines.join(QLatin1Char('\n'));
}

QRectF GraphView::plot() const {
    const QFontMetrics metrics(scaledFont(0.85));
    return QRectF(rect()).adjusted(12, metrics.height() + 12, -12, -(metrics.height() + 6));
}

QPoint GraphView::positionOf(int node) const {
    const auto area = plot();
    const auto& at = shown_->graph.nodes[static_cast<size_t>(node)];
    return QPointF(area.left() + at.x * area.width(), area.top() + at.y * area.height()).toPoint();
}

int GraphView::nodeAt(const QPoint& at) const {
    int best = -1, bestAway = 16;
    for (int i = 0; shown_ && i < static_cast<int>(looks_.size()); ++i) {
        const int away = (positionOf(i) - at).manhattanLength();
        if (away >= bestAway) continue;
        bestAway = away;
        best = i;
    }
    return best;
}

void GraphView::setCurrent(const std::string& table) {
    for (int i = 0; shown_ && i < static_cast<int>(looks_.size()); ++i)
        if (shown_->graph.nodes[static_cast<size_t>(i)].table == table) return setCurrentNode(i, false);
    setCurrentNode(-1, false);
}

void GraphView::setCurrentNode(int node, bool tell) {
    const bool changed = node != current_;
    current_ = node;
    if (changed && node >= 0) setAccessibleDescription(wordsOf(node));
    update();
    if (tell && node >= 0) Q_EMIT tableChosen(text(shown_->graph.nodes[static_cast<size_t>(node)].table));
}

// ---- mouse and keys ---------------------------------------------------------------------------------------------

void GraphView::mouseMoveEvent(QMouseEvent* event) {
    const int node = nodeAt(event->pos());
    if (node == hover_) return;
    hover_ = node;
    update();
}

void GraphView::mousePressEvent(QMouseEvent* event) {
    if (const int node = nodeAt(event->pos()); node >= 0 && event->button() == Qt::LeftButton) setCurrentNode(node, true);
}

void GraphView::leaveEvent(QEvent*) {
    hover_ = -1;
    update();
}

void GraphView::focusInEvent(QFocusEvent* event) {
    if (current_ < 0 && shown_ && !looks_.empty()) setCurrentNode(0, false);
    QWidget::focusInEvent(event);
    update();
}

bool GraphView::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        QToolTip::showText(help->globalPos(), wordsOf(nodeAt(help->pos())), this);
        return true;
    }
    if (event->type() == QEvent::PaletteChange) update();
    return QWidget::event(event);
}

// The nearest node in the direction of an arrow key; one straight ahead counts as nearer than one aside.
int GraphView::neighbour(int key) const {
    const QPointF along = key == Qt::Key_Left ? QPointF(-1, 0) : key == Qt::Key_Right ? QPointF(1, 0) : key == Qt::Key_Up ? QPointF(0, -1) : QPointF(0, 1);
    int best = -1;
    double bestAway = std::numeric_limits<double>::infinity();
    for (int i = 0; i < static_cast<int>(looks_.size()); ++i) {
        const QPointF to = positionOf(i) - positionOf(current_);
        const double ahead = QPointF::dotProduct(to, along), aside = std::fabs(to.x() * along.y() - to.y() * along.x());
        if (i == current_ || ahead <= 0 || aside > 3 * ahead) continue;
        if (ahead + 2 * aside >= bestAway) continue;
        bestAway = ahead + 2 * aside;
        best = i;
    }
    return best;
}

void GraphView::keyPressEvent(QKeyEvent* event) {
    const int key = event->key();
    const bool arrow = key == Qt::Key_Left || key == Qt::Key_Right || key == Qt::Key_Up || key == Qt::Key_Down;
    if (!shown_ || looks_.empty() || !(arrow || key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Space)) return QWidget::keyPressEvent(event);
    if (current_ < 0) return setCurrentNode(0, false);
    if (!arrow) return setCurrentNode(current_, true);
    if (const int next = neighbour(key); next >= 0) setCurrentNode(next, false);
}

// ---- painting ---------------------------------------------------------------------------------------------------

void GraphView::paintEvent(QPaintEvent*) {
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    const auto& c = Theme::instance().colours();
    p.fillRect(rect(), c.surface);
    if (!shown_ || looks_.empty()) {
        p.setPen(c.secondary);
        p.drawText(rect(), Qt::AlignCenter, waiting_);
        return;
    }
    p.setFont(scaledFont(0.85));
    paintEdges(p);
    paintNodes(p);
    paintLegend(p);
    if (!hasFocus()) return;
    p.setPen(QPen(c.accent, 1));
    p.setBrush(Qt::NoBrush);
    p.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
}

void GraphView::paintEdges(QPainter& p) const {
    const auto& c = Theme::instance().colours();
    const int about = hover_ >= 0 ? hover_ : current_;
    for (const auto& edge : shown_->graph.edges) {
        const double part = mostShare_ > 0 ? edge.share / mostShare_ : 0;
        const bool marked = edge.apart && *edge.apart >= crosses;
        const bool near = static_cast<int>(edge.left) == about || static_cast<int>(edge.right) == about;
        auto colour = marked ? c.warning : mix(c.surface, c.text, near ? 0.75 : 0.25 + 0.25 * part);
        QPen pen(colour, 1 + 4 * part, marked ? Qt::DashLine : Qt::SolidLine);
        p.setPen(pen);
        const QPointF from = positionOf(static_cast<int>(edge.left)), to = positionOf(static_cast<int>(edge.right));
        p.drawLine(from, to);
        const bool roomy = QLineF(from, to).length() > 90;
        if (!marked || !roomy || (looks_.size() > 20 && !near)) continue;
        const auto words = share(*edge.apart);
        const QRectF box(QRectF(p.fontMetrics().boundingRect(words)).translated((from + to) / 2 - QPointF(p.fontMetrics().horizontalAdvance(words) / 2.0, -4)).adjusted(-3, -1, 3, 1));
        p.fillRect(box, c.surface);
        p.drawText(box, Qt::AlignCenter, words);
    }
}

QRectF GraphView::labelRect(int node, const QFontMetrics& metrics) const {
    const QPointF at = positionOf(node);
    const double width = metrics.horizontalAdvance(nameOf(node)) + 4;
    const double left = std::clamp(at.x() - width / 2, 0.0, std::max(0.0, this->width() - width));
    return {left, at.y() + radius + 2, width, static_cast<double>(metrics.height())};
}

// The one under the mouse or the cursor first, then the most used; a name that would lie on another one or on a node waits
// until it is looked at.
QList<int> GraphView::labelled() const {
    QList<int> order, out;
    if (!shown_) return out;
    for (int i = 0; i < static_cast<int>(looks_.size()); ++i) order << i;
    const auto first = [this](int node) { return node == hover_ || node == current_; };
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
        if (first(a) != first(b)) return first(a);
        return shown_->graph.nodes[static_cast<size_t>(a)].share > shown_->graph.nodes[static_cast<size_t>(b)].share;
    });
    const QFontMetrics metrics(scaledFont(0.85));
    for (const int node : order) {
        const auto box = labelRect(node, metrics);
        const bool onName = std::any_of(out.begin(), out.end(), [&](int other) { return labelRect(other, metrics).intersects(box); });
        const bool onNode = std::any_of(order.begin(), order.end(), [&](int other) { return other != node && box.adjusted(-radius, -radius, radius, radius).contains(positionOf(other)); });
        if (first(node) || (!onName && !onNode)) out << node;
    }
    return out;
}

void GraphView::paintShape(QPainter& p, QPointF at, const Look& look, double r, bool strong) const {
    const auto& c = Theme::instance().colours();
    QPen pen(strong ? c.accent : c.surface, strong ? 3 : 1.5);
    if (look.keyed) {
        p.setPen(pen);
        p.setBrush(Theme::instance().series(look.group));
        p.drawPath(shapePath(look.group, at, r));
        return;
    }
    // Copies as two rings, what stays on one shard as an empty dashed one.
    p.setBrush(c.surface);
    p.setPen(strong ? pen : QPen(c.secondary, 1.5, look.copied ? Qt::SolidLine : Qt::DotLine));
    p.drawEllipse(at, r, r);
    if (look.copied) p.drawEllipse(at, r - 3, r - 3);
}

void GraphView::paintNodes(QPainter& p) const {
    const auto& c = Theme::instance().colours();
    const auto named = labelled();
    for (int i = static_cast<int>(looks_.size()); i-- > 0;) paintShape(p, positionOf(i), looks_[static_cast<size_t>(i)], radius, i == current_ || i == hover_);
    auto halo = c.surface;
    halo.setAlphaF(0.8f);
    for (const int node : named) {
        const auto box = labelRect(node, p.fontMetrics());
        p.fillRect(box, halo);
        p.setPen(c.text);
        p.drawText(box, Qt::AlignCenter, nameOf(node));
    }
}

void GraphView::paintLegend(QPainter& p) const {
    const auto& c = Theme::instance().colours();
    const auto metrics = p.fontMetrics();
    double x = 10;
    const double y = 6 + metrics.height() / 2.0;
    for (size_t i = 0; i < groups_.size(); ++i) {
        const int width = metrics.horizontalAdvance(groups_[i]);
        if (x + width + 24 > this->width() && i > 0) {
            p.setPen(c.secondary);
            p.drawText(QPointF(x, y + metrics.ascent() / 2.0 - 1), tr("and %1 more").arg(groups_.size() - i));
            return;
        }
        paintShape(p, {x + 5, y}, groupLooks_[i], 5, false);
        p.setPen(c.secondary);
        p.drawText(QPointF(x + 15, y + metrics.ascent() / 2.0 - 1), groups_[i]);
        x += width + 32;
    }
}

}  // namespace foreshard::ui
