package vectors

import (
	"embed"
	"time"
)

//go:embed documents/*.json bundles/*.json series/*.json
var trustFiles embed.FS

// Document is one signed document of trust.md, right or wrong in one thing. Who
// signed it is not its subject: it obeys the rules of its kind, or not.
type Document struct {
	Name        string   `json:"name"`        // of the file, without .json
	Comment     string   `json:"comment"`     // what is special about it
	Requirement []string `json:"requirement"` // the MUSTs it tests, such as TRUST-12
	Kind        string   `json:"kind"`        // root, list, policy, keyset, overlay, snapshot, status, delta or admission
	Document    Bytes    `json:"document"`    // the COSE_Sign
	Hash        Bytes    `json:"hash"`        // of a right document
	Expect      string   `json:"expect"`      // ok, encoding, envelope, kind, content, shared or later
}

// Bundle is one bundle with what a device makes of it.
type Bundle struct {
	Name        string         `json:"name"`
	Comment     string         `json:"comment"`
	Requirement []string       `json:"requirement"`
	Previous    Bytes          `json:"previous"` // the bundle in force before; nil: none
	Bundle      Bytes          `json:"bundle"`
	Anchor      Bytes          `json:"anchor"` // hash of the trusted root
	Clock       time.Time      `json:"clock"`
	Expect      string         `json:"expect"` // ok, or the class of the fault that refuses the bundle
	Root        string         `json:"root"`   // versions, as "1.1"
	List        string         `json:"list"`
	Policy      string         `json:"policy"` // empty: none
	Floor       time.Time      `json:"floor"`
	Regions     []BundleRegion `json:"regions"` // all that the list names
}

// BundleRegion is what a device makes of one region.
type BundleRegion struct {
	Region string  `json:"region"`
	Expect string  `json:"expect"` // ok, or the class of the fault that makes it unavailable
	KeySet string  `json:"keyset"` // version in force
	Keys   []Bytes `json:"keys"`   // key identifiers, ascending
	// What else is in force: versions, empty where there is none, and none of a
	// region that is not ok.
	Snapshot string            `json:"snapshot"`
	Overlay  string            `json:"overlay"`
	Lists    map[uint32]string `json:"lists"` // of status lists, by number
	Delta    string            `json:"delta"` // of the last delta that follows on the lists
	// Known is what can be asked of the lists after the deltas, by number: the
	// members of revoked, superseded and suspended.
	Known  map[uint32][3][]uint32 `json:"known"`
	Behind bool                   `json:"behind"` // whether the snapshot names other status lists
	// Withdrawn is when laboratories are withdrawn, by their number in the region.
	Withdrawn map[uint16]time.Time `json:"withdrawn"`
	// Shared are the other regions whose key sets name a key of this one's, which
	// is told of it.
	Shared []string `json:"shared"`
}

// LoadDocuments returns all vectors of documents in the order of their names.
func LoadDocuments() ([]Document, error) {
	return loadAll(trustFiles, "documents/*.json", func(d *Document) string { return d.Name }, nil)
}

// LoadBundles returns all vectors of bundles in the order of their names.
func LoadBundles() ([]Bundle, error) {
	return loadAll(trustFiles, "bundles/*.json", func(b *Bundle) string { return b.Name }, nil)
}
