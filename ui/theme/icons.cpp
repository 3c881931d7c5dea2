#include "ui/theme/icons.h"

#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

#include "ui/theme/colour_math.h"
#include "ui/theme/theme.h"

namespace foreshard::ui {

namespace {

class TintedIcon : public QIconEngine {
public:
    explicit TintedIcon(QString name) : name_(std::move(name)) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override {
        const double scale = painter->device() ? painter->device()->devicePixelRatioF() : 1.0;
        auto picture = scaledPixmap(rect.size() * scale, mode, state, 1.0);
        picture.setDevicePixelRatio(scale);
        painter->drawPixmap(rect.topLeft(), picture);
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override { return scaledPixmap(size, mode, state, 1.0); }

    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State, qreal) override {
        const auto colour = tint(mode);
        const auto key = QString("fs-icon/%1/%2/%3x%4").arg(name_, colour.name()).arg(size.width()).arg(size.height());
        QPixmap picture;
        if (QPixmapCache::find(key, &picture)) return picture;
        picture = QPixmap(size);
        picture.fill(Qt::transparent);
        QPainter painter(&picture);
        QSvgRenderer(svg()).render(&painter, QRectF(QPointF(0, 0), QSizeF(size)));
        painter.setCompositionMode(QPainter::CompositionMode_SourceIn);
        painter.fillRect(picture.rect(), colour);
        painter.end();
        QPixmapCache::insert(key, picture);
        return picture;
    }

    QIconEngine* clone() const override { return new TintedIcon(name_); }

private:
    static QColor tint(QIcon::Mode mode) {
        const auto& c = Theme::instance().colours();
        if (mode == QIcon::Disabled) return mix(c.background, c.text, 0.42);
        return mode == QIcon::Selected ? c.accentText : c.text;
    }
    QByteArray svg() const {
        QFile file(QString(":/foreshard/icons/%1.svg").arg(name_));
        const bool there = file.open(QIODevice::ReadOnly);
        Q_ASSERT_X(there, "icon", qPrintable(name_));
        return there ? file.readAll() : QByteArray();
    }
    QString name_;
};

}  // namespace

QIcon icon(const QString& name) { return QIcon(new TintedIcon(name)); }

}  // namespace foreshard::ui
