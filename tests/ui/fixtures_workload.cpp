#include <algorithm>
#include <cmath>
#include <map>

#include "core/base/hash.h"
#include "core/base/units.h"
#include "core/workload/ranges.h"
#include "tests/ui/fixtures.h"

namespace foreshard::ui::fixtures {

namespace {

using namespace workload;
using schema::Column;
using schema::Table;

constexpr int hours = 14 * 24;

struct Statement {
    const char* text;
    sql::StatementKind kind;
    std::vector<const char*> tables;
    double perHour;                      // at noon, all tenants
    double ms;
    double rows;
};

const std::vector<Statement>& statements() {
    using sql::StatementKind;
    static const std::vector<Statement> all{
        {"SELECT id, name, price FROM products WHERE tenant_id = $1 AND id = $2", StatementKind::select, {"products"}, 9200, 0.41, 1},
        {"SELECT quantity FROM stock WHERE tenant_id = $1 AND product_id = $2", StatementKind::select, {"stock"}, 7400, 0.33, 1},
        {"SELECT o.id, o.placed_at, l.product_id FROM orders o JOIN order_lines l ON l.tenant_id = o.tenant_id AND l.order_id = o.id WHERE o.tenant_id = $1 AND o.customer_id = $2 ORDER BY o.placed_at DESC LIMIT $3",
         StatementKind::select, {"orders", "order_lines"}, 2600, 3.9, 18.4},
        {"SELECT id, name FROM customers WHERE tenant_id = $1 AND lower(email) = $2", StatementKind::select, {"customers"}, 2100, 0.6, 1},
        {"INSERT INTO orders (tenant_id, id, customer_id, placed_at, status) VALUES ($1, $2, $3, $4, $5)", StatementKind::insert, {"orders"}, 840, 0.9, 1},
        {"INSERT INTO order_lines (tenant_id, order_id, line, product_id, quantity, price) VALUES ($1, $2, $3, $4, $5, $6)", StatementKind::insert, {"order_lines"}, 840, 1.4, 3.2},
        {"UPDATE stock SET quantity = quantity - $1 WHERE tenant_id = $2 AND product_id = $3", StatementKind::update, {"stock"}, 2500, 0.8, 1},
        {"INSERT INTO payments (tenant_id, order_id, reference, amount, state) VALUES ($1, $2, $3, $4, $5)", StatementKind::insert, {"payments"}, 780, 0.7, 1},
        {"UPDATE orders SET status = $1 WHERE tenant_id = $2 AND id = $3", StatementKind::update, {"orders"}, 1200, 0.6, 1},
        {"SELECT code, rate FROM exchange_rates", StatementKind::select, {"exchange_rates"}, 640, 0.2, 12},
        {"SELECT order_id FROM payments WHERE reference = $1", StatementKind::select, {"payments"}, 310, 0.5, 1},
        {"SELECT status, count(*) FROM orders WHERE tenant_id = $1 AND placed_at BETWEEN $2 AND $3 GROUP BY status", StatementKind::select, {"orders"}, 90, 46, 4},
        {"SELECT tenant_id, sum(amount) FROM payments WHERE state = $1 GROUP BY tenant_id", StatementKind::select, {"payments"}, 2, 1840, 40},
    };
    return all;
}

schema::Schema shopSchema() {
    schema::Schema out;
    const auto table = [&](const char* name, std::vector<std::pair<const char*, ValueType>> columns, uint64_t rows, uint64_t bytes) {
        Table t;
        t.name = name;
        for (const auto& [columnName, type] : columns) t.columns.push_back(Column{.name = columnName, .declaredType = toString(type), .type = type});
        t.rows = rows;
        t.bytes = bytes;
        out.tables.push_back(std::move(t));
    };
    using VT = ValueType;
    table("customers", {{"tenant_id", VT::integer}, {"id", VT::integer}, {"email", VT::text}}, 210'400, 42'000'000);
    table("exchange_rates", {{"code", VT::paddedText}, {"rate", VT::decimal}}, 12, 8'192);
    table("order_lines", {{"tenant_id", VT::integer}, {"order_id", VT::integer}, {"product_id", VT::integer}}, 1'904'000, 190'000'000);
    table("orders", {{"tenant_id", VT::integer}, {"id", VT::integer}, {"customer_id", VT::integer}, {"placed_at", VT::timestamp}}, 611'200, 76'000'000);
    table("payments", {{"tenant_id", VT::integer}, {"order_id", VT::integer}, {"reference", VT::text}}, 588'300, 61'000'000);
    table("products", {{"tenant_id", VT::integer}, {"id", VT::integer}}, 24'000, 9'800'000);
    table("stock", {{"tenant_id", VT::integer}, {"product_id", VT::integer}, {"quantity", VT::integer}}, 24'000, 2'100'000);
    return out;
}

TableId tableId(const schema::Schema& s, const std::string& name) {
    for (TableId i = 0; i < s.tables.size(); ++i) {
        if (s.tables[i].name == name) return i;
    }
    return 0;
}

std::vector<KeyColumn> keyColumns(const schema::Schema& s) {
    std::vector<KeyColumn> out;
    const auto add = [&](const char* table, const char* column) { out.push_back({tableId(s, table), column, column, ValueType::integer}); };
    add("order_lines", "tenant_id");
    add("orders", "customer_id");
    add("orders", "tenant_id");
    add("stock", "product_id");
    add("stock", "tenant_id");
    return out;
}

// The day's rhythm, 0.1…1, and less at weekends.
double rhythm(int hour) {
    const double ofDay = (hour % 24 - 14) / 24.0 * 2 * 3.14159265;
    const int day = hour / 24 % 7;            // 0: Sunday
    return (0.55 + 0.45 * std::cos(ofDay)) * (day == 0 || day == 6 ? 0.7 : 1.0);
}
bool flashSale(int hour) { return hour / 24 == 12 && (hour % 24 == 20 || hour % 24 == 21); }
// Tenant 17 grows by 38 % a week.
double tenantWeight(int tenant, int hour) {
    const double zipf = 1.0 / std::pow(tenant, 0.6);
    return tenant == 17 ? 0.9 * std::pow(1.38, hour / 168.0) * 2.2 : zipf;
}

TemplateSeries seriesOf(const Statement& s, size_t index) {
    Random random(index + 7);
    TemplateSeries out;
    for (int h = 0; h < hours; ++h) {
        double expected = s.perHour * rhythm(h) * (1 + 0.0009 * h);
        if (flashSale(h) && std::string(s.tables[0]) != "exchange_rates") expected *= 2.4;
        const auto calls = static_cast<int64_t>(random.poisson(expected));
        if (calls == 0) continue;
        SeriesPoint p;
        p.interval = shopBegin / microsPerHour + h;
        p.calls = p.timedCalls = p.countedCalls = calls * weightOne;
        p.durationNs = static_cast<int64_t>(static_cast<double>(calls) * s.ms * 1e6 * (1 + 0.1 * random.normal()));
        p.rows = static_cast<int64_t>(static_cast<double>(calls) * s.rows);
        out.points.push_back(p);
    }
    return out;
}

ColumnRates ratesOf(const std::string& column, double perHour) {
    ColumnRates out;
    Random random(hashText(column));
    for (int h = 0; h < hours; ++h) {
        const int64_t interval = shopBegin / microsPerHour + h;
        ColumnTotal total{.interval = interval};
        std::map<uint64_t, double> loads;
        if (column == "tenant_id") {
            for (int t = 1; t <= 40; ++t) loads[dyadicRangeOf(t)] += perHour / 9 * rhythm(h) * tenantWeight(t, h) * (flashSale(h) && t == 5 ? 6 : 1);
        } else {
            const int keys = column == "product_id" ? 600 : 5200;
            for (int k = 0; k < 160; ++k) {
                const auto key = static_cast<int64_t>(std::pow(random.uniform(), 2) * keys) + 1;
                loads[dyadicRangeOf(key)] += perHour / 160 * rhythm(h);
            }
            if (column == "product_id" && flashSale(h)) loads[dyadicRangeOf(512)] += perHour * 1.6;
        }
        for (const auto& [range, load] : loads) {
            const auto weight = static_cast<Weight>(static_cast<double>(random.poisson(load)) * weightOne);
            if (weight == 0) continue;
            out.ranges.push_back({interval, range, weight * 3 / 4, weight / 4});
            total.boundReads += weight * 3 / 4;
            total.boundWrites += weight / 4;
        }
        total.reads = total.boundReads + total.boundReads / 20;
        total.writes = total.boundWrites;
        out.totals.push_back(total);
    }
    return out;
}

std::shared_ptr<Facts> facts() {
    auto f = std::make_shared<Facts>();
    f->schema = shopSchema();
    f->columns = keyColumns(f->schema);
    for (const auto& s : statements()) {
        Template t;
        t.text = s.text;
        t.fingerprint = t.textFingerprint = hashText(s.text);
        t.facts.kind = s.kind;
        t.facts.parsed = true;
        for (const auto* name : s.tables) {
            TableAccess access;
            access.table = tableId(f->schema, name);
            access.kind = s.kind == sql::StatementKind::select ? AccessKind::read : s.kind == sql::StatementKind::insert ? AccessKind::insert : AccessKind::write;
            t.accesses.push_back(access);
        }
        f->templates.push_back(std::move(t));
    }
    std::sort(f->templates.begin(), f->templates.end(), [](const auto& a, const auto& b) { return a.fingerprint < b.fingerprint; });
    const auto of = [&](std::vector<size_t> which) {
        std::vector<TemplateId> out;
        for (const auto i : which) {
            const auto fingerprint = hashText(statements()[i].text);
            for (TemplateId id = 0; id < f->templates.size(); ++id) {
                if (f->templates[id].fingerprint == fingerprint) out.push_back(id);
            }
        }
        std::sort(out.begin(), out.end());
        return out;
    };
    const auto addClass = [&](std::vector<size_t> which, double count, double aborted, std::vector<Agreement> agreements) {
        TransactionClass c;
        c.templates = of(std::move(which));
        c.fingerprint = hashText(std::to_string(count));
        c.count = static_cast<Weight>(count * weightOne);
        c.aborted = static_cast<Weight>(aborted * weightOne);
        c.agreements = std::move(agreements);
        f->classes.push_back(std::move(c));
    };
    addClass({4, 5, 6, 7}, 152'300, 412, {{{0, 2}, 1.0, 0.06, 1.0}, {{2, 4}, 1.0, 0.06, 0.98}});
    addClass({0, 1}, 1'412'000, 0, {});
    addClass({2}, 448'000, 0, {});
    addClass({3}, 366'000, 0, {});
    addClass({8}, 211'000, 96, {});
    addClass({10, 8}, 52'000, 31, {});
    addClass({12}, 336, 0, {});
    f->coverage.push_back({.source = "shop-db-1, database shop, primary", .format = "csvlog", .files = {"shop.csv.xz"}, .boundaries = Boundaries::explicitStatements});
    f->totals = {.bytes = 214'000'000, .lines = 2'890'000, .calls = 6'100'000 * weightOne, .callsLogged = 6'100'000, .transactions = 2'640'000 * weightOne, .aborted = 539 * weightOne, .sessions = 4'200};
    f->diagnostics.add({Severity::warning, "broken_csv", "shop.csv.xz", 120'441, 88, "The line ends inside a quoted field; the next complete record is line 120,442."});
    f->diagnostics.add({Severity::note, "unknown_table", "shop.csv.xz", 4'410, 0, "No DDL names the table audit.events; it was made from the statements that use it."});
    f->diagnostics.count("unknown_table", 317);
    return f;
}

}  // namespace

std::shared_ptr<const Workload> workload() {
    static const auto made = [] {
        auto w = std::make_shared<Workload>();
        auto f = facts();
        w->rates.range = {shopBegin, shopBegin + hours * microsPerHour};
        w->rates.templates.resize(f->templates.size());
        for (size_t i = 0; i < statements().size(); ++i) {
            const auto fingerprint = hashText(statements()[i].text);
            for (size_t id = 0; id < f->templates.size(); ++id) {
                if (f->templates[id].fingerprint == fingerprint) w->rates.templates[id] = seriesOf(statements()[i], i);
            }
        }
        for (const auto& column : f->columns) {
            const auto table = f->schema.tables[column.table].name;
            w->rates.columns.push_back(ratesOf(column.column, table == "stock" ? 9900 : table == "orders" ? 5100 : 3400));
        }
        w->rates.classes.resize(f->classes.size());
        w->facts = std::move(f);
        return std::shared_ptr<const Workload>(std::move(w));
    }();
    return made;
}

}  // namespace foreshard::ui::fixtures
