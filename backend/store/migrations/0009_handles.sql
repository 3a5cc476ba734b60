-- Handles that this identity claimed: name@host, and the server that was asked,
-- by its key.
CREATE TABLE handles (
  name    TEXT    NOT NULL,
  host    TEXT    NOT NULL,
  server  BLOB    NOT NULL,
  version INTEGER NOT NULL,
  claimed INTEGER NOT NULL,
  PRIMARY KEY (name, host)
) STRICT, WITHOUT ROWID;

-- handle is name@host, by which I found them, '' for everybody else; stranger
-- says that they found me so.
ALTER TABLE contacts ADD COLUMN handle TEXT NOT NULL DEFAULT '';
ALTER TABLE contacts ADD COLUMN stranger INTEGER NOT NULL DEFAULT 0;
