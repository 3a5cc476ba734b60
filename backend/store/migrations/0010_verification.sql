-- How the key of a contact is known to be theirs. link is 1 when it came with an
-- invite of theirs. compared is a Comparison, how a Method, at when that was, and
-- mine my key of then.
CREATE TABLE verifications (
  peer     BLOB    NOT NULL PRIMARY KEY REFERENCES contacts (peer) ON DELETE CASCADE,
  link     INTEGER NOT NULL,
  compared INTEGER NOT NULL,
  how      INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  mine     BLOB
) STRICT;

-- Whoever did not come by an invite of mine is known by one of theirs.
INSERT INTO verifications (peer, link, compared, how, at, mine)
  SELECT peer, 1, 0, 0, 0, NULL FROM contacts WHERE invite_id = zeroblob(16);

-- Identities that are given up, this person's own among them, with what they
-- signed to say so.
CREATE TABLE retirements (
  peer   BLOB    NOT NULL PRIMARY KEY,
  at     INTEGER NOT NULL,
  signed BLOB    NOT NULL
) STRICT, WITHOUT ROWID;
