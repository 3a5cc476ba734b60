-- Times are Unix milliseconds, 0 for none. Lists are JSON.

CREATE TABLE self (
  id               INTEGER PRIMARY KEY CHECK (id = 1),
  name             TEXT    NOT NULL,
  color            INTEGER NOT NULL,
  created          INTEGER NOT NULL,
  device_list      BLOB,
  location_version INTEGER NOT NULL,
  record_sequence  INTEGER NOT NULL,
  server_mode      TEXT    NOT NULL,
  host_port        INTEGER NOT NULL
) STRICT;

CREATE TABLE conversations (
  number INTEGER PRIMARY KEY,
  id     BLOB    NOT NULL UNIQUE,
  peer   BLOB    NOT NULL
) STRICT;

CREATE TABLE contacts (
  peer         BLOB    NOT NULL PRIMARY KEY,
  conversation INTEGER NOT NULL UNIQUE REFERENCES conversations (number) ON DELETE CASCADE,
  state        INTEGER NOT NULL,
  name         TEXT    NOT NULL,
  color        INTEGER NOT NULL,
  since        INTEGER NOT NULL,
  invite_id    BLOB    NOT NULL,
  invite_label TEXT    NOT NULL,
  their_invite BLOB,
  record       BLOB,
  servers      TEXT    NOT NULL,
  major        INTEGER NOT NULL,
  minor        INTEGER NOT NULL
) STRICT;

-- sequence, hash and effective are those of the head.
CREATE TABLE logs (
  number       INTEGER PRIMARY KEY,
  conversation INTEGER NOT NULL REFERENCES conversations (number) ON DELETE CASCADE,
  device       BLOB    NOT NULL,
  epoch        INTEGER NOT NULL,
  author       BLOB    NOT NULL,
  mine         INTEGER NOT NULL,
  sequence     INTEGER NOT NULL,
  hash         BLOB    NOT NULL,
  effective    INTEGER NOT NULL,
  UNIQUE (conversation, device, epoch)
) STRICT;

-- id is the log's number << 36 | sequence; shown is 1 for what is in the
-- timeline. header and signature are verbatim; an erased entry has no salt and body.
CREATE TABLE entries (
  id        INTEGER PRIMARY KEY,
  shown     INTEGER NOT NULL,
  claimed   INTEGER NOT NULL,
  effective INTEGER NOT NULL,
  arrived   INTEGER NOT NULL,
  hash      BLOB    NOT NULL,
  body      BLOB,
  salt      BLOB,
  header    BLOB    NOT NULL,
  signature BLOB    NOT NULL
) STRICT;

-- A row id follows each key, so a range of one log is a range of this index.
CREATE INDEX entries_shown ON entries (shown) WHERE shown = 1;
-- Names are found by their first eight bytes: hashes land on random pages, and
-- a short key keeps those few.
CREATE INDEX entries_name ON entries (substr(hash, 1, 8));

-- place is a journal.Order.
CREATE TABLE timeline (
  conversation INTEGER NOT NULL,
  place        BLOB    NOT NULL,
  entry        INTEGER NOT NULL,
  PRIMARY KEY (conversation, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE reads (
  conversation INTEGER NOT NULL REFERENCES conversations (number) ON DELETE CASCADE,
  device       BLOB    NOT NULL,
  epoch        INTEGER NOT NULL,
  sequence     INTEGER NOT NULL,
  PRIMARY KEY (conversation, device, epoch)
) STRICT, WITHOUT ROWID;

-- What a remote device holds and has read of the log (device, epoch).
CREATE TABLE positions (
  conversation INTEGER NOT NULL REFERENCES conversations (number) ON DELETE CASCADE,
  remote       BLOB    NOT NULL,
  device       BLOB    NOT NULL,
  epoch        INTEGER NOT NULL,
  held         INTEGER NOT NULL,
  held_hash    BLOB    NOT NULL,
  read         INTEGER NOT NULL,
  PRIMARY KEY (conversation, remote, device, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE requests (
  peer         BLOB    NOT NULL PRIMARY KEY,
  name         TEXT    NOT NULL,
  color        INTEGER NOT NULL,
  text         TEXT    NOT NULL,
  entries      TEXT    NOT NULL,
  record       BLOB,
  servers      TEXT    NOT NULL,
  invite_id    BLOB    NOT NULL,
  invite_label TEXT    NOT NULL,
  invite_made  INTEGER NOT NULL,
  arrived      INTEGER NOT NULL
) STRICT;

CREATE TABLE declined (
  peer BLOB NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE invites (
  id      BLOB    NOT NULL PRIMARY KEY,
  label   TEXT    NOT NULL,
  link    TEXT    NOT NULL,
  secret  BLOB    NOT NULL,
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  uses    INTEGER NOT NULL,
  used    TEXT    NOT NULL,
  revoked INTEGER NOT NULL
) STRICT;

-- key is NULL until the server told it.
CREATE TABLE servers (
  number    INTEGER PRIMARY KEY,
  key       BLOB UNIQUE,
  first_url TEXT    NOT NULL,
  urls      TEXT    NOT NULL,
  added     INTEGER NOT NULL
) STRICT;

CREATE TABLE bans (
  id      BLOB    NOT NULL PRIMARY KEY,
  kind    INTEGER NOT NULL,
  peer    BLOB    NOT NULL,
  name    TEXT    NOT NULL,
  color   INTEGER NOT NULL,
  range   TEXT    NOT NULL,
  reason  TEXT    NOT NULL,
  added   INTEGER NOT NULL,
  blocked INTEGER NOT NULL
) STRICT;

CREATE TABLE sealing_keys (
  id      BLOB    NOT NULL PRIMARY KEY,
  private BLOB    NOT NULL,
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  kept    INTEGER NOT NULL
) STRICT;

CREATE TABLE seen (
  id    BLOB    NOT NULL PRIMARY KEY,
  until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX seen_until ON seen (until);
