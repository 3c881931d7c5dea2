// What the Designs page shows of an Advice. Pure; any thread.
#pragma once

#include <QString>

#include <vector>

#include "core/advisor/decisions.h"
#include "ui/charts/chart_data.h"
#include "ui/widgets/rows_model.h"

namespace foreshard::ui {

// A small bar of a card: value on a scale that all cards share (shares from 0, ratios from 1.00), with the held-out value as a
// tick.
struct CardBar {
    QString name, words, tip;
    std::optional<double> share;         // 0…1 of the scale; nothing: not known
    std::optional<double> heldOut;
};
struct DesignCard {
    std::string id;
    QString name, reason;
    QString beatenBy;                    // a runner-up: the design that is at least as good in every respect
    uint32_t rank = 1;
    QString part;                        // what the figures are of: "earlier half"
    std::vector<CardBar> bars;
    QStringList risks;
};
QString designTitle(const advisor::RankedDesign& ranked);     // its name; its id where it has none
// What crosses shards and is no multi-shard write.
std::optional<double> multiShardReads(const advisor::Scores& scores);
// What the figures of ranked designs are of: the half of the log that the search saw, or all of it.
QString partSearched(const advisor::Advice& advice);
std::vector<DesignCard> designCards(const advisor::Advice& advice);

struct DesignTableRow {
    QString table, strategy, key;
    std::string qualified;
    QString decided;                     // "pinned", "keeps today's layout, together with items"
    QString why, allWhy;                 // the best reason, and all, a line each
    uint32_t group = 0;
    sharding::Strategy kind = sharding::Strategy::unsharded;
    QString baseline;                    // "same", or how the baseline has the table; empty: it lacks it
    bool differs = false;                // from the baseline
};
// `baseline` may be null.
std::vector<DesignTableRow> designTables(const advisor::RankedDesign& ranked, const sharding::Design* baseline, const advisor::Decisions& decisions);
QString decidedWords(const std::string& table, const advisor::Decisions& decisions);
void describeDesignTables(RowsModel<DesignTableRow>& model);

// The best design and, where another ranked one is the baseline, what that one reaches.
QString adviceAnswer(const advisor::Advice& advice, const std::string& baseline);

QString strategyTitle(sharding::Strategy strategy);
QString strategyMeaning(sharding::Strategy strategy);
QString placementWords(const sharding::TableDesign& table);   // "hash of customer_id", "reference"
QString keyWords(const sharding::TableDesign& table);    // "customer_id", "tenant_id, order_id"

}  // namespace foreshard::ui
