#include "samples/generator/tpcc.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace foreshard::samplegen {

namespace {

// TPC-C 4.3.2.3.
std::string lastName(int64_t n) {
    static constexpr std::array syllables{"BAR", "OUGHT", "ABLE", "PRI", "PRES", "ESE", "ANTI", "CALLY", "ATION", "EING"};
    return std::string(syllables[static_cast<size_t>(n / 100 % 10)]) + syllables[static_cast<size_t>(n / 10 % 10)] + syllables[static_cast<size_t>(n % 10)];
}

// TPC-C 2.1.6, non-uniform random with C = 7.
int nonUniform(Random& random, int64_t a, int64_t low, int64_t high) {
    return static_cast<int>((((random.between(0, a) | random.between(low, high)) + 7) % (high - low + 1)) + low);
}

std::string stamp(Instant t) {
    auto text = formatRfc3339(t - t % microsPerSecond);
    text[10] = ' ';
    text.pop_back();
    return text;
}

}  // namespace

Tpcc::Tpcc(TpccShape shape) : shape_(shape), districts_(static_cast<size_t>(shape.warehouses * shape.districts)) {}

int Tpcc::homeWarehouse(Random& random) const {
    if (shape_.hotWarehouse > 0 && random.uniform() < shape_.hotWarehouse) return 1;
    return static_cast<int>(random.between(1, shape_.warehouses));
}

int Tpcc::otherWarehouse(Random& random, int home) const {
    if (shape_.warehouses == 1) return home;
    const auto other = static_cast<int>(random.between(1, shape_.warehouses - 1));
    return other >= home ? other + 1 : other;
}

Transaction Tpcc::next(Random& random, Instant t) {
    const bool byId = shape_.orderReads > 0 && random.uniform() < shape_.orderReads;
    const auto draw = random.below(100);
    Transaction transaction = byId ? orderRead(random) : draw < 45 ? newOrder(random) : draw < 88 ? payment(random) : draw < 92 ? orderStatus(random) : draw < 96 ? delivery(random) : stockLevel(random);
    transaction.time = t;
    transaction.block = true;
    for (auto& statement : transaction.statements)
        for (auto& parameter : statement.parameters)
            if (parameter.text == "@now") parameter.text = stamp(t);
    return transaction;
}

Transaction Tpcc::newOrder(Random& random) {
    Transaction t;
    const int w = homeWarehouse(random);
    const auto d = static_cast<int>(random.between(1, shape_.districts));
    const int c = nonUniform(random, 1023, 1, shape_.customers);
    const auto lines = random.between(5, 15);
    t.aborted = random.below(100) == 0;
    struct Line { int item; int supplier; int64_t quantity; };
    std::vector<Line> chosen;
    bool allLocal = true;
    for (int64_t i = 0; i < lines; ++i) {
        Line line{nonUniform(random, 8191, 1, shape_.items), w, random.between(1, 10)};
        if (random.uniform() < shape_.remoteLine) line.supplier = otherWarehouse(random, w);
        allLocal = allLocal && line.supplier == w;
        chosen.push_back(line);
    }
    const int64_t order = shape_.orderReads > 0 ? nextOrder_++ : district(w, d).nextOrder;
    t.statements = {
        {"SELECT c_discount, c_last, c_credit FROM customer WHERE c_w_id = $1 AND c_d_id = $2 AND c_id = $3", {number(w), number(d), number(c)}},
        {"SELECT w_tax FROM warehouse WHERE w_id = $1", {number(w)}},
        {"SELECT d_next_o_id, d_tax FROM district WHERE d_w_id = $1 AND d_id = $2 FOR UPDATE", {number(w), number(d)}},
        {"UPDATE district SET d_next_o_id = d_next_o_id + 1 WHERE d_w_id = $1 AND d_id = $2", {number(w), number(d)}},
        {"INSERT INTO oorder (o_id, o_d_id, o_w_id, o_c_id, o_entry_d, o_ol_cnt, o_all_local) VALUES ($1, $2, $3, $4, $5, $6, $7)",
         {number(order), number(d), number(w), number(c), text("@now"), number(lines), number(allLocal ? 1 : 0)}},
        {"INSERT INTO new_order (no_o_id, no_d_id, no_w_id) VALUES ($1, $2, $3)", {number(order), number(d), number(w)}}};
    int64_t n = 0;
    for (const auto& line : chosen) {
        ++n;
        // TPC-C 2.4.1.4: the last item of a rolled back order does not exist.
        const bool unused = t.aborted && n == lines;
        t.statements.push_back({"SELECT i_price, i_name, i_data FROM item WHERE i_id = $1", {number(unused ? shape_.items + 1 : line.item)}});
        if (unused) break;
        t.statements.push_back({"SELECT s_quantity, s_data, s_dist_01 FROM stock WHERE s_i_id = $1 AND s_w_id = $2 FOR UPDATE", {number(line.item), number(line.supplier)}});
        t.statements.push_back({"INSERT INTO order_line (ol_o_id, ol_d_id, ol_w_id, ol_number, ol_i_id, ol_supply_w_id, ol_quantity, ol_amount, ol_dist_info) "
                                "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                                {number(order), number(d), number(w), number(n), number(line.item), number(line.supplier), number(line.quantity),
                                 money(line.quantity * random.between(100, 10'000)), text("dist-info")}});
        t.statements.push_back({"UPDATE stock SET s_quantity = $1, s_ytd = s_ytd + $2, s_order_cnt = s_order_cnt + 1, s_remote_cnt = s_remote_cnt + $3 WHERE s_i_id = $4 AND s_w_id = $5",
                                {number(random.between(10, 100)), number(line.quantity), number(line.supplier == w ? 0 : 1), number(line.item), number(line.supplier)}});
    }
    if (!t.aborted) {
        ++district(w, d).nextOrder;
        district(w, d).undelivered.push_back({order, c});
    }
    return t;
}

void Tpcc::findCustomer(Random& random, Transaction& t, int w, int d, int c) const {
    if (random.below(100) < 60)
        t.statements.push_back({"SELECT c_first, c_middle, c_id, c_balance, c_credit, c_data FROM customer WHERE c_w_id = $1 AND c_d_id = $2 AND c_last = $3 ORDER BY c_first",
                                {number(w), number(d), text(lastName(c - 1))}});
    else
        t.statements.push_back({"SELECT c_first, c_middle, c_last, c_balance, c_credit, c_data FROM customer WHERE c_w_id = $1 AND c_d_id = $2 AND c_id = $3",
                                {number(w), number(d), number(c)}});
}

Transaction Tpcc::payment(Random& random) {
    Transaction t;
    const int w = homeWarehouse(random);
    const auto d = static_cast<int>(random.between(1, shape_.districts));
    const bool remote = random.uniform() < shape_.remotePayment;
    const int cw = remote ? otherWarehouse(random, w) : w;
    const int cd = remote ? static_cast<int>(random.between(1, shape_.districts)) : d;
    const int c = nonUniform(random, 1023, 1, shape_.customers);
    const auto amount = money(random.between(100, 500'000));
    t.statements = {{"UPDATE warehouse SET w_ytd = w_ytd + $1 WHERE w_id = $2", {amount, number(w)}},
                    {"SELECT w_street_1, w_city, w_state, w_zip, w_name FROM warehouse WHERE w_id = $1", {number(w)}},
                    {"UPDATE district SET d_ytd = d_ytd + $1 WHERE d_w_id = $2 AND d_id = $3", {amount, number(w), number(d)}},
                    {"SELECT d_street_1, d_city, d_state, d_zip, d_name FROM district WHERE d_w_id = $1 AND d_id = $2", {number(w), number(d)}}};
    findCustomer(random, t, cw, cd, c);
    if (random.below(10) == 0)
        t.statements.push_back({"UPDATE customer SET c_balance = $1, c_ytd_payment = $2, c_payment_cnt = $3, c_data = $4 WHERE c_w_id = $5 AND c_d_id = $6 AND c_id = $7",
                                {money(random.between(100, 500'000)), amount, number(2), text("bad credit"), number(cw), number(cd), number(c)}});
    else
        t.statements.push_back({"UPDATE customer SET c_balance = $1, c_ytd_payment = $2, c_payment_cnt = $3 WHERE c_w_id = $4 AND c_d_id = $5 AND c_id = $6",
                                {money(random.between(100, 500'000)), amount, number(2), number(cw), number(cd), number(c)}});
    t.statements.push_back({"INSERT INTO history (h_c_d_id, h_c_w_id, h_c_id, h_d_id, h_w_id, h_date, h_amount, h_data) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                            {number(cd), number(cw), number(c), number(d), number(w), text("@now"), amount, text("payment")}});
    return t;
}

Transaction Tpcc::orderStatus(Random& random) {
    Transaction t;
    const int w = homeWarehouse(random);
    const auto d = static_cast<int>(random.between(1, shape_.districts));
    const int c = nonUniform(random, 1023, 1, shape_.customers);
    findCustomer(random, t, w, d, c);
    t.statements.push_back({"SELECT o_id, o_carrier_id, o_entry_d FROM oorder WHERE o_w_id = $1 AND o_d_id = $2 AND o_c_id = $3 ORDER BY o_id DESC LIMIT 1", {number(w), number(d), number(c)}});
    const int64_t last = std::max<int64_t>(1, district(w, d).nextOrder - 1);
    t.statements.push_back({"SELECT ol_i_id, ol_supply_w_id, ol_quantity, ol_amount, ol_delivery_d FROM order_line WHERE ol_o_id = $1 AND ol_d_id = $2 AND ol_w_id = $3",
                            {number(random.between(1, last)), number(d), number(w)}});
    return t;
}

Transaction Tpcc::delivery(Random& random) {
    Transaction t;
    const int w = homeWarehouse(random);
    const auto carrier = number(random.between(1, 10));
    for (int d = 1; d <= shape_.districts; ++d) {
        const auto wd = number(w);
        const auto dd = number(d);
        t.statements.push_back({"SELECT no_o_id FROM new_order WHERE no_d_id = $1 AND no_w_id = $2 ORDER BY no_o_id ASC LIMIT 1", {dd, wd}});
        auto& waiting = district(w, d).undelivered;
        if (waiting.empty()) continue;
        const auto order = number(waiting.front().id);
        const auto customer = number(waiting.front().customer);
        waiting.pop_front();
        t.statements.push_back({"DELETE FROM new_order WHERE no_o_id = $1 AND no_d_id = $2 AND no_w_id = $3", {order, dd, wd}});
        t.statements.push_back({"SELECT o_c_id FROM oorder WHERE o_id = $1 AND o_d_id = $2 AND o_w_id = $3", {order, dd, wd}});
        t.statements.push_back({"UPDATE oorder SET o_carrier_id = $1 WHERE o_id = $2 AND o_d_id = $3 AND o_w_id = $4", {carrier, order, dd, wd}});
        t.statements.push_back({"UPDATE order_line SET ol_delivery_d = $1 WHERE ol_o_id = $2 AND ol_d_id = $3 AND ol_w_id = $4", {text("@now"), order, dd, wd}});
        t.statements.push_back({"SELECT sum(ol_amount) AS ol_total FROM order_line WHERE ol_o_id = $1 AND ol_d_id = $2 AND ol_w_id = $3", {order, dd, wd}});
        t.statements.push_back({"UPDATE customer SET c_balance = c_balance + $1, c_delivery_cnt = c_delivery_cnt + 1 WHERE c_w_id = $2 AND c_d_id = $3 AND c_id = $4",
                                {money(random.between(100, 100'000)), wd, dd, customer}});
    }
    return t;
}

Transaction Tpcc::stockLevel(Random& random) {
    Transaction t;
    const int w = homeWarehouse(random);
    const auto d = static_cast<int>(random.between(1, shape_.districts));
    const int64_t next = district(w, d).nextOrder;
    t.statements = {{"SELECT d_next_o_id FROM district WHERE d_w_id = $1 AND d_id = $2", {number(w), number(d)}},
                    {"SELECT count(DISTINCT s_i_id) AS stock_count FROM order_line, stock WHERE ol_w_id = $1 AND ol_d_id = $2 AND ol_o_id < $3 AND ol_o_id >= $4 "
                     "AND s_w_id = $5 AND s_i_id = ol_i_id AND s_quantity < $6",
                     {number(w), number(d), number(next), number(next - 20), number(w), number(random.between(10, 20))}}};
    return t;
}

Transaction Tpcc::orderRead(Random& random) const {
    Transaction t;
    const auto order = number(random.between(1, std::max<int64_t>(1, nextOrder_ - 1)));
    t.statements = {{"SELECT o_c_id, o_carrier_id, o_entry_d FROM oorder WHERE o_id = $1", {order}},
                    {"SELECT ol_i_id, ol_quantity, ol_amount, ol_delivery_d FROM order_line WHERE ol_o_id = $1", {order}}};
    return t;
}

std::string Tpcc::schemaSql() const {
    return R"(CREATE TABLE public.warehouse (w_id integer NOT NULL, w_ytd numeric(12,2), w_tax numeric(4,4), w_name character varying(10), w_street_1 character varying(20), w_city character varying(20), w_state character(2), w_zip character(9));
CREATE TABLE public.district (d_w_id integer NOT NULL, d_id integer NOT NULL, d_ytd numeric(12,2), d_tax numeric(4,4), d_next_o_id integer, d_name character varying(10), d_street_1 character varying(20), d_city character varying(20), d_state character(2), d_zip character(9));
CREATE TABLE public.customer (c_w_id integer NOT NULL, c_d_id integer NOT NULL, c_id integer NOT NULL, c_discount numeric(4,4), c_credit character(2), c_last character varying(16), c_first character varying(16), c_middle character(2), c_balance numeric(12,2), c_ytd_payment double precision, c_payment_cnt integer, c_delivery_cnt integer, c_data character varying(500));
CREATE TABLE public.history (h_c_id integer, h_c_d_id integer, h_c_w_id integer, h_d_id integer, h_w_id integer, h_date timestamp without time zone, h_amount numeric(8,2), h_data character varying(24));
CREATE TABLE public.oorder (o_w_id integer NOT NULL, o_d_id integer NOT NULL, o_id integer NOT NULL, o_c_id integer, o_carrier_id integer, o_ol_cnt integer, o_all_local integer, o_entry_d timestamp without time zone);
CREATE TABLE public.new_order (no_w_id integer NOT NULL, no_d_id integer NOT NULL, no_o_id integer NOT NULL);
CREATE TABLE public.item (i_id integer NOT NULL, i_name character varying(24), i_price numeric(5,2), i_data character varying(50));
CREATE TABLE public.stock (s_w_id integer NOT NULL, s_i_id integer NOT NULL, s_quantity integer, s_ytd numeric(10,2), s_order_cnt integer, s_remote_cnt integer, s_data character varying(50), s_dist_01 character(24));
CREATE TABLE public.order_line (ol_w_id integer NOT NULL, ol_d_id integer NOT NULL, ol_o_id integer NOT NULL, ol_number integer NOT NULL, ol_i_id integer, ol_delivery_d timestamp without time zone, ol_amount numeric(8,2), ol_supply_w_id integer, ol_quantity numeric(6,2), ol_dist_info character(24));
ALTER TABLE ONLY public.warehouse ADD CONSTRAINT warehouse_pkey PRIMARY KEY (w_id);
ALTER TABLE ONLY public.district ADD CONSTRAINT district_pkey PRIMARY KEY (d_w_id, d_id);
ALTER TABLE ONLY public.customer ADD CONSTRAINT customer_pkey PRIMARY KEY (c_w_id, c_d_id, c_id);
ALTER TABLE ONLY public.oorder ADD CONSTRAINT oorder_pkey PRIMARY KEY (o_w_id, o_d_id, o_id);
ALTER TABLE ONLY public.new_order ADD CONSTRAINT new_order_pkey PRIMARY KEY (no_w_id, no_d_id, no_o_id);
ALTER TABLE ONLY public.item ADD CONSTRAINT item_pkey PRIMARY KEY (i_id);
ALTER TABLE ONLY public.stock ADD CONSTRAINT stock_pkey PRIMARY KEY (s_w_id, s_i_id);
ALTER TABLE ONLY public.order_line ADD CONSTRAINT order_line_pkey PRIMARY KEY (ol_w_id, ol_d_id, ol_o_id, ol_number);
ALTER TABLE ONLY public.district ADD CONSTRAINT district_warehouse FOREIGN KEY (d_w_id) REFERENCES public.warehouse(w_id);
ALTER TABLE ONLY public.customer ADD CONSTRAINT customer_district FOREIGN KEY (c_w_id, c_d_id) REFERENCES public.district(d_w_id, d_id);
ALTER TABLE ONLY public.history ADD CONSTRAINT history_customer FOREIGN KEY (h_c_w_id, h_c_d_id, h_c_id) REFERENCES public.customer(c_w_id, c_d_id, c_id);
ALTER TABLE ONLY public.oorder ADD CONSTRAINT oorder_customer FOREIGN KEY (o_w_id, o_d_id, o_c_id) REFERENCES public.customer(c_w_id, c_d_id, c_id);
ALTER TABLE ONLY public.new_order ADD CONSTRAINT new_order_oorder FOREIGN KEY (no_w_id, no_d_id, no_o_id) REFERENCES public.oorder(o_w_id, o_d_id, o_id);
ALTER TABLE ONLY public.stock ADD CONSTRAINT stock_warehouse FOREIGN KEY (s_w_id) REFERENCES public.warehouse(w_id);
ALTER TABLE ONLY public.stock ADD CONSTRAINT stock_item FOREIGN KEY (s_i_id) REFERENCES public.item(i_id);
ALTER TABLE ONLY public.order_line ADD CONSTRAINT order_line_oorder FOREIGN KEY (ol_w_id, ol_d_id, ol_o_id) REFERENCES public.oorder(o_w_id, o_d_id, o_id);
ALTER TABLE ONLY public.order_line ADD CONSTRAINT order_line_stock FOREIGN KEY (ol_supply_w_id, ol_i_id) REFERENCES public.stock(s_w_id, s_i_id);
CREATE INDEX customer_name ON public.customer USING btree (c_w_id, c_d_id, c_last, c_first);
CREATE INDEX oorder_customer_id ON public.oorder USING btree (o_w_id, o_d_id, o_c_id, o_id);
)";
}

std::string Tpcc::loadSql() const {
    std::string names = "ARRAY[";
    for (int c = 0; c < shape_.customers; ++c) names += fmt::format("{}'{}'", c ? "," : "", lastName(c));
    names += "]";
    return fmt::format(
        "INSERT INTO warehouse SELECT w, 300000, 0.1, 'name', 'street', 'city', 'ST', '123456789' FROM generate_series(1,{0}) w;\n"
        "INSERT INTO district SELECT w, d, 30000, 0.1, 1, 'name', 'street', 'city', 'ST', '123456789' FROM generate_series(1,{0}) w, generate_series(1,{1}) d;\n"
        "INSERT INTO customer SELECT w, d, c, 0.1, 'GC', ({4})[c], 'first', 'OE', -10, 10, 1, 0, 'data' FROM generate_series(1,{0}) w, generate_series(1,{1}) d, generate_series(1,{2}) c;\n"
        "INSERT INTO item SELECT i, 'item', 9.99, 'data' FROM generate_series(1,{3}) i;\n"
        "INSERT INTO stock SELECT w, i, 50, 0, 0, 0, 'data', 'dist' FROM generate_series(1,{0}) w, generate_series(1,{3}) i;\n",
        shape_.warehouses, shape_.districts, shape_.customers, shape_.items, names);
}

}  // namespace foreshard::samplegen
