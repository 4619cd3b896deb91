-- The audit log: what was done and decided, by whom, chained by the tenant's node.
-- Why: entries are inserted in the transaction of what they tell and numbered later, every 250 ms, so that
-- nobody waits for the chain and nobody reads by a number that commits out of order.
-- Entries hold ids and digests, never text or addresses.
-- Locks: new tables only. Cost: none.

CREATE TABLE audit_entry (
    tenant   TEXT    NOT NULL REFERENCES tenant (tenant),
    entry    BLOB    NOT NULL DEFAULT (randomblob(16)),
    at       INTEGER NOT NULL,
    actor    TEXT    NOT NULL,                         -- operator's name, node, agent id, provider
    action   TEXT    NOT NULL,                         -- dotted words: batch.accepted, rules.activated
    subject  TEXT    NOT NULL,                         -- id of what it is about
    detail   TEXT    NOT NULL DEFAULT '{}',            -- JSON, keys sorted
    number   INTEGER,                                  -- null until sealed
    chain    BLOB,                                     -- SHA-256 (chain before it, number, the fields above)
    PRIMARY KEY (tenant, entry)
) STRICT;
CREATE UNIQUE INDEX audit_entry_by_number ON audit_entry (tenant, number) WHERE number IS NOT NULL;
CREATE INDEX audit_entry_to_seal ON audit_entry (tenant) WHERE number IS NULL;
CREATE INDEX audit_entry_by_subject ON audit_entry (tenant, subject);

CREATE TABLE audit_seal (
    tenant     TEXT    NOT NULL REFERENCES tenant (tenant),
    number     INTEGER NOT NULL,                       -- of the last entry under it
    head       BLOB    NOT NULL CHECK (length(head) = 32),
    epoch      INTEGER NOT NULL,
    sealed_at  INTEGER NOT NULL,
    PRIMARY KEY (tenant, number)
) STRICT, WITHOUT ROWID;

-- Erasures on request: what, when, by whom; the proof of everything else stands.
CREATE TABLE erasure (
    tenant     TEXT    NOT NULL REFERENCES tenant (tenant),
    erasure    INTEGER NOT NULL,
    scope      TEXT    NOT NULL,                       -- JSON: ids and digests, never the erased value
    erased_at  INTEGER NOT NULL,
    erased_by  TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    PRIMARY KEY (tenant, erasure)
) STRICT;
