#include "samples/generator/tatp.h"

#include <fmt/format.h>

namespace foreshard::samplegen {

namespace {

Parameter subscriberNumber(int64_t id) { return text(fmt::format("{:015}", id)); }
Parameter any(Random& random, int64_t low, int64_t high) { return number(random.between(low, high)); }

Statement findSubscriber(int64_t id) { return {"SELECT s_id FROM subscriber WHERE sub_nbr = $1", {subscriberNumber(id)}}; }

int64_t startTime(Random& random) { return random.between(0, 2) * 8; }

}  // namespace

Tatp::Tatp(TatpShape shape) : shape_(shape), keys_(shape.subscribers, shape.keys) {}

Transaction Tatp::next(Random& random, Instant t) {
    const int64_t id = keys_.next(random, t);
    const auto draw = random.below(100);
    Transaction out;
    out.time = t;
    if (draw < 35) {
        out.statements = {{"SELECT data1, data2, data3, data4 FROM access_info WHERE s_id = $1 AND ai_type = $2", {number(id), any(random, 1, 4)}}};
    } else if (draw < 70) {
        out.statements = {{"SELECT s_id, sub_nbr, bit_1, hex_1, byte2_1, msc_location, vlr_location FROM subscriber WHERE s_id = $1", {number(id)}}};
    } else if (draw < 84) {
        out.statements = {findSubscriber(id), {"UPDATE subscriber SET vlr_location = $1 WHERE s_id = $2", {any(random, 0, INT32_MAX), number(id)}}};
    } else if (draw < 94) {
        out.statements = {{"SELECT cf.numberx FROM special_facility sf, call_forwarding cf WHERE sf.s_id = $1 AND sf.sf_type = $2 AND sf.is_active = 1 "
                           "AND cf.s_id = sf.s_id AND cf.sf_type = sf.sf_type AND cf.start_time <= $3 AND cf.end_time > $4",
                           {number(id), any(random, 1, 4), number(startTime(random)), any(random, 1, 24)}}};
    } else if (draw < 96) {
        out.statements = {{"UPDATE subscriber SET bit_1 = $1 WHERE s_id = $2", {any(random, 0, 1), number(id)}},
                          {"UPDATE special_facility SET data_a = $1 WHERE s_id = $2 AND sf_type = $3", {any(random, 0, 255), number(id), any(random, 1, 4)}}};
    } else if (draw < 98) {
        out.statements = {findSubscriber(id),
                          {"SELECT sf_type FROM special_facility WHERE s_id = $1", {number(id)}},
                          {"INSERT INTO call_forwarding (s_id, sf_type, start_time, end_time, numberx) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                           {number(id), any(random, 1, 4), number(startTime(random)), any(random, 1, 24), subscriberNumber(keys_.next(random, t))}}};
    } else {
        out.statements = {findSubscriber(id),
                          {"DELETE FROM call_forwarding WHERE s_id = $1 AND sf_type = $2 AND start_time = $3", {number(id), any(random, 1, 4), number(startTime(random))}}};
    }
    out.block = out.statements.size() > 1;
    return out;
}

std::string Tatp::schemaSql() const {
    return R"(CREATE TABLE public.subscriber (s_id integer NOT NULL, sub_nbr character varying(15) NOT NULL, bit_1 smallint, hex_1 smallint, byte2_1 smallint, msc_location bigint, vlr_location bigint);
CREATE TABLE public.access_info (s_id integer NOT NULL, ai_type smallint NOT NULL, data1 smallint, data2 smallint, data3 character varying(3), data4 character varying(5));
CREATE TABLE public.special_facility (s_id integer NOT NULL, sf_type smallint NOT NULL, is_active smallint NOT NULL, error_cntrl smallint, data_a smallint, data_b character varying(5));
CREATE TABLE public.call_forwarding (s_id integer NOT NULL, sf_type smallint NOT NULL, start_time smallint NOT NULL, end_time smallint, numberx character varying(15));
ALTER TABLE ONLY public.subscriber ADD CONSTRAINT subscriber_pkey PRIMARY KEY (s_id);
ALTER TABLE ONLY public.subscriber ADD CONSTRAINT subscriber_number UNIQUE (sub_nbr);
ALTER TABLE ONLY public.access_info ADD CONSTRAINT access_info_pkey PRIMARY KEY (s_id, ai_type);
ALTER TABLE ONLY public.special_facility ADD CONSTRAINT special_facility_pkey PRIMARY KEY (s_id, sf_type);
ALTER TABLE ONLY public.call_forwarding ADD CONSTRAINT call_forwarding_pkey PRIMARY KEY (s_id, sf_type, start_time);
ALTER TABLE ONLY public.access_info ADD CONSTRAINT access_info_subscriber FOREIGN KEY (s_id) REFERENCES public.subscriber(s_id);
ALTER TABLE ONLY public.special_facility ADD CONSTRAINT special_facility_subscriber FOREIGN KEY (s_id) REFERENCES public.subscriber(s_id);
ALTER TABLE ONLY public.call_forwarding ADD CONSTRAINT call_forwarding_facility FOREIGN KEY (s_id, sf_type) REFERENCES public.special_facility(s_id, sf_type);
)";
}

// Every facility of every subscriber exists, so that no generated insert breaks a foreign key.
std::string Tatp::loadSql() const {
    return fmt::format(
        "INSERT INTO subscriber SELECT s, lpad(s::text, 15, '0'), 1, 1, 1, 1, 1 FROM generate_series(1,{0}) s;\n"
        "INSERT INTO access_info SELECT s, a, 1, 1, 'abc', 'abcde' FROM generate_series(1,{0}) s, generate_series(1,4) a;\n"
        "INSERT INTO special_facility SELECT s, f, 1, 0, 0, 'abcde' FROM generate_series(1,{0}) s, generate_series(1,4) f;\n",
        shape_.subscribers);
}

}  // namespace foreshard::samplegen
