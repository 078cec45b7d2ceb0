-- A lending library: fills its tables with made-up books, members and loans,
-- asks questions of them that need joins, sorting and long texts, deletes and
-- packs, and writes a letter to every member: pages that are all of one size,
-- texts and sorted rows of every size, and tables that go before others come.

CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT, author TEXT, shelf TEXT);
CREATE TABLE members (id INTEGER PRIMARY KEY, name TEXT UNIQUE, town TEXT);
CREATE TABLE loans (
  book INTEGER REFERENCES books, member INTEGER REFERENCES members,
  taken INTEGER, returned INTEGER, remark TEXT
);
CREATE TABLE log (text TEXT);
CREATE TRIGGER returned AFTER UPDATE OF returned ON loans BEGIN
  INSERT INTO log VALUES (printf('%d came back on day %d', new.book, new.returned));
END;

WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 900)
INSERT INTO books SELECT
  i, printf('The %s of volume %d', hex(i * 7919 % 65536), i),
  'Author ' || (i * 31 % 97), char(65 + i % 26) || i / 26 FROM n;

WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 150)
INSERT INTO members SELECT
  i, printf('Member %04x', i * 40503 % 65536), 'Town ' || i % 11 FROM n;

WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3000)
INSERT INTO loans SELECT
  i * 7907 % 900 + 1, i * 6271 % 150 + 1, i / 8, NULL,
  substr(hex(zeroblob(200)), 1, i * i % 300) FROM n;

CREATE INDEX loans_by_book ON loans (book, taken);
CREATE INDEX loans_by_member ON loans (member, taken);
CREATE INDEX books_by_author ON books (author, title);
ANALYZE;

-- Who reads whom, the readers of each author in one text.
SELECT sum(length(readers)) FROM (
  SELECT author, group_concat(name, ', ') AS readers
  FROM loans JOIN books ON books.id = book JOIN members ON members.id = member
  GROUP BY author ORDER BY count(*) DESC, author
);

UPDATE loans SET returned = taken + 14 + book % 9 WHERE taken % 3 < 2;
DELETE FROM loans WHERE returned IS NOT NULL AND length(remark) > 100;
DROP INDEX loans_by_book;
VACUUM;
CREATE INDEX loans_by_book ON loans (book, taken);

-- Each member's loans in a row, with the days since the one before.
SELECT max(gap), sum(length(history)) FROM (
  SELECT gap, history FROM (
    SELECT taken - lag(taken) OVER loans_of_member AS gap,
      json_group_array(json_object('book', title, 'day', taken))
        OVER loans_of_member AS history
    FROM loans JOIN books ON books.id = book
    WINDOW loans_of_member AS (PARTITION BY member ORDER BY taken)
  )
);

BEGIN;
UPDATE books SET title = title || ' (' || (
  SELECT count(*) FROM loans WHERE book = books.id
) || ' loans)';
DELETE FROM members WHERE id % 10 = 0;
ROLLBACK;

-- A letter to every member: what is still out, and everything ever read.
CREATE TABLE letters AS
SELECT member, printf('Dear %s of %s,%s', name, town, group_concat(
    char(10) || title || ' by ' || author || ', day ' || taken ||
    iif(returned IS NULL, ', please return it', '') || ' ' || remark, ';'
  )) AS text
FROM loans JOIN books ON books.id = book JOIN members ON members.id = member
GROUP BY member;

SELECT count(*), max(length(text)), sum(length(text)) FROM (
  SELECT upper(replace(text, ' by ', ', written by ')) AS text
  FROM letters ORDER BY text DESC
);

DROP TABLE letters;
DELETE FROM loans WHERE returned IS NOT NULL;
VACUUM;
SELECT count(*), total(length(text)) FROM log;
