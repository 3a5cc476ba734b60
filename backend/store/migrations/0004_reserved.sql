-- Folded messages come here.
SELECT 1;
