package vectors

import "embed"

//go:embed deletion/*.json
var deletionFiles embed.FS

// Deletion is one record of deletion.md, with what a reader makes of it.
type Deletion struct {
	Name        string        `json:"name"`        // of the file, without .json
	Comment     string        `json:"comment"`     // what is special about it
	Requirement []string      `json:"requirement"` // the MUSTs it tests, such as DELETION-2
	Record      Bytes         `json:"record"`      // the COSE_Sign
	Keys        []PublicPoint `json:"keys"`        // that the reader is given
	Expect      string        `json:"expect"`      // ok, or the class of the fault
	Signers     int           `json:"signers"`     // how many of the keys have signed a right record
	Says        DeletionSays  `json:"says"`        // of a right record
}

// PublicPoint is a public key by its coordinates.
type PublicPoint struct {
	Algorithm int64 `json:"algorithm"` // COSE
	X         Bytes `json:"x"`
	Y         Bytes `json:"y"`
}

// DeletionSays is what a record says.
type DeletionSays struct {
	Act      string            `json:"act"`
	Object   string            `json:"object"`
	At       int64             `json:"at"` // unix seconds
	By       string            `json:"by"`
	Before   int64             `json:"before"` // unix seconds, 0 where there is none
	Counts   map[string]uint64 `json:"counts"`
	Sequence uint64            `json:"sequence"` // of the journal's end
	Hash     Bytes             `json:"hash"`     // the same
	Digest   Bytes             `json:"digest"`   // nil where there is none
}

// LoadDeletions returns all vectors of records of deletions in the order of their
// names.
func LoadDeletions() ([]Deletion, error) {
	return loadAll(deletionFiles, "deletion/*.json", func(d *Deletion) string { return d.Name }, nil)
}
