package postgres

// SchemaVersion is the schema that this program writes.
const SchemaVersion = schemaVersion
