-- How much the dead letters of a scope come to, so that their bound costs nothing to keep.
ALTER TABLE scopes ADD COLUMN dead_letter_bytes INTEGER NOT NULL DEFAULT 0;

UPDATE scopes SET dead_letter_bytes = (
    SELECT coalesce(sum(length(CAST(body AS BLOB)) + length(CAST(reason AS BLOB)) + length(CAST(alert_id AS BLOB))), 0)
    FROM dead_letters WHERE dead_letters.scope = scopes.scope
) WHERE dead_letters > 0;

-- The oldest of a scope go first.
CREATE INDEX dead_letters_of_scope ON dead_letters (scope);

DROP TRIGGER dead_letter_kept;
DROP TRIGGER dead_letter_gone;

CREATE TRIGGER dead_letter_kept AFTER INSERT ON dead_letters BEGIN
    UPDATE scopes SET
        dead_letters = dead_letters + 1,
        dead_letter_bytes = dead_letter_bytes
            + length(CAST(NEW.body AS BLOB)) + length(CAST(NEW.reason AS BLOB)) + length(CAST(NEW.alert_id AS BLOB))
    WHERE scope = NEW.scope;
END;

CREATE TRIGGER dead_letter_gone AFTER DELETE ON dead_letters BEGIN
    UPDATE scopes SET
        dead_letters = dead_letters - 1,
        dead_letter_bytes = dead_letter_bytes
            - length(CAST(OLD.body AS BLOB)) - length(CAST(OLD.reason AS BLOB)) - length(CAST(OLD.alert_id AS BLOB))
    WHERE scope = OLD.scope;
END;

-- How far each replay under way has come; the row goes when it is done, or has not moved for as long as IDs are remembered.
CREATE TABLE replays (
    scope      INTEGER NOT NULL,
    feed       TEXT    NOT NULL,
    since      TEXT    NOT NULL,  -- RFC 3339, as all times of this table
    until      TEXT    NOT NULL,
    send_again INTEGER NOT NULL,  -- 1: also what had been sent
    at         TEXT    NOT NULL,  -- complete up to here
    moved      INTEGER NOT NULL,  -- when this row was written, in 100 ns since 1970-01-01 UTC
    PRIMARY KEY (scope, feed, since, until, send_again)
) STRICT, WITHOUT ROWID;

-- What a replay with send_again has sent: it meets them once more in another feed, and when it goes on.
CREATE TABLE replayed (
    scope INTEGER NOT NULL,
    since TEXT    NOT NULL,
    until TEXT    NOT NULL,
    id    TEXT    NOT NULL,
    feed  TEXT    NOT NULL,
    PRIMARY KEY (scope, since, until, id, feed)
) STRICT, WITHOUT ROWID;

-- What the alarms noted of how often alerts come through each feed.
CREATE TABLE rhythms (
    tenant TEXT NOT NULL,  -- the Entra directory's GUID
    feed   TEXT NOT NULL,
    rhythm TEXT NOT NULL,
    PRIMARY KEY (tenant, feed)
) STRICT, WITHOUT ROWID;

-- Moments of the ledger's own life, in 100 ns since 1970-01-01 UTC.
CREATE TABLE marks (
    mark TEXT    PRIMARY KEY,  -- 'made': when the file was begun; 'forgotten': IDs older than this were forgotten, or lost
    at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Layout 1 did not note how far it had forgotten. It is true to say that nothing older than the oldest ID is remembered.
INSERT INTO marks SELECT 'forgotten', min(oldest) FROM days HAVING count(*) > 0;
