// What else the Designs page tells of a design: the transactions that it leaves on several shards, what becomes of each
// constraint, and the answer to "Why not …?". Pure; any thread.
#pragma once

#include <QString>

#include <vector>

#include "core/advisor/why_not.h"
#include "core/workload/workload.h"
#include "ui/widgets/rows_model.h"

namespace foreshard::ui {

struct CrossingRow {
    QString statements, allStatements;   // "UPDATE payments", and the SQL of all, a line each
    double share = 0, fanOut = 0;
    QString why, fix;
    std::optional<double> shareAfter;    // with the fix, tried on the sample
};
// Worst first. `facts` may be null; it names the statements.
std::vector<CrossingRow> crossingRows(const advisor::RankedDesign& ranked, const workload::Facts* facts);
void describeCrossings(RowsModel<CrossingRow>& model);
QString crossingWords(const CrossingRow& row);       // all of it, for reading

struct ConstraintRow {
    QString table, name, kind, columns, fate, why, ddl;
    advisor::Fate fateKind = advisor::Fate::local;
};
std::vector<ConstraintRow> constraintRows(const advisor::RankedDesign& ranked);   // worst first
void describeConstraints(RowsModel<ConstraintRow>& model);
size_t constraintsToMend(const advisor::RankedDesign& ranked);                    // that no shard keeps by itself
QString allDdl(const advisor::RankedDesign& ranked);                              // a statement a line

// What would keep more transactions on one shard than keys do: a lookup or a column that a parent fills.
struct OfferRow {
    QString table, what, why, ddl;
    double before = 0, after = 0, upkeep = 0, withUpkeep = 0;
};
std::vector<OfferRow> offerRows(const advisor::RankedDesign& ranked);   // the largest saving first
void describeOffers(RowsModel<OfferRow>& model);

// A figure of the best design beside that of the best one with the key asked for, on both halves of the log.
struct AnswerRow {
    QString figure, tip;
    bool ratio = false;                  // else a share
    std::optional<double> winner, asked, winnerLater, askedLater;
};
std::vector<AnswerRow> answerRows(const advisor::WhyNot& answer);
void describeAnswer(RowsModel<AnswerRow>& model);

// "orders=customer_id" or "orders.customer_id" as the advisor takes it: "public.orders.customer_id". An Error says what is
// wrong with it.
Result<std::string> parseQuestion(const QString& typed, const workload::Facts& facts);

}  // namespace foreshard::ui
