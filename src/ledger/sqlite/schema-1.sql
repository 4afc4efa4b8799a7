-- Whose IDs these are. Small numbers, so that each row of `seen` stays short.
CREATE TABLE scopes (
    scope        INTEGER PRIMARY KEY,
    tenant       TEXT    NOT NULL,            -- the Entra directory's GUID
    sink         TEXT    NOT NULL,            -- '' stands for the feed itself
    dead_letters INTEGER NOT NULL DEFAULT 0,  -- how many rows `dead_letters` has for this scope; kept by triggers
    UNIQUE (tenant, sink)
) STRICT;

-- The alert IDs that were delivered. Clustered by day, so that inserts stay in a small hot range and forgetting walks whole days.
CREATE TABLE seen (
    day      INTEGER NOT NULL,  -- of the alert's creation, in days since 1970-01-01 UTC; -2147483648 where the vendor gave none
    scope    INTEGER NOT NULL,
    id       TEXT    NOT NULL,
    revision INTEGER,           -- last-update time of the newest revision, in 100 ns since 1970-01-01 UTC
    nanos    INTEGER NOT NULL,  -- what `revision` leaves out: 0 to 99 ns
    resolved INTEGER NOT NULL,  -- 1: that revision was resolved
    recorded INTEGER,           -- where there is no revision: when the row was written, in 100 ns since 1970-01-01 UTC
    PRIMARY KEY (day, scope, id)
) STRICT, WITHOUT ROWID;

-- What `seen` holds, day by day, so that nobody has to scan it.
CREATE TABLE days (
    day    INTEGER PRIMARY KEY,
    ids    INTEGER NOT NULL,  -- rows of that day, exactly
    oldest INTEGER NOT NULL   -- no row of that day has an older `revision` (or `recorded`)
) STRICT;

-- How far each route has come.
CREATE TABLE cursors (
    scope INTEGER NOT NULL,
    feed  TEXT    NOT NULL,
    at    TEXT    NOT NULL,  -- RFC 3339, exact
    PRIMARY KEY (scope, feed)
) STRICT, WITHOUT ROWID;

-- Alerts kept aside: one for each alert and route, the newest kept.
CREATE TABLE dead_letters (
    entry    INTEGER PRIMARY KEY AUTOINCREMENT,
    scope    INTEGER NOT NULL,
    feed     TEXT    NOT NULL,
    alert_id TEXT    NOT NULL,
    reason   TEXT    NOT NULL,
    at       TEXT    NOT NULL,  -- RFC 3339
    body     TEXT    NOT NULL,  -- the vendor's JSON, byte for byte
    UNIQUE (alert_id, scope, feed)
) STRICT;

CREATE TRIGGER dead_letter_kept AFTER INSERT ON dead_letters BEGIN
    UPDATE scopes SET dead_letters = dead_letters + 1 WHERE scope = NEW.scope;
END;

CREATE TRIGGER dead_letter_gone AFTER DELETE ON dead_letters BEGIN
    UPDATE scopes SET dead_letters = dead_letters - 1 WHERE scope = OLD.scope;
END;
