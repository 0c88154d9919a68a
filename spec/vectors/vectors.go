// Package vectors carries the test vectors of the specification, for tests of
// implementations and as seeds of fuzz targets.
//
// A vector is one text, the time, and what the verifier trusts, with the reason
// that it must then give; at most one thing is wrong with it, or two where the
// order of the checks is at stake. good-status-sm2.json, shortened:
//
//	{
//	  "name": "good-status-sm2",
//	  "comment": "The smallest usual code: green, SM2.",
//	  "requirement": ["CRED-10", "SIG-3"],
//	  "text": "TX1:6BFOXN…",
//	  "cbor": "d284…",
//	  "time": "2022-08-10T01:00:00Z",
//	  "trust": {"issued": "…", "regions": [{"region": "33", "usage": 127, "keys": […]}]},
//	  "expect": "ok"
//	}
//
// The files are written by spec/gen, which shares no code with the module.
package vectors

import (
	"bytes"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"time"

	"github.com/tongxing/tongxing/spec"
)

//go:embed *.json derived/*.json
var files embed.FS

// Vector is one test of a verifier.
type Vector struct {
	Name        string      `json:"name"`        // of the file, without .json
	Comment     string      `json:"comment"`     // what is special about it
	Requirement []string    `json:"requirement"` // the MUSTs it tests, such as CRED-12
	Text        string      `json:"text"`        // what a scanner reads
	CBOR        Bytes       `json:"cbor"`        // the bytes that the text carries; nil when it carries none
	Time        time.Time   `json:"time"`        // the clock of the device
	Trust       *Trust      `json:"trust"`       // what the verifier trusts; nil: nothing
	Presented   *Presented  `json:"presented"`   // by the person, beside the code; nil: nothing
	Venue       *Venue      `json:"venue"`       // where the code is shown; nil: no class is stated
	Expect      spec.Reason `json:"expect"`      // the reason it gives
}

// Good tells whether the credential of the vector verifies, and no age or missing
// list of what is trusted stands in the way.
func (v Vector) Good() bool {
	switch v.Expect {
	case spec.ReasonOK, spec.ReasonNoStatus, spec.ReasonRestricted, spec.ReasonRequirementUnmet, spec.ReasonStateChecked:
		return true
	}
	return false
}

// Presented is what a person presents beside the code: a document when
// DocumentType or Number is not empty, a name when Name is not.
type Presented struct {
	DocumentType string `json:"document_type,omitempty"` // two digits
	Number       string `json:"number,omitempty"`        // as written on the document
	Name         string `json:"name,omitempty"`
}

// Venue is where a code is shown.
type Venue struct {
	Class  uint16 `json:"class,omitempty"`  // 0: none is stated
	Region string `json:"region,omitempty"` // two digits
}

// Trust is trust material as plain facts. A test builds from it whatever its
// verifier loads.
type Trust struct {
	Issued       time.Time `json:"issued"`                 // of every national document
	ProgrammeEnd time.Time `json:"programme_end,omitzero"` // zero: none is set
	Regions      []Region  `json:"regions"`                // of the trust list
	// StatusListRequired says that the venue judges no code whose status list
	// it lacks.
	StatusListRequired bool `json:"status_list_required,omitempty"`
	// Policy is the recognition policy in the form of `tongxing trust show --json`,
	// without head: it is issued with the rest. Absent: none.
	Policy json.RawMessage `json:"policy,omitempty"`
}

// Region is a region of the trust list with its key set.
type Region struct {
	Region       string          `json:"region"`                // GB/T 2260, two digits, or "00"
	Usage        uint64          `json:"usage"`                 // granted by the trust list
	Unavailable  bool            `json:"unavailable,omitempty"` // the list names it, its key set is missing
	Keys         []Key           `json:"keys"`
	Laboratories []Laboratory    `json:"laboratories,omitempty"`
	StatusLists  []StatusList    `json:"status_lists,omitempty"` // those that the verifier has
	Overlay      json.RawMessage `json:"overlay,omitempty"`      // as Policy
}

// StatusList is what a region says of the credentials whose ref names the list:
// indices, ascending, none in two of the sets. It is as old as the trust material,
// and the next one is due a day later.
type StatusList struct {
	List       uint32   `json:"list"`
	Revoked    []uint32 `json:"revoked,omitempty"`
	Superseded []uint32 `json:"superseded,omitempty"`
	Suspended  []uint32 `json:"suspended,omitempty"`
}

// Key is a signing key of a region.
type Key struct {
	Algorithm    int64     `json:"algorithm"` // -7 or -131585
	KID          Bytes     `json:"kid"`       // 4 bytes
	X            Bytes     `json:"x"`         // 32 bytes
	Y            Bytes     `json:"y"`         // 32 bytes
	State        string    `json:"state"`     // active, retired or compromised
	RetiredAt    time.Time `json:"retired_at,omitzero"`
	SignFrom     time.Time `json:"sign_from"`
	SignUntil    time.Time `json:"sign_until"`
	Usage        uint64    `json:"usage"`
	Laboratories []uint64  `json:"laboratories,omitempty"` // region x 65536 + n; empty: no limit
}

// Laboratory is a laboratory that a key set lists.
type Laboratory struct {
	N         uint64    `json:"n"` // within the region
	Admitted  time.Time `json:"admitted"`
	Withdrawn time.Time `json:"withdrawn,omitzero"` // zero: it is not
}

// Bytes are written in hexadecimal.
type Bytes []byte

// UnmarshalText reads hexadecimal digits.
func (b *Bytes) UnmarshalText(text []byte) error {
	decoded, err := hex.DecodeString(string(text))
	if err != nil {
		return err
	}
	*b = decoded
	return nil
}

// MarshalText writes hexadecimal digits.
func (b Bytes) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, b), nil }

// ErrNone says that there are no vectors: a test that runs none proves nothing.
var ErrNone = errors.New("no test vectors")

// Load returns all vectors in the order of their names.
func Load() ([]Vector, error) { return LoadFrom(files) }

// LoadFrom is Load for the *.json of another folder, which may be somebody else's
// own vectors or another version of these. Folders in it are passed over. Errors
// are [ErrNone] and those of reading, which name the file.
func LoadFrom(folder fs.FS) ([]Vector, error) {
	return loadAll(folder, "*.json", func(v *Vector) string { return v.Name }, func(v *Vector) error {
		if v.Expect == spec.ReasonNotChecked {
			return errors.New("expects nothing")
		}
		return nil
	})
}

// loadAll reads the vectors in the files that match, in the order of their names:
// each is named as its file is, and right as check finds it, which may be nil.
func loadAll[T any](folder fs.FS, pattern string, name func(*T) string, check func(*T) error) ([]T, error) {
	names, err := fs.Glob(folder, pattern)
	if err != nil {
		return nil, err
	}
	var all []T
	for _, file := range names {
		var v T
		if err := readFrom(folder, file, &v); err != nil {
			return nil, err
		}
		if name(&v)+".json" != path.Base(file) {
			return nil, fmt.Errorf("%s: the vector is named %q", file, name(&v))
		}
		if check != nil {
			if err := check(&v); err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
		}
		all = append(all, v)
	}
	if len(all) == 0 {
		return nil, ErrNone
	}
	return all, nil
}

func read(name string, into any) error { return readFrom(files, name, into) }

// readFrom decodes a file strictly: a misspelt field would silently test nothing.
func readFrom(folder fs.FS, name string, into any) error {
	content, err := fs.ReadFile(folder, name)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
