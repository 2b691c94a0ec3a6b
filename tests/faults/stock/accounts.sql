-- Table brought has lines of kind, name and value: user, address, {SCHEME}hash or password; alias, address, target.
-- What is there stays as it is.
INSERT INTO virtual_domains (name)
SELECT DISTINCT split_part(name, '@', 2) FROM brought
ON CONFLICT DO NOTHING;
INSERT INTO virtual_users (domain_id, email, password)
SELECT d.id, b.name, CASE WHEN b.value LIKE '{%' THEN b.value ELSE '{BLF-CRYPT}' || crypt(b.value, gen_salt('bf', 5)) END
FROM brought b JOIN virtual_domains d ON d.name = split_part(b.name, '@', 2)
WHERE b.kind = 'user'
ON CONFLICT DO NOTHING;
INSERT INTO virtual_aliases (domain_id, source, destination)
SELECT d.id, b.name, b.value
FROM brought b JOIN virtual_domains d ON d.name = split_part(b.name, '@', 2)
WHERE b.kind = 'alias'
ON CONFLICT DO NOTHING;
