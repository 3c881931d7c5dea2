// Icons: SVG files of resources/icons, drawn in black and tinted with the palette when painted, so that they follow the
// theme. GUI thread only.
#pragma once

#include <QIcon>
#include <QString>

namespace foreshard::ui {

// `name` without folder and suffix ("hotspots"); an icon that is not there is a programmer error.
QIcon icon(const QString& name);

}  // namespace foreshard::ui
