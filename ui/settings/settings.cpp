#include "ui/settings/settings.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>

#include <array>

namespace foreshard::ui {

namespace {
// steps[i] takes a store from version i to i + 1.
using Step = void (*)(QSettings&);
void fromUnversioned(QSettings&) {}              // a fresh file has nothing to move
constexpr std::array<Step, Settings::version> steps{fromUnversioned};
}  // namespace

Settings::Settings() : store_(QSettings::IniFormat, QSettings::UserScope, QStringLiteral("foreshard"), QStringLiteral("foreshard")) { migrate(); }
Settings::Settings(const QString& file) : store_(file, QSettings::IniFormat) { migrate(); }

void Settings::migrate() {
    const int found = store_.value("version", 0).toInt();
    writable_ = found <= version;
    for (int v = std::max(0, found); v < version; ++v) steps[static_cast<size_t>(v)](store_);
    if (found < version) store_.setValue("version", version);
}

void Settings::put(const QString& key, const QVariant& value) {
    if (writable_ && store_.value(key) != value) store_.setValue(key, value);
}

ThemeMode Settings::themeMode() const {
    const auto name = get("theme", "light").toString();
    return name == "dark" ? ThemeMode::dark : name == "high-contrast" ? ThemeMode::highContrast : ThemeMode::light;
}

void Settings::setThemeMode(ThemeMode mode) {
    put("theme", mode == ThemeMode::dark ? "dark" : mode == ThemeMode::highContrast ? "high-contrast" : "light");
}

Ramp Settings::heatRamp() const { return rampFromName(get("heat/ramp", "ember").toString()); }
void Settings::setHeatRamp(Ramp ramp) { put("heat/ramp", rampName(ramp)); }
double Settings::heatBrightness() const { return get("heat/brightness", 1.0).toDouble(); }
void Settings::setHeatBrightness(double brightness) { put("heat/brightness", brightness); }
bool Settings::selectionPanel() const { return get("window/selectionPanel", true).toBool(); }
void Settings::setSelectionPanel(bool visible) { put("window/selectionPanel", visible); }
QByteArray Settings::windowGeometry() const { return get("window/geometry", QByteArray()).toByteArray(); }
void Settings::setWindowGeometry(const QByteArray& geometry) { put("window/geometry", geometry); }

QList<RecentProject> Settings::recent() const {
    QList<RecentProject> out;
    for (const auto& entry : get("recent", QVariantList()).toList()) {
        const auto fields = entry.toStringList();
        if (fields.size() == 3 && QFileInfo::exists(fields[0])) out.append({fields[0], fields[1], QDateTime::fromString(fields[2], Qt::ISODate)});
    }
    return out;
}

void Settings::addRecent(const QString& path, const QString& name) {
    auto all = recent();
    const auto absolute = QFileInfo(path).absoluteFilePath();
    all.removeIf([&](const RecentProject& r) { return r.path == absolute; });
    all.prepend({absolute, name, QDateTime::currentDateTimeUtc()});
    QVariantList stored;
    for (const auto& r : all.mid(0, recentKept)) stored << QVariant(QStringList{r.path, r.name, r.opened.toString(Qt::ISODate)});
    put("recent", stored);
}

namespace {
QString mappingKey(const QString& columns) {
    return QStringLiteral("mappings/") + QString::fromLatin1(QCryptographicHash::hash(columns.toUtf8(), QCryptographicHash::Sha1).toHex());
}
}  // namespace

QString Settings::columnMapping(const QString& columns) const { return get(mappingKey(columns), QString()).toString(); }
void Settings::setColumnMapping(const QString& columns, const QString& mapping) { put(mappingKey(columns), mapping); }

QString Settings::thumbnailPath(const QString& project) const {
    const QDir folder(QFileInfo(store_.fileName()).absolutePath() + QStringLiteral("/thumbnails"));
    folder.mkpath(".");
    const auto key = QCryptographicHash::hash(QFileInfo(project).absoluteFilePath().toUtf8(), QCryptographicHash::Sha1).toHex();
    return folder.filePath(QString::fromLatin1(key) + QStringLiteral(".png"));
}

}  // namespace foreshard::ui
