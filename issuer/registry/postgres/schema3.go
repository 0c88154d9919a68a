package postgres

// programsSchema makes version 2 into 3: which program brought the registry to each of
// its versions, from the one on that could say so. Every later version keeps the table
// as it is, so that this one and its successors can name the program that it takes to
// read a newer registry.
const programsSchema = `
CREATE TABLE tongxing.program (
	schema  integer PRIMARY KEY,
	version text NOT NULL CHECK (octet_length(version) <= 64) -- '' where it has no name
);
CREATE TRIGGER program_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON tongxing.program EXECUTE FUNCTION tongxing.stays();
`
