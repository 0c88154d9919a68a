package trustlist_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/tongxing/tongxing/trustlist"
)

// fuzzKind feeds bytes to one kind of document, seeded with its vectors: what
// is taken has one encoding, and can be shown.
func fuzzKind(f *testing.F, kind trustlist.Kind) {
	seeds := 0
	for _, v := range documentVectors(f) {
		if v.Kind == kind.String() {
			f.Add([]byte(v.Document))
			seeds++
		}
	}
	if seeds == 0 {
		f.Fatalf("no vectors of a %s", kind)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		u, err := trustlist.Open(data)
		if err != nil {
			return
		}
		d, err := u.UnverifiedContent()
		if err != nil {
			if d != nil {
				t.Fatal("a document beside an error")
			}
			return
		}
		m, err := trustlist.NewMessage(d)
		if err != nil {
			t.Fatalf("taken and not written: %v", err)
		}
		if !bytes.Equal(m.UnverifiedPayload(), u.Message().UnverifiedPayload()) {
			t.Fatalf("%x comes back as %x", u.Message().UnverifiedPayload(), m.UnverifiedPayload())
		}
		if _, err := json.Marshal(d); err != nil {
			t.Fatalf("taken and not shown: %v", err)
		}
	})
}

func FuzzRoot(f *testing.F)        { fuzzKind(f, trustlist.KindRoot) }
func FuzzList(f *testing.F)        { fuzzKind(f, trustlist.KindList) }
func FuzzPolicy(f *testing.F)      { fuzzKind(f, trustlist.KindPolicy) }
func FuzzKeySet(f *testing.F)      { fuzzKind(f, trustlist.KindKeySet) }
func FuzzOverlay(f *testing.F)     { fuzzKind(f, trustlist.KindOverlay) }
func FuzzSnapshot(f *testing.F)    { fuzzKind(f, trustlist.KindSnapshot) }
func FuzzStatusList(f *testing.F)  { fuzzKind(f, trustlist.KindStatusList) }
func FuzzStatusDelta(f *testing.F) { fuzzKind(f, trustlist.KindStatusDelta) }
func FuzzAdmission(f *testing.F)   { fuzzKind(f, trustlist.KindAdmission) }

// FuzzPayload feeds payloads without their signatures, so that mutations reach
// the documents at once.
func FuzzPayload(f *testing.F) {
	for _, v := range documentVectors(f) {
		if u, err := trustlist.Open(v.Document); err == nil {
			f.Add(uint8(u.Kind()), u.Message().UnverifiedPayload())
		}
	}
	f.Fuzz(func(t *testing.T, kind uint8, payload []byte) {
		m, err := newSign(trustlist.Kind(kind).MediaType(), payload)
		if err != nil {
			return
		}
		u, err := trustlist.FromMessage(m)
		if err != nil {
			return
		}
		d, err := u.UnverifiedContent()
		if err != nil {
			return
		}
		again, err := trustlist.NewMessage(d)
		if err != nil || !bytes.Equal(again.UnverifiedPayload(), payload) {
			t.Fatalf("%x comes back as %x (%v)", payload, again, err)
		}
	})
}

// FuzzLoad feeds bundles to a device that has a good one: whatever comes, it is
// left with a whole answer, and with nothing older.
func FuzzLoad(f *testing.F) {
	var good []byte
	var anchor trustlist.Anchor
	for _, v := range bundleVectors(f) {
		f.Add([]byte(v.Bundle))
		if v.Name == "good" {
			good, anchor = v.Bundle, trustlist.AnchorHash([32]byte(v.Anchor))
		}
	}
	previous, _, err := trustlist.Load(good, anchor, trustlist.LoadOptions{Clock: now})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		kept := bytes.Clone(data)
		trust, report, err := trustlist.Load(data, anchor, trustlist.LoadOptions{Clock: now, Previous: previous})
		if (err == nil) != (trust != nil && report != nil) {
			t.Fatalf("%v, %v, %v", trust, report, err)
		}
		if err == nil {
			notLower(t, previous, trust)
			if _, err := json.Marshal(trust); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(kept, data) {
			t.Fatal("loading has changed the bundle")
		}
	})
}

// FuzzParseBundle feeds the container alone, at full speed.
func FuzzParseBundle(f *testing.F) {
	for _, v := range bundleVectors(f) {
		f.Add([]byte(v.Bundle))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		parts, err := trustlist.ParseBundle(data)
		if err != nil {
			return
		}
		if again, err := parts.Encode(); err != nil || !bytes.Equal(again, data) {
			t.Fatalf("%x comes back as %x (%v)", data, again, err)
		}
	})
}

// FuzzAnchor feeds what is given as the trusted root.
func FuzzAnchor(f *testing.F) {
	for _, v := range documentVectors(f) {
		f.Add([]byte(v.Document), "")
	}
	f.Add([]byte(nil), "00")
	f.Fuzz(func(t *testing.T, data []byte, text string) {
		if anchor, err := trustlist.ParseAnchor(data); err != nil && anchor != (trustlist.Anchor{}) {
			t.Fatal("an anchor beside an error")
		}
		if anchor, err := trustlist.ParseAnchorHash(text); err != nil && anchor != (trustlist.Anchor{}) {
			t.Fatal("an anchor beside an error")
		}
		if a, err := trustlist.OpenAdmission(data); err != nil && a != nil {
			t.Fatal("a request beside an error")
		}
	})
}
