// The sample project's load: a web shop that many tenants share. Two weeks with a daily rhythm, one tenant that grows, and a
// flash sale on one product. Deterministic.
#pragma once

#include <filesystem>

#include "core/base/result.h"
#include "samples/generator/transaction.h"

namespace foreshard::samplegen {

struct ShopShape {
    static constexpr int tenants = 40;
    static constexpr int productsPerTenant = 120;
    static constexpr int customersPerTenant = 150;
    static constexpr int categories = 12;
    static constexpr int growingTenant = 17;       // +38 % a week
    static constexpr int saleTenant = 5;
    static constexpr int saleProduct = 512;        // one product during the flash sale
    static TimeRange range();                      // 1 to 14 November 2026
    static TimeRange sale();                       // Friday 13 November, 20:00 to 22:00
};

class Shop : public Mix {
public:
    Shop();
    std::string name() const override { return "shop"; }
    std::string schemaSql() const override;
    double rate(Instant t) const override;
    Transaction next(Random& random, Instant t) override;
    double maxRate() const;

private:
    struct Visit { int tenant = 1; int customer = 1; bool sale = false; };
    Visit visit(Random& random, Instant t) const;
    int product(Random& random, const Visit& visit) const;
    Transaction browse(Random& random, const Visit& visit) const;
    Transaction search(Random& random, const Visit& visit) const;
    Transaction login(Random& random, const Visit& visit) const;
    Transaction checkout(Random& random, const Visit& visit);
    Transaction history(Random& random, const Visit& visit) const;
    Transaction paymentNotice(Random& random);
    Transaction exchangeRate(Random& random) const;
    Transaction report(Random& random, Instant t) const;

    std::vector<double> tenantWeight_;   // of tenant i + 1, before growth
    int64_t nextOrder_ = 200'001;
};

// Product ids are global: tenant 1 owns 1…120, tenant 2 121…240 and so on. Customer ids alike.
int64_t shopProductId(int tenant, int index);
int64_t shopCustomerId(int tenant, int index);

// The shop's database at the start of the log as a SQLite file (replaced if there). About 75,000 rows.
Status writeShopDatabase(const std::filesystem::path& file, uint64_t seed);

}  // namespace foreshard::samplegen
