package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"testing"
	"time"

	"github.com/tongxing/tongxing/verifier"
	"github.com/tongxing/tongxing/verifier/binding"
	"github.com/tongxing/tongxing/verifier/binding/bindingtest"
)

// asked is a request of a vector, member by member.
type asked struct {
	Code      string
	At        time.Time
	Venue     *venueJSON
	Presented *presentedJSON
}

func (a asked) verifying() verifying {
	v := verifying{at: a.At.Unix(), code: a.Code}
	if a.Venue != nil {
		v.class, v.region = a.Venue.Class, a.Venue.Region
	}
	if p := a.Presented; p != nil {
		v.kind, v.number, v.name = p.Type, p.Number, p.Name
	}
	return v
}

// What tongxing_load and tongxing_verify ask is what a host asks that writes its
// requests itself: every vector has the same verdict.
func TestFramesMadeForCGiveEveryVectorsVerdict(t *testing.T) {
	var instance *binding.Instance
	var material *bindingtest.Material
	outcomes := map[verifier.Outcome]int{}
	for i, c := range bindingtest.Cases(t) {
		if i == 0 || c.Material != material {
			instance, material = binding.New(), c.Material
			if material != nil {
				instance.Call(material.Load(t))
			}
		}
		var a asked
		if err := json.Unmarshal(c.Request, &a); err != nil {
			t.Fatal(err)
		}
		frame, err := a.verifying().frame()
		if err != nil {
			t.Fatal(err)
		}
		response := instance.Call(frame)
		verdict, outcome, err := verdictOf(response)
		if err != nil || !bytes.Equal(response, c.Response) || !bytes.HasPrefix(verdict, []byte(`{"outcome":"`+outcome.String()+`"`)) || !json.Valid(verdict) {
			t.Errorf("%s: %s, %v, %s", c.Name, outcome, err, response)
		}
		outcomes[outcome]++
	}
	if len(outcomes) != 4 {
		t.Errorf("%v: not every outcome was there", outcomes)
	}
}

func TestLoadTakesAHashOrARootAndAMemory(t *testing.T) {
	s := bindingtest.NewSuccession(t)
	hash := s.Older.Anchor.Hash()
	at := s.Newer.Issued.Unix()
	first := loading{at: at, anchor: s.Root, bundle: s.Newer.Bundle}
	before := binding.New()
	if response := call(t, before, first); !isAccepted(response) {
		t.Fatalf("%s", response)
	}
	stored := before.Call([]byte(`{"op":"stored"}`))
	head, body, _ := bytes.Cut(stored, []byte("\n"))
	var parts struct{ Parts []struct{ Length int } }
	if err := json.Unmarshal(head, &parts); err != nil || len(parts.Parts) != 2 {
		t.Fatalf("%s: %v", head, err)
	}
	memory := body[parts.Parts[0].Length:]
	hexadecimal := []byte(hex.EncodeToString(hash[:]))
	if response := call(t, binding.New(), loading{at: at, anchor: hexadecimal, bundle: s.Older.Bundle}); !isAccepted(response) {
		t.Errorf("%s", response)
	}
	if response := call(t, binding.New(), loading{at, hexadecimal, s.Older.Bundle, memory}); isAccepted(response) {
		t.Errorf("an older bundle than the memory knows: %s", response)
	}
}

func call(t *testing.T, instance *binding.Instance, l loading) []byte {
	t.Helper()
	frame, err := l.frame()
	if err != nil {
		t.Fatal(err)
	}
	return instance.Call(frame)
}

func TestTimesAreThoseThatRFC3339Writes(t *testing.T) {
	for at, want := range map[int64]bool{-1: false, 0: true, maxTime: true, maxTime + 1: false, 1 << 62: false, -1 << 62: false} {
		if isTime(at) != want {
			t.Errorf("%d: %v", at, !want)
		}
		if _, err := time.Parse(time.RFC3339, timeText(at)); want && err != nil {
			t.Errorf("%d: %v", at, err)
		}
	}
}

func TestResponseWithoutAVerdictIsNone(t *testing.T) {
	for _, response := range []string{"", "{}", `{"ok":true}`, `{"ok":true,"verdict":`, `{"ok":true,"verdict":{"outcome":"pass"}`, `{"ok":false,"verdict":{"outcome":"pass"}}`, `{"ok":true,"verdict":[]}`} {
		if verdict, outcome, err := verdictOf([]byte(response)); err == nil || verdict != nil || outcome != verifier.Unverified {
			t.Errorf("%s: %s, %s", response, verdict, outcome)
		}
	}
	if _, outcome, err := verdictOf([]byte(`{"ok":true,"verdict":{"outcome":"later"}}`)); err != nil || outcome != verifier.Unverified {
		t.Errorf("an outcome that is not known: %s, %v", outcome, err)
	}
}

func TestTicketsAreNeverGivenTwice(t *testing.T) {
	var e entrance
	seen := map[uintptr]bool{0: true}
	for range 1000 {
		number := e.add()
		if seen[number] || e.find(number) == nil || !e.close(number) || e.close(number) || e.find(number) != nil {
			t.Fatalf("%d", number)
		}
		seen[number] = true
	}
}
