#include "ui/heatmap/heat_options.h"

#include <QActionGroup>
#include <QBoxLayout>
#include <QLabel>
#include <QSlider>
#include <QWidgetAction>

#include "ui/heatmap/heat_view.h"
#include "ui/theme/metrics.h"

namespace foreshard::ui {

QMenu* heatOptionsMenu(HeatMapView* view, QWidget* parent) {
    auto* menu = new QMenu(parent);
    auto* group = new QActionGroup(menu);
    for (const auto ramp : {Ramp::ember, Ramp::ocean, Ramp::grey}) {
        auto* action = menu->addAction(QObject::tr("Palette: %1").arg(rampTitle(ramp)));
        action->setCheckable(true);
        action->setChecked(view->ramp() == ramp);
        group->addAction(action);
        QObject::connect(action, &QAction::triggered, view, [view, ramp] { view->setRamp(ramp); });
    }
    menu->addSeparator();
    auto* logarithmic = menu->addAction(QObject::tr("Logarithmic scale"));
    logarithmic->setCheckable(true);
    logarithmic->setChecked(view->logarithmic());
    QObject::connect(logarithmic, &QAction::toggled, view, &HeatMapView::setLogarithmic);
    menu->addSeparator();

    auto* box = new QWidget;
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(metrics::block, metrics::inner, metrics::block, metrics::gap);
    auto* slider = new QSlider(Qt::Horizontal);
    slider->setRange(-20, 20);                       // tenths of a factor of two
    slider->setValue(static_cast<int>(std::lround(std::log2(view->brightness()) * 10)));
    slider->setMinimumWidth(140);
    slider->setAccessibleName(QObject::tr("Brightness"));
    row->addWidget(new QLabel(QObject::tr("Brightness")));
    row->addWidget(slider, 1);
    QObject::connect(slider, &QSlider::valueChanged, view, [view](int v) { view->setBrightness(std::exp2(v / 10.0)); });
    auto* action = new QWidgetAction(menu);
    action->setDefaultWidget(box);
    menu->addAction(action);
    return menu;
}

}  // namespace foreshard::ui
