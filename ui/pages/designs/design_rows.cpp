#include "ui/pages/designs/design_rows.h"

#include <algorithm>

#include "ui/format/format.h"
#include "ui/theme/theme.h"

namespace foreshard::ui {

namespace {

using advisor::Advice;
using advisor::RankedDesign;
using Figure = std::function<std::optional<double>(const advisor::Scores&)>;

// max/mean is 1 at best: the bar shows what lies above.
double above(double ratio) { return std::max(0.0, ratio - 1); }

double top(const Advice& advice, const Figure& figure, bool ratio) {
    double most = 0;
    for (const auto& d : advice.designs) {
        for (const auto* scores : {&d.scores, &d.heldOut}) {
            if (const auto v = figure(*scores)) most = std::max(most, ratio ? above(*v) : *v);
        }
    }
    return most;
}

CardBar bar(const Advice& advice, const RankedDesign& d, const Figure& figure, bool ratio, const QString& name, const QString& tip) {
    // A trifle must not fill the bar: ratios reach from 1 to 1.5 × at least, shares to 10 %.
    const double scale = std::max(top(advice, figure, ratio), ratio ? 0.5 : 0.1);
    const auto on = [&](std::optional<double> v) { return v ? std::optional((ratio ? above(*v) : *v) / scale) : std::nullopt; };
    const auto say = [&](std::optional<double> v) { return ratio ? ui::ratio(v) : share(v); };
    const auto value = figure(d.scores), held = figure(d.heldOut);
    CardBar out{name, say(value), tip + QObject::tr("; %1").arg(partSearched(advice)), on(value), on(held)};
    if (held) out.tip += QObject::tr("\nOn the later half of the log, which the search did not see: %1").arg(say(held));
    return out;
}

}  // namespace

std::optional<double> multiShardReads(const advisor::Scores& scores) {
    if (!scores.multiShardShare || !scores.multiShardWriteShare) return std::nullopt;
    return std::max(0.0, *scores.multiShardShare - *scores.multiShardWriteShare);
}

QString designTitle(const RankedDesign& ranked) { return text(ranked.design.name.empty() ? ranked.design.id : ranked.design.name); }

QString strategyTitle(sharding::Strategy strategy) {
    switch (strategy) {
        case sharding::Strategy::hash: return QObject::tr("hash");
        case sharding::Strategy::range: return QObject::tr("range");
        case sharding::Strategy::consistentHash: return QObject::tr("consistent hash");
        case sharding::Strategy::reference: return QObject::tr("reference");
        case sharding::Strategy::directory: return QObject::tr("directory");
        case sharding::Strategy::unsharded: break;
    }
    return QObject::tr("unsharded");
}

QString strategyMeaning(sharding::Strategy strategy) {
    switch (strategy) {
        case sharding::Strategy::hash: return QObject::tr("A hash of the key says which shard");
        case sharding::Strategy::range: return QObject::tr("Ranges of keys lie on shards");
        case sharding::Strategy::consistentHash: return QObject::tr("A ring of virtual nodes says which shard");
        case sharding::Strategy::reference: return QObject::tr("Every shard has a whole copy");
        case sharding::Strategy::directory: return QObject::tr("Named keys are pinned to shards, the others go by hash");
        case sharding::Strategy::unsharded: break;
    }
    return QObject::tr("The whole table lies on one shard");
}

QString keyWords(const sharding::TableDesign& table) {
    QStringList parts;
    for (const auto& part : table.key) parts << text(part.expression);
    return parts.join(QStringLiteral(", "));
}

QString placementWords(const sharding::TableDesign& table) {
    const auto key = keyWords(table);
    return key.isEmpty() ? strategyTitle(table.strategy) : QObject::tr("%1 of %2").arg(strategyTitle(table.strategy), key);
}

QString partSearched(const Advice& advice) { return advice.heldOut.empty() ? QObject::tr("whole log") : QObject::tr("earlier half"); }

std::vector<DesignCard> designCards(const Advice& advice) {
    std::vector<DesignCard> out;
    for (const auto& d : advice.designs) {
        DesignCard card{.id = d.design.id, .name = text(d.design.name.empty() ? d.design.id : d.design.name), .reason = text(d.reason), .rank = d.rank, .part = partSearched(advice)};
        card.bars.push_back(bar(advice, d, &advisor::Scores::multiShardWriteShare, false, QObject::tr("multi-shard writes"),
                                QObject::tr("Transactions that write on several shards / all transactions")));
        card.bars.push_back(bar(advice, d, multiShardReads, false, QObject::tr("multi-shard reads"),
                                QObject::tr("Transactions that touch several shards and are no multi-shard writes / all transactions")));
        card.bars.push_back(bar(advice, d, &advisor::Scores::multiShardShare, false, QObject::tr("multi-shard in all"),
                                QObject::tr("Transactions that touch several shards / all transactions")));
        card.bars.push_back(bar(advice, d, &advisor::Scores::loadMaxOverMean, true, QObject::tr("hottest shard"),
                                QObject::tr("Load of the hottest shard / mean load; the bar begins at 1.00 ×")));
        card.bars.push_back(bar(advice, d, &advisor::Scores::storageMaxOverMean, true, QObject::tr("largest shard"),
                                QObject::tr("Rows of the largest shard / mean; the bar begins at 1.00 ×")));
        if (d.movedShare) {
            // A copy for k more shards counts k: the scale may reach beyond all bytes once.
            double most = 1;
            for (const auto& other : advice.designs) most = std::max(most, other.movedShare.value_or(0));
            card.bars.push_back({QObject::tr("bytes to move"), share(*d.movedShare), QObject::tr("Bytes that have to be sent from today's layout / all bytes; a copy for k more shards counts k"), *d.movedShare / most, {}});
        }
        for (const auto& risk : d.risks) card.risks << text(risk);
        for (const auto& better : advice.designs) {
            if (!d.beatenBy.empty() && better.design.id == d.beatenBy) card.beatenBy = text(better.design.name.empty() ? better.design.id : better.design.name);
        }
        out.push_back(std::move(card));
    }
    return out;
}

QString decidedWords(const std::string& table, const advisor::Decisions& decisions) {
    QStringList words;
    for (const auto& decision : decisions) {
        if (std::find(decision.tables.begin(), decision.tables.end(), table) == decision.tables.end()) continue;
        switch (decision.kind) {
            case advisor::Decision::Kind::pin: words << QObject::tr("pinned to %1").arg(text(decision.what)); break;
            case advisor::Decision::Kind::forbid: words << QObject::tr("not %1").arg(text(decision.what)); break;
            case advisor::Decision::Kind::lock: words << QObject::tr("as today"); break;
            case advisor::Decision::Kind::apart:
                for (const auto& other : decision.tables)
                    if (other != table) words << QObject::tr("not with %1").arg(bareTable(other));
                break;
            case advisor::Decision::Kind::together:
                for (const auto& other : decision.tables)
                    if (other != table) words << QObject::tr("with %1").arg(bareTable(other));
                break;
            default: break;
        }
    }
    return words.join(QStringLiteral(", "));
}

std::vector<DesignTableRow> designTables(const RankedDesign& ranked, const sharding::Design* baseline, const advisor::Decisions& decisions) {
    std::vector<DesignTableRow> out;
    for (const auto& table : ranked.design.tables) {
        DesignTableRow row{bareTable(table.table), strategyTitle(table.strategy), keyWords(table), table.table, decidedWords(table.table, decisions), {}, {}, table.group, table.strategy};
        const auto why = ranked.why.find(table.table);
        if (why != ranked.why.end()) {
            QStringList all;
            for (const auto& reason : why->second) all << text(reason);
            row.why = all.value(0);
            row.allWhy = all.join(QLatin1Char('\n'));
        }
        for (const auto& other : baseline ? baseline->tables : std::vector<sharding::TableDesign>()) {
            if (other.table != table.table) continue;
            row.differs = placementWords(other) != placementWords(table);
            row.baseline = row.differs ? placementWords(other) : QObject::tr("same");
        }
        out.push_back(std::move(row));
    }
    return out;
}

void describeDesignTables(RowsModel<DesignTableRow>& m) {
    m.addColumn({QObject::tr("Table"), {}, {}, ColumnKind::text, 120}, [](const DesignTableRow& r) { return Cell::words(r.table); });
    m.addColumn({QObject::tr("Strategy"), {}, {}, ColumnKind::text, 90}, [](const DesignTableRow& r) { return Cell::words(r.strategy, strategyMeaning(r.kind)); });
    m.addColumn({QObject::tr("Key"), {}, {}, ColumnKind::text, 110}, [](const DesignTableRow& r) { return Cell::words(r.key, r.key); });
    m.addColumn({QObject::tr("Baseline"), {}, QObject::tr("How the layout chosen under “Compare with” has the table"), ColumnKind::text, 110}, [](const DesignTableRow& r) {
        auto cell = Cell::words(r.baseline, r.baseline);
        if (!r.differs) cell.colour = Theme::instance().colours().secondary;
        return cell;
    });
    m.addColumn({QObject::tr("Why"), {}, {}, ColumnKind::text, 280}, [](const DesignTableRow& r) { return Cell::words(r.why, r.allWhy); });
    m.addColumn({QObject::tr("Group"), {}, QObject::tr("Tables of one group keep equal keys on one shard"), ColumnKind::number, 60},
                [](const DesignTableRow& r) { const bool keyed = r.kind != sharding::Strategy::reference && r.kind != sharding::Strategy::unsharded;
                    return !keyed ? Cell{} : Cell::number(r.group, QString::number(r.group)); });
    m.addColumn({QObject::tr("Decided"), {}, QObject::tr("What people have decided for the table; every search obeys it"), ColumnKind::text, 84}, [](const DesignTableRow& r) { return Cell::words(r.decided, r.decided); });
    m.setIdentity([](const DesignTableRow& r) { return QVariant(r.table); });
}

QString adviceAnswer(const Advice& advice, const std::string& baseline) {
    if (advice.designs.empty()) return QObject::tr("No design was found.");
    const auto& best = advice.designs.front();
    const bool judged = best.scores.multiShardShare || best.scores.loadMaxOverMean || best.heldOut.multiShardShare || best.heldOut.loadMaxOverMean;
    if (!judged)
        return QObject::tr("“%1” is what the keys of the schema suggest; no design can be judged, for the log does not say which keys it touched.")
            .arg(text(best.design.name.empty() ? best.design.id : best.design.name));
    auto words = QObject::tr("“%1” serves this workload best").arg(text(best.design.name.empty() ? best.design.id : best.design.name));
    if (best.scores.multiShardShare) words += QObject::tr(": %1 of its transactions stay on one shard (%2").arg(share(1 - *best.scores.multiShardShare), partSearched(advice));
    if (best.scores.multiShardShare && best.heldOut.multiShardShare) words += QObject::tr("; %1 in the later half, which the search did not see").arg(share(1 - *best.heldOut.multiShardShare));
    if (best.scores.multiShardShare) words += QLatin1Char(')');
    for (const auto& other : advice.designs) {
        if (other.design.id != baseline || other.design.id == best.design.id || !other.scores.multiShardShare) continue;
        words += QObject::tr("; %1 with “%2”").arg(share(1 - *other.scores.multiShardShare), text(other.design.name.empty() ? other.design.id : other.design.name));
    }
    return words + QLatin1Char('.');
}

}  // namespace foreshard::ui
