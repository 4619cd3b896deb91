-- The relay itself, its tenants, and the three look-ups that find a tenant.
-- Why: every other key starts with the tenant, so that no query can forget it; one node owns a tenant by a
-- lease with an epoch, and every write of process and dispatch proves that it still does.
-- Locks: new tables only. Cost: none.
--
-- Conventions of all tables:
--   *_at, *_until   milliseconds since 1970-01-01T00:00:00Z, by the database's clock (one host: the host's).
--   *_stamp         a stamp as SAP writes it, local to SAP: text YYYYMMDDhhmmss, so that text order is time order.
--   ids and digests BLOB of 16 or 32 bytes; what people type or what stands in a URL is TEXT.
--   batch, event, evidence ... numbers counted per tenant by the table `counter`, in the transaction that
--   uses them, so that they become visible in their own order.

CREATE TABLE relay (
    one          INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    incarnation  BLOB    NOT NULL CHECK (length(incarnation) = 16),   -- drawn again by a restore
    created_at   INTEGER NOT NULL,
    min_version  INTEGER NOT NULL DEFAULT 1                            -- the oldest relay that may open this file
) STRICT;

CREATE TABLE tenant (
    tenant              TEXT    NOT NULL PRIMARY KEY,
    name                TEXT    NOT NULL,
    -- The lease: "owner" means that incarnation, epoch and owner are all equal, and the lease is not over.
    incarnation         BLOB    NOT NULL CHECK (length(incarnation) = 16),
    epoch               INTEGER NOT NULL DEFAULT 0,
    owner               TEXT,                                          -- the node's name and process instance
    lease_until         INTEGER NOT NULL DEFAULT 0,                    -- 30 s, renewed every 10 s
    -- A person can stop it: read in every intent.
    paused              INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)),
    paused_at           INTEGER,
    paused_by           TEXT,
    paused_reason       TEXT,
    recovering          INTEGER NOT NULL DEFAULT 0 CHECK (recovering IN (0, 1)),
    -- Versions that a decision names.
    active_rule_set     INTEGER,
    directory_version   INTEGER NOT NULL DEFAULT 0,
    -- What a tenant may choose.
    ref_doc_no_policy   TEXT    NOT NULL DEFAULT 'flag' CHECK (ref_doc_no_policy IN ('flag', 'suppress', 'send')),
    country             TEXT    NOT NULL DEFAULT 'DE',                 -- for numbers written without a country
    locale              TEXT    NOT NULL DEFAULT 'en',
    time_zone           TEXT    NOT NULL DEFAULT 'UTC',
    created_at          INTEGER NOT NULL
) STRICT;

-- A channel or a rule stopped by a person; the tenant as a whole is stopped in its own row.
CREATE TABLE pause (
    tenant  TEXT    NOT NULL REFERENCES tenant (tenant),
    scope   TEXT    NOT NULL CHECK (scope IN ('channel', 'rule')),
    key     TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    by      TEXT    NOT NULL,
    reason  TEXT    NOT NULL,
    PRIMARY KEY (tenant, scope, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE counter (
    tenant  TEXT    NOT NULL REFERENCES tenant (tenant),
    name    TEXT    NOT NULL,                  -- batch, event, callback, evidence, command, directory_row, timer
    value   INTEGER NOT NULL,
    PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;

-- Secrets of the tenant (Auth Tokens, API keys), sealed under a key that is not in the database.
CREATE TABLE secret (
    tenant      TEXT    NOT NULL REFERENCES tenant (tenant),
    name        TEXT    NOT NULL,              -- for example twilio.auth_token, sendgrid.api_key
    number      INTEGER NOT NULL,              -- rotation: the highest is the primary, the one before the secondary
    sealed      BLOB    NOT NULL,
    created_at  INTEGER NOT NULL,
    created_by  TEXT    NOT NULL,
    retired_at  INTEGER,
    PRIMARY KEY (tenant, name, number)
) STRICT, WITHOUT ROWID;

-- The three look-ups that come before a tenant is known.
CREATE TABLE agent_lookup (
    agent   TEXT NOT NULL PRIMARY KEY,
    tenant  TEXT NOT NULL REFERENCES tenant (tenant)
) STRICT, WITHOUT ROWID;

CREATE TABLE webhook_lookup (
    webhook TEXT NOT NULL PRIMARY KEY,
    tenant  TEXT NOT NULL REFERENCES tenant (tenant)
) STRICT, WITHOUT ROWID;

CREATE TABLE invitation_lookup (
    invitation TEXT NOT NULL PRIMARY KEY,
    tenant     TEXT NOT NULL REFERENCES tenant (tenant)
) STRICT, WITHOUT ROWID;
