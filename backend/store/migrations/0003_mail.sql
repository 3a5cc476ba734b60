-- Letters that no device of theirs answered yet: the entries of the log (device,
-- epoch) after since, up to through, sealed to the device remote. sealed is NULL
-- and stored_until is set once a server keeps them.

CREATE TABLE outgoing (
  id           BLOB    NOT NULL PRIMARY KEY,
  conversation INTEGER NOT NULL REFERENCES conversations (number) ON DELETE CASCADE,
  peer         BLOB    NOT NULL,
  remote       BLOB    NOT NULL,
  device       BLOB    NOT NULL,
  epoch        INTEGER NOT NULL,
  since        INTEGER NOT NULL,
  through      INTEGER NOT NULL,
  sealed       BLOB,
  sealed_at    INTEGER NOT NULL,
  expires      INTEGER NOT NULL,
  stored_until INTEGER NOT NULL,
  server       BLOB    NOT NULL
) STRICT;

CREATE INDEX outgoing_log ON outgoing (conversation, device, epoch);
