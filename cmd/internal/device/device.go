// Package device is what a device has beside the verifier: its trust store, where it
// stands, and the words for what is wrong with a source of trust.
//
//	trust.store         the store, by default in the user's data folder
//	trust.store.venue   {"class":3,"region":"37"}
//
// Several programs of a device share both, so that a class that was set for one holds
// for all.
package device

import (
	"cmp"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/folders"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/fingerprint"
)

// maxDocument bounds a signed document as a file.
const maxDocument = 16 << 20

// DefaultStore is where a device keeps its trust when no flag says where: the folder
// for data of the user, or of the system's services (see package folders). "" when there
// is none.
func DefaultStore(getenv func(string) string) string {
	data := folders.System{GOOS: runtime.GOOS, Getenv: getenv}.Folders().Data
	if data == "" {
		return ""
	}
	return filepath.Join(data, "trust.store")
}

// Anchor reads a flag that names a root: a file of that name, else the hash of one
// in hexadecimal or in fingerprint words. "" is the zero Anchor.
func Anchor(root string) (trustlist.Anchor, error) {
	if root == "" {
		return trustlist.Anchor{}, nil
	}
	if _, err := os.Stat(root); errors.Is(err, fs.ErrNotExist) || fingerprint.Resembles(root) {
		if hash, err := fingerprint.Parse(root); err == nil {
			return trustlist.AnchorHash(hash), nil
		} else if fingerprint.Resembles(root) {
			return trustlist.Anchor{}, wrongFingerprint(err)
		}
	}
	data, err := files.Read(root, maxDocument)
	if err != nil {
		return trustlist.Anchor{}, err
	}
	anchor, err := trustlist.ParseAnchor(data)
	if err != nil {
		return trustlist.Anchor{}, program.FailFor(err, "root_unreadable", root)
	}
	return anchor, nil
}

// CheckAnchor reports what is wrong with a flag that names a root.
func CheckAnchor(root string) error {
	_, err := Anchor(root)
	return err
}

// wrongFingerprint says which character of a fingerprint is wrong, where one is no
// character of any. The fault stays [fingerprint.ErrChecksum] where none is.
func wrongFingerprint(err error) error {
	var word *fingerprint.WordError
	var length *fingerprint.LengthError
	switch {
	case errors.As(err, &word):
		return program.FailFor(err, "fingerprint_word", word.Position, word.Word)
	case errors.As(err, &length):
		return program.FailFor(err, "fingerprint_length", length.Have, length.Want)
	}
	return program.FailFor(err, "fingerprint_checksum")
}

// Venue is where a device stands.
type Venue struct {
	Class  uint16 `json:"class"`
	Region string `json:"region,omitempty"`
}

// Or fills in from another venue what this one does not say.
func (v Venue) Or(other Venue) Venue {
	return Venue{cmp.Or(v.Class, other.Class), cmp.Or(v.Region, other.Region)}
}

const (
	// maxVenue bounds the file of a venue.
	maxVenue = 1 << 10
	// venueVersion is the version of the file that this program reads and writes.
	venueVersion = 1
)

// ReadVenue reads where the device of a store stands; nowhere is the zero Venue.
func ReadVenue(store string) (Venue, error) {
	path := store + ".venue"
	data, err := files.Read(path, maxVenue)
	if errors.Is(err, fs.ErrNotExist) {
		return Venue{}, nil
	}
	if err != nil {
		return Venue{}, err
	}
	var v struct {
		Version int `json:"version"` // of what the members mean; not there: 1
		Venue
	}
	err = json.Unmarshal(data, &v)
	switch {
	case v.Version > venueVersion:
		return Venue{}, program.Fail("venue_later", path, v.Version, program.Version(), venueVersion)
	case err != nil || v.Class == 0:
		return Venue{}, program.Fail("venue_unreadable", path)
	}
	return v.Venue, nil
}

// WriteVenue keeps where the device stands; the zero Venue forgets it.
func WriteVenue(store string, v Venue) error {
	if v == (Venue{}) {
		if err := os.Remove(store + ".venue"); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return program.AboutFile(store+".venue", err)
		}
		return nil
	}
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return files.Write(store+".venue", append(data, '\n'), 0o644)
}
