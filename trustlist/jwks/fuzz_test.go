package jwks_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"testing"

	"github.com/tongxing/tongxing/trustlist/jwks"
)

// FuzzParse feeds envelopes: what is read has one encoding, and is JSON for
// others too.
func FuzzParse(f *testing.F) {
	for _, v := range exports(f) {
		f.Add([]byte(v.Export))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := jwks.Parse(data)
		if err != nil {
			if e != nil {
				t.Fatal("an export beside an error")
			}
			return
		}
		if again := e.Marshal(); !bytes.Equal(again, data) {
			t.Fatalf("%s comes back as %s", data, again)
		}
		if !json.Valid(data) {
			t.Fatalf("%s is not JSON", data)
		}
	})
}

// FuzzPayload feeds payloads without their signatures, so that mutations reach
// the key sets at once.
func FuzzPayload(f *testing.F) {
	for _, v := range exports(f) {
		if e, err := jwks.Parse([]byte(v.Export)); err == nil {
			f.Add(payloadOf(f, e))
		}
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		e, err := jwks.Parse(unsigned(payload))
		if err != nil {
			t.Fatal(err)
		}
		set, err := e.UnverifiedSet()
		if err != nil {
			if set != nil {
				t.Fatal("a set beside an error")
			}
			return
		}
		if !json.Valid(payload) {
			t.Fatalf("%s is not JSON", payload)
		}
		var standard struct {
			Keys []json.RawMessage `json:"keys"`
		}
		if err := json.Unmarshal(payload, &standard); err != nil {
			t.Fatal(err)
		}
		keys := len(set.Foreign)
		for i := range set.Regions {
			keys += len(set.Regions[i].Keys)
		}
		if keys < len(standard.Keys) {
			t.Fatalf("%d keys of %d", keys, len(standard.Keys))
		}
	})
}

// FuzzVerify feeds whole exports to a reader with a root: whatever comes, it is
// the good export or none.
func FuzzVerify(f *testing.F) {
	good := goodExport(f)
	of := root(f, good)
	for _, v := range exports(f) {
		f.Add([]byte(v.Export))
	}
	taken := map[string]bool{}
	for _, v := range exports(f) {
		taken[string(v.Hash)] = true
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		kept := bytes.Clone(data)
		set, _, err := jwks.Verify(data, of, jwks.Known{})
		if (err == nil) != (set != nil) {
			t.Fatalf("%v beside %v", set, err)
		}
		if err == nil && !taken[string(set.Hash[:])] {
			t.Fatalf("an export that nobody signed: %s", data)
		}
		if !bytes.Equal(kept, data) {
			t.Fatal("reading has changed the data")
		}
	})
}

// payloadOf is what an export carries.
func payloadOf(t testing.TB, e *jwks.Export) []byte {
	t.Helper()
	var outer struct{ Payload string }
	if err := json.Unmarshal(e.Marshal(), &outer); err != nil {
		t.Fatal(err)
	}
	payload, err := base64.RawURLEncoding.DecodeString(outer.Payload)
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

// unsigned is the draft with a payload.
func unsigned(payload []byte) []byte {
	return []byte(`{"payload":"` + base64.RawURLEncoding.EncodeToString(payload) + `","signatures":[]}`)
}
