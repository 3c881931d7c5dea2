-- Hand-written DDL with what people do to it.
\set ON_ERROR_STOP on
CREATE SCHEMA IF NOT EXISTS app;
SET search_path TO app, public;
CREATE TABLE IF NOT EXISTS tenant (id serial PRIMARY KEY, name varchar(50) UNIQUE NOT NULL);
CREATE TABLE account (
    tenant_id int NOT NULL REFERENCES tenant ON DELETE CASCADE,
    id bigint GENERATED ALWAYS AS IDENTITY,
    parent bigint,
    owner_id int REFERENCES app.tenant (id),
    opened timestamptz(3) DEFAULT now(), -- a comment; with a semicolon
    note text DEFAULT E'it\'s; fine', /* nested /* comment; */ still */
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, parent) REFERENCES account
);
CREATE TABLE broken (id int,, name text);
CREATE TABLE measurements (at date, v real) PARTITION BY RANGE (at)
CREATE TABLE measurements_2026 PARTITION OF measurements FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
create table Public.Tenant (Id int primary key, "Mixed Case" text);
CREATE TABLE `mysql` (`id` INT AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB;
CREATE TABLE copy_of (LIKE account INCLUDING ALL, extra int);
CREATE TABLE later (id int PRIMARY KEY, missing_id int REFERENCES nowhere);
ALTER TABLE nowhere ADD COLUMN x int;
CREATE TEMP TABLE scratch (id int);
CREATE UNIQUE INDEX account_owner ON account (owner_id, lower(note));
ALTER TABLE account ADD CONSTRAINT account_owner_key UNIQUE USING INDEX account_owner;
INSERT INTO tenant VALUES (1, 'x; CREATE TABLE in_a_value (id int);');
CREATE TABLE last_one (id int
