-- What is found by its words. The text of a row is made from a message's folded
-- text by tokens(); deleting needs the same text again, and leaves no bytes.
CREATE VIRTUAL TABLE search USING fts5 (text, content='', columnsize=0, tokenize='ascii');
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);

-- number is search's row id: effective time << 8, and a free place in that
-- millisecond. indexed is what is in the index, NULL when it is the entry's own
-- body: a text, or (BLOB) a body. A row without entry is to be taken out.
CREATE TABLE search_documents (
  number       INTEGER PRIMARY KEY,
  conversation INTEGER NOT NULL,
  entry        INTEGER UNIQUE,
  indexed      ANY
) STRICT;

-- How far a log is in the index.
CREATE TABLE search_logs (
  log     INTEGER PRIMARY KEY REFERENCES logs (number) ON DELETE CASCADE,
  through INTEGER NOT NULL
) STRICT;

-- How texts were folded for the index.
CREATE TABLE search_folding (
  id      INTEGER PRIMARY KEY CHECK (id = 1),
  version TEXT    NOT NULL
) STRICT;
