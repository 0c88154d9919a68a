package vectors

import "embed"

//go:embed jwks/*.json
var exportFiles embed.FS

// Export is one signed JWK Set of jwks.md, with what a reader makes of it.
type Export struct {
	Name        string      `json:"name"`        // of the file, without .json
	Comment     string      `json:"comment"`     // what is special about it
	Requirement []string    `json:"requirement"` // the MUSTs it tests, such as JWKS-12
	Root        Bytes       `json:"root"`        // the root in force
	Known       ExportKnown `json:"known"`       // what the reader has taken before
	Export      string      `json:"export"`      // the JWS
	Expect      string      `json:"expect"`      // ok, or the class of the fault
	Hash        Bytes       `json:"hash"`        // of a right export
	Keys        []ExportKey `json:"keys"`        // of the regions in their order, the compromised ones of each last
	Foreign     int         `json:"foreign"`     // keys of unknown types
}

// ExportKnown is what a reader has taken before.
type ExportKnown struct {
	List    ExportPart            `json:"list"`
	KeySets map[string]ExportPart `json:"keysets"` // by region
}

// ExportPart is one issue of a document.
type ExportPart struct {
	Version string `json:"version"` // "1.2"
	Hash    Bytes  `json:"hash"`    // nil: only the version is known
}

// ExportKey is a key of an export.
type ExportKey struct {
	Region    string `json:"region"`
	Algorithm int64  `json:"algorithm"` // COSE
	KID       string `json:"kid"`       // base64url of the whole thumbprint
	State     string `json:"state"`
}

// LoadExports returns all vectors of exports in the order of their names.
func LoadExports() ([]Export, error) {
	return loadAll(exportFiles, "jwks/*.json", func(e *Export) string { return e.Name }, nil)
}
