// TPC-C transactions by BenchBase's rules (mix 45/43/4/4/4; NewOrder with 5 to 15 lines, 1 % of them remote, 1 % rolled back;
// Payment 15 % remote, 60 % by last name). The mix keeps the state that decides values (next order numbers, undelivered
// orders), so that its statements can be executed one after another on a database that loadSql() has filled. Three mutations
// make loads on which the textbook key loses: more remote payments, a hot warehouse, orders read by their id alone.
// Deterministic.
#pragma once

#include <deque>

#include "samples/generator/keys.h"
#include "samples/generator/transaction.h"

namespace foreshard::samplegen {

struct TpccShape {
    int warehouses = 10;
    int items = 1'000;
    int districts = 10;
    int customers = 60;           // per district; last names are unique up to 1,000
    LoadShape load;
    double remotePayment = 0.15;
    double remoteLine = 0.01;
    double hotWarehouse = 0;      // share of the transactions that take warehouse 1
    double orderReads = 0;        // share of transactions that read one order by its id alone; ids are then unique everywhere
};

class Tpcc : public Mix {
public:
    explicit Tpcc(TpccShape shape);
    std::string name() const override { return "tpcc"; }
    std::string schemaSql() const override;
    // Statements that fill a fresh PostgreSQL database which has the schema.
    std::string loadSql() const;
    double rate(Instant t) const override { return shape_.load.rate(t); }
    Transaction next(Random& random, Instant t) override;

private:
    struct Order { int64_t id = 0; int customer = 0; };
    struct District { int64_t nextOrder = 1; std::deque<Order> undelivered; };
    District& district(int warehouse, int d) { return districts_[static_cast<size_t>((warehouse - 1) * shape_.districts + d - 1)]; }
    int homeWarehouse(Random& random) const;
    int otherWarehouse(Random& random, int home) const;
    void findCustomer(Random& random, Transaction& t, int warehouse, int d, int customer) const;
    Transaction newOrder(Random& random);
    Transaction payment(Random& random);
    Transaction orderStatus(Random& random);
    Transaction delivery(Random& random);
    Transaction stockLevel(Random& random);
    Transaction orderRead(Random& random) const;

    TpccShape shape_;
    std::vector<District> districts_;
    int64_t nextOrder_ = 1;                    // where ids are unique everywhere
};

// Rewrites every identifier of `sql` that names a table or column of `schemaSql` to a meaningless one, the same for the same
// seed. Used to show that no advice comes from names.
class NameScrambler {
public:
    NameScrambler(const std::string& schemaSql, uint64_t seed);
    std::string apply(const std::string& sql) const;
    // The schema with scrambled names, columns shuffled, and no PRIMARY KEY, UNIQUE, FOREIGN KEY or NOT NULL left.
    std::string schema() const { return schema_; }
    // The scrambled form of a name; empty where it is no name of the schema.
    std::string renamed(const std::string& name) const;

private:
    std::vector<std::pair<std::string, std::string>> names_;   // sorted
    std::string schema_;
};

}  // namespace foreshard::samplegen
