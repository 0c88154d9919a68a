package sqlite

// jobsSchema makes version 2 into 3: jobs that are planned before they are done,
// the answers to repeated requests, and what people did.
//
// A planned chunk is a row of about thirty bytes, whatever its number of records
// (see plan.go); undone has a row for each that is not committed, so that finding
// one does not pass those that are. An answer is found through the request that
// it answers and stands, like its entry, by position: keyed by the request it
// would be written at random. Acts are only ever added, to which triggers hold
// the program itself.
const jobsSchema = `
ALTER TABLE registry ADD COLUMN purged INTEGER NOT NULL DEFAULT 0; -- months below are purged
CREATE TABLE job (
	id         INTEGER PRIMARY KEY,
	name       TEXT NOT NULL UNIQUE,
	digest     BLOB NOT NULL CHECK (length(digest) = 32),
	region     INTEGER NOT NULL,
	at         INTEGER NOT NULL,
	chunks     INTEGER NOT NULL,
	records    INTEGER NOT NULL,
	planned_at INTEGER NOT NULL,
	last_month INTEGER NOT NULL,           -- newest of its references and of its time
	committed  INTEGER NOT NULL DEFAULT 0, -- chunks
	issued     INTEGER NOT NULL DEFAULT 0, -- entries
	CHECK (committed <= chunks)
) STRICT;
CREATE TABLE planned (
	job    INTEGER NOT NULL REFERENCES job,
	number INTEGER NOT NULL,
	plan   BLOB NOT NULL,
	PRIMARY KEY (job, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE undone (
	job    INTEGER NOT NULL REFERENCES job,
	number INTEGER NOT NULL,
	until  INTEGER NOT NULL DEFAULT 0, -- end of the claim, milliseconds since 1970
	worker TEXT,
	PRIMARY KEY (job, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE answer (
	position  INTEGER PRIMARY KEY, -- of the entry
	issued_at INTEGER NOT NULL,
	digest    BLOB NOT NULL CHECK (length(digest) = 32),
	signature BLOB NOT NULL CHECK (length(signature) = 64)
) STRICT;
CREATE INDEX answer_issued ON answer (issued_at);
CREATE TABLE journal (
	sequence INTEGER PRIMARY KEY,
	at       INTEGER NOT NULL,
	actor    TEXT NOT NULL,
	role     TEXT NOT NULL,
	act      TEXT NOT NULL,
	object   TEXT NOT NULL,
	outcome  TEXT NOT NULL,
	detail   BLOB,
	hash     BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE TABLE proposal (
	id                  INTEGER PRIMARY KEY,
	key                 BLOB NOT NULL UNIQUE CHECK (length(key) = 16),
	digest              BLOB NOT NULL CHECK (length(digest) = 32),
	act                 TEXT NOT NULL,
	region              INTEGER NOT NULL,
	requester           TEXT NOT NULL,
	requester_authority TEXT NOT NULL,
	adverse             INTEGER NOT NULL,
	proposed_at         INTEGER NOT NULL,
	expires_at          INTEGER NOT NULL
) STRICT;
CREATE INDEX proposal_digest ON proposal (digest, requester);
CREATE TABLE approval (
	proposal  INTEGER NOT NULL REFERENCES proposal,
	number    INTEGER NOT NULL, -- 1, 2
	approver  TEXT NOT NULL,
	authority TEXT NOT NULL,
	at        INTEGER NOT NULL,
	PRIMARY KEY (proposal, number),
	UNIQUE (proposal, approver)
) STRICT, WITHOUT ROWID;
CREATE TABLE proposal_use (
	proposal INTEGER PRIMARY KEY REFERENCES proposal,
	at       INTEGER NOT NULL,
	region   INTEGER NOT NULL,
	day      INTEGER NOT NULL, -- at UTC+8 since 1970
	adverse  INTEGER NOT NULL
) STRICT;
CREATE INDEX proposal_use_day ON proposal_use (region, day);
CREATE TRIGGER journal_grows  BEFORE INSERT ON journal WHEN NEW.sequence <> (SELECT ifnull(max(sequence), 0) + 1 FROM journal)
                              BEGIN SELECT raise(ABORT, 'the journal has no gaps'); END;
CREATE TRIGGER journal_stays  BEFORE DELETE ON journal      BEGIN SELECT raise(ABORT, 'the journal is never deleted'); END;
CREATE TRIGGER journal_fixed  BEFORE UPDATE ON journal      BEGIN SELECT raise(ABORT, 'the journal is never changed'); END;
CREATE TRIGGER proposal_stays BEFORE DELETE ON proposal     BEGIN SELECT raise(ABORT, 'proposals are never deleted'); END;
CREATE TRIGGER proposal_fixed BEFORE UPDATE ON proposal     BEGIN SELECT raise(ABORT, 'proposals are never changed'); END;
CREATE TRIGGER approval_stays BEFORE DELETE ON approval     BEGIN SELECT raise(ABORT, 'approvals are never deleted'); END;
CREATE TRIGGER approval_fixed BEFORE UPDATE ON approval     BEGIN SELECT raise(ABORT, 'approvals are never changed'); END;
CREATE TRIGGER use_stays      BEFORE DELETE ON proposal_use BEGIN SELECT raise(ABORT, 'uses are never deleted'); END;
CREATE TRIGGER use_fixed      BEFORE UPDATE ON proposal_use BEGIN SELECT raise(ABORT, 'uses are never changed'); END;
`
