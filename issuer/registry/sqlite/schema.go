package sqlite

const (
	// applicationID marks the file as a registry ("TXRG"; SQLite file format,
	// section 1.3.10, offset 68).
	applicationID = 0x54585247
	// schemaVersion is the user_version that this program writes. A file with a
	// higher one is refused: an older program would read it wrongly.
	schemaVersion = 1
)

// schema is version 1. A credential is not a row but 45 bytes in the segment of
// those with consecutive counters: rows with a random key of their own cost ten
// times the writing and twice the room. A position, the primary key of segment,
// is bank x 2^32 + counter, so that new segments are appended and a reference,
// turned back into its counter, finds its segment with one descent.
const schema = `
CREATE TABLE registry (
	id     INTEGER PRIMARY KEY CHECK (id = 1),
	secret BLOB NOT NULL CHECK (length(secret) = 32),
	places INTEGER NOT NULL, -- of a list of a bank opened from now on
	shards INTEGER NOT NULL  -- lists of a pool's first bank
) STRICT;
CREATE TABLE bank (
	id          INTEGER PRIMARY KEY,
	region      INTEGER NOT NULL,
	month       INTEGER NOT NULL,
	first_shard INTEGER NOT NULL,
	shards      INTEGER NOT NULL,
	places      INTEGER NOT NULL,
	leased      INTEGER NOT NULL DEFAULT 0, -- counters below are handed out
	issued      INTEGER NOT NULL DEFAULT 0, -- entries committed
	UNIQUE (region, month, first_shard),
	CHECK (issued <= leased AND leased <= shards * places)
) STRICT;
CREATE TABLE chunk (
	id     INTEGER PRIMARY KEY,
	job    TEXT NOT NULL,
	number INTEGER NOT NULL,
	UNIQUE (job, number)
) STRICT;
CREATE TABLE segment (
	position INTEGER PRIMARY KEY, -- bank x 2^32 + first counter
	chunk    INTEGER NOT NULL REFERENCES chunk,
	entries  BLOB NOT NULL,       -- 45 bytes each
	requests BLOB                 -- 16 bytes each, or NULL when none has one
) STRICT;
CREATE INDEX segment_chunk ON segment (chunk);
CREATE TABLE request (
	key      BLOB PRIMARY KEY,
	position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`
