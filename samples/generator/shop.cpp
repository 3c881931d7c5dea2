#include "samples/generator/shop.h"

#include <fmt/format.h>

#include <cmath>

namespace foreshard::samplegen {

namespace {

constexpr double pi = 3.14159265358979323846;

Instant at(const char* text) { return parseTime(text).value(); }

double jitter(Random& random, double milliseconds) { return milliseconds * (0.7 + 0.6 * random.uniform()); }

}  // namespace

TimeRange ShopShape::range() { return {at("2026-11-01T00:00:00Z"), at("2026-11-15T00:00:00Z")}; }
TimeRange ShopShape::sale() { return {at("2026-11-13T20:00:00Z"), at("2026-11-13T22:00:00Z")}; }

int64_t shopProductId(int tenant, int index) { return (tenant - 1) * ShopShape::productsPerTenant + index; }
int64_t shopCustomerId(int tenant, int index) { return (tenant - 1) * ShopShape::customersPerTenant + index; }

Shop::Shop() {
    for (int tenant = 1; tenant <= ShopShape::tenants; ++tenant) tenantWeight_.push_back(1.0 / std::pow(tenant + 6, 0.7));
}

double Shop::maxRate() const { return 0.35; }

// Transactions per second: quiet at night, a peak in the evening, stronger at the weekend, and the sale.
double Shop::rate(Instant t) const {
    const double hour = static_cast<double>(t % microsPerDay) / microsPerHour;
    const auto weekday = (t / microsPerDay + 4) % 7;   // 1970-01-01 was a Thursday; 0 is Sunday
    const double rhythm = 0.35 + 0.4 * (1 - std::cos((hour - 4) / 24 * 2 * pi)) + 0.25 * std::exp(-std::pow((hour - 20) / 2.5, 2));
    const double weekend = weekday == 0 || weekday == 6 ? 1.25 : 1.0;
    double rate = 0.022 * rhythm * weekend;
    if (ShopShape::sale().contains(t)) rate += 0.16;
    return rate;
}

Shop::Visit Shop::visit(Random& random, Instant t) const {
    Visit visit;
    if (ShopShape::sale().contains(t) && random.uniform() < 0.8) {
        visit.tenant = ShopShape::saleTenant;
        visit.sale = true;
    } else {
        const double weeks = static_cast<double>(t - ShopShape::range().begin) / (7.0 * microsPerDay);
        double total = 0;
        const auto weightOf = [&](int tenant) {
            const double weight = tenantWeight_[static_cast<size_t>(tenant - 1)];
            return tenant == ShopShape::growingTenant ? 4.0 * weight * std::pow(1.38, weeks) : weight;
        };
        for (int tenant = 1; tenant <= ShopShape::tenants; ++tenant) total += weightOf(tenant);
        double draw = random.uniform() * total;
        for (visit.tenant = 1; visit.tenant < ShopShape::tenants; ++visit.tenant)
            if ((draw -= weightOf(visit.tenant)) < 0) break;
    }
    visit.customer = static_cast<int>(random.between(1, ShopShape::customersPerTenant));
    return visit;
}

int Shop::product(Random& random, const Visit& visit) const {
    if (visit.sale && random.uniform() < 0.85) return ShopShape::saleProduct;
    const double skewed = random.uniform() * random.uniform();
    return static_cast<int>(shopProductId(visit.tenant, 1 + static_cast<int>(skewed * ShopShape::productsPerTenant)));
}

Transaction Shop::next(Random& random, Instant t) {
    const Visit v = visit(random, t);
    const double draw = random.uniform();
    Transaction transaction;
    if (draw < 0.40) transaction = browse(random, v);
    else if (draw < 0.55) transaction = search(random, v);
    else if (draw < 0.66) transaction = login(random, v);
    else if (draw < 0.84) transaction = checkout(random, v);
    else if (draw < 0.93) transaction = history(random, v);
    else if (draw < 0.96) transaction = exchangeRate(random);
    else if (draw < 0.99) transaction = paymentNotice(random);
    else transaction = report(random, t);
    transaction.time = t;
    return transaction;
}

Transaction Shop::browse(Random& random, const Visit& v) const {
    const auto id = number(product(random, v));
    Transaction t;
    t.statements.push_back({"SELECT id, name, price, description FROM products WHERE tenant_id = $1 AND id = $2", {number(v.tenant), id}, jitter(random, 0.12)});
    t.statements.push_back({"SELECT quantity FROM stock WHERE tenant_id = $1 AND product_id = $2", {number(v.tenant), id}, jitter(random, 0.08)});
    t.block = true;
    return t;
}

Transaction Shop::search(Random& random, const Visit& v) const {
    Transaction t;
    t.statements.push_back({"SELECT p.id, p.name, p.price, c.title FROM products p JOIN categories c ON c.id = p.category_id "
                            "WHERE p.tenant_id = $1 AND p.category_id = $2 ORDER BY p.price LIMIT 20",
                            {number(v.tenant), number(random.between(1, ShopShape::categories))}, jitter(random, 0.9)});
    return t;
}

Transaction Shop::login(Random& random, const Visit& v) const {
    Transaction t;
    t.statements.push_back({"SELECT id, password_hash FROM customers WHERE tenant_id = $1 AND lower(email) = $2",
                            {number(v.tenant), text(fmt::format("customer{}@tenant{}.example", v.customer, v.tenant))}, jitter(random, 0.15)});
    return t;
}

Transaction Shop::checkout(Random& random, const Visit& v) {
    Transaction t;
    t.block = true;
    t.aborted = random.uniform() < 0.02;
    const auto tenant = number(v.tenant);
    const auto order = number(nextOrder_++);
    const auto customer = number(shopCustomerId(v.tenant, v.customer));
    const auto lines = random.between(1, 4);
    int64_t total = 0;
    t.statements.push_back({"SELECT name, address FROM customers WHERE tenant_id = $1 AND id = $2", {tenant, customer}, jitter(random, 0.1)});
    t.statements.push_back({"INSERT INTO orders (tenant_id, id, customer_id, placed_at, status) VALUES ($1, $2, $3, now(), 'new')",
                            {tenant, order, customer}, jitter(random, 0.4)});
    for (int64_t line = 1; line <= lines; ++line) {
        const auto item = number(product(random, v));
        const auto quantity = random.between(1, 3);
        const auto price = random.between(199, 9'999);
        total += quantity * price;
        t.statements.push_back({"SELECT quantity FROM stock WHERE tenant_id = $1 AND product_id = $2 FOR UPDATE", {tenant, item}, jitter(random, v.sale ? 3.5 : 0.2)});
        t.statements.push_back({"UPDATE stock SET quantity = quantity - $1 WHERE tenant_id = $2 AND product_id = $3", {number(quantity), tenant, item}, jitter(random, 0.3)});
        t.statements.push_back({"INSERT INTO order_lines (tenant_id, order_id, line, product_id, quantity, price) VALUES ($1, $2, $3, $4, $5, $6)",
                                {tenant, order, number(line), item, number(quantity), money(price)}, jitter(random, 0.25)});
    }
    t.statements.push_back({"INSERT INTO payments (tenant_id, order_id, reference, amount, state) VALUES ($1, $2, $3, $4, 'pending')",
                            {tenant, order, text(fmt::format("PAY-{:08x}", mixHash(static_cast<uint64_t>(nextOrder_)) & 0xffffffff)), money(total)}, jitter(random, 0.3)});
    return t;
}

Transaction Shop::history(Random& random, const Visit& v) const {
    Transaction t;
    t.statements.push_back({"SELECT o.id, o.placed_at, l.product_id, l.quantity, l.price FROM orders o "
                            "JOIN order_lines l ON l.tenant_id = o.tenant_id AND l.order_id = o.id "
                            "WHERE o.tenant_id = $1 AND o.customer_id = $2 ORDER BY o.placed_at DESC LIMIT 50",
                            {number(v.tenant), number(shopCustomerId(v.tenant, v.customer))}, jitter(random, 1.2)});
    return t;
}

// The payment provider knows only its reference, so this touches every shard unless a lookup finds the tenant.
Transaction Shop::paymentNotice(Random& random) {
    Transaction t;
    const auto order = static_cast<uint64_t>(nextOrder_ - 1 - static_cast<int64_t>(random.below(50)));
    t.statements.push_back({"UPDATE payments SET state = 'paid' WHERE reference = $1", {text(fmt::format("PAY-{:08x}", mixHash(order) & 0xffffffff))}, jitter(random, 0.5)});
    return t;
}

Transaction Shop::exchangeRate(Random& random) const {
    static constexpr const char* codes[] = {"EUR", "USD", "GBP", "JPY", "CHF", "SEK"};
    Transaction t;
    t.statements.push_back({"SELECT rate FROM exchange_rates WHERE code = $1", {text(codes[random.below(6)])}, jitter(random, 0.05)});
    return t;
}

Transaction Shop::report(Random& random, Instant now) const {
    Transaction t;
    const auto day = formatRfc3339(now - now % microsPerDay).substr(0, 10);
    t.statements.push_back({"SELECT c.title, sum(l.quantity * l.price) FROM order_lines l JOIN orders o ON o.tenant_id = l.tenant_id AND o.id = l.order_id "
                            "JOIN products p ON p.tenant_id = l.tenant_id AND p.id = l.product_id JOIN categories c ON c.id = p.category_id "
                            "WHERE o.placed_at >= $1 GROUP BY c.title",
                            {text(day)}, jitter(random, 45)});
    return t;
}

std::string Shop::schemaSql() const {
    return R"(--
-- The sample shop: many tenants share one database.
--
SET client_encoding = 'UTF8';
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public.tenants (
    id integer NOT NULL,
    name character varying(60) NOT NULL,
    plan character varying(12) NOT NULL
);

CREATE TABLE public.categories (
    id integer NOT NULL,
    title character varying(40) NOT NULL
);

CREATE TABLE public.exchange_rates (
    code character(3) NOT NULL,
    rate numeric(12,6) NOT NULL
);

CREATE TABLE public.customers (
    tenant_id integer NOT NULL,
    id bigint NOT NULL,
    email character varying(80) NOT NULL,
    name character varying(60) NOT NULL,
    address text,
    password_hash character(32) NOT NULL
);

CREATE TABLE public.products (
    tenant_id integer NOT NULL,
    id bigint NOT NULL,
    category_id integer NOT NULL,
    name character varying(80) NOT NULL,
    price numeric(10,2) NOT NULL,
    description text
);

CREATE TABLE public.stock (
    tenant_id integer NOT NULL,
    product_id bigint NOT NULL,
    quantity integer NOT NULL
);

CREATE TABLE public.orders (
    tenant_id integer NOT NULL,
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    placed_at timestamp with time zone NOT NULL,
    status character varying(12) NOT NULL
);

CREATE TABLE public.order_lines (
    tenant_id integer NOT NULL,
    order_id bigint NOT NULL,
    line integer NOT NULL,
    product_id bigint NOT NULL,
    quantity integer NOT NULL,
    price numeric(10,2) NOT NULL
);

CREATE TABLE public.payments (
    tenant_id integer NOT NULL,
    order_id bigint NOT NULL,
    reference character varying(20) NOT NULL,
    amount numeric(12,2) NOT NULL,
    state character varying(12) NOT NULL
);

ALTER TABLE ONLY public.tenants ADD CONSTRAINT tenants_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.categories ADD CONSTRAINT categories_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.exchange_rates ADD CONSTRAINT exchange_rates_pkey PRIMARY KEY (code);
ALTER TABLE ONLY public.customers ADD CONSTRAINT customers_pkey PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.products ADD CONSTRAINT products_pkey PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.stock ADD CONSTRAINT stock_pkey PRIMARY KEY (tenant_id, product_id);
ALTER TABLE ONLY public.orders ADD CONSTRAINT orders_pkey PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.order_lines ADD CONSTRAINT order_lines_pkey PRIMARY KEY (tenant_id, order_id, line);
ALTER TABLE ONLY public.payments ADD CONSTRAINT payments_pkey PRIMARY KEY (tenant_id, order_id);
CREATE UNIQUE INDEX payments_reference ON public.payments USING btree (reference);
CREATE INDEX customers_email ON public.customers USING btree (tenant_id, lower((email)::text));
CREATE INDEX orders_customer ON public.orders USING btree (tenant_id, customer_id);
ALTER TABLE ONLY public.customers ADD CONSTRAINT customers_tenant FOREIGN KEY (tenant_id) REFERENCES public.tenants(id);
ALTER TABLE ONLY public.products ADD CONSTRAINT products_tenant FOREIGN KEY (tenant_id) REFERENCES public.tenants(id);
ALTER TABLE ONLY public.products ADD CONSTRAINT products_category FOREIGN KEY (category_id) REFERENCES public.categories(id);
ALTER TABLE ONLY public.stock ADD CONSTRAINT stock_product FOREIGN KEY (tenant_id, product_id) REFERENCES public.products(tenant_id, id);
ALTER TABLE ONLY public.orders ADD CONSTRAINT orders_customer_key FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customers(tenant_id, id);
ALTER TABLE ONLY public.order_lines ADD CONSTRAINT order_lines_order FOREIGN KEY (tenant_id, order_id) REFERENCES public.orders(tenant_id, id);
ALTER TABLE ONLY public.payments ADD CONSTRAINT payments_order FOREIGN KEY (tenant_id, order_id) REFERENCES public.orders(tenant_id, id);
)";
}

}  // namespace foreshard::samplegen
