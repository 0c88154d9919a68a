package nation

import (
	"fmt"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/trustlist"
)

// Known is what a device's memory (spec/trust.md, section Memory) says that it has
// known: the floor, and of each document the version and hash, by the document's
// name: "list", "keyset 33", "status 33 7936".
type Known struct {
	Floor     int64
	Documents map[string]trustlist.PartRef
}

// KnownOf reads a memory, by the text of the specification alone.
func KnownOf(t testing.TB, memory []byte) Known {
	t.Helper()
	var envelope struct {
		_       struct{} `cbor:",toarray"`
		Magic   string
		Content []byte
		Sum     [32]byte
	}
	var content struct {
		Floor   int64              `cbor:"1,keyasint,omitempty"`
		Root    *trustlist.PartRef `cbor:"2,keyasint,omitempty"`
		List    *trustlist.PartRef `cbor:"3,keyasint,omitempty"`
		Policy  *trustlist.PartRef `cbor:"4,keyasint,omitempty"`
		Regions []knownRegion      `cbor:"5,keyasint,omitempty"`
	}
	if err := cborx.Unmarshal(memory, &envelope); err != nil {
		t.Fatal(err)
	}
	if err := cborx.Unmarshal(envelope.Content, &content); err != nil {
		t.Fatal(err)
	}
	k := Known{content.Floor, map[string]trustlist.PartRef{}}
	k.add("root", content.Root)
	k.add("list", content.List)
	k.add("policy", content.Policy)
	for _, r := range content.Regions {
		k.add("keyset "+r.Code, r.KeySet)
		k.add("overlay "+r.Code, r.Overlay)
		k.add("snapshot "+r.Code, r.Snapshot)
		k.add("delta "+r.Code, r.Delta)
		for _, l := range r.Lists {
			k.add(fmt.Sprintf("status %s %d", r.Code, l.Number), &trustlist.PartRef{Version: l.Version, Hash: l.Hash})
		}
	}
	return k
}

type knownRegion struct {
	Code     string             `cbor:"1,keyasint"`
	KeySet   *trustlist.PartRef `cbor:"2,keyasint,omitempty"`
	Overlay  *trustlist.PartRef `cbor:"3,keyasint,omitempty"`
	Snapshot *trustlist.PartRef `cbor:"4,keyasint,omitempty"`
	Delta    *trustlist.PartRef `cbor:"5,keyasint,omitempty"`
	Lists    []knownList        `cbor:"6,keyasint,omitempty"`
	Keys     []knownKey         `cbor:"7,keyasint,omitempty"`
}

type knownList struct {
	_       struct{} `cbor:",toarray"`
	Number  uint32
	Version trustlist.Version
	Hash    [32]byte
}

type knownKey struct {
	_          struct{} `cbor:",toarray"`
	Thumbprint [32]byte
	State      uint8
	Since      int64
}

func (k *Known) add(name string, ref *trustlist.PartRef) {
	if ref != nil {
		k.Documents[name] = *ref
	}
}

// Fell says what is lower, gone or another in next than in k, "" for nothing. The
// version of a status list may go when the floor has passed its month.
func (k Known) Fell(next Known) string {
	if next.Floor < k.Floor {
		return fmt.Sprintf("the floor from %d to %d", k.Floor, next.Floor)
	}
	for name, before := range k.Documents {
		after, ok := next.Documents[name]
		switch order := after.Version.Compare(before.Version); {
		case !ok && monthPassed(name, next.Floor):
		case !ok:
			return name + " is forgotten"
		case order < 0:
			return fmt.Sprintf("%s from %s to %s", name, before.Version, after.Version)
		case order == 0 && after.Hash != before.Hash:
			return fmt.Sprintf("%s %s is another", name, before.Version)
		}
	}
	return ""
}

// monthPassed reports whether a name is of a status list whose month has ended.
func monthPassed(name string, t int64) bool {
	var region string
	var number int
	if n, _ := fmt.Sscanf(name, "status %s %d", &region, &number); n != 2 {
		return false
	}
	end := time.Date(2020, time.Month(number>>8)+2, 1, 0, 0, 0, 0, time.FixedZone("", 8*3600))
	return t >= end.Unix()
}

// Standing says which document in force is not the highest that is known, "" for
// none: what is known above it was replaced by something older.
func (k Known) Standing(documents []trustlist.DocumentStanding) string {
	for _, d := range documents {
		name := d.Kind.String()
		if d.Region != "" {
			name += " " + d.Region
		}
		if d.Kind == trustlist.KindStatusList {
			name += fmt.Sprintf(" %d", d.List)
		}
		if ref := k.Documents[name]; ref.Version != d.Version || ref.Hash != d.Hash {
			return fmt.Sprintf("%s %s is in force and %s is known", name, d.Version, ref.Version)
		}
	}
	return ""
}
