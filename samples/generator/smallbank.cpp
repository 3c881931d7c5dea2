#include "samples/generator/smallbank.h"

#include <fmt/format.h>

namespace foreshard::samplegen {

namespace {

Statement byNumber(int64_t customer) { return {"SELECT custid, name FROM accounts WHERE custid = $1", {number(customer)}}; }
Statement byName(int64_t customer) { return {"SELECT custid, name FROM accounts WHERE name = $1", {text(fmt::format("{:064}", customer))}}; }
Statement balance(const char* table, int64_t customer) { return {fmt::format("SELECT bal FROM {} WHERE custid = $1", table), {number(customer)}}; }
Statement change(const char* table, const char* sign, int64_t cents, int64_t customer) {
    return {fmt::format("UPDATE {0} SET bal = bal {1} $1 WHERE custid = $2", table, sign), {money(cents), number(customer)}};
}

}  // namespace

SmallBank::SmallBank(SmallBankShape shape) : shape_(shape), keys_(shape.accounts, shape.keys) {}

Transaction SmallBank::next(Random& random, Instant t) {
    const int64_t one = keys_.next(random, t), two = keys_.other(random, t, one);
    const int64_t cents = random.between(100, 10'000);
    const auto draw = random.below(100);
    Transaction out;
    out.time = t;
    out.block = true;
    if (draw < 15)
        out.statements = {byNumber(one), byNumber(two), balance("savings", one), balance("checking", two),
                          {"UPDATE checking SET bal = 0.0 WHERE custid = $1", {number(one)}}, change("savings", "-", cents, two)};
    else if (draw < 30)
        out.statements = {byName(one), balance("savings", one), balance("checking", one)};
    else if (draw < 45)
        out.statements = {byName(one), change("checking", "+", cents, one)};
    else if (draw < 70)
        out.statements = {byNumber(one), byNumber(two), balance("checking", one), change("checking", "-", cents, one), change("checking", "+", cents, two)};
    else if (draw < 85)
        out.statements = {byName(one), balance("savings", one), change("savings", "-", cents, one)};
    else
        out.statements = {byName(one), balance("savings", one), balance("checking", one), change("checking", "-", cents, one)};
    return out;
}

std::string SmallBank::schemaSql() const {
    return R"(CREATE TABLE public.accounts (custid bigint NOT NULL, name character varying(64) NOT NULL);
CREATE TABLE public.savings (custid bigint NOT NULL, bal double precision NOT NULL);
CREATE TABLE public.checking (custid bigint NOT NULL, bal double precision NOT NULL);
ALTER TABLE ONLY public.accounts ADD CONSTRAINT accounts_pkey PRIMARY KEY (custid);
ALTER TABLE ONLY public.savings ADD CONSTRAINT savings_pkey PRIMARY KEY (custid);
ALTER TABLE ONLY public.checking ADD CONSTRAINT checking_pkey PRIMARY KEY (custid);
ALTER TABLE ONLY public.savings ADD CONSTRAINT savings_account FOREIGN KEY (custid) REFERENCES public.accounts(custid);
ALTER TABLE ONLY public.checking ADD CONSTRAINT checking_account FOREIGN KEY (custid) REFERENCES public.accounts(custid);
CREATE INDEX accounts_name ON public.accounts USING btree (name);
)";
}

}  // namespace foreshard::samplegen
