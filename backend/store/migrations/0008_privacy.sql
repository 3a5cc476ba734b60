-- What others may learn. route is a node.Route: 0 as for everybody, 1 any,
-- 2 through relays only, 3 on this network only.

ALTER TABLE self ADD COLUMN hide_presence INTEGER NOT NULL DEFAULT 0;
ALTER TABLE self ADD COLUMN hide_typing INTEGER NOT NULL DEFAULT 0;
ALTER TABLE self ADD COLUMN route INTEGER NOT NULL DEFAULT 0;

ALTER TABLE contacts ADD COLUMN route INTEGER NOT NULL DEFAULT 0;
