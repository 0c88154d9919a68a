package sqlite

// programsSchema makes version 3 into 4: which program brought the file to each of its
// versions, from the one on that could say so. Every later version keeps the table as
// it is, so that this one and its successors can name the program that it takes to
// read a newer file.
const programsSchema = `
CREATE TABLE program (
	schema  INTEGER PRIMARY KEY,
	version TEXT NOT NULL CHECK (length(CAST(version AS BLOB)) <= 64) -- '' where it has no name
) STRICT;
CREATE TRIGGER program_stays BEFORE DELETE ON program BEGIN SELECT raise(ABORT, 'versions are never deleted'); END;
CREATE TRIGGER program_fixed BEFORE UPDATE ON program BEGIN SELECT raise(ABORT, 'versions are never changed'); END;
`

// signProgram says who brought the file to a version.
const signProgram = "INSERT INTO program (schema, version) VALUES (?, ?)"
