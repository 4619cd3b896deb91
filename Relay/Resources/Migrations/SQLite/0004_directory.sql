-- Who is who and how to reach them, at any time: the temporal directory.
-- Why: an answer about January uses January's addresses. A row is never changed but for its valid_until.
-- Locks: new tables only. Cost: none.

CREATE TABLE directory_party (
    tenant       TEXT    NOT NULL REFERENCES tenant (tenant),
    kind         TEXT    NOT NULL,                     -- vendor, purchasing_group, user, cost_center, person, ...
    key          TEXT    NOT NULL,                     -- ALPHA form: leading zeros cut
    valid_from   INTEGER NOT NULL,
    valid_until  INTEGER,                              -- null: now
    source       TEXT    NOT NULL,                     -- SAP system of a master, or 'csv'
    name         TEXT    NOT NULL,
    country      TEXT,
    language     TEXT,
    time_zone    TEXT,
    one_time     INTEGER NOT NULL DEFAULT 0 CHECK (one_time IN (0, 1)),
    event        INTEGER,                              -- the reading that it came from
    PRIMARY KEY (tenant, kind, key, source, valid_from)
) STRICT;
CREATE UNIQUE INDEX directory_party_now ON directory_party (tenant, kind, key, source) WHERE valid_until IS NULL;

-- An address of a party, or its mapping to another party (target).
CREATE TABLE directory_contact (
    tenant       TEXT    NOT NULL REFERENCES tenant (tenant),
    contact      INTEGER NOT NULL,
    kind         TEXT    NOT NULL,
    key          TEXT    NOT NULL,
    origin       TEXT    NOT NULL CHECK (origin IN ('master', 'csv', 'person')),
    source       TEXT    NOT NULL,
    channel      TEXT CHECK (channel IN ('sms', 'email', 'whatsapp', 'voice')),
    raw          TEXT,                                 -- as SAP or the file holds it
    address      TEXT,                                 -- E.164 or e-mail; null: not usable
    note         TEXT,                                 -- why not usable, or what to look at
    usable       INTEGER NOT NULL DEFAULT 1 CHECK (usable IN (0, 1)),
    confirmed_at INTEGER,
    target_kind  TEXT,
    target_key   TEXT,
    name         TEXT,
    language     TEXT,
    time_zone    TEXT,
    rank         INTEGER NOT NULL DEFAULT 0,           -- lower first
    valid_from   INTEGER NOT NULL,
    valid_until  INTEGER,
    event        INTEGER,
    import       INTEGER,
    PRIMARY KEY (tenant, contact)
) STRICT;
CREATE INDEX directory_contact_by_party ON directory_contact (tenant, kind, key, valid_until);
CREATE INDEX directory_contact_by_address ON directory_contact (tenant, address);

CREATE TABLE directory_import (
    tenant       TEXT    NOT NULL REFERENCES tenant (tenant),
    import       INTEGER NOT NULL,
    file_name    TEXT    NOT NULL,
    digest       BLOB    NOT NULL,
    rows         INTEGER NOT NULL,
    imported_at  INTEGER NOT NULL,
    imported_by  TEXT    NOT NULL,
    PRIMARY KEY (tenant, import)
) STRICT;

-- STOP and START, and what providers refuse; written in the transaction that stores the evidence.
CREATE TABLE suppression (
    tenant    TEXT    NOT NULL REFERENCES tenant (tenant),
    account   TEXT    NOT NULL,
    sender    TEXT    NOT NULL,                        -- '' = every sender of the account
    address   TEXT    NOT NULL,
    since_at  INTEGER NOT NULL,
    reason    TEXT    NOT NULL,                        -- stop, 21610, unsubscribe, bounce, person
    evidence  INTEGER,
    until_at  INTEGER,                                 -- lifted by START or a person
    PRIMARY KEY (tenant, account, sender, address, since_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX suppression_now ON suppression (tenant, address) WHERE until_at IS NULL;
