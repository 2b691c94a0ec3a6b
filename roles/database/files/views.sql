-- All that the daemons may read: dropped and recreated whole, with its grants, whenever it changes.
-- Runs as mail_owner, in one transaction. Functions that daemons call run with the owner's rights, so a
-- daemon's role needs no right on any table; each splits the address itself, so every lookup uses an index.

DROP SCHEMA IF EXISTS postfix, dovecot, signer CASCADE;
DROP VIEW IF EXISTS mail.account;
DROP FUNCTION IF EXISTS mail.found(text, text);
DROP FUNCTION IF EXISTS mail.domain_of(text);
DROP FUNCTION IF EXISTS mail.local_part_of(text);

-- NULL when there is no @: Postfix also asks its maps for bare domains and bare local parts.
CREATE FUNCTION mail.domain_of(address text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN strpos(address, '@') > 0 THEN lower(substring(address FROM '[^@]*$')) END
$$;

CREATE FUNCTION mail.local_part_of(address text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT lower(substring(address FROM '^(.*)@[^@]*$'))
$$;

-- A mailbox with what it may do at this moment: its own status or what it expired to, and its domain's.
CREATE VIEW mail.account AS
    SELECT m.address AS id, a.local_part || '@' || a.domain AS address, m.full_name, m.password_hash,
           s.status, m.home, m.store,
           s.may_log_in AND d.may_log_in AS may_log_in,
           s.may_submit AND d.may_submit AS may_submit,
           s.may_receive AND d.may_receive AS may_receive,
           coalesce(s.refusal, d.refusal) AS refusal
      FROM mail.mailbox m
      JOIN mail.address a ON a.id = m.address
      JOIN mail.domain ON domain.name = a.domain
      JOIN mail.account_status d ON d.status = domain.status
      JOIN mail.account_status s
        ON s.status = CASE WHEN m.expires_at <= now() THEN m.expires_to ELSE m.status END;

-- The row an address leads to: through an alias domain, as written or else without its extension
-- (RFC 5233). The catch-all is found only when asked for as @domain. A leading delimiter is no delimiter.
CREATE FUNCTION mail.found(asked text, delimiter text)
RETURNS SETOF mail.address LANGUAGE sql STABLE AS $$
    SELECT a.*
      FROM mail.domain d
      JOIN mail.address a ON a.domain = coalesce(d.alias_of, d.name)
     WHERE d.name = mail.domain_of(asked)
       AND a.local_part IN (mail.local_part_of(asked),
                            nullif(split_part(mail.local_part_of(asked), delimiter, 1), ''))
     ORDER BY length(a.local_part) DESC
     LIMIT 1
$$;

-- Postfix ---------------------------------------------------------------------------------------------

CREATE SCHEMA postfix;

-- virtual_mailbox_domains
CREATE FUNCTION postfix.hosted_domain(asked text)
RETURNS TABLE (domain text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT name FROM mail.domain WHERE name = lower(asked)
$$;

-- check_recipient_access: the whole verdict at RCPT, nothing for domains that are not ours.
CREATE FUNCTION postfix.recipient(asked text, delimiter text)
RETURNS TABLE (action text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH found AS MATERIALIZED (SELECT * FROM mail.found(asked, delimiter)),
         hosted AS MATERIALIZED (SELECT * FROM mail.domain WHERE name = mail.domain_of(asked))
    SELECT verdict.action FROM (
        SELECT 1, coalesce(account.refusal, 'OK') FROM found JOIN mail.account USING (id)
        UNION ALL
        SELECT 1, 'OK' FROM found WHERE kind = 'alias'
        UNION ALL
        SELECT 1, '550 5.1.1 User unknown' FROM found WHERE kind = 'retired'
        UNION ALL
        SELECT 2, 'OK' FROM hosted WHERE mail.local_part_of(asked) IN ('postmaster', 'abuse')
        UNION ALL
        SELECT 3, 'OK' FROM hosted JOIN mail.address a ON a.domain = coalesce(alias_of, name)
         WHERE a.local_part = ''
        UNION ALL
        SELECT 4, '550 5.1.1 User unknown' FROM hosted
    ) AS verdict (rank, action)
    ORDER BY rank LIMIT 1
$$;

-- virtual_alias_maps. A mailbox (open or closed) and a tombstone lead to themselves, so that the
-- catch-all, which Postfix asks for last, never gets their mail.
CREATE FUNCTION postfix.rewrite(asked text, administrator text)
RETURNS TABLE (address text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH found AS MATERIALIZED (SELECT * FROM mail.found(asked, ''))
    SELECT local_part || '@' || domain FROM found WHERE kind IN ('mailbox', 'retired')
    UNION ALL
    SELECT coalesce(t.external, a.local_part || '@' || a.domain)
      FROM found JOIN mail.target t ON t.address = found.id
      LEFT JOIN mail.address a ON a.id = t.local
     WHERE found.kind IN ('alias', 'catch_all')
    UNION ALL
    SELECT administrator FROM mail.domain
     WHERE name = mail.domain_of(asked) AND mail.local_part_of(asked) IN ('postmaster', 'abuse')
       AND NOT EXISTS (SELECT FROM found)
$$;

-- virtual_mailbox_maps
CREATE FUNCTION postfix.mailbox(asked text)
RETURNS TABLE (address text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT account.address FROM mail.found(asked, '') JOIN mail.account USING (id) WHERE may_receive
$$;

-- smtpd_sender_login_maps: who may send as this address.
CREATE FUNCTION postfix.sender_logins(asked text)
RETURNS TABLE (login text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH found AS MATERIALIZED (SELECT * FROM mail.found(asked, ''))
    SELECT account.address FROM mail.account
     WHERE may_submit AND id IN (
        SELECT id FROM found WHERE kind = 'mailbox'
        UNION ALL
        SELECT owner FROM found WHERE kind = 'alias'
        UNION ALL
        SELECT s.mailbox FROM mail.send_as s JOIN found ON s.address = found.id
        UNION ALL
        SELECT s.mailbox FROM mail.send_as s WHERE s.domain = mail.domain_of(asked))
$$;

-- Dovecot ---------------------------------------------------------------------------------------------

CREATE SCHEMA dovecot;

-- passdb; protocol is Dovecot's %{protocol}, which is smtp for Postfix
CREATE FUNCTION dovecot.login(asked text, protocol text)
RETURNS TABLE (username text, password text, home text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT account.address, password_hash, account.home
      FROM mail.found(asked, '') JOIN mail.account USING (id)
     WHERE CASE WHEN protocol IN ('smtp', 'submission') THEN may_submit ELSE may_log_in END
$$;

-- userdb; refusing mail is Postfix's part, and what it has accepted is delivered
CREATE FUNCTION dovecot.delivery(asked text)
RETURNS TABLE (username text, home text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT account.address, account.home FROM mail.found(asked, '') JOIN mail.account USING (id)
$$;

-- iterate_query of userdb
CREATE FUNCTION dovecot.mailboxes()
RETURNS TABLE (username text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT address FROM mail.account
$$;

-- The signer ------------------------------------------------------------------------------------------

CREATE SCHEMA signer;

CREATE VIEW signer.key_table AS
    SELECT selector || '._domainkey.' || domain AS id, domain, selector, private_pem AS private_key
      FROM mail.dkim_key JOIN mail.dkim_state USING (state)
     WHERE signs AND (not_before IS NULL OR not_before <= now());

CREATE VIEW signer.signing_table AS
    SELECT domain AS pattern, id FROM signer.key_table;

-- Grants ----------------------------------------------------------------------------------------------

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA mail, postfix, dovecot FROM PUBLIC;

GRANT USAGE ON SCHEMA postfix TO mail_postfix;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA postfix TO mail_postfix;

GRANT USAGE ON SCHEMA dovecot TO mail_dovecot;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA dovecot TO mail_dovecot;

GRANT USAGE ON SCHEMA signer TO mail_signer;
GRANT SELECT ON ALL TABLES IN SCHEMA signer TO mail_signer;

GRANT USAGE ON SCHEMA mail TO mail_admin;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA mail TO mail_admin;
GRANT SELECT ON ALL TABLES IN SCHEMA mail TO mail_admin;
GRANT INSERT, UPDATE, DELETE ON mail.domain, mail.address, mail.mailbox, mail.target, mail.send_as,
    mail.store, mail.dkim_key TO mail_admin;
