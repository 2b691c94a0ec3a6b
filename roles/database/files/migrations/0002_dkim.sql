-- DKIM keys (RFC 6376, RFC 8463) and what their state permits.

CREATE TABLE mail.dkim_state (
    state  text PRIMARY KEY,
    in_dns boolean NOT NULL,
    signs  boolean NOT NULL,
    CHECK (in_dns OR NOT signs)
);

INSERT INTO mail.dkim_state VALUES
    ('pending',  true,  false),
    ('active',   true,  true),
    ('retiring', true,  false),
    ('retired',  false, false);

CREATE TABLE mail.dkim_key (
    domain      text NOT NULL REFERENCES mail.domain (name) ON DELETE CASCADE,
    selector    text NOT NULL CHECK (selector ~ '^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$'),
    -- the k= tag of its record
    algorithm   text NOT NULL DEFAULT 'rsa' CHECK (algorithm IN ('rsa', 'ed25519')),
    private_pem text NOT NULL CHECK (private_pem LIKE '-----BEGIN %'),
    -- the p= tag of its record: base64 without white space
    public      text NOT NULL CHECK (public ~ '^[A-Za-z0-9+/]+=*$'),
    state       text NOT NULL DEFAULT 'pending' REFERENCES mail.dkim_state,
    state_since timestamptz NOT NULL DEFAULT now(),
    not_before  timestamptz,
    PRIMARY KEY (domain, selector)
);

-- the signer adds one signature per domain
CREATE UNIQUE INDEX dkim_key_one_active ON mail.dkim_key (domain) WHERE state = 'active';
