-- Entries that are about a message, by the message that they name, which may
-- not be there yet: the last edits and reactions of each author, and deletions.
-- kind is an EntryKind. Nothing is kept for messages whose content is gone.
--
-- entries.shown is 0 for what is not in the timeline, 1 for a message, 2 for one
-- that its author deleted, 3 for one that is gone from this device alone.

CREATE TABLE changes (
  target BLOB    NOT NULL,
  entry  INTEGER NOT NULL,
  kind   INTEGER NOT NULL,
  PRIMARY KEY (target, entry)
) STRICT, WITHOUT ROWID;

CREATE INDEX changes_entry ON changes (entry);

-- Messages that disappear: stay is in seconds, expires is 0 until they were
-- read, or mine arrived.
CREATE TABLE timers (
  entry   INTEGER PRIMARY KEY,
  stay    INTEGER NOT NULL,
  expires INTEGER NOT NULL
) STRICT;

CREATE INDEX timers_expires ON timers (expires) WHERE expires > 0;

-- Names of entries whose bodies were erased, but may still be in snapshots, the
-- write-ahead log or gaps of pages.
CREATE TABLE erasing (
  hash BLOB NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- Entries of before this table, which nobody looked into. Opening does.
CREATE TABLE unfolded (
  entry INTEGER PRIMARY KEY
) STRICT;

INSERT INTO unfolded SELECT id FROM entries WHERE shown = 0;

ALTER TABLE conversations ADD COLUMN timer INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN timer_place BLOB;

-- profile is the entry that says how they want to be shown, picture the
-- SHA-256 of the picture in it.
ALTER TABLE contacts ADD COLUMN about TEXT NOT NULL DEFAULT '';
ALTER TABLE contacts ADD COLUMN profile BLOB;
ALTER TABLE contacts ADD COLUMN profile_place BLOB;
ALTER TABLE contacts ADD COLUMN picture BLOB;

ALTER TABLE self ADD COLUMN about TEXT NOT NULL DEFAULT '';
ALTER TABLE self ADD COLUMN picture BLOB;
ALTER TABLE self ADD COLUMN hide_reads INTEGER NOT NULL DEFAULT 0;
