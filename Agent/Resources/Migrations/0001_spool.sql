-- The agent's spool, whole: what was seen in SAP, what waits to be sent, what was acknowledged.
-- Why:   DESIGN.md 4.3, 4.6, 4.7; facts/channel.md section 2. It alone may be lost; keys and secrets are in the vault.
-- Locks: a new database; nothing to lock. Cost: none.
-- Words: *_local = seconds since 1970-01-01T00:00:00 of a date and time as SAP writes it, in SAP's zone, never
--        converted; *_at = milliseconds since 1970-01-01T00:00:00Z of the agent's own clock (schedules and
--        display only, no decision about SAP's rows); digests and lineages are blobs of 32 and 16 bytes.

-- One row: what the agent is, and what the relay last told it.
CREATE TABLE agent (
    id                INTEGER PRIMARY KEY CHECK (id = 1),
    created_at        INTEGER NOT NULL,
    lineage           BLOB    NOT NULL CHECK (length(lineage) = 16),  -- the present one
    -- lease (channel.md 2.4): the token is rotated by every sync answer; the request id outlives a lost answer
    lease_token       BLOB,
    sync_request      BLOB,
    lease_held        INTEGER NOT NULL DEFAULT 0,   -- the last thing heard: 1 = ours
    lease_epoch       INTEGER NOT NULL DEFAULT 0,
    lease_until_at    INTEGER NOT NULL DEFAULT 0,
    highest_epoch     INTEGER NOT NULL DEFAULT 0,   -- shown to the relay, which goes on above it
    command_number    INTEGER NOT NULL DEFAULT 0,   -- highest command carried out
    -- relay
    incarnation       BLOB,
    relay_time_ms     INTEGER NOT NULL DEFAULT 0,   -- of the newest answer that was applied
    relay_ahead_ms    INTEGER NOT NULL DEFAULT 0,   -- relay's clock minus ours
    relay_clock_known INTEGER NOT NULL DEFAULT 0,
    audit_head        BLOB,
    coverage_known    INTEGER NOT NULL DEFAULT 0,   -- a grant was heard since this spool was created
    lists_wanted      INTEGER NOT NULL DEFAULT 0,   -- set back: the next grant must bring the relay's lists
    secrets_at        INTEGER NOT NULL DEFAULT 0,   -- a person entered a secret, or asked for one more try
    detection_source  TEXT,                         -- whose keys and coverage this spool holds: /sap/PRD/100
    -- the pinned system (DESIGN.md 4.6); the one that was met instead, while it is not accepted
    system_pin        TEXT,
    system_met        TEXT
) STRICT;

-- Every lineage this spool has sealed under; the one in agent.lineage is open.
CREATE TABLE lineages (
    lineage  BLOB PRIMARY KEY CHECK (length(lineage) = 16),
    drawn_at INTEGER NOT NULL,
    reason   TEXT    NOT NULL        -- created | lost_not_kept | set_back | fork | gap
) STRICT;

CREATE TABLE lane_heads (
    lineage       BLOB    NOT NULL REFERENCES lineages,
    lane          TEXT    NOT NULL CHECK (lane IN ('live', 'bulk')),
    parent        BLOB,                          -- manifest named by sequence 1, held by the relay when drawn
    sealed_seq    INTEGER NOT NULL DEFAULT 0,
    sealed_digest BLOB,
    acked_seq     INTEGER NOT NULL DEFAULT 0,    -- falls when the relay proves to have lost commits
    PRIMARY KEY (lineage, lane)
) STRICT;

-- What the relay last said about our lineages and streams.
CREATE TABLE relay_heads (
    lineage BLOB    NOT NULL,
    lane    TEXT    NOT NULL,
    seq     INTEGER NOT NULL,
    digest  BLOB,
    PRIMARY KEY (lineage, lane)
) STRICT;
CREATE TABLE relay_coverage (
    stream        TEXT    NOT NULL,
    tier          INTEGER NOT NULL CHECK (tier BETWEEN 1 AND 3),
    covered_local INTEGER NOT NULL,
    PRIMARY KEY (stream, tier)
) STRICT;

-- Content that waits to be sealed, in the order in which it goes. A claim stands behind its events; a unit
-- (a document's masters and events) is never split over two batches.
CREATE TABLE outbox (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    lane   TEXT    NOT NULL CHECK (lane IN ('live', 'bulk')),
    unit   INTEGER NOT NULL,
    kind   TEXT    NOT NULL CHECK (kind IN ('event', 'claim', 'pending', 'watch')),
    schema BLOB REFERENCES schemas (digest),     -- of an event
    bytes  BLOB    NOT NULL,                     -- the protobuf message of that kind
    at     INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_by_lane ON outbox (lane, id);

-- Sealed content. A row keeps its id when it is sealed again under another lineage; `body` goes when it is
-- no longer kept, the row stays as long as ledger rows name it.
CREATE TABLE batches (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    lane            TEXT    NOT NULL CHECK (lane IN ('live', 'bulk')),
    lineage         BLOB    NOT NULL REFERENCES lineages,
    seq             INTEGER NOT NULL CHECK (seq > 0),
    manifest_digest BLOB    NOT NULL CHECK (length(manifest_digest) = 32),
    events          INTEGER NOT NULL,
    size            INTEGER NOT NULL,             -- bytes of the body, also when it is gone
    body            BLOB,                         -- one gzip member, salts and all
    acknowledged    INTEGER NOT NULL DEFAULT 0,
    stale           INTEGER NOT NULL DEFAULT 0,   -- to be sealed again, under the open lineage, before it goes
    acknowledgement BLOB,                         -- the relay's answer as it came; sent again with a lost batch
    sealed_at       INTEGER NOT NULL,
    acknowledged_at INTEGER,                      -- by the relay's clock
    UNIQUE (lineage, lane, seq)
) STRICT;
CREATE INDEX batches_to_send ON batches (lane, id) WHERE acknowledged = 0;
CREATE INDEX batches_kept ON batches (acknowledged_at) WHERE acknowledged = 1 AND body IS NOT NULL;

-- Batches of a unit that is larger than one: whoever is carried by it keeps its `unit` and names the last batch,
-- and is lost when any of these is.
CREATE TABLE split_units (
    unit  INTEGER NOT NULL,
    batch INTEGER NOT NULL REFERENCES batches,
    PRIMARY KEY (unit, batch)
) STRICT, WITHOUT ROWID;
CREATE INDEX split_units_by_batch ON split_units (batch);

-- Schemas of event types, and which of them a lineage's lane has carried already.
CREATE TABLE schemas (
    digest BLOB PRIMARY KEY CHECK (length(digest) = 32),
    bytes  BLOB NOT NULL
) STRICT;
CREATE TABLE lineage_schemas (
    lineage BLOB NOT NULL,
    lane    TEXT NOT NULL,
    digest  BLOB NOT NULL,
    seq     INTEGER NOT NULL,
    PRIMARY KEY (lineage, lane, digest)
) STRICT;

-- Detection, per stream (channel.md 2.5).
CREATE TABLE streams (
    stream          TEXT PRIMARY KEY,
    origin_local    INTEGER NOT NULL,   -- T0 of the baseline, or where the relay's coverage began: told from here on
    promise_local   INTEGER,            -- the last promise made; an event stamped inside it is late
    set_back_local  INTEGER,            -- autumn night: T0 when it fell behind the cursor; deep overlap until 4 h after
    lane            TEXT    NOT NULL DEFAULT 'live' CHECK (lane IN ('live', 'bulk'))
) STRICT;
CREATE TABLE cursors (
    stream       TEXT    NOT NULL REFERENCES streams ON DELETE CASCADE,
    tier         INTEGER NOT NULL CHECK (tier BETWEEN 1 AND 3),
    cursor_local INTEGER NOT NULL,      -- T0 of the last complete run
    ran_at       INTEGER NOT NULL,
    PRIMARY KEY (stream, tier)
) STRICT;
-- Claims, as long as their batch is in the spool: the reach rule joins on those that are not acknowledged.
CREATE TABLE claims (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    stream        TEXT    NOT NULL,
    tier          INTEGER NOT NULL,
    from_local    INTEGER NOT NULL,
    read_to_local INTEGER NOT NULL,
    batch         INTEGER REFERENCES batches   -- null while it waits in the outbox
) STRICT;
CREATE INDEX claims_by_stream ON claims (stream, tier);
CREATE INDEX claims_by_batch ON claims (batch);

-- What was seen: (key, version) of each fact. `mark` is the version, or the stamp where a fact has none.
CREATE TABLE ledger (
    stream       TEXT    NOT NULL,
    document_key TEXT    NOT NULL,
    mark         TEXT    NOT NULL,
    stamp_local  INTEGER NOT NULL,
    baseline     INTEGER NOT NULL DEFAULT 0,     -- seen at the first run, not told
    unit         INTEGER,                        -- outbox unit that carries it, until sealed whole in one batch
    batch        INTEGER REFERENCES batches,     -- batch that carries it (or the end of it), once sealed
    PRIMARY KEY (stream, document_key, mark)
) STRICT, WITHOUT ROWID;
CREATE INDEX ledger_by_stamp ON ledger (stream, stamp_local);
CREATE INDEX ledger_by_batch ON ledger (batch);
CREATE INDEX ledger_by_unit ON ledger (unit);

-- Found, but not read yet; each waits on its own schedule.
CREATE TABLE pending (
    stream       TEXT    NOT NULL,
    document_key TEXT    NOT NULL,
    mark         TEXT    NOT NULL,
    version      TEXT,
    stamp_local  INTEGER NOT NULL,
    hints        TEXT    NOT NULL DEFAULT '',   -- name=value lines, percent-encoded
    origin       TEXT    NOT NULL,              -- live | late | backfill | initial
    error_class  TEXT    NOT NULL,
    sentence     TEXT    NOT NULL,
    tries        INTEGER NOT NULL,
    since_at     INTEGER NOT NULL,
    next_try_at  INTEGER NOT NULL,
    PRIMARY KEY (stream, document_key, mark)
) STRICT, WITHOUT ROWID;
CREATE INDEX pending_due ON pending (stream, next_try_at);

-- Read, but not final: read again by key until it is.
CREATE TABLE watch (
    stream       TEXT    NOT NULL,
    document_key TEXT    NOT NULL,
    mark         TEXT    NOT NULL,
    version      TEXT,
    stamp_local  INTEGER NOT NULL,
    hints        TEXT    NOT NULL DEFAULT '',
    reason       TEXT    NOT NULL,
    reads        INTEGER NOT NULL,
    failures     INTEGER NOT NULL DEFAULT 0,   -- of readings since the last that succeeded
    stirred      INTEGER NOT NULL DEFAULT 0,   -- it moved, and waits all the same: its schedule alone counts
    since_at     INTEGER NOT NULL,
    next_read_at INTEGER NOT NULL,
    PRIMARY KEY (stream, document_key, mark)
) STRICT, WITHOUT ROWID;
CREATE INDEX watch_due ON watch (stream, next_read_at);
CREATE INDEX watch_by_stamp ON watch (stream, stamp_local);

-- Ids of events made, so that a document read again (watch, pending, a second transition) tells each once.
CREATE TABLE told (
    id           BLOB PRIMARY KEY,
    stream       TEXT    NOT NULL,
    document_key TEXT    NOT NULL,
    mark         TEXT    NOT NULL,
    version      TEXT,
    stamp_local  INTEGER NOT NULL,
    unit         INTEGER,
    batch        INTEGER REFERENCES batches
) STRICT, WITHOUT ROWID;
CREATE INDEX told_by_batch ON told (batch);
CREATE INDEX told_by_unit ON told (unit);
CREATE INDEX told_by_stamp ON told (stream, stamp_local);

-- States of masters and of documents without change documents: forgotten at a new grant and a new lineage.
CREATE TABLE states (
    kind         TEXT    NOT NULL,               -- event type of the reading
    business_key TEXT    NOT NULL,
    digest       BLOB    NOT NULL,
    read_at      INTEGER NOT NULL,               -- when the reading began; within 15 min it is fresh
    unit         INTEGER,
    batch        INTEGER REFERENCES batches,
    PRIMARY KEY (kind, business_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX states_by_batch ON states (batch);
CREATE INDEX states_by_unit ON states (unit);

-- The relay asks that a key be read; stands until a reading begun after it was spooled, and the row stays,
-- answered, until the relay asks no more.
CREATE TABLE read_requests (
    feed        TEXT    NOT NULL,
    key         TEXT    NOT NULL,
    asked_at    INTEGER NOT NULL,   -- the relay's time, from the request
    answered_at INTEGER,            -- the reading may have begun too early by the relay's clock: then once more
    PRIMARY KEY (feed, key)
) STRICT, WITHOUT ROWID;

-- One logon gate per (system, client, user); DESIGN.md 4.6.
CREATE TABLE logon_gates (
    system          TEXT    NOT NULL,
    client          TEXT    NOT NULL,
    user            TEXT    NOT NULL,
    attempt         BLOB,                        -- the one in flight, committed before it is made
    attempt_owner   TEXT,                        -- process that makes it
    attempt_at      INTEGER,
    unknown         INTEGER NOT NULL DEFAULT 0,  -- attempts in a row whose outcome nobody heard
    proven          INTEGER NOT NULL DEFAULT 0,  -- a logon succeeded since the gate was opened: more may be opened
    closed          INTEGER NOT NULL DEFAULT 0,
    closed_at       INTEGER,
    closed_reason   TEXT,
    PRIMARY KEY (system, client, user)
) STRICT, WITHOUT ROWID;

-- One budget of calls per SAP system, shared by every process of this host.
CREATE TABLE call_slots (
    system   TEXT    NOT NULL,
    slot     BLOB    NOT NULL,
    owner    TEXT    NOT NULL,      -- process id and start time; a dead owner's slot is free
    taken_at INTEGER NOT NULL,
    PRIMARY KEY (system, slot)
) STRICT, WITHOUT ROWID;

-- What `status` shows and `sync` reports, written by the running agent.
CREATE TABLE feed_health (
    feed          TEXT PRIMARY KEY,
    polled_at     INTEGER,
    succeeded_at  INTEGER,
    error_class   TEXT,
    sentence      TEXT,
    stopped       TEXT               -- why it is not polled: spool_full, no_lease, not_production, gate_closed
) STRICT, WITHOUT ROWID;
CREATE TABLE link_health (
    id            INTEGER PRIMARY KEY CHECK (id = 1),
    batch_at      INTEGER,
    sync_at       INTEGER,
    problem       TEXT,
    problem_at    INTEGER
) STRICT;

-- Told to a person by the next sync: connector.* conditions found here.
CREATE TABLE notices (
    id   INTEGER PRIMARY KEY AUTOINCREMENT,
    type TEXT    NOT NULL,
    text TEXT    NOT NULL,
    at   INTEGER NOT NULL
) STRICT;
