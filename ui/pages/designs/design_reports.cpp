#include "ui/pages/designs/design_reports.h"

#include "ui/format/format.h"
#include "ui/pages/workload/template_rows.h"
#include "ui/theme/theme.h"

namespace foreshard::ui {

namespace {

QString chipOf(const std::string& sql, const workload::Facts* facts) {
    for (const auto& known : facts ? facts->templates : std::vector<workload::Template>()) {
        if (known.text == sql) return templateChip(*facts, known);
    }
    constexpr int length = 60;
    return shortened(text(sql), length);
}

QString fateWords(advisor::Fate fate) {
    switch (fate) {
        case advisor::Fate::local: return QObject::tr("kept by each shard");
        case advisor::Fate::enforceable: return QObject::tr("kept with DDL");
        case advisor::Fate::needsLookup: return QObject::tr("needs a lookup");
        case advisor::Fate::lost: break;
    }
    return QObject::tr("lost");
}

// "SELECT stock · UPDATE stock", each once.
QString chipsOf(const std::vector<std::string>& statements, const workload::Facts* facts) {
    QStringList chips;
    for (const auto& sql : statements) {
        const auto chip = chipOf(sql, facts);
        if (!chips.contains(chip)) chips << chip;
    }
    return chips.join(QStringLiteral("  ·  "));
}

}  // namespace

std::vector<CrossingRow> crossingRows(const advisor::RankedDesign& ranked, const workload::Facts* facts) {
    std::vector<CrossingRow> out;
    for (const auto& c : ranked.crossings) {
        QStringList all;
        for (const auto& sql : c.statements) all << text(sql);
        out.push_back({chipsOf(c.statements, facts), all.join(QLatin1Char('\n')), c.share, c.fanOut, text(c.why), text(c.fix), c.shareAfter});
    }
    return out;
}

void describeCrossings(RowsModel<CrossingRow>& m) {
    m.addColumn({QObject::tr("Transactions"), {}, QObject::tr("Kinds of transactions by the statements that they are made of"), ColumnKind::chips, 180},
                [](const CrossingRow& r) { return Cell{r.statements, r.statements, r.allStatements}; });
    m.addColumn({QObject::tr("Share"), {}, QObject::tr("Of this kind on several shards / all transactions, in the part of the log that was searched"), ColumnKind::number, 64},
                [](const CrossingRow& r) { return Cell::number(r.share, shareInTable(r.share)); });
    m.addColumn({QObject::tr("Shards"), {}, QObject::tr("Shards that these transactions visit, in the mean"), ColumnKind::number, 60},
                [](const CrossingRow& r) { return Cell::number(r.fanOut, decimals(r.fanOut, 1)); });
    m.addColumn({QObject::tr("Why"), {}, {}, ColumnKind::text, 220}, [](const CrossingRow& r) { return Cell::words(r.why, r.why); });
    m.addColumn({QObject::tr("What would help"), {}, {}, ColumnKind::text, 220}, [](const CrossingRow& r) { return Cell::words(r.fix, r.fix); });
    m.addColumn({QObject::tr("Then"), {}, QObject::tr("Share that would be left, tried on the sample; unknown where it could not be tried"), ColumnKind::number, 60},
                [](const CrossingRow& r) { return Cell::number(r.shareAfter, shareInTable(r.shareAfter)); });
}

QString crossingWords(const CrossingRow& row) {
    auto words = QObject::tr("%1: %2").arg(row.statements, row.why);
    if (!row.fix.isEmpty()) words += QLatin1Char(' ') + row.fix;
    return words;
}

std::vector<ConstraintRow> constraintRows(const advisor::RankedDesign& ranked) {
    std::vector<ConstraintRow> out;
    for (const auto& c : ranked.constraints) {
        QStringList columns;
        for (const auto& column : c.columns) columns << text(column);
        out.push_back({bareTable(c.table), text(c.name), text(c.kind), columns.join(QStringLiteral(", ")), fateWords(c.fate), text(c.why), text(c.ddl), c.fate});
    }
    return out;
}

void describeConstraints(RowsModel<ConstraintRow>& m) {
    m.addColumn({QObject::tr("Constraint"), {}, {}, ColumnKind::text, 150},
                [](const ConstraintRow& r) { return Cell::words(r.name.isEmpty() ? r.columns : r.name, QObject::tr("%1 (%2)").arg(r.table, r.columns)); });
    m.addColumn({QObject::tr("Table"), {}, {}, ColumnKind::text, 90}, [](const ConstraintRow& r) { return Cell::words(r.table, r.columns); });
    m.addColumn({QObject::tr("Kind"), {}, {}, ColumnKind::text, 90}, [](const ConstraintRow& r) { return Cell::words(r.kind); });
    m.addColumn({QObject::tr("Fate"), {}, QObject::tr("Whether the shards can keep it under this design"), ColumnKind::text, 110}, [](const ConstraintRow& r) {
        auto cell = Cell::words(r.fate, r.why);
        const auto& c = Theme::instance().colours();
        cell.colour = r.fateKind == advisor::Fate::local ? c.secondary : c.warning;
        return cell;
    });
    m.addColumn({QObject::tr("Why"), {}, {}, ColumnKind::text, 240}, [](const ConstraintRow& r) { return Cell::words(r.why, r.why); });
    m.addColumn({QObject::tr("DDL"), {}, QObject::tr("Keeps it, or lets it go"), ColumnKind::text, 160}, [](const ConstraintRow& r) { return Cell::words(r.ddl, r.ddl); });
}

size_t constraintsToMend(const advisor::RankedDesign& ranked) {
    return static_cast<size_t>(std::count_if(ranked.constraints.begin(), ranked.constraints.end(), [](const auto& c) { return c.fate != advisor::Fate::local; }));
}

QString allDdl(const advisor::RankedDesign& ranked) {
    QString out;
    for (const auto& c : ranked.constraints) {
        if (!c.ddl.empty()) out += text(c.ddl) + QLatin1Char('\n');
    }
    return out;
}

std::vector<OfferRow> offerRows(const advisor::RankedDesign& ranked) {
    std::vector<OfferRow> out;
    for (const auto& offer : ranked.offers) {
        const auto from = text(offer.from), key = text(offer.key);
        auto what = QObject::tr("lookup: %1 → %2").arg(from, key);
        if (offer.kind == "column") what = QObject::tr("column %1, filled from %2").arg(key, bareTable(offer.parent));
        if (offer.kind == "parent lookup") what = QObject::tr("column %1 from %2, and its lookup by %3").arg(key, bareTable(offer.parent), from);
        out.push_back({bareTable(offer.table), what, text(offer.why), text(offer.ddl), offer.shareBefore, offer.shareAfter, offer.upkeep, offer.shareWithUpkeep});
    }
    return out;
}

void describeOffers(RowsModel<OfferRow>& m) {
    const auto share = [&m](const QString& title, const QString& tip, double OfferRow::*value) {
        m.addColumn({title, {}, tip, ColumnKind::number, 76}, [value](const OfferRow& r) { return Cell::number(r.*value, shareInTable(r.*value)); });
    };
    m.addColumn({QObject::tr("Table"), {}, {}, ColumnKind::text, 110}, [](const OfferRow& r) { return Cell::words(r.table); });
    m.addColumn({QObject::tr("What"), {}, {}, ColumnKind::text, 220}, [](const OfferRow& r) { return Cell::words(r.what, r.what); });
    share(QObject::tr("Now"), QObject::tr("Transactions that touch several shards / all transactions"), &OfferRow::before);
    share(QObject::tr("Then"), QObject::tr("The same with it, without what its upkeep adds"), &OfferRow::after);
    m.addColumn({QObject::tr("Why"), {}, {}, ColumnKind::text, 220}, [](const OfferRow& r) { return Cell::words(r.why, r.why); });
    share(QObject::tr("Upkeep"), QObject::tr("Transactions that have to keep it / all transactions"), &OfferRow::upkeep);
    share(QObject::tr("In all"), QObject::tr("Transactions that touch several shards then, visits to the lookup among them / all transactions"), &OfferRow::withUpkeep);
}

std::vector<AnswerRow> answerRows(const advisor::WhyNot& answer) {
    std::vector<AnswerRow> out;
    const auto add = [&](const QString& figure, const QString& tip, bool ratio, std::optional<double> advisor::Scores::*value) {
        AnswerRow row{figure, tip, ratio, answer.winner.scores.*value, answer.asked.scores.*value, answer.winner.heldOut.*value, answer.asked.heldOut.*value};
        if (row.winner || row.asked) out.push_back(std::move(row));
    };
    add(QObject::tr("Multi-shard writes"), QObject::tr("Transactions that write on several shards / all transactions"), false, &advisor::Scores::multiShardWriteShare);
    add(QObject::tr("Multi-shard in all"), QObject::tr("Transactions that touch several shards / all transactions"), false, &advisor::Scores::multiShardShare);
    add(QObject::tr("Hottest shard / mean"), QObject::tr("Load of the hottest shard / mean load"), true, &advisor::Scores::loadMaxOverMean);
    add(QObject::tr("Largest shard / mean"), QObject::tr("Rows of the largest shard / mean"), true, &advisor::Scores::storageMaxOverMean);
    return out;
}

void describeAnswer(RowsModel<AnswerRow>& m) {
    const auto figure = [&m](const QString& title, const QString& tip, std::optional<double> AnswerRow::*value, bool against) {
        m.addColumn({title, {}, tip, ColumnKind::number, 100}, [value, against](const AnswerRow& r) {
            const auto v = r.*value;
            auto cell = Cell::number(v, r.ratio ? ratio(v) : share(v));
            if (against && v && r.winner && *v > *r.winner * 1.1 + 1e-9) cell.colour = Theme::instance().colours().warning;
            return cell;
        });
    };
    const auto later = QObject::tr("On the later half of the log, which the search did not see");
    m.addColumn({QObject::tr("Figure"), {}, {}, ColumnKind::text, 140}, [](const AnswerRow& r) { return Cell::words(r.figure, r.tip); });
    figure(QObject::tr("Best, earlier"), QObject::tr("The best design of all, on the part of the log that was searched"), &AnswerRow::winner, false);
    figure(QObject::tr("This key, earlier"), QObject::tr("The best design that has it, on the part of the log that was searched"), &AnswerRow::asked, true);
    figure(QObject::tr("Best, later"), later, &AnswerRow::winnerLater, false);
    figure(QObject::tr("This key, later"), later, &AnswerRow::askedLater, false);
}

Result<std::string> parseQuestion(const QString& typed, const workload::Facts& facts) {
    const auto whole = typed.trimmed();
    const auto wrong = [&] { return Error{ErrorCategory::usage, "“" + whole.toStdString() + "” is not one table and a column.", "Write it as table=column.", {}}; };
    const auto equals = whole.indexOf(QLatin1Char('='));
    const auto at = equals >= 0 ? equals : whole.lastIndexOf(QLatin1Char('.'));
    if (at < 0 || whole.contains(QLatin1Char(','))) return wrong();
    const auto name = whole.left(at).trimmed().toStdString(), key = whole.mid(at + 1).trimmed().toStdString();
    if (name.empty() || key.empty() || key.find('=') != std::string::npos) return wrong();
    const auto dot = name.find('.');
    const auto table = facts.schema.find(dot == std::string::npos ? "" : name.substr(0, dot), dot == std::string::npos ? name : name.substr(dot + 1));
    if (!table) return Error{ErrorCategory::notFound, "The schema has no table “" + name + "”.", "Use a name of the table list above.", {}};
    const auto& found = facts.schema.tables[*table];
    if (key != "reference" && key != "unsharded" && !found.column(key)) {
        return Error{ErrorCategory::notFound, "Table " + found.name + " has no column “" + key + "”.", "Name a column, “reference” or “unsharded”.", {}};
    }
    return found.qualifiedName() + "." + key;
}

}  // namespace foreshard::ui
