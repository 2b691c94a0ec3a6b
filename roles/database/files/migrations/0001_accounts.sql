-- Domains, addresses and mailboxes. Runs once, as mail_owner, in one transaction.

CREATE SCHEMA mail;

CREATE TABLE mail.schema_version (
    number     integer PRIMARY KEY,
    checksum   text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);

-- views.sql is recreated whole whenever its checksum differs from this one row.
CREATE TABLE mail.schema_views (
    is_only    boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    checksum   text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);

-- What an account in this status may do. refusal is an SMTP reply (RFC 5321, RFC 3463).
CREATE TABLE mail.account_status (
    status      text PRIMARY KEY,
    may_log_in  boolean NOT NULL,
    may_submit  boolean NOT NULL,
    may_receive boolean NOT NULL,
    refusal     text CHECK (refusal ~ '^[45][0-9][0-9] [45]\.[0-9]+\.[0-9]+ '),
    CHECK (may_receive = (refusal IS NULL))
);

INSERT INTO mail.account_status VALUES
    ('active',    true,  true,  true,  NULL),
    ('read_only', true,  false, true,  NULL),
    ('send_only', true,  true,  false, '550 5.2.1 This mailbox does not accept mail'),
    ('suspended', false, false, true,  NULL),
    ('closed',    false, false, false, '550 5.2.1 This mailbox is closed');

CREATE TABLE mail.domain (
    name          text PRIMARY KEY CHECK (name ~ '^[a-z0-9-]+(\.[a-z0-9-]+)+$' AND length(name) <= 253),
    kind          text NOT NULL DEFAULT 'hosted' CHECK (kind IN ('hosted', 'alias')),
    alias_of      text,
    alias_of_kind text GENERATED ALWAYS AS (CASE WHEN alias_of IS NOT NULL THEN 'hosted' END) STORED,
    status        text NOT NULL DEFAULT 'active' REFERENCES mail.account_status,
    max_mailboxes integer CHECK (max_mailboxes >= 0),
    max_quota     bigint CHECK (max_quota >= 0),
    default_quota bigint CHECK (default_quota >= 0),
    created_at    timestamptz NOT NULL DEFAULT now(),
    UNIQUE (name, kind),
    -- an alias domain leads to a hosted one, never to another alias
    FOREIGN KEY (alias_of, alias_of_kind) REFERENCES mail.domain (name, kind),
    CHECK ((kind = 'alias') = (alias_of IS NOT NULL))
);

-- One namespace: an address is a mailbox, an alias, its domain's catch-all or a tombstone, never two.
CREATE TABLE mail.address (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    domain      text NOT NULL,
    domain_kind text NOT NULL GENERATED ALWAYS AS ('hosted'::text) STORED,
    local_part  text NOT NULL CHECK (local_part = lower(local_part) AND octet_length(local_part) <= 64),
    kind        text NOT NULL CHECK (kind IN ('mailbox', 'alias', 'catch_all', 'retired')),
    owner       bigint,
    -- when it became what it is now
    since       timestamptz NOT NULL DEFAULT now(),
    UNIQUE (domain, local_part),
    UNIQUE (id, kind),
    FOREIGN KEY (domain, domain_kind) REFERENCES mail.domain (name, kind),
    CHECK ((kind = 'catch_all') = (local_part = '')),
    CHECK (owner IS NULL OR kind = 'alias')
);

-- Where mailboxes lie; an empty host is reached through the local LMTP socket.
CREATE TABLE mail.store (
    name      text PRIMARY KEY,
    host      text NOT NULL DEFAULT '',
    lmtp_port integer NOT NULL DEFAULT 24 CHECK (lmtp_port BETWEEN 1 AND 65535)
);

INSERT INTO mail.store (name) VALUES ('local');

CREATE TABLE mail.mailbox (
    address       bigint PRIMARY KEY,
    address_kind  text NOT NULL GENERATED ALWAYS AS ('mailbox'::text) STORED,
    full_name     text NOT NULL DEFAULT '',
    -- without its {SCHEME} Dovecot would guess, and for $argon2id$ guess wrong
    password_hash text NOT NULL CHECK (password_hash ~ '^\{[A-Za-z0-9.-]+\}.'),
    status        text NOT NULL DEFAULT 'active' REFERENCES mail.account_status,
    status_since  timestamptz NOT NULL DEFAULT now(),
    expires_at    timestamptz,
    expires_to    text REFERENCES mail.account_status,
    quota_bytes   bigint CHECK (quota_bytes >= 0),
    keep_copy     boolean NOT NULL DEFAULT true,
    -- relative to the store's base directory; set once, never derived again
    home          text NOT NULL UNIQUE CHECK (home !~ '(^/|(^|/)\.\.?(/|$))'),
    store         text NOT NULL DEFAULT 'local' REFERENCES mail.store,
    FOREIGN KEY (address, address_kind) REFERENCES mail.address (id, kind),
    CHECK ((expires_at IS NULL) = (expires_to IS NULL))
);

-- A personal alias belongs to a mailbox and may be sent from; a shared alias has no owner.
ALTER TABLE mail.address ADD FOREIGN KEY (owner) REFERENCES mail.mailbox (address);
CREATE INDEX ON mail.address (owner) WHERE owner IS NOT NULL;

-- Where an alias or catch-all leads.
CREATE TABLE mail.target (
    address  bigint NOT NULL REFERENCES mail.address (id) ON DELETE CASCADE,
    local    bigint REFERENCES mail.address (id),
    external text CHECK (external ~ '^[^@]+@[^@]+$'),
    UNIQUE NULLS NOT DISTINCT (address, local, external),
    CHECK (num_nonnulls(local, external) = 1)
);
CREATE INDEX ON mail.target (local) WHERE local IS NOT NULL;

-- Explicit rights to send as an address or as any address of a domain.
CREATE TABLE mail.send_as (
    mailbox bigint NOT NULL REFERENCES mail.mailbox (address) ON DELETE CASCADE,
    address bigint REFERENCES mail.address (id) ON DELETE CASCADE,
    domain  text REFERENCES mail.domain (name) ON DELETE CASCADE,
    UNIQUE NULLS NOT DISTINCT (mailbox, address, domain),
    CHECK (num_nonnulls(address, domain) = 1)
);
CREATE INDEX ON mail.send_as (address);
CREATE INDEX ON mail.send_as (domain);

-- Never the same twice, so a new holder of an old address never meets the old mail.
CREATE FUNCTION mail.new_home(domain text, local_part text) RETURNS text
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
    SELECT domain || '/' || regexp_replace(local_part, '[^a-z0-9_-]', '_', 'g')
           || '.' || left(replace(gen_random_uuid()::text, '-', ''), 8)
$$;
