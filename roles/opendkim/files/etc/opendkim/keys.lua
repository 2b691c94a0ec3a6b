-- Managed by selfhost.mail. Two tables of OpenDKIM in one: with a sender it asks for the name of a key (SigningTable),
-- with that name for the key (KeyTable). An error makes it answer 4xx, so nothing leaves unsigned.
local function found(first, ...)
    -- a nil among the results would crash OpenDKIM
    if first then return first, ... end
end

-- Where the database is stands in the unit, as PGHOST and the like.
local function ask(statement, value)
    local client = require("luasql.postgres").postgres()
    local deadline = os.time() + 5
    local database, reason
    -- many messages at once wait for one another here
    repeat
        database, reason = client:connect("tcp_user_timeout=10000 keepalives_idle=10 keepalives_interval=5 keepalives_count=2")
    until database or os.time() > deadline or not reason:find("too many connections", 1, true)
    assert(database, reason)
    return found(assert(database:execute(statement:format(database:escape(value)))):fetch())
end

-- Of a sender, OpenDKIM asks for user@domain first, then for parts and patterns that no key of ours has.
local domain = (query or ""):lower():match("@(%w[%w.-]*)$")
if domain then
    return ask("SELECT id FROM signer.signing_table WHERE pattern = '%s'", domain)
elseif (query or ""):find("._domainkey.", 1, true) then
    return ask("SELECT domain, selector, private_key FROM signer.key_table WHERE id = '%s'", query)
end
