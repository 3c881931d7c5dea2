#include "samples/generator/epinions.h"

#include <fmt/format.h>

namespace foreshard::samplegen {

Epinions::Epinions(EpinionsShape shape) : shape_(shape), users_(shape.users, shape.userKeys), items_(shape.items, shape.itemKeys) {}

Transaction Epinions::next(Random& random, Instant t) {
    const int64_t userKey = users_.next(random, t);
    const auto user = number(userKey), item = number(items_.next(random, t));
    const auto rating = number(random.between(0, 5));
    Transaction out;
    out.time = t;
    const auto draw = random.below(100);
    if (draw < 10)
        out.statements = {{"SELECT r.rating, i.title FROM review r, item i WHERE i.i_id = r.i_id AND r.i_id = $1 ORDER BY r.rating DESC, r.creation_date DESC LIMIT 10", {item}}};
    else if (draw < 20)
        out.statements = {{"SELECT r.rating, u.name FROM review r, useracct u WHERE u.u_id = r.u_id AND r.u_id = $1 ORDER BY r.rating DESC, r.creation_date DESC LIMIT 10", {user}}};
    else if (draw < 30)
        out.statements = {{"SELECT avg(r.rating) FROM review r, trust t WHERE r.u_id = t.target_u_id AND r.i_id = $1 AND t.source_u_id = $2", {item, user}}};
    else if (draw < 40)
        out.statements = {{"SELECT avg(rating) FROM review r WHERE r.i_id = $1", {item}}};
    else if (draw < 50)
        out.statements = {{"SELECT rating, u_id FROM review r WHERE r.i_id = $1 ORDER BY creation_date DESC", {item}},
                          {"SELECT target_u_id, trust FROM trust t WHERE t.source_u_id = $1", {user}}};
    else if (draw < 60)
        out.statements = {{"UPDATE useracct SET name = $1 WHERE u_id = $2", {text(fmt::format("user {}", random.below(1'000'000))), user}}};
    else if (draw < 70)
        out.statements = {{"UPDATE item SET title = $1 WHERE i_id = $2", {text(fmt::format("item {}", random.below(1'000'000))), item}}};
    else if (draw < 80)
        out.statements = {{"UPDATE review SET rating = $1 WHERE i_id = $2 AND u_id = $3", {rating, item, user}}};
    else
        out.statements = {{"UPDATE trust SET trust = $1 WHERE source_u_id = $2 AND target_u_id = $3", {number(random.between(0, 1)), user, number(users_.other(random, t, userKey))}}};
    out.block = out.statements.size() > 1;
    return out;
}

std::string Epinions::schemaSql() const {
    return R"(CREATE TABLE public.useracct (u_id integer NOT NULL, name character varying(128) NOT NULL);
CREATE TABLE public.item (i_id integer NOT NULL, title character varying(128) NOT NULL, description character varying(512));
CREATE TABLE public.review (a_id integer NOT NULL, u_id integer NOT NULL, i_id integer NOT NULL, rating integer, rank integer, creation_date timestamp without time zone);
CREATE TABLE public.trust (source_u_id integer NOT NULL, target_u_id integer NOT NULL, trust integer NOT NULL, creation_date timestamp without time zone);
ALTER TABLE ONLY public.useracct ADD CONSTRAINT useracct_pkey PRIMARY KEY (u_id);
ALTER TABLE ONLY public.item ADD CONSTRAINT item_pkey PRIMARY KEY (i_id);
ALTER TABLE ONLY public.review ADD CONSTRAINT review_user FOREIGN KEY (u_id) REFERENCES public.useracct(u_id);
ALTER TABLE ONLY public.review ADD CONSTRAINT review_item FOREIGN KEY (i_id) REFERENCES public.item(i_id);
ALTER TABLE ONLY public.trust ADD CONSTRAINT trust_source FOREIGN KEY (source_u_id) REFERENCES public.useracct(u_id);
ALTER TABLE ONLY public.trust ADD CONSTRAINT trust_target FOREIGN KEY (target_u_id) REFERENCES public.useracct(u_id);
CREATE INDEX review_by_item ON public.review USING btree (i_id);
CREATE INDEX trust_by_source ON public.trust USING btree (source_u_id);
)";
}

}  // namespace foreshard::samplegen
