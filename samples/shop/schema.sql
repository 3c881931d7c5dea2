--
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
