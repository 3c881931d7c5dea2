--
-- PostgreSQL database dump
--

\restrict YnNDctXQkTKXu6HUpunEoE2Cilco8aCvE2zs1Xqy50fgg0r24nXcedykc8nGJAi

-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: doc; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.doc (
    id integer NOT NULL,
    tenant uuid,
    data jsonb
);


ALTER TABLE public.doc OWNER TO postgres;

--
-- Name: orders; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.orders (
    id bigint NOT NULL,
    tenant_id bigint NOT NULL,
    region text,
    total numeric,
    owner text
);

ALTER TABLE ONLY public.orders FORCE ROW LEVEL SECURITY;


ALTER TABLE public.orders OWNER TO postgres;

--
-- Name: doc doc_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.doc
    ADD CONSTRAINT doc_pkey PRIMARY KEY (id);


--
-- Name: orders orders_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.orders
    ADD CONSTRAINT orders_pkey PRIMARY KEY (id);


--
-- Name: orders admin_all; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY admin_all ON public.orders TO admin USING (true) WITH CHECK (true);


--
-- Name: orders by region; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY "by region" ON public.orders AS RESTRICTIVE FOR SELECT USING (((lower(region) = NULLIF(current_setting('app.region'::text, true), ''::text)) AND (total > (0)::numeric)));


--
-- Name: doc; Type: ROW SECURITY; Schema: public; Owner: postgres
--

ALTER TABLE public.doc ENABLE ROW LEVEL SECURITY;

--
-- Name: doc doc_json; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY doc_json ON public.doc FOR INSERT WITH CHECK (((data ->> 'tenant'::text) = current_setting('app.tenant'::text)));


--
-- Name: doc doc_read; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY doc_read ON public.doc FOR SELECT TO admin, app USING ((tenant = ( SELECT (current_setting('app.tenant_uuid'::text))::uuid AS current_setting)));


--
-- Name: doc doc_upd; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY doc_upd ON public.doc FOR UPDATE USING ((((tenant)::text = current_setting('app.tenant_uuid'::text, true)) OR (data IS NULL))) WITH CHECK (((data ->> 'owner'::text) = CURRENT_USER));


--
-- Name: orders; Type: ROW SECURITY; Schema: public; Owner: postgres
--

ALTER TABLE public.orders ENABLE ROW LEVEL SECURITY;

--
-- Name: orders tenant_isolation; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY tenant_isolation ON public.orders USING ((tenant_id = (current_setting('app.tenant'::text))::bigint));


--
-- PostgreSQL database dump complete
--

\unrestrict YnNDctXQkTKXu6HUpunEoE2Cilco8aCvE2zs1Xqy50fgg0r24nXcedykc8nGJAi

