-- The identity that follows one that is given up; NULL: none does.
ALTER TABLE retirements ADD COLUMN successor BLOB;

-- Under which earlier identity of mine a contact knows me, until they have learned
-- of the present one; NULL: they know it. A conversation whose peer's contact has
-- another one is a former one, of before a key changed: it is only read.
ALTER TABLE contacts ADD COLUMN known_as BLOB;

-- What an earlier identity of mine signed so that a server gives the handle to the
-- present one; NULL: it has it.
ALTER TABLE handles ADD COLUMN move BLOB;
