-- Agents, their keys and leases, and everything they send, as it came.
-- Why: receive stores before anybody decides; manifest, signature and key are kept for ever, an event's bytes
-- and salt can be erased one by one and the proof of the others stands.
-- Locks: new tables only. Cost: none.

CREATE TABLE invitation (
    tenant        TEXT    NOT NULL REFERENCES tenant (tenant),
    invitation    TEXT    NOT NULL,
    name          TEXT    NOT NULL,                    -- of the agent invited
    secret        BLOB    NOT NULL,                    -- sealed: the relay needs it to check the proof
    created_at    INTEGER NOT NULL,
    created_by    TEXT    NOT NULL,
    expires_at    INTEGER NOT NULL,                    -- 1 h
    wrong_proofs  INTEGER NOT NULL DEFAULT 0,          -- five end it
    ended_at      INTEGER,                             -- used, revoked or ended by wrong proofs
    ended_by      TEXT CHECK (ended_by IN ('used', 'revoked', 'wrong_proofs')),
    agent         TEXT,                                -- the id it was given when used
    agent_key     BLOB,                                -- the same token from the same key gets the same answer
    hello         BLOB,                                -- state of the handshake between hello and proof
    answer        BLOB,
    PRIMARY KEY (tenant, invitation)
) STRICT;

CREATE TABLE agent (
    tenant        TEXT    NOT NULL REFERENCES tenant (tenant),
    agent         TEXT    NOT NULL,
    name          TEXT    NOT NULL,                    -- two agents may share a name: active and standby
    created_at    INTEGER NOT NULL,
    revoked_at    INTEGER,
    revoked_by    TEXT,
    host_name     TEXT,
    version       TEXT,
    last_seen_at  INTEGER,
    status        BLOB,                                -- the last status that came up with a sync, as it came
    status_at     INTEGER,
    PRIMARY KEY (tenant, agent)
) STRICT;
CREATE INDEX agent_by_name ON agent (tenant, name);

CREATE TABLE agent_key (
    tenant      TEXT    NOT NULL,
    agent       TEXT    NOT NULL,
    key_id      TEXT    NOT NULL,
    number      INTEGER NOT NULL,                      -- 1 at pairing, + 1 at each rotation
    public_key  BLOB    NOT NULL CHECK (length(public_key) = 32),
    state       TEXT    NOT NULL CHECK (state IN ('announced', 'current', 'previous', 'revoked')),
    receipt     BLOB,                                  -- the relay's signature over (agent, key, number)
    since_at    INTEGER NOT NULL,
    ended_at    INTEGER,
    PRIMARY KEY (tenant, agent, key_id),
    FOREIGN KEY (tenant, agent) REFERENCES agent (tenant, agent)
) STRICT;

-- What a key last showed in a sync: an older token is a machine that was cloned or set back.
CREATE TABLE agent_sync (
    tenant            TEXT    NOT NULL,
    agent             TEXT    NOT NULL,
    key_id            TEXT    NOT NULL,
    token             BLOB,                            -- the last one handed out
    request_id        BLOB,                            -- a lost answer is asked for again under the same id
    instance          BLOB,                            -- of the process that spoke last
    instance_before   BLOB,                            -- of the one before it: two run if that one speaks again
    instance_at       INTEGER,                         -- created-time of its newest request
    shown_epoch       INTEGER NOT NULL DEFAULT 0,
    cloned_at         INTEGER,
    PRIMARY KEY (tenant, agent, key_id),
    FOREIGN KEY (tenant, agent) REFERENCES agent (tenant, agent)
) STRICT;

-- Of the agents with one name one polls: 45 s, renewed by sync and batches.
CREATE TABLE agent_lease (
    tenant       TEXT    NOT NULL REFERENCES tenant (tenant),
    name         TEXT    NOT NULL,
    holder       TEXT,
    epoch        INTEGER NOT NULL DEFAULT 0,
    granted_at   INTEGER,
    lease_until  INTEGER NOT NULL DEFAULT 0,
    lists_from   TEXT,                                 -- where the last answer to the holder began to tell
    lists_next   TEXT,                                 -- pending and watched keys, and where it ended; null: all told
    PRIMARY KEY (tenant, name)
) STRICT;

-- A logon gate that closed travels with the lease.
CREATE TABLE logon_gate (
    tenant     TEXT    NOT NULL REFERENCES tenant (tenant),
    name       TEXT    NOT NULL,
    system     TEXT    NOT NULL,
    client     TEXT    NOT NULL,
    user       TEXT    NOT NULL,
    closed_at  INTEGER NOT NULL,
    reason     TEXT    NOT NULL,
    PRIMARY KEY (tenant, name, system, client, user)
) STRICT;

-- What goes down with a sync: strictly increasing number, audience, expiry (DESIGN 5).
CREATE TABLE command (
    tenant        TEXT    NOT NULL REFERENCES tenant (tenant),
    number        INTEGER NOT NULL,
    name          TEXT    NOT NULL,                    -- of the agents it is for
    lineage       BLOB,
    epoch         INTEGER,
    kind          TEXT    NOT NULL,
    payload       BLOB    NOT NULL,
    created_at    INTEGER NOT NULL,
    created_by    TEXT    NOT NULL,
    expires_at    INTEGER NOT NULL,
    delivered_at  INTEGER,
    answered_at   INTEGER,
    PRIMARY KEY (tenant, number)
) STRICT;

-- Head of each lineage; its row is the lock of a receive (channel.md 2.1).
CREATE TABLE lineage (
    tenant      TEXT    NOT NULL,
    agent       TEXT    NOT NULL,
    lineage     BLOB    NOT NULL CHECK (length(lineage) = 16),
    lane        TEXT    NOT NULL CHECK (lane IN ('live', 'bulk')),
    head_seq    INTEGER NOT NULL,
    head        BLOB    NOT NULL CHECK (length(head) = 32),
    parent      BLOB,                                  -- the manifest that seq 1 named, if any
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (tenant, agent, lineage, lane),
    FOREIGN KEY (tenant, agent) REFERENCES agent (tenant, agent)
) STRICT;

CREATE TABLE batch (
    tenant           TEXT    NOT NULL,
    batch            INTEGER NOT NULL,                 -- order of arrival in the tenant
    agent            TEXT    NOT NULL,
    lineage          BLOB    NOT NULL,
    lane             TEXT    NOT NULL,
    seq              INTEGER NOT NULL,
    digest           BLOB    NOT NULL CHECK (length(digest) = 32),
    before           BLOB,                             -- digest of the manifest before it, or the parent of seq 1
    manifest         BLOB    NOT NULL,                 -- bytes as they came
    key_id           TEXT    NOT NULL,
    signature_input  TEXT    NOT NULL,                 -- RFC 9421, as it came
    signature        BLOB    NOT NULL,
    signature_base   BLOB    NOT NULL,                 -- the bytes that were signed, to be checked offline
    event_count      INTEGER NOT NULL,
    received_at      INTEGER NOT NULL,
    answer           BLOB,                             -- the same batch again gets the same answer
    -- Hand-over from receive to process.
    state            TEXT    NOT NULL DEFAULT 'received' CHECK (state IN ('received', 'processed')),
    next_position    INTEGER NOT NULL DEFAULT 0,       -- ≤ 500 events a transaction: where to go on
    processed_at     INTEGER,
    PRIMARY KEY (tenant, batch),
    FOREIGN KEY (tenant, agent) REFERENCES agent (tenant, agent)
) STRICT;
CREATE UNIQUE INDEX batch_by_place ON batch (tenant, agent, lineage, lane, seq);
CREATE INDEX batch_by_digest ON batch (tenant, agent, lane, digest);
-- The live lane first, and each lane in its order.
CREATE INDEX batch_to_process ON batch (tenant, lane DESC, batch) WHERE state = 'received';

-- One event as it came. bytes and salt are null after an erasure.
CREATE TABLE leaf (
    tenant     TEXT    NOT NULL,
    batch      INTEGER NOT NULL,
    position   INTEGER NOT NULL,                       -- 0 is the first
    salt       BLOB,
    bytes      BLOB,
    erased_at  INTEGER,
    erased_by  TEXT,
    PRIMARY KEY (tenant, batch, position),
    FOREIGN KEY (tenant, batch) REFERENCES batch (tenant, batch)
) STRICT;

-- Schemas live as long as the journal; the digest names the bytes.
CREATE TABLE event_schema (
    tenant       TEXT    NOT NULL REFERENCES tenant (tenant),
    digest       BLOB    NOT NULL CHECK (length(digest) = 32),
    type         TEXT    NOT NULL,
    bytes        BLOB    NOT NULL,
    batch        INTEGER,                              -- the first that brought it; null: built in
    received_at  INTEGER NOT NULL,
    PRIMARY KEY (tenant, digest)
) STRICT;
CREATE INDEX event_schema_by_type ON event_schema (tenant, type, received_at);

-- Per stream and tier, under the agent's name, so that a successor starts where its predecessor ended.
CREATE TABLE coverage (
    tenant         TEXT    NOT NULL REFERENCES tenant (tenant),
    name           TEXT    NOT NULL,
    source         TEXT    NOT NULL,
    stream         TEXT    NOT NULL,
    tier           INTEGER NOT NULL,
    start_stamp    TEXT    NOT NULL,                   -- what the first claim read to: older is baseline
    covered_stamp  TEXT    NOT NULL,                   -- moved only by a claim that joins on to it
    promise_stamp  TEXT,                               -- first tier only
    moved_at       INTEGER NOT NULL,
    batch          INTEGER NOT NULL,
    PRIMARY KEY (tenant, name, source, stream, tier)
) STRICT, WITHOUT ROWID;

CREATE TABLE pending_key (
    tenant        TEXT    NOT NULL REFERENCES tenant (tenant),
    name          TEXT    NOT NULL,
    source        TEXT    NOT NULL,
    stream        TEXT    NOT NULL,
    document_key  TEXT    NOT NULL,
    version       TEXT    NOT NULL DEFAULT '',
    stamp         TEXT,
    error_class   TEXT    NOT NULL,
    detail        BLOB,                                -- the entry of the manifest, as it came
    since_at      INTEGER NOT NULL,
    batch         INTEGER NOT NULL,
    PRIMARY KEY (tenant, name, source, stream, document_key, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE watched_key (
    tenant        TEXT    NOT NULL REFERENCES tenant (tenant),
    name          TEXT    NOT NULL,
    source        TEXT    NOT NULL,
    stream        TEXT    NOT NULL,
    document_key  TEXT    NOT NULL,
    version       TEXT    NOT NULL DEFAULT '',
    stamp         TEXT,
    reason        TEXT    NOT NULL,
    detail        BLOB,
    since_at      INTEGER NOT NULL,
    batch         INTEGER NOT NULL,
    PRIMARY KEY (tenant, name, source, stream, document_key, version)
) STRICT, WITHOUT ROWID;
