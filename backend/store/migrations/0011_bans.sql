-- Bans of everybody who came by an invite (its id, zeros for none), of domains,
-- and for a time: expires is in milliseconds, 0 for good. told is 1 when my own
-- servers are told not to route the people it means to me.

ALTER TABLE bans ADD COLUMN invite BLOB NOT NULL DEFAULT x'00000000000000000000000000000000';
ALTER TABLE bans ADD COLUMN domain TEXT NOT NULL DEFAULT '';
ALTER TABLE bans ADD COLUMN expires INTEGER NOT NULL DEFAULT 0;
ALTER TABLE bans ADD COLUMN told INTEGER NOT NULL DEFAULT 0;
