-- The journal of events, who they are, what was decided about them.
-- Why: identity stands in tables of its own, never partitioned, kept 400 days, so that an event is journaled
-- once whatever feed, agent or batch brought it.
-- Locks: new tables only. Cost: none.

CREATE TABLE event_identity (
    tenant      TEXT    NOT NULL REFERENCES tenant (tenant),
    id          BLOB    NOT NULL CHECK (length(id) = 32),  -- of (source, business key, transition, version)
    event       INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
    tenant        TEXT    NOT NULL REFERENCES tenant (tenant),
    event         INTEGER NOT NULL,
    id            BLOB    NOT NULL,
    -- transition: made of a reading and numbered here; reading: set aside (superseded) or baseline.
    kind          TEXT    NOT NULL CHECK (kind IN ('fact', 'reading', 'transition', 'connector')),
    type          TEXT    NOT NULL,
    source        TEXT    NOT NULL,
    subject       TEXT    NOT NULL,                    -- what people search for: the document's number
    reference     TEXT    NOT NULL DEFAULT '',         -- REF_DOC_NO as SAP holds it
    feed          TEXT    NOT NULL DEFAULT '',
    business_key  TEXT    NOT NULL,
    transition    TEXT    NOT NULL,
    version       TEXT    NOT NULL,
    origin        TEXT    NOT NULL CHECK (origin IN ('live', 'late', 'backfill', 'initial')),
    -- Readings of state and what became of them (channel.md 2.6); null for facts.
    verdict       TEXT CHECK (verdict IN ('baseline', 'transition', 'superseded')),
    told          INTEGER NOT NULL CHECK (told IN (0, 1)),  -- whether rules see it
    time_at       INTEGER NOT NULL,                    -- earliest instant that `time` and its precision allow
    known_at      INTEGER NOT NULL,                    -- earliest instant at which it could be known: age counts from here
    detected_at   INTEGER NOT NULL,
    received_at   INTEGER NOT NULL,
    journaled_at  INTEGER NOT NULL,
    schema        BLOB,
    batch         INTEGER,                             -- its leaf; null: made here
    position      INTEGER,
    bytes         BLOB,                                -- only what was made here
    cause         INTEGER,                             -- the reading or event that it was made from
    PRIMARY KEY (tenant, event)
) STRICT;
CREATE INDEX event_by_subject ON event (tenant, subject, event);
CREATE INDEX event_by_key ON event (tenant, business_key, event);
CREATE INDEX event_by_type ON event (tenant, type, event);
CREATE INDEX event_by_leaf ON event (tenant, batch, position);

-- "also seen by": the same id again, from another feed, agent, batch.
CREATE TABLE event_sighting (
    tenant    TEXT    NOT NULL,
    event     INTEGER NOT NULL,
    batch     INTEGER NOT NULL,
    position  INTEGER NOT NULL,
    agent     TEXT    NOT NULL,
    seen_at   INTEGER NOT NULL,
    PRIMARY KEY (tenant, event, batch, position)
) STRICT, WITHOUT ROWID;

-- The newest reading held per business key, and the number of its last transition.
CREATE TABLE state_reading (
    tenant        TEXT    NOT NULL REFERENCES tenant (tenant),
    source        TEXT    NOT NULL,
    type          TEXT    NOT NULL,
    business_key  TEXT    NOT NULL,
    state         TEXT    NOT NULL,                    -- as the reading says it: a word or a digest
    version       INTEGER NOT NULL,
    from_at       INTEGER NOT NULL,                    -- T0 and T1 as instants, widened by 5 s,
    until_at      INTEGER NOT NULL,                    -- never later than the receipt
    name          TEXT    NOT NULL,                    -- agent's name
    agent         TEXT    NOT NULL,
    lineage       BLOB    NOT NULL,
    lane          TEXT    NOT NULL,
    seq           INTEGER NOT NULL,
    position      INTEGER NOT NULL,
    event         INTEGER NOT NULL,
    PRIMARY KEY (tenant, source, type, business_key)
) STRICT, WITHOUT ROWID;

-- "Read this key again": stands until a reading begun after it comes from the lease holder.
CREATE TABLE reading_request (
    tenant        TEXT    NOT NULL REFERENCES tenant (tenant),
    name          TEXT    NOT NULL,                    -- of the agents; the holder answers
    source        TEXT    NOT NULL,
    stream        TEXT    NOT NULL,                    -- the feed that read it
    business_key  TEXT    NOT NULL,
    since_at      INTEGER NOT NULL,
    reason        TEXT    NOT NULL,
    PRIMARY KEY (tenant, name, source, stream, business_key)
) STRICT, WITHOUT ROWID;

-- A known number with another creation stamp is another document (connector.number_reused).
CREATE TABLE document_number (
    tenant        TEXT    NOT NULL REFERENCES tenant (tenant),
    source        TEXT    NOT NULL,
    family        TEXT    NOT NULL,                    -- the event type without its last part
    number        TEXT    NOT NULL,
    business_key  TEXT    NOT NULL,
    event         INTEGER NOT NULL,
    PRIMARY KEY (tenant, source, family, number, business_key)
) STRICT, WITHOUT ROWID;

-- REF_DOC_NO, the second line of defence: who claims (vendor, company code, reference, document type).
CREATE TABLE reference_claim (
    tenant         TEXT    NOT NULL REFERENCES tenant (tenant),
    source         TEXT    NOT NULL,
    vendor         TEXT    NOT NULL,
    company_code   TEXT    NOT NULL,
    reference      TEXT    NOT NULL,                   -- normalised
    document_type  TEXT    NOT NULL,
    business_key   TEXT    NOT NULL,
    event          INTEGER NOT NULL,
    currency       TEXT,
    gross_amount   TEXT,                               -- exact decimal, without trailing zeros
    document_date  INTEGER,                            -- days since 1970-01-01
    claimed_at     INTEGER NOT NULL,                   -- 400 days
    reversed_at    INTEGER,
    PRIMARY KEY (tenant, source, vendor, company_code, reference, document_type)
) STRICT, WITHOUT ROWID;

CREATE TABLE quarantine (
    tenant      TEXT    NOT NULL,
    batch       INTEGER NOT NULL,
    position    INTEGER NOT NULL,
    code        TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    since_at    INTEGER NOT NULL,
    tries       INTEGER NOT NULL DEFAULT 1,
    state       TEXT    NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'retry', 'done', 'dropped')),
    settled_at  INTEGER,
    settled_by  TEXT,
    PRIMARY KEY (tenant, batch, position),
    FOREIGN KEY (tenant, batch) REFERENCES batch (tenant, batch)
) STRICT;
CREATE INDEX quarantine_to_do ON quarantine (tenant, state) WHERE state IN ('open', 'retry');

CREATE TABLE rule_set (
    tenant      TEXT    NOT NULL REFERENCES tenant (tenant),
    version     INTEGER NOT NULL,
    yaml        TEXT    NOT NULL,
    digest      BLOB    NOT NULL,
    created_at  INTEGER NOT NULL,
    created_by  TEXT    NOT NULL,
    note        TEXT    NOT NULL DEFAULT '',
    PRIMARY KEY (tenant, version)
) STRICT;

CREATE TABLE rule_set_activation (
    tenant        TEXT    NOT NULL,
    number        INTEGER NOT NULL,
    version       INTEGER NOT NULL,
    activated_at  INTEGER NOT NULL,
    activated_by  TEXT    NOT NULL,
    PRIMARY KEY (tenant, number),
    FOREIGN KEY (tenant, version) REFERENCES rule_set (tenant, version)
) STRICT;

-- One row per event and generation: what it was decided by and with what result. "Why not" is recomputed.
CREATE TABLE decision (
    tenant             TEXT    NOT NULL,
    event              INTEGER NOT NULL,
    generation         INTEGER NOT NULL DEFAULT 0,     -- > 0: evaluated again on a person's request
    rule_set           INTEGER,
    directory_version  INTEGER NOT NULL,
    now_at             INTEGER NOT NULL,               -- the `now` that conditions saw
    outcome            TEXT    NOT NULL CHECK (outcome IN ('matched', 'none', 'error', 'not_told')),
    results            TEXT    NOT NULL,               -- JSON: matched, failed (code, sentence, place), pruned
    decided_at         INTEGER NOT NULL,
    PRIMARY KEY (tenant, event, generation),
    FOREIGN KEY (tenant, event) REFERENCES event (tenant, event)
) STRICT;
CREATE INDEX decision_failed ON decision (tenant, event) WHERE outcome = 'error';
