#include "samples/generator/voter.h"

#include <array>

namespace foreshard::samplegen {

namespace {

constexpr std::array areaCodes{907, 205, 334, 501, 602, 213, 310, 415, 303, 203, 302, 305, 407, 404, 808, 208, 312, 317, 515, 316, 502, 504, 617, 410, 207, 313};
constexpr std::array states{"AK", "AL", "AL", "AR", "AZ", "CA", "CA", "CA", "CO", "CT", "DE", "FL", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS", "KY", "LA", "MA", "MD", "ME", "MI"};

}  // namespace

Voter::Voter(VoterShape shape) : shape_(shape), keys_(shape.callers, shape.keys) {}

Transaction Voter::next(Random& random, Instant t) {
    const int64_t caller = keys_.next(random, t);
    const auto area = static_cast<size_t>(mixHash(static_cast<uint64_t>(caller)) % areaCodes.size());
    const int64_t phone = areaCodes[area] * int64_t{10'000'000} + static_cast<int64_t>(mixHash(static_cast<uint64_t>(caller) + 77) % 10'000'000);
    const auto contestant = number(random.between(1, shape_.contestants));
    Transaction out;
    out.time = t;
    out.block = true;
    out.statements = {{"SELECT contestant_number FROM contestants WHERE contestant_number = $1", {contestant}},
                      {"SELECT count(*) FROM votes WHERE phone_number = $1", {number(phone)}},
                      {"SELECT state FROM area_code_state WHERE area_code = $1", {number(areaCodes[area])}},
                      {"INSERT INTO votes (vote_id, phone_number, state, contestant_number, created) VALUES ($1, $2, $3, $4, now())",
                       {number(nextVote_++), number(phone), text(states[area]), contestant}}};
    return out;
}

std::string Voter::schemaSql() const {
    return R"(CREATE TABLE public.contestants (contestant_number integer NOT NULL, contestant_name character varying(50) NOT NULL);
CREATE TABLE public.area_code_state (area_code smallint NOT NULL, state character varying(2) NOT NULL);
CREATE TABLE public.votes (vote_id bigint NOT NULL, phone_number bigint NOT NULL, state character varying(2) NOT NULL, contestant_number integer NOT NULL, created timestamp without time zone NOT NULL);
ALTER TABLE ONLY public.contestants ADD CONSTRAINT contestants_pkey PRIMARY KEY (contestant_number);
ALTER TABLE ONLY public.area_code_state ADD CONSTRAINT area_code_state_pkey PRIMARY KEY (area_code);
ALTER TABLE ONLY public.votes ADD CONSTRAINT votes_contestant FOREIGN KEY (contestant_number) REFERENCES public.contestants(contestant_number);
CREATE INDEX votes_phone ON public.votes USING btree (phone_number);
)";
}

}  // namespace foreshard::samplegen
