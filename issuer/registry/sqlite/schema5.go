package sqlite

// checksumSchema makes version 4 into 5: each segment has a checksum
// (packed.Segment.Checksum). What stood there before has none: one that was made now
// would pass off as whole what is damaged already.
const checksumSchema = `
ALTER TABLE segment ADD COLUMN checksum INTEGER;
`
