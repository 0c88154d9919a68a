package postgres

// jobsSchema makes version 1 into 2: jobs that are planned before they are done,
// the answers to repeated requests, and what people did.
//
// A planned chunk is a row of about thirty bytes, whatever its number of records
// (packed.AppendPlan); undone has a row for each that is not committed, so that
// finding one does not pass those that are. An answer stands, like its entry, by
// position: keyed by the request it would be written at random. Acts are only
// ever added.
const jobsSchema = `
ALTER TABLE tongxing.registry ADD COLUMN purged integer NOT NULL DEFAULT 0; -- months below are purged
CREATE TABLE tongxing.job (
	id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name       text COLLATE "C" NOT NULL UNIQUE,
	digest     bytea NOT NULL CHECK (octet_length(digest) = 32),
	region     integer NOT NULL,
	at         bigint NOT NULL,
	chunks     bigint NOT NULL,
	records    bigint NOT NULL,
	planned_at bigint NOT NULL,
	last_month integer NOT NULL -- newest of its references and of its time
);
CREATE TABLE tongxing.progress ( -- of a job, in one of several rows by connection
	job     bigint NOT NULL,
	slot    integer NOT NULL,
	chunks  bigint NOT NULL,
	entries bigint NOT NULL,
	PRIMARY KEY (job, slot)
) WITH (fillfactor = 50);
CREATE TABLE tongxing.planned (
	job    bigint NOT NULL,
	number bigint NOT NULL,
	plan   bytea NOT NULL,
	PRIMARY KEY (job, number)
);
CREATE TABLE tongxing.undone (
	job    bigint NOT NULL,
	number bigint NOT NULL,
	until  bigint NOT NULL DEFAULT 0, -- end of the claim, milliseconds since 1970
	worker text,
	PRIMARY KEY (job, number)
) WITH (fillfactor = 70);
CREATE TABLE tongxing.answer (
	position  bigint PRIMARY KEY, -- of the entry
	issued_at bigint NOT NULL,
	digest    bytea NOT NULL CHECK (octet_length(digest) = 32),
	signature bytea NOT NULL CHECK (octet_length(signature) = 64)
);
CREATE INDEX answer_issued ON tongxing.answer (issued_at);
CREATE TABLE tongxing.journal (
	sequence bigint PRIMARY KEY,
	at       bigint NOT NULL,
	actor    text NOT NULL,
	role     text NOT NULL,
	act      text NOT NULL,
	object   text NOT NULL,
	outcome  text NOT NULL,
	detail   bytea,
	hash     bytea NOT NULL CHECK (octet_length(hash) = 32)
);
CREATE TABLE tongxing.proposal (
	id                  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	key                 bytea NOT NULL UNIQUE CHECK (octet_length(key) = 16),
	digest              bytea NOT NULL CHECK (octet_length(digest) = 32),
	act                 text NOT NULL,
	region              integer NOT NULL,
	requester           text NOT NULL,
	requester_authority text NOT NULL,
	adverse             bigint NOT NULL,
	proposed_at         bigint NOT NULL,
	expires_at          bigint NOT NULL
);
CREATE INDEX proposal_digest ON tongxing.proposal (digest, requester);
CREATE TABLE tongxing.approval (
	proposal  bigint NOT NULL REFERENCES tongxing.proposal,
	number    integer NOT NULL, -- 1, 2
	approver  text NOT NULL,
	authority text NOT NULL,
	at        bigint NOT NULL,
	PRIMARY KEY (proposal, number),
	UNIQUE (proposal, approver)
);
CREATE TABLE tongxing.proposal_use (
	proposal bigint PRIMARY KEY REFERENCES tongxing.proposal,
	at       bigint NOT NULL,
	region   integer NOT NULL,
	day      bigint NOT NULL, -- at UTC+8 since 1970
	adverse  bigint NOT NULL
);
CREATE INDEX proposal_use_day ON tongxing.proposal_use (region, day);
CREATE FUNCTION tongxing.journal_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM tongxing.journal) THEN
		RAISE EXCEPTION 'the journal has no gaps' USING ERRCODE = 'restrict_violation';
	END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER journal_grows  BEFORE INSERT ON tongxing.journal FOR EACH ROW EXECUTE FUNCTION tongxing.journal_grows();
CREATE TRIGGER journal_stays  BEFORE UPDATE OR DELETE OR TRUNCATE ON tongxing.journal      EXECUTE FUNCTION tongxing.stays();
CREATE TRIGGER proposal_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON tongxing.proposal     EXECUTE FUNCTION tongxing.stays();
CREATE TRIGGER approval_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON tongxing.approval     EXECUTE FUNCTION tongxing.stays();
CREATE TRIGGER use_stays      BEFORE UPDATE OR DELETE OR TRUNCATE ON tongxing.proposal_use EXECUTE FUNCTION tongxing.stays();
`
