package postgres

// schemaVersion is the version of the schema that this program writes. A higher
// one is refused: an older program would read it wrongly.
const schemaVersion = 4

// versions are the steps from an empty database to each version, the first to 1.
var versions = [schemaVersion]string{baseSchema, jobsSchema, programsSchema, checksumSchema}

// baseSchema is version 1: entries and events, as package packed has them.
//
// Entries are not compressed (EXTERNAL): they are hashes, and a slice of one is
// read without the rest. Segments exclude each other where their positions meet;
// a transaction that would overlap one that is not finished waits for it. What is
// counted at every commit is counted in one of several rows, by connection: one
// row would be held by each transaction until its end is on stable storage, and
// all workers go at the pace of that. There are no foreign keys where a commit
// would have to look them up.
const baseSchema = `
CREATE SCHEMA tongxing;
REVOKE ALL ON SCHEMA tongxing FROM PUBLIC;
CREATE TABLE tongxing.registry (
	id      integer PRIMARY KEY CHECK (id = 1),
	version integer NOT NULL,
	secret  bytea NOT NULL CHECK (octet_length(secret) = 32),
	places  bigint NOT NULL,  -- of a list of a bank opened from now on
	shards  integer NOT NULL -- lists of a pool's first bank
);
CREATE TABLE tongxing.bank (
	id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	region      integer NOT NULL,
	month       integer NOT NULL,
	first_shard integer NOT NULL,
	shards      integer NOT NULL,
	places      bigint NOT NULL,
	leased      bigint NOT NULL DEFAULT 0, -- counters below are handed out
	UNIQUE (region, month, first_shard),
	CHECK (leased <= shards * places)
) WITH (fillfactor = 50);
CREATE TABLE tongxing.issued (
	bank    bigint NOT NULL,
	slot    integer NOT NULL,
	entries bigint NOT NULL,
	PRIMARY KEY (bank, slot)
) WITH (fillfactor = 50);
CREATE TABLE tongxing.chunk (
	id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	job    text COLLATE "C" NOT NULL,
	number bigint NOT NULL,
	UNIQUE (job, number)
);
CREATE TABLE tongxing.segment (
	position bigint PRIMARY KEY,   -- bank x 2^32 + first counter
	chunk    bigint NOT NULL,
	entries  bytea NOT NULL,       -- 45 bytes each
	requests bytea,                -- 16 bytes each, or NULL when none has one
	CONSTRAINT segment_overlap EXCLUDE USING gist (int8range(position, position + octet_length(entries) / 45) WITH &&)
);
ALTER TABLE tongxing.segment ALTER entries SET STORAGE EXTERNAL, ALTER requests SET STORAGE EXTERNAL;
CREATE INDEX segment_chunk ON tongxing.segment (chunk);
CREATE TABLE tongxing.request (
	key      bytea PRIMARY KEY,
	position bigint NOT NULL
);
CREATE TABLE tongxing.orders (
	id      bigint PRIMARY KEY, -- ascending as they were recorded
	key     bytea NOT NULL UNIQUE CHECK (octet_length(key) = 16),
	digest  bytea NOT NULL CHECK (octet_length(digest) = 32), -- of the content
	action  integer NOT NULL,
	reason  integer NOT NULL,
	at      bigint NOT NULL,
	changed integer NOT NULL, -- number of its events
	already integer NOT NULL, -- references without one
	last    bigint NOT NULL,  -- newest event of the registry when it was done
	mark    bytea NOT NULL CHECK (octet_length(mark) = 32) -- hash chain up to that
);
CREATE INDEX orders_last ON tongxing.orders (last);
CREATE TABLE tongxing.event (
	first      bigint PRIMARY KEY, -- sequence number of the first: 1, ...
	order_id   bigint NOT NULL REFERENCES tongxing.orders,
	positions  bytea NOT NULL, -- 8 bytes each
	successors bytea           -- 8 bytes each, zeros for none, or NULL when there is none at all
);
ALTER TABLE tongxing.event ALTER positions SET STORAGE EXTERNAL;
CREATE TABLE tongxing.changed (
	position bigint NOT NULL,
	sequence bigint NOT NULL,
	PRIMARY KEY (position, sequence)
);
CREATE FUNCTION tongxing.stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER orders_stay  BEFORE UPDATE OR DELETE OR TRUNCATE ON tongxing.orders  EXECUTE FUNCTION tongxing.stays();
CREATE TRIGGER event_stays  BEFORE UPDATE OR DELETE OR TRUNCATE ON tongxing.event   EXECUTE FUNCTION tongxing.stays();
CREATE TRIGGER changed_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON tongxing.changed EXECUTE FUNCTION tongxing.stays();
`
