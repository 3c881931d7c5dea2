#include <fmt/format.h>

#include "samples/generator/epinions.h"
#include "samples/generator/smallbank.h"
#include "samples/generator/tatp.h"
#include "samples/generator/tpcc.h"
#include "samples/generator/voter.h"
#include "samples/generator/ycsb.h"
#include "tests/bench/bench_advisor.h"

namespace foreshard::bench {

namespace {

using namespace samplegen;

// Horticulture (SIGMOD 2012), Schism (VLDB 2010).
const std::map<std::string, std::vector<std::string>> warehouseKeys{
    {"warehouse", {"w_id"}}, {"district", {"d_w_id"}},  {"customer", {"c_w_id"}}, {"history", {"h_w_id", "h_c_w_id"}}, {"oorder", {"o_w_id"}},
    {"new_order", {"no_w_id"}}, {"stock", {"s_w_id"}}, {"order_line", {"ol_w_id"}}, {"item", {"reference"}}};

Bench tpcc(std::string name, TpccShape shape, uint32_t shards) {
    Bench bench{std::move(name), shards, [shape] { return std::make_unique<Tpcc>(shape); }, warehouseKeys, {}};
    bench.noWorseThanMetis = true;
    bench.keys = shape.warehouses;
    const double w = shape.warehouses;
    if (shape.hotWarehouse == 0 && shape.orderReads == 0 && shape.remotePayment == 0.15) bench.closedForm = 0.10732 * (w - w / shards) / (w - 1);
    return bench;
}

class WideMix : public Mix {
public:
    WideMix(int tables, int columns) : tables_(tables), columns_(columns) {}
    std::string name() const override { return "wide"; }
    std::string schemaSql() const override {
        std::string sql;
        for (int t = 0; t < tables_; ++t) {
            sql += fmt::format("CREATE TABLE public.t{} (id integer NOT NULL, tenant integer", t);
            for (int c = 2; c < columns_; ++c) sql += fmt::format(", c{} integer", c);
            sql += fmt::format(");\nALTER TABLE ONLY public.t{} ADD CONSTRAINT t{}_pkey PRIMARY KEY (id);\n", t, t);
        }
        return sql;
    }
    double rate(Instant) const override { return 20; }
    Transaction next(Random& random, Instant t) override {
        Transaction out;
        out.time = t;
        out.block = true;
        const int64_t tenant = random.between(1, 400);
        const auto first = static_cast<int>(random.below(static_cast<uint64_t>(tables_)));
        for (int i = 0; i < 4; ++i) {
            const int table = (first + i * i) % tables_, column = 2 + static_cast<int>(random.below(static_cast<uint64_t>(columns_ - 2)));
            const int other = 2 + (column + 1) % (columns_ - 2);
            const std::string sql = i % 2 ? fmt::format("UPDATE t{0} SET c{1} = c{1} + 1 WHERE tenant = $1 AND c{2} = $2", table, column, other)
                                          : fmt::format("SELECT * FROM t{0} WHERE tenant = $1 AND c{1} > 0 AND c{2} = $2", table, column, other);
            out.statements.push_back({sql, {number(tenant), number(random.between(1, 1'000))}});
        }
        return out;
    }

private:
    int tables_, columns_;
};

// The same, executed on a server and read from its log.
void addExecuted(std::vector<Bench>& all) {
    Bench tpcc = all[1], tatp = all[4];
    for (Bench* bench : {&tpcc, &tatp}) {
        bench->name += ", executed";
        bench->executed = true;
        all.push_back(*bench);
    }
}

// Loads on which the textbook key may lose, or has a price.
void addMutated(std::vector<Bench>& all) {
    all.push_back(tpcc("TPC-C W=10 N=4, 60 % remote payments", {.warehouses = 10, .remotePayment = 0.6}, 4));
    all.push_back(tpcc("TPC-C W=10 N=4, 60 % orders by id", {.warehouses = 10, .orderReads = 0.6}, 4));
    all.push_back(tpcc("TPC-C W=10 N=4, half on one warehouse", {.warehouses = 10, .hotWarehouse = 0.45}, 4));
    for (size_t i = all.size() - 3; i < all.size(); ++i) all[i].agree = all[i].noWorseThanMetis = false, all[i].metis = true, all[i].keys = 0;
    all.back().skewed = true;
}

// A fifth of the load on one key, which is another one every five minutes (four or five times in each half) or every minute.
void addSkewed(std::vector<Bench>& all) {
    for (const auto& [n, seconds] : {std::pair(4u, 300), std::pair(4u, 60), std::pair(8u, 60)}) {
        const KeyShape drifting{0.2, seconds * microsPerSecond, 0};
        Bench tatp = all[4], voter = all[6], ycsb = all[7];
        tatp.make = [drifting] { return std::make_unique<Tatp>(TatpShape{.keys = drifting}); };
        voter.make = [drifting] { return std::make_unique<Voter>(VoterShape{.keys = drifting}); };
        ycsb.make = [drifting] { return std::make_unique<Ycsb>(YcsbShape{.keys = drifting}); };
        for (Bench* bench : {&tatp, &voter, &ycsb}) {
            bench->name += fmt::format(" N={}, 20 % on a key for {} s", n, seconds);
            bench->hotShare = drifting.hotShare;
            bench->shards = n;
            bench->skewed = true;
            bench->agree = bench->metis = bench->noWorseThanMetis = false;
            all.push_back(*bench);
        }
    }
}

}  // namespace

std::vector<Bench> benches() {
    std::vector<Bench> all;
    for (const auto& [w, n] : {std::pair(2, 2), std::pair(10, 10), std::pair(50, 10), std::pair(100, 16)})
        all.push_back(tpcc(fmt::format("TPC-C W={} N={}", w, n), {.warehouses = w}, static_cast<uint32_t>(n)));
    all.push_back({"TATP", 4, [] { return std::make_unique<Tatp>(); },
                   {{"subscriber", {"s_id"}}, {"access_info", {"s_id"}}, {"special_facility", {"s_id"}}, {"call_forwarding", {"s_id"}}}, 0.0});
    all.push_back({"SmallBank", 4, [] { return std::make_unique<SmallBank>(); }, {{"accounts", {"custid", "reference"}}, {"savings", {"custid"}}, {"checking", {"custid"}}}, 0.4 * 0.75});
    all.push_back({"Voter", 4, [] { return std::make_unique<Voter>(); }, {{"votes", {"phone_number"}}, {"contestants", {"reference"}}, {"area_code_state", {"reference"}}}, 0.0});
    all.push_back({"YCSB", 4, [] { return std::make_unique<Ycsb>(); }, {{"usertable", {"ycsb_key"}}}, {}});
    all.push_back({"Epinions", 4, [] { return std::make_unique<Epinions>(); }, {{"item", {"i_id"}}, {"review", {"i_id"}}, {"useracct", {"u_id"}}, {"trust", {"source_u_id"}}}, 0.1 + 0.2 * 0.75});
    for (Bench& bench : all) bench.metis = true;
    all[4].noWorseThanMetis = all[5].noWorseThanMetis = true;   // TATP, SmallBank
    addExecuted(all);
    addMutated(all);
    addSkewed(all);
    return all;
}

std::unique_ptr<Mix> wideMix(int tables, int columns) { return std::make_unique<WideMix>(tables, columns); }

}  // namespace foreshard::bench
