-- The tables of the ISPmail guide, in PostgreSQL's words.
SELECT 'CREATE ROLE mailserver LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'mailserver') \gexec
ALTER ROLE mailserver PASSWORD :'password';
SELECT 'CREATE DATABASE mailserver' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'mailserver') \gexec
\connect mailserver
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgcrypto;
CREATE TABLE IF NOT EXISTS virtual_domains (
    id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    name text NOT NULL UNIQUE
);
CREATE TABLE IF NOT EXISTS virtual_users (
    id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    domain_id integer NOT NULL REFERENCES virtual_domains ON DELETE CASCADE,
    email text NOT NULL UNIQUE,
    password text NOT NULL
);
CREATE TABLE IF NOT EXISTS virtual_aliases (
    id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    domain_id integer NOT NULL REFERENCES virtual_domains ON DELETE CASCADE,
    source text NOT NULL,
    destination text NOT NULL,
    UNIQUE (source, destination)
);
GRANT SELECT ON ALL TABLES IN SCHEMA public TO mailserver;
