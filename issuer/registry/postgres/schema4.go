package postgres

// checksumSchema makes version 3 into 4: each segment has a checksum
// (packed.Segment.Checksum). What stood there before has none: one that was made now
// would pass off as whole what is damaged already.
const checksumSchema = `
ALTER TABLE tongxing.segment ADD COLUMN checksum bigint;
`
