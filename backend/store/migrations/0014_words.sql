-- The words of the index, and how many messages have each.
CREATE VIRTUAL TABLE search_words USING fts5vocab (search, row);
