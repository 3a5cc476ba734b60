-- What happened to entries of mine on their way to the device remote: those of
-- the log (device, epoch) after since, up to through. kind and way are those of
-- node.StepKind and node.Way. Of each conversation the newest thousand are kept.

CREATE TABLE steps (
  number       INTEGER PRIMARY KEY,
  conversation INTEGER NOT NULL REFERENCES conversations (number) ON DELETE CASCADE,
  remote       BLOB    NOT NULL,
  device       BLOB    NOT NULL,
  epoch        INTEGER NOT NULL,
  since        INTEGER NOT NULL,
  through      INTEGER NOT NULL,
  kind         INTEGER NOT NULL,
  way          INTEGER NOT NULL,
  at           INTEGER NOT NULL,
  until        INTEGER NOT NULL,
  server       BLOB    NOT NULL
) STRICT;

CREATE INDEX steps_conversation ON steps (conversation);
