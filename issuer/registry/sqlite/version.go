package sqlite

// SchemaVersion is the schema that this program writes, the user_version of the file.
const SchemaVersion = schemaVersion
