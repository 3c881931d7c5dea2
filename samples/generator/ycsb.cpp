#include "samples/generator/ycsb.h"

namespace foreshard::samplegen {

Ycsb::Ycsb(YcsbShape shape) : shape_(shape), keys_(shape.records, shape.keys), nextRecord_(shape.records + 1) {}

Transaction Ycsb::next(Random& random, Instant t) {
    const int64_t key = keys_.next(random, t);
    const auto draw = random.below(100);
    Transaction out;
    out.time = t;
    if (draw < 50)
        out.statements = {{"SELECT ycsb_key, field1, field2, field3 FROM usertable WHERE ycsb_key = $1", {number(key)}}};
    else if (draw < 55)
        out.statements = {{"INSERT INTO usertable (ycsb_key, field1, field2, field3) VALUES ($1, $2, $3, $4)", {number(nextRecord_++), text("one"), text("two"), text("three")}}};
    else if (draw < 70)
        out.statements = {{"SELECT ycsb_key, field1, field2, field3 FROM usertable WHERE ycsb_key > $1 AND ycsb_key < $2", {number(key), number(key + random.between(2, shape_.longestScan))}}};
    else if (draw < 80)
        out.statements = {{"UPDATE usertable SET field1 = $1, field2 = $2, field3 = $3 WHERE ycsb_key = $4", {text("four"), text("five"), text("six"), number(key)}}};
    else if (draw < 90)
        out.statements = {{"DELETE FROM usertable WHERE ycsb_key = $1", {number(key)}}};
    else
        out.statements = {{"SELECT ycsb_key, field1, field2, field3 FROM usertable WHERE ycsb_key = $1 FOR UPDATE", {number(key)}},
                          {"UPDATE usertable SET field1 = $1, field2 = $2, field3 = $3 WHERE ycsb_key = $4", {text("seven"), text("eight"), text("nine"), number(key)}}};
    out.block = out.statements.size() > 1;
    return out;
}

std::string Ycsb::schemaSql() const {
    return R"(CREATE TABLE public.usertable (ycsb_key integer NOT NULL, field1 text, field2 text, field3 text);
ALTER TABLE ONLY public.usertable ADD CONSTRAINT usertable_pkey PRIMARY KEY (ycsb_key);
)";
}

}  // namespace foreshard::samplegen
