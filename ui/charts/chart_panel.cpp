#include "ui/charts/chart_panel.h"

#include <QAction>
#include <QApplication>
#include <QBuffer>
#include <QClipboard>
#include <QEvent>
#include <QFileDialog>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QSvgGenerator>
#include <QToolButton>
#include <QToolTip>
#include <QVBoxLayout>

#include "ui/charts/chart_drawing.h"
#include "ui/format/format.h"
#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"
#include "ui/widgets/export_file.h"
#include "ui/widgets/notice.h"
#include "ui/widgets/view_actions.h"

namespace foreshard::ui {

ChartPanel::ChartPanel(QWidget* parent) : QWidget(parent), drawing_(std::make_unique<Drawing>()), notice_(new Notice) {
    drawing_->view = new QChartView(this);
    drawing_->view->setFrameShape(QFrame::NoFrame);
    drawing_->view->setRenderHint(QPainter::Antialiasing);
    drawing_->view->setMouseTracking(true);
    drawing_->view->viewport()->setMouseTracking(true);
    drawing_->view->viewport()->installEventFilter(this);
    drawing_->view->installEventFilter(this);
    drawing_->view->setBackgroundRole(QPalette::Base);
    drawing_->view->setFocusPolicy(Qt::StrongFocus);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    notice_->setDismissable(true);
    column->addWidget(notice_);
    column->addWidget(drawing_->view, 1);

    addExport();
    setContextMenuPolicy(Qt::ActionsContextMenu);
    drawing_->view->setContextMenuPolicy(Qt::NoContextMenu);
    rebuild();
}

void ChartPanel::addExport() {
    auto* save = new QAction(icon("export"), tr("Export chart…"), this);
    connect(save, &QAction::triggered, this, &ChartPanel::askExport);
    auto* copy = new QAction(icon("copy"), tr("Copy chart data as CSV"), this);
    connect(copy, &QAction::triggered, this, [this] { QApplication::clipboard()->setText(csv()); });
    for (auto* action : {save, copy}) markOfView(action);
    addActions({save, copy});
    export_ = new QToolButton(this);
    export_->setIcon(icon("export"));
    export_->setIconSize({metrics::smallIcon, metrics::smallIcon});
    export_->setAutoRaise(true);
    export_->setToolTip(tr("Export this chart as PNG, SVG or CSV"));
    connect(export_, &QToolButton::clicked, save, &QAction::trigger);
}

ChartPanel::~ChartPanel() = default;

QSize ChartPanel::sizeHint() const { return compact_ ? QSize(200, 130) : QSize(480, 240); }
QSize ChartPanel::minimumSizeHint() const { return compact_ ? QSize(140, 116) : QSize(240, 150); }

void ChartPanel::setData(ChartData data) {
    data_ = std::move(data);
    rebuild();
}

void ChartPanel::setCompact(bool compact) {
    compact_ = compact;
    rebuild();
}

void ChartPanel::setCaption(const QString& words) {
    caption_ = words;
    rebuild();
}

void ChartPanel::setLegendVisible(bool visible) {
    legend_ = visible;
    rebuild();
}

void ChartPanel::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    export_->adjustSize();
    export_->move(width() - export_->width() - 2, drawing_->view->y() + 2);
    export_->raise();
    // Ticks go by the room that there is.
    constexpr int step = 60;
    if (std::abs(width() - ticksFor_.width()) > step || std::abs(height() - ticksFor_.height()) > step) rebuild();
}

void ChartPanel::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange && drawing_->view) rebuild();
    QWidget::changeEvent(event);
}

QWidget* ChartPanel::canvas() const { return drawing_->view->viewport(); }

QPoint ChartPanel::positionOf(double x, double y) const {
    if (!drawing_->anchor) return {};
    auto* chart = drawing_->view->chart();
    return drawing_->view->mapFromScene(chart->mapToScene(chart->mapToPosition({x, y}, drawing_->anchor)));
}

int ChartPanel::seriesNear(double x, double y) const {
    int best = -1;
    double bestDistance = std::numeric_limits<double>::infinity();
    double floor = 0;
    for (int s = 0; s < data_.series.size(); ++s) {
        const auto& series = data_.series[s];
        const int i = nearestIndex(series.x, x);
        if (i < 0 || !std::isfinite(series.y[i])) continue;
        // In a stack the layer that holds y wins; else the nearest line.
        if (series.shape == Shape::stacked) {
            if (y >= floor && y <= floor + series.y[i]) return s;
            floor += series.y[i];
            continue;
        }
        const double away = std::fabs(series.y[i] - y);
        if (away < bestDistance) {
            bestDistance = away;
            best = s;
        }
    }
    return best;
}

// The series whose point is nearest on the screen; -1 where no series has points.
int ChartPanel::pointsNear(const QPoint& at) const {
    int best = -1, bestDistance = std::numeric_limits<int>::max();
    for (int s = 0; s < data_.series.size(); ++s) {
        const auto& series = data_.series[s];
        for (int i = 0; series.shape == Shape::points && i < series.x.size(); ++i) {
            const int away = (positionOf(series.x[i], series.y[i]) - at).manhattanLength();
            if (away >= bestDistance) continue;
            bestDistance = away;
            best = s;
        }
    }
    return best;
}

bool ChartPanel::step(int key) {
    const bool points = std::any_of(data_.series.begin(), data_.series.end(), [](const ChartSeries& s) { return s.shape == Shape::points; });
    const bool on = key == Qt::Key_Right || key == Qt::Key_Down, back = key == Qt::Key_Left || key == Qt::Key_Up;
    if (!points || !(on || back)) return false;
    Q_EMIT stepped(on ? 1 : -1);
    return true;
}

QString ChartPanel::wordsAt(double x) const {
    QStringList lines;
    std::optional<double> at;              // the nearest point of any series
    for (const auto& series : data_.series) {
        const int i = nearestIndex(series.x, x);
        if (i >= 0 && (!at || std::fabs(series.x[i] - x) < std::fabs(*at - x))) at = series.x[i];
    }
    for (const auto& series : data_.series) {
        const int i = at ? nearestIndex(series.x, *at) : -1;
        if (i < 0) continue;
        if (series.x[i] != *at || !std::isfinite(series.y[i])) continue;
        const auto words = data_.yText ? data_.yText(series.y[i]) : count(series.y[i]);
        auto line = series.name + QStringLiteral(": ") + words;
        if (i < series.low.size() && i < series.high.size()) {
            const auto low = data_.yText ? data_.yText(series.low[i]) : count(series.low[i]);
            const auto high = data_.yText ? data_.yText(series.high[i]) : count(series.high[i]);
            line += QStringLiteral(" (P10 %1, P90 %2)").arg(low, high);
        }
        if (!series.mark.isEmpty()) line = series.mark + QStringLiteral(" · ") + line;
        lines << line;
    }
    if (!at) return {};
    for (const auto& span : data_.spans) {
        if (*at >= span.low && *at < span.high) lines.prepend(span.label);
    }
    const auto index = static_cast<int>(*at);
    if (data_.timeAxis) lines.prepend(instant(static_cast<Instant>(*at) * 1000));
    else if (index >= 0 && index < data_.categories.size()) lines.prepend(data_.categories[index]);
    return lines.join(QLatin1Char('\n'));
}

bool ChartPanel::eventFilter(QObject* watched, QEvent* event) {
    const auto at = [this](const QPointF& p) {
        auto* chart = drawing_->view->chart();
        return chart->mapToValue(chart->mapFromScene(drawing_->view->mapToScene(p.toPoint())), drawing_->anchor);
    };
    if (watched == drawing_->view) return event->type() == QEvent::KeyPress && step(static_cast<QKeyEvent*>(event)->key());
    if (event->type() == QEvent::ToolTip) {
        auto* help = static_cast<QHelpEvent*>(event);
        if (drawing_->anchor) QToolTip::showText(help->globalPos(), wordsAt(at(help->pos()).x()), drawing_->view);
        return true;
    }
    if (event->type() == QEvent::MouseButtonRelease && drawing_->anchor) {
        auto* mouse = static_cast<QMouseEvent*>(event);
        const auto* chart = drawing_->view->chart();
        const bool inPlot = chart->plotArea().contains(chart->mapFromScene(drawing_->view->mapToScene(mouse->position().toPoint())));
        if (mouse->button() == Qt::LeftButton && inPlot) {
            const auto value = at(mouse->position());
            const int point = pointsNear(mouse->position().toPoint());
            if (const int series = point >= 0 ? point : seriesNear(value.x(), value.y()); series >= 0) Q_EMIT clicked(series, value.x());
        }
    }
    return QWidget::eventFilter(watched, event);
}

Status ChartPanel::exportTo(const QString& path) const {
    if (path.endsWith(".csv", Qt::CaseInsensitive)) return writeExport(path, csv().toUtf8());
    auto* view = drawing_->view;
    if (path.endsWith(".svg", Qt::CaseInsensitive)) {
        QBuffer bytes;
        QSvgGenerator svg;
        svg.setOutputDevice(&bytes);
        svg.setSize(view->size());
        svg.setViewBox(view->rect());
        svg.setTitle(data_.name);
        svg.setDescription(chartSummary(data_));
        QPainter painter(&svg);
        view->scene()->render(&painter, view->rect(), view->mapToScene(view->rect()).boundingRect());
        painter.end();
        return writeExport(path, bytes.data());
    }
    QImage picture(view->size() * 2, QImage::Format_ARGB32_Premultiplied);
    picture.setDevicePixelRatio(2);
    QPainter painter(&picture);
    view->QWidget::render(&painter);
    painter.end();
    return writeExport(path, picture);
}

void ChartPanel::exportOrTell(const QString& path) {
    if (const auto written = exportTo(path); written.ok()) notice_->hide();
    else notice_->showError(written.error());
}

void ChartPanel::askExport() {
    const auto name = data_.name.simplified().toLower().replace(QLatin1Char(' '), QLatin1Char('-'));
    const auto path = QFileDialog::getSaveFileName(this, tr("Export chart"), name + QStringLiteral(".png"), tr("PNG (*.png);;SVG (*.svg);;CSV (*.csv)"));
    if (!path.isEmpty()) exportOrTell(path);
}

}  // namespace foreshard::ui
