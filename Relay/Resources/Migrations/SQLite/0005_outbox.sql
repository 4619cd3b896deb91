-- Notifications, their attempts, everything that providers said about them.
-- Why: facts/send.md section 2 is the machine; these rows are its state. Guards and counters stand in the row
-- so that one guarded UPDATE is one step of the machine.
-- Locks: new tables only. Cost: none.

CREATE TABLE provider_account (
    tenant          TEXT    NOT NULL REFERENCES tenant (tenant),
    account         TEXT    NOT NULL,                  -- our name for it
    provider        TEXT    NOT NULL CHECK (provider IN ('twilio', 'sendgrid')),
    identity        TEXT    NOT NULL DEFAULT '',       -- Account SID; '' for SendGrid
    base_url        TEXT    NOT NULL,
    webhook         TEXT    NOT NULL,                  -- random id in the callback URL
    public_url      TEXT    NOT NULL,                  -- configured, never guessed from a header
    settings        TEXT    NOT NULL DEFAULT '{}',     -- JSON: senders by channel, limits
    state           TEXT    NOT NULL DEFAULT 'ready' CHECK (state IN ('ready', 'dead', 'retired')),
    dead_since_at   INTEGER,                           -- circuit breaker: why and until when
    dead_until_at   INTEGER,
    dead_reason     TEXT,
    created_at      INTEGER NOT NULL,
    PRIMARY KEY (tenant, account)
) STRICT;
CREATE UNIQUE INDEX provider_account_by_webhook ON provider_account (tenant, webhook);

-- Token buckets per sender and account.
CREATE TABLE rate_bucket (
    tenant       TEXT    NOT NULL REFERENCES tenant (tenant),
    bucket       TEXT    NOT NULL,
    millitokens  INTEGER NOT NULL,
    filled_at    INTEGER NOT NULL,
    PRIMARY KEY (tenant, bucket)
) STRICT, WITHOUT ROWID;

-- Hourly caps per rule, recipient and tenant, daily spend: they hold, they do not drop.
CREATE TABLE cap_usage (
    tenant    TEXT    NOT NULL REFERENCES tenant (tenant),
    cap       TEXT    NOT NULL,
    since_at  INTEGER NOT NULL,                        -- begin of the hour or day
    used      INTEGER NOT NULL,
    PRIMARY KEY (tenant, cap, since_at)
) STRICT, WITHOUT ROWID;

-- Identity apart: one notification per dedup key.
CREATE TABLE notification_identity (
    tenant        TEXT    NOT NULL REFERENCES tenant (tenant),
    dedup         BLOB    NOT NULL CHECK (length(dedup) = 32),
    notification  TEXT    NOT NULL,
    created_at    INTEGER NOT NULL,
    PRIMARY KEY (tenant, dedup)
) STRICT, WITHOUT ROWID;

CREATE TABLE notification (
    tenant            TEXT    NOT NULL REFERENCES tenant (tenant),
    notification      TEXT    NOT NULL,                -- 32 hex digits, derived from dedup key and generation
    event             INTEGER NOT NULL,
    rule_set          INTEGER NOT NULL,
    rule              TEXT    NOT NULL,
    notify            INTEGER NOT NULL DEFAULT 0,      -- which of the rule's `notify` entries
    generation        INTEGER NOT NULL DEFAULT 0,      -- > 0: replay, fallback, escalation
    replay_of         TEXT,
    channel           TEXT    NOT NULL CHECK (channel IN ('sms', 'email', 'whatsapp', 'voice')),
    severity          TEXT    NOT NULL DEFAULT 'normal' CHECK (severity IN ('low', 'normal', 'high', 'critical')),
    -- Recipient and content; null after an erasure, or not known yet (awaiting_recipient).
    role              TEXT    NOT NULL,                -- what the rule asked for: buyer, vendor, a mapping
    party_kind        TEXT,
    party_key         TEXT,
    recipient_name    TEXT,
    address           TEXT,
    intended_address  TEXT,                            -- redirect: whom it was for
    locale            TEXT,
    account           TEXT,
    sender            TEXT,
    subject           TEXT,
    body              TEXT,                            -- plain text
    html              TEXT,
    erased_at         INTEGER,
    -- The machine. PERSON of the table is state 'unconfirmed' with person_since_at.
    state             TEXT    NOT NULL CHECK (state IN (
        'awaiting_recipient', 'collecting', 'held', 'scheduled', 'sending', 'unconfirmed',
        'accepted', 'sent', 'delivered', 'undelivered', 'failed', 'suppressed', 'expired', 'cancelled')),
    stop              TEXT CHECK (stop IN ('cancel', 'superseded', 'no_more')),
    attempt           INTEGER NOT NULL DEFAULT 0,      -- the newest attempt's number, 0 before the first
    attempt_limit     INTEGER NOT NULL DEFAULT 8,
    due_at            INTEGER NOT NULL,                -- scheduled: not before this
    deadline_at       INTEGER NOT NULL,                -- 24 h after it could be known, where the rule says nothing
    delivery_policy   TEXT    NOT NULL DEFAULT 'at-most-once'
                      CHECK (delivery_policy IN ('at-most-once', 'at-least-once')),
    send_lease_until  INTEGER,
    wait_until        INTEGER,
    may_resend        INTEGER NOT NULL DEFAULT 0 CHECK (may_resend IN (0, 1)),
    evidence          INTEGER NOT NULL DEFAULT 0,      -- pieces stored
    applied           INTEGER NOT NULL DEFAULT 0,      -- pieces applied
    recovered         INTEGER NOT NULL DEFAULT 0 CHECK (recovered IN (0, 1)),
    proposed          INTEGER NOT NULL DEFAULT 0 CHECK (proposed IN (0, 1)),
    held_reason       TEXT,                            -- duplicate, cap, spend, recovered, paused, confirm_number
    person_since_at   INTEGER,                         -- in the person's queue since
    person_reason     TEXT,
    person_word       TEXT,                            -- what a person stated: not_sent, release, closed
    person_word_by    TEXT,
    person_word_at    INTEGER,
    -- What is known of its delivery.
    sid               TEXT,
    provider_status   TEXT,
    error_code        TEXT,
    error_class       TEXT CHECK (error_class IN ('permanent', 'retryable', 'configuration', 'recipient')),
    error_text        TEXT,
    accepted_at       INTEGER,
    sent_at           INTEGER,
    ended_at          INTEGER,
    next_fetch_at     INTEGER,                         -- GET by SID: 1 h, validity + 10 min, 24 h
    fetches           INTEGER NOT NULL DEFAULT 0,
    closed            TEXT,                            -- 'no receipt'
    fallback_done     INTEGER NOT NULL DEFAULT 0 CHECK (fallback_done IN (0, 1)),
    digest            INTEGER,                         -- collecting: the open digest that it waits in
    created_at        INTEGER NOT NULL,
    changed_at        INTEGER NOT NULL,
    PRIMARY KEY (tenant, notification),
    FOREIGN KEY (tenant, event) REFERENCES event (tenant, event)
) STRICT;
CREATE INDEX notification_by_event ON notification (tenant, event);
CREATE INDEX notification_due ON notification (tenant, account, due_at) WHERE state = 'scheduled';
CREATE INDEX notification_resend ON notification (tenant, account, due_at)
    WHERE state = 'unconfirmed' AND may_resend = 1;
CREATE INDEX notification_stopped ON notification (tenant, state, stop)
    WHERE stop IS NOT NULL AND state IN ('awaiting_recipient', 'collecting', 'held', 'scheduled');
CREATE INDEX notification_sweep ON notification (tenant, send_lease_until) WHERE state = 'sending';
CREATE INDEX notification_wait ON notification (tenant, wait_until) WHERE state = 'unconfirmed';
CREATE INDEX notification_deadline ON notification (tenant, deadline_at)
    WHERE state IN ('awaiting_recipient', 'collecting', 'held', 'scheduled', 'unconfirmed');
CREATE INDEX notification_fetch ON notification (tenant, next_fetch_at) WHERE next_fetch_at IS NOT NULL;
CREATE INDEX notification_person ON notification (tenant, person_since_at) WHERE person_since_at IS NOT NULL;
CREATE INDEX notification_evidence ON notification (tenant, notification) WHERE evidence > applied;
CREATE INDEX notification_twin ON notification (tenant, channel, sender, address, created_at);
CREATE INDEX notification_by_time ON notification (tenant, created_at, notification);
CREATE INDEX notification_by_state ON notification (tenant, state, created_at);

-- One row per transfer, made by the intent. A callback for an attempt that a restored database forgot is
-- verified by its nonce and kept in `evidence` until the row exists again.
CREATE TABLE attempt (
    tenant            TEXT    NOT NULL,
    notification      TEXT    NOT NULL,
    incarnation       BLOB    NOT NULL,
    n                 INTEGER NOT NULL,
    nonce             BLOB    NOT NULL,                -- HMAC (key, tenant, notification, incarnation, n)
    result            TEXT    NOT NULL DEFAULT 'open' CHECK (result IN ('open', 'not_accepted', 'accepted')),
    result_by         TEXT CHECK (result_by IN ('answer', 'callback', 'list', 'fetch', 'person', 'transport')),
    result_at         INTEGER,
    sid               TEXT,
    account           TEXT    NOT NULL,
    sender            TEXT    NOT NULL,
    epoch             INTEGER NOT NULL,
    node              TEXT    NOT NULL,
    intent_at         INTEGER NOT NULL,
    send_lease_until  INTEGER NOT NULL,                -- intent + 90 s
    validity_seconds  INTEGER NOT NULL,                -- 900, at most a third of what is left to the deadline
    wait_until        INTEGER NOT NULL,                -- send lease + validity + list lag
    started_at        INTEGER,                         -- first byte handed to the transport, if known
    outcome           TEXT,                            -- accepted, ambiguous, not_left, retryable, permanent
    http_status       INTEGER,
    error_code        TEXT,
    error_text        TEXT,
    request           BLOB,                            -- digest of what was sent
    answer            BLOB,                            -- the provider's body, bounded
    clock_slack       INTEGER NOT NULL DEFAULT 0,      -- ms by which the clock was set back while it was open
    listed_at         INTEGER,                         -- begin of the last complete listing that found nothing
    PRIMARY KEY (tenant, notification, incarnation, n),
    FOREIGN KEY (tenant, notification) REFERENCES notification (tenant, notification)
) STRICT;
CREATE UNIQUE INDEX attempt_sid ON attempt (tenant, sid) WHERE sid IS NOT NULL;
CREATE INDEX attempt_open ON attempt (tenant, notification) WHERE result = 'open';

-- A callback request as it came, after its signature was found right.
CREATE TABLE callback (
    tenant        TEXT    NOT NULL REFERENCES tenant (tenant),
    callback      INTEGER NOT NULL,
    webhook       TEXT    NOT NULL,
    account       TEXT    NOT NULL,
    provider      TEXT    NOT NULL,
    path          TEXT    NOT NULL,
    headers       TEXT    NOT NULL,                    -- JSON: content type, signature, timestamp
    body          BLOB,                                -- null after an erasure
    verified_by   TEXT    NOT NULL,                    -- which token or key: primary, secondary
    received_at   INTEGER NOT NULL,
    erased_at     INTEGER,
    PRIMARY KEY (tenant, callback)
) STRICT;

-- Everything that says something about an attempt: a callback's event, an outcome that a node could not write
-- any more, what a listing or a fetch showed. Stored with evidence + 1 on the notification, in one transaction.
CREATE TABLE evidence (
    tenant        TEXT    NOT NULL REFERENCES tenant (tenant),
    evidence      INTEGER NOT NULL,
    kind          TEXT    NOT NULL CHECK (kind IN ('callback', 'outcome', 'list', 'fetch', 'inbound')),
    callback      INTEGER,
    item          INTEGER NOT NULL DEFAULT 0,          -- SendGrid puts many events into one request
    provider_event TEXT,                               -- sg_event_id, for what providers repeat
    notification  TEXT,                                -- as named; may not be known (yet)
    incarnation   BLOB,
    n             INTEGER,
    status        TEXT,                                -- the provider's word
    sid           TEXT,
    error_code    TEXT,
    detail        TEXT,                                -- JSON of what apply needs
    occurred_at   INTEGER,                             -- the provider's time
    received_at   INTEGER NOT NULL,
    applied_at    INTEGER,
    effect        TEXT,                                -- what applying it changed
    PRIMARY KEY (tenant, evidence)
) STRICT;
CREATE INDEX evidence_to_apply ON evidence (tenant, evidence) WHERE applied_at IS NULL;
CREATE INDEX evidence_by_notification ON evidence (tenant, notification, evidence);
-- What providers repeat and no attempt of ours is named in.
CREATE INDEX evidence_unnamed ON evidence (tenant, sid, status, occurred_at) WHERE notification IS NULL;

-- Timers hold local wall time, zone and policy; the instant is worked out when they are claimed.
CREATE TABLE timer (
    tenant        TEXT    NOT NULL REFERENCES tenant (tenant),
    timer         INTEGER NOT NULL,
    kind          TEXT    NOT NULL,                    -- quiet_hours, digest, schedule, escalation
    local_time    TEXT    NOT NULL,                    -- YYYYMMDDhhmmss
    time_zone     TEXT    NOT NULL,
    policy        TEXT    NOT NULL,                    -- a time that does not exist moves forward, twice fires once
    hint_at       INTEGER NOT NULL,                    -- not before this; never the decision itself
    notification  TEXT,
    digest        INTEGER,
    fired_at      INTEGER,
    PRIMARY KEY (tenant, timer)
) STRICT;
CREATE INDEX timer_due ON timer (tenant, hint_at) WHERE fired_at IS NULL;

CREATE TABLE digest (
    tenant        TEXT    NOT NULL REFERENCES tenant (tenant),
    digest        INTEGER NOT NULL,
    rule          TEXT    NOT NULL,
    key           TEXT    NOT NULL,
    opened_at     INTEGER NOT NULL,
    closed_at     INTEGER,
    notification  TEXT,                                -- the one that told it
    PRIMARY KEY (tenant, digest)
) STRICT;
CREATE UNIQUE INDEX digest_open ON digest (tenant, rule, key) WHERE closed_at IS NULL;
