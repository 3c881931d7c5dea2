#include <fmt/format.h>
#include <sqlite3.h>

#include <array>
#include <memory>

#include "core/base/file.h"
#include "samples/generator/shop.h"

namespace foreshard::samplegen {

namespace {

struct CloseDatabase { void operator()(sqlite3* db) const { sqlite3_close(db); } };
struct CloseStatement { void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); } };
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Prepared = std::unique_ptr<sqlite3_stmt, CloseStatement>;

// One table's insert statement; bind() takes integers and texts in column order. The first failure sticks.
class Insert {
public:
    Insert(sqlite3* db, const char* sql) : db_(db) {
        sqlite3_stmt* statement = nullptr;
        failed_ = sqlite3_prepare_v2(db, sql, -1, &statement, nullptr) != SQLITE_OK;
        statement_.reset(statement);
    }
    template <typename... Values>
    void row(const Values&... values) {
        if (failed_) return;
        int column = 0;
        (bind(++column, values), ...);
        failed_ = sqlite3_step(statement_.get()) != SQLITE_DONE || failed_;
        sqlite3_reset(statement_.get());
    }
    Status status() const {
        if (!failed_) return {};
        return Error{ErrorCategory::io, fmt::format("Cannot write the sample database: {}.", sqlite3_errmsg(db_)), "Check the free space.", {}};
    }

private:
    void bind(int column, int64_t value) { failed_ |= sqlite3_bind_int64(statement_.get(), column, value) != SQLITE_OK; }
    void bind(int column, int value) { bind(column, static_cast<int64_t>(value)); }
    void bind(int column, double value) { failed_ |= sqlite3_bind_double(statement_.get(), column, value) != SQLITE_OK; }
    void bind(int column, const std::string& value) {
        failed_ |= sqlite3_bind_text(statement_.get(), column, value.c_str(), static_cast<int>(value.size()), SQLITE_TRANSIENT) != SQLITE_OK;
    }
    sqlite3* db_;
    Prepared statement_;
    bool failed_ = false;
};

constexpr const char* ddl = R"(
PRAGMA page_size = 4096;
CREATE TABLE tenants (id INTEGER PRIMARY KEY, name TEXT NOT NULL, plan TEXT NOT NULL);
CREATE TABLE categories (id INTEGER PRIMARY KEY, title TEXT NOT NULL);
CREATE TABLE exchange_rates (code TEXT PRIMARY KEY, rate NUMERIC NOT NULL);
CREATE TABLE customers (tenant_id INTEGER NOT NULL, id INTEGER NOT NULL, email TEXT NOT NULL, name TEXT NOT NULL, address TEXT,
                        password_hash TEXT NOT NULL, PRIMARY KEY (tenant_id, id));
CREATE TABLE products (tenant_id INTEGER NOT NULL, id INTEGER NOT NULL, category_id INTEGER NOT NULL REFERENCES categories(id),
                       name TEXT NOT NULL, price NUMERIC NOT NULL, description TEXT, PRIMARY KEY (tenant_id, id));
CREATE TABLE stock (tenant_id INTEGER NOT NULL, product_id INTEGER NOT NULL, quantity INTEGER NOT NULL, PRIMARY KEY (tenant_id, product_id));
CREATE TABLE orders (tenant_id INTEGER NOT NULL, id INTEGER NOT NULL, customer_id INTEGER NOT NULL, placed_at TEXT NOT NULL, status TEXT NOT NULL,
                     PRIMARY KEY (tenant_id, id));
CREATE TABLE order_lines (tenant_id INTEGER NOT NULL, order_id INTEGER NOT NULL, line INTEGER NOT NULL, product_id INTEGER NOT NULL,
                          quantity INTEGER NOT NULL, price NUMERIC NOT NULL, PRIMARY KEY (tenant_id, order_id, line));
CREATE TABLE payments (tenant_id INTEGER NOT NULL, order_id INTEGER NOT NULL, reference TEXT NOT NULL, amount NUMERIC NOT NULL, state TEXT NOT NULL,
                       PRIMARY KEY (tenant_id, order_id));
)";

constexpr const char* indexes = R"(
CREATE UNIQUE INDEX payments_reference ON payments (reference);
CREATE INDEX customers_email ON customers (tenant_id, lower(email));
CREATE INDEX orders_customer ON orders (tenant_id, customer_id);
)";

Status run(sqlite3* db, const char* sql) {
    if (sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
    return Error{ErrorCategory::io, fmt::format("Cannot write the sample database: {}.", sqlite3_errmsg(db)), "Check the free space.", {}};
}

Status fillCatalogue(sqlite3* db, Random& random) {
    static constexpr std::array titles{"Books", "Toys", "Garden", "Kitchen", "Music", "Sport", "Tools", "Shoes", "Lamps", "Bags", "Games", "Tea"};
    static constexpr std::array plans{"free", "basic", "pro"};
    Insert tenants(db, "INSERT INTO tenants VALUES (?, ?, ?)");
    Insert categories(db, "INSERT INTO categories VALUES (?, ?)");
    Insert rates(db, "INSERT INTO exchange_rates VALUES (?, ?)");
    Insert products(db, "INSERT INTO products VALUES (?, ?, ?, ?, ?, ?)");
    Insert stock(db, "INSERT INTO stock VALUES (?, ?, ?)");
    for (int category = 1; category <= ShopShape::categories; ++category) categories.row(category, std::string(titles[static_cast<size_t>(category - 1)]));
    rates.row(std::string("EUR"), 1.0), rates.row(std::string("USD"), 1.08), rates.row(std::string("GBP"), 0.86);
    rates.row(std::string("JPY"), 163.5), rates.row(std::string("CHF"), 0.95), rates.row(std::string("SEK"), 11.3);
    for (int tenant = 1; tenant <= ShopShape::tenants; ++tenant) {
        tenants.row(tenant, fmt::format("Shop {}", tenant), std::string(plans[random.below(3)]));
        for (int index = 1; index <= ShopShape::productsPerTenant; ++index) {
            const auto category = static_cast<int>(random.between(1, ShopShape::categories));
            products.row(tenant, shopProductId(tenant, index), category, fmt::format("{} no. {}", titles[static_cast<size_t>(category - 1)], index),
                         static_cast<double>(random.between(199, 9'999)) / 100, std::string("A good one."));
            stock.row(tenant, shopProductId(tenant, index), random.between(10, 5'000));
        }
    }
    for (const auto* table : {&tenants, &categories, &rates, &products, &stock}) FS_TRY(table->status());
    return {};
}

Status fillOrders(sqlite3* db, Random& random) {
    Insert customers(db, "INSERT INTO customers VALUES (?, ?, ?, ?, ?, ?)");
    Insert orders(db, "INSERT INTO orders VALUES (?, ?, ?, ?, ?)");
    Insert lines(db, "INSERT INTO order_lines VALUES (?, ?, ?, ?, ?, ?)");
    Insert payments(db, "INSERT INTO payments VALUES (?, ?, ?, ?, ?)");
    for (int tenant = 1; tenant <= ShopShape::tenants; ++tenant)
        for (int index = 1; index <= ShopShape::customersPerTenant; ++index)
            customers.row(tenant, shopCustomerId(tenant, index), fmt::format("customer{}@tenant{}.example", index, tenant), fmt::format("Customer {}", index),
                          fmt::format("{} Main Street", random.between(1, 400)), fmt::format("{:016x}{:016x}", random.next(), random.next()));
    // Orders are numbered across tenants; small tenants have fewer.
    for (int64_t order = 1; order <= 16'000; ++order) {
        const auto tenant = static_cast<int>(1 + random.uniform() * random.uniform() * ShopShape::tenants);
        const auto customer = static_cast<int>(random.between(1, ShopShape::customersPerTenant));
        const Instant placed = ShopShape::range().begin - static_cast<Instant>(random.uniform() * 180 * microsPerDay);
        orders.row(tenant, order, shopCustomerId(tenant, customer), formatRfc3339(placed - placed % microsPerSecond), std::string("done"));
        const auto count = random.between(1, 4);
        int64_t total = 0;
        for (int64_t line = 1; line <= count; ++line) {
            const auto cents = random.between(199, 9'999);
            const auto quantity = random.between(1, 3);
            total += cents * quantity;
            lines.row(tenant, order, line, shopProductId(tenant, static_cast<int>(random.between(1, ShopShape::productsPerTenant))), quantity,
                      static_cast<double>(cents) / 100);
        }
        payments.row(tenant, order, fmt::format("PAY-{:08x}", order), static_cast<double>(total) / 100, std::string("paid"));
    }
    for (const auto* table : {&customers, &orders, &lines, &payments}) FS_TRY(table->status());
    return {};
}

}  // namespace

Status writeShopDatabase(const std::filesystem::path& file, uint64_t seed) {
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
    sqlite3* raw = nullptr;
    const int opened = sqlite3_open_v2(file.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
    const Database db(raw);
    if (opened != SQLITE_OK) return Error{ErrorCategory::io, fmt::format("Cannot create {}: {}.", file.string(), sqlite3_errmsg(raw)), "Check the folder.", {}};
    Random random(seed);
    FS_TRY(run(db.get(), ddl));
    FS_TRY(run(db.get(), "BEGIN"));
    FS_TRY(fillCatalogue(db.get(), random));
    FS_TRY(fillOrders(db.get(), random));
    FS_TRY(run(db.get(), "COMMIT"));
    FS_TRY(run(db.get(), indexes));
    return {};
}

}  // namespace foreshard::samplegen
