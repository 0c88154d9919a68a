package sqlite

const (
	// applicationID marks the file as a registry ("TXRG"; SQLite file format,
	// section 1.3.10, offset 68).
	applicationID = 0x54585247
	// schemaVersion is the user_version that this program writes. A file with a
	// higher one is refused: an older program would read it wrongly.
	schemaVersion = 5
)

// versions are the steps from an empty file to each version, the first to 1.
var versions = [schemaVersion]string{entriesSchema, eventsSchema, jobsSchema, programsSchema, checksumSchema}

// entriesSchema is version 1. A credential is not a row but 45 bytes in the segment of
// those with consecutive counters: rows with a random key of their own cost ten
// times the writing and twice the room. A position, the primary key of segment,
// is bank x 2^32 + counter, so that new segments are appended and a reference,
// turned back into its counter, finds its segment with one descent.
const entriesSchema = `
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

// eventsSchema makes version 1 into 2: orders and what they did. Rows are only
// ever added, to which triggers hold the program itself; the state of a credential is where the newest event of its position
// led, and a credential without one is active. The events of an order stand
// together, up to a thousand in a row, as a build of status lists reads them; by
// position they are found through the table changed.
const eventsSchema = `
CREATE TABLE orders (
	id      INTEGER PRIMARY KEY, -- ascending as they were recorded
	key     BLOB NOT NULL UNIQUE CHECK (length(key) = 16),
	digest  BLOB NOT NULL CHECK (length(digest) = 32), -- of the content
	action  INTEGER NOT NULL,
	reason  INTEGER NOT NULL,
	at      INTEGER NOT NULL,
	changed INTEGER NOT NULL, -- number of its events
	already INTEGER NOT NULL, -- references without one
	last    INTEGER NOT NULL, -- newest event of the registry when it was done
	mark    BLOB NOT NULL CHECK (length(mark) = 32) -- hash chain up to that
) STRICT;
CREATE INDEX orders_last ON orders (last);
CREATE TABLE event (
	first      INTEGER PRIMARY KEY, -- sequence number of the first: 1, ...
	order_id   INTEGER NOT NULL REFERENCES orders,
	positions  BLOB NOT NULL, -- 8 bytes each
	successors BLOB           -- 8 bytes each, zeros for none, or NULL when there is none at all
) STRICT;
CREATE TABLE changed (
	position INTEGER NOT NULL,
	sequence INTEGER NOT NULL,
	PRIMARY KEY (position, sequence)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER orders_stay   BEFORE DELETE ON orders  BEGIN SELECT raise(ABORT, 'orders are never deleted'); END;
CREATE TRIGGER orders_fixed  BEFORE UPDATE ON orders  BEGIN SELECT raise(ABORT, 'orders are never changed'); END;
CREATE TRIGGER event_stays   BEFORE DELETE ON event   BEGIN SELECT raise(ABORT, 'events are never deleted'); END;
CREATE TRIGGER event_fixed   BEFORE UPDATE ON event   BEGIN SELECT raise(ABORT, 'events are never changed'); END;
CREATE TRIGGER changed_stays BEFORE DELETE ON changed BEGIN SELECT raise(ABORT, 'events are never deleted'); END;
CREATE TRIGGER changed_fixed BEFORE UPDATE ON changed BEGIN SELECT raise(ABORT, 'events are never changed'); END;
`
