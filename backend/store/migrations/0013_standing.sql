-- How this person keeps a conversation: pinned is its place at the top of the
-- list, 0 for none; folder is a node.Folder; cleared is when its messages were
-- erased last, 0 for never.

ALTER TABLE conversations ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN folder INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN quiet INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN marked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN cleared INTEGER NOT NULL DEFAULT 0;

-- The epoch of the own log that begins with the request, 0 for the first.
ALTER TABLE contacts ADD COLUMN ask_epoch INTEGER NOT NULL DEFAULT 0;
