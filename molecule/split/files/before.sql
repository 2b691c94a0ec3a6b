-- What is on the database server before: an administrator who is no superuser, the roles and the database of an
-- earlier attempt, and in the same database the tables of somebody else's application, named as PostfixAdmin does.
CREATE ROLE dba LOGIN CREATEROLE CREATEDB PASSWORD 'Split-Gaudi-31';
CREATE ROLE postfixadmin LOGIN PASSWORD 'Split-Foreign-64';
CREATE ROLE webmail LOGIN PASSWORD 'Split-Reader-75';
CREATE DATABASE mail OWNER dba;

SET SESSION AUTHORIZATION dba;
-- its own member he is not: CREATEROLE gives him the right to administer them, not to act as them
CREATE ROLE mail_owner LOGIN PASSWORD 'Earlier-1';
CREATE ROLE mail_admin LOGIN PASSWORD 'Earlier-2' CONNECTION LIMIT 1;
CREATE ROLE mail_postfix NOLOGIN;
ALTER ROLE mail_postfix SET search_path = public;
CREATE ROLE mail_dovecot LOGIN PASSWORD 'Earlier-3' CONNECTION LIMIT 2;
ALTER ROLE mail_dovecot SET statement_timeout = 1;
RESET SESSION AUTHORIZATION;

\connect mail
GRANT CREATE ON SCHEMA public TO postfixadmin;
SET SESSION AUTHORIZATION postfixadmin;

CREATE TABLE public.domain (
    domain varchar(255) PRIMARY KEY,
    description varchar(255) NOT NULL DEFAULT '',
    maxquota bigint NOT NULL DEFAULT 0,
    transport varchar(255) NOT NULL DEFAULT 'virtual',
    created timestamptz DEFAULT now(),
    active boolean NOT NULL DEFAULT true
);
CREATE TABLE public.mailbox (
    username varchar(255) PRIMARY KEY,
    password varchar(255) NOT NULL DEFAULT '',
    name varchar(255) NOT NULL DEFAULT '',
    maildir varchar(255) NOT NULL DEFAULT '',
    quota bigint NOT NULL DEFAULT 0,
    local_part varchar(255) NOT NULL,
    domain varchar(255) NOT NULL REFERENCES public.domain,
    created timestamptz DEFAULT now(),
    active boolean NOT NULL DEFAULT true
);
CREATE INDEX mailbox_domain_username ON public.mailbox (domain, username);
COMMENT ON TABLE public.mailbox IS 'Postfix Admin - Virtual Mailboxes';
GRANT SELECT ON public.domain TO webmail;
GRANT SELECT (username, name, active) ON public.mailbox TO webmail;

INSERT INTO public.domain (domain, description) VALUES
    ('example.com', 'The former mail server'), ('example.test', E'one name, two systems\t\\');
INSERT INTO public.mailbox (username, password, name, maildir, local_part, domain) VALUES
    ('visitor@example.com', '$1$q8pVZ3Hd$not.a.hash', 'Zoë Ångström', 'example.com/visitor/', 'visitor', 'example.com'),
    ('maria.garcia@example.test', '', 'another Maria', 'example.test/maria/', 'maria.garcia', 'example.test');
