-- The least epoch that this device may write in a conversation; 16 zero bytes
-- stand for all.
CREATE TABLE epochs (
  conversation BLOB    NOT NULL PRIMARY KEY,
  least        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Which file this is: where it was when it was written last.
CREATE TABLE place (
  id   INTEGER PRIMARY KEY CHECK (id = 1),
  file TEXT    NOT NULL
) STRICT;

-- Two entries that a device signed for one place of its log, without bodies. The
-- first is the one in entries.
CREATE TABLE forks (
  conversation INTEGER NOT NULL REFERENCES conversations (number) ON DELETE CASCADE,
  device       BLOB    NOT NULL,
  epoch        INTEGER NOT NULL,
  sequence     INTEGER NOT NULL,
  first        BLOB    NOT NULL,
  second       BLOB    NOT NULL,
  seen         INTEGER NOT NULL,
  PRIMARY KEY (conversation, device, epoch, sequence)
) STRICT, WITHOUT ROWID;
