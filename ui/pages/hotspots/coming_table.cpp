#include "ui/pages/hotspots/coming_table.h"

#include "ui/format/format.h"
#include "ui/pages/workload/template_rows.h"

namespace foreshard::ui {

ComingShown comingShown(const workload::Workload& observed, const std::vector<models::ComingHotspots>& coming, const std::vector<HotspotView>& hotspots) {
    ComingShown shown;
    const auto& facts = *observed.facts;
    for (const auto& one : coming) {
        shown.time = one.time;
        ComingRow row;
        row.table = facts.schema.tables[facts.columns[one.column].table].qualifiedName();
        row.column = facts.columns[one.column].expression;
        row.found = one.precision, row.load = one.load;
        row.lastFound = one.lastPrecision, row.lastLoad = one.lastLoad;
        row.tested = one.tested;
        QStringList models, causes;
        for (const auto& model : one.models) models << text(model);
        for (const auto id : one.templates) causes << text(facts.templates[id].text);
        row.models = models.join(QStringLiteral(", "));
        row.cause = causes.value(0);
        row.causes = causes.join(QStringLiteral("\n"));
        for (const auto& keys : one.keys) {
            row.keys = keys.label;
            ++row.place;
            row.lastShare = keys.lastShare;
            const auto known = std::find_if(hotspots.begin(), hotspots.end(), [&](const auto& h) { return h.table == row.table && h.column == row.column && h.keys == row.keys; });
            row.remedy = known == hotspots.end() ? QString() : text(known->remedy);
            shown.rows.push_back(row);
        }
    }
    return shown;
}

void describeComing(RowsModel<ComingRow>& m) {
    m.addColumn({QObject::tr("Place"), {}, QObject::tr("Among the keys of its column, the hottest first"), ColumnKind::number, 52}, [](const ComingRow& r) { return Cell::number(static_cast<double>(r.place), number(static_cast<double>(r.place))); });
    m.addColumn({QObject::tr("Where"), {}, {}, ColumnKind::text, 150}, [](const ComingRow& r) { return Cell::words(bareTable(r.table) + QStringLiteral(" · ") + text(r.column)); });
    m.addColumn({QObject::tr("Keys"), {}, {}, ColumnKind::text, 90}, [](const ComingRow& r) { return Cell::words(text(r.keys)); });
    m.addColumn({QObject::tr("Share before"), {}, QObject::tr("Accesses of these keys / accesses of the column, in the last interval"), ColumnKind::bar}, [](const ComingRow& r) { return Cell::share(r.lastShare, shareInTable(r.lastShare)); });
    m.addColumn({QObject::tr("Found"), {}, QObject::tr("Keys of the column that were named hot and were among the hottest / keys named, in the intervals before"), ColumnKind::bar}, [](const ComingRow& r) {
        auto cell = Cell::share(r.found, shareInTable(r.found));
        cell.tip = QObject::tr("In %1; saying that what was hot stays so: %2. Named by: %3").arg(plural(r.tested, QObject::tr("interval"), QObject::tr("intervals")), share(r.lastFound), r.models);
        return cell;
    });
    m.addColumn({QObject::tr("Load met"), {}, QObject::tr("Accesses of the column's keys that were named hot / accesses of those that were the hottest, in the intervals before"), ColumnKind::bar}, [](const ComingRow& r) {
        auto cell = Cell::share(r.load, shareInTable(r.load));
        cell.tip = QObject::tr("In %1; saying that what was hot stays so: %2").arg(plural(r.tested, QObject::tr("interval"), QObject::tr("intervals")), share(r.lastLoad));
        return cell;
    });
    m.addColumn({QObject::tr("Caused by"), {}, QObject::tr("The template that binds the column most often; all of them in the tip"), ColumnKind::sql, 240}, [](const ComingRow& r) { return Cell::words(r.cause.isEmpty() ? dash() : r.cause, r.causes); });
    m.addColumn({QObject::tr("Remedy"), {}, QObject::tr("Where these keys are a hotspot already"), ColumnKind::text, 200}, [](const ComingRow& r) { return Cell::words(r.remedy.isEmpty() ? dash() : r.remedy, r.remedy); });
}

QString comingWords(const ComingShown& shown) {
    if (!shown.time) return QObject::tr("Too few intervals with traffic to say what the next one will find hot: 16 are needed, with 20 accesses of a column in each on average.");
    return QObject::tr("Predicted from the whole log for %1 to %2. Found and Load met say how well this did before.").arg(instant(shown.time->begin), instant(shown.time->end));
}

}  // namespace foreshard::ui
