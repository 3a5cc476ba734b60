-- What the interface keeps for itself.

CREATE TABLE drafts (
  conversation INTEGER PRIMARY KEY REFERENCES conversations (number) ON DELETE CASCADE,
  text         TEXT NOT NULL
) STRICT;

CREATE TABLE settings (
  name  TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
