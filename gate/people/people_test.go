package people_test

import (
	"crypto/rand"
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/gate"
	"github.com/tongxing/tongxing/gate/document"
	"github.com/tongxing/tongxing/gate/enrolment"
	"github.com/tongxing/tongxing/gate/gatetest"
	"github.com/tongxing/tongxing/gate/people"
	"github.com/tongxing/tongxing/gate/screen"
	"github.com/tongxing/tongxing/verifier"
)

// [GATE-12] A code is enrolled only with the document that it belongs to and only
// while it is verified; from then on the document opens it, and every visit is judged
// anew. Each step costs a run of Argon2id, so they are one test.
func TestTheDocumentOpensItsCodeAndNobodyElses(t *testing.T) {
	keeper := gatetest.Keeper(t)
	var desk document.Desk
	g, err := gate.New(gate.Options{Knowledge: keeper, Clock: gatetest.Clock, Desk: &desk})
	if err != nil {
		t.Fatal(err)
	}
	g.SetVenue(gate.Venue{Class: 3, Region: "33"})
	key, err := enrolment.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	book, err := enrolment.Open(filepath.Join(t.TempDir(), "people"), key, enrolment.Options{
		Params: enrolment.Params{Passes: 3, Memory: 64 << 10}, Random: rand.Reader,
	})
	if err != nil {
		t.Fatal(err)
	}
	p, err := people.New(g, book, keeper, gatetest.Clock)
	if err != nil {
		t.Fatal(err)
	}
	codes := gatetest.Codes(t)
	holder, other := verifier.Presented("01", "339999196001058363", ""), verifier.Presented("01", "11010519491231002X", "")
	for name, c := range map[string]struct {
		code      string
		presented verifier.Context
		want      error
	}{
		"another's":   {codes[0].Text, other, people.ErrNotTheirs},
		"revoked":     {codes[6].Text, holder, people.ErrNotTheirs},
		"no code":     {"6901234567892", holder, people.ErrNotTheirs},
		"no document": {codes[0].Text, verifier.Context{}, enrolment.ErrNoDocument},
	} {
		if _, err := p.Enrol(c.code, c.presented); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// [GATE-8] On a reader whoever is not enrolled shows a code next: the temperature is that screen's.
	desk.Put(document.Reading{Temperature: 37.9}, gatetest.Clock())
	if _, enrolled, err := p.OpenEnrolled(holder); enrolled || err != nil || desk.TakeTemperature() != 37.9 {
		t.Errorf("%v %v", enrolled, err)
	}
	if a, err := p.Open(holder); err != nil || a.Screen.Name != "not_enrolled" {
		t.Errorf("%s %v", a.Screen.Name, err)
	}
	if until, err := p.Enrol(codes[4].Text, holder); err != nil || until == 0 { // a red code is one too
		t.Fatal(err)
	}
	a, err := p.Open(holder)
	if err != nil || a.Screen.Name != "restricted" || !slices.Contains(a.Screen.Notices, screen.Enrolled) {
		t.Errorf("%s %v %v", a.Screen.Name, a.Screen.Notices, err)
	}
	if gone, err := p.Forget(holder); !gone || err != nil {
		t.Errorf("%v %v", gone, err)
	}
	if err := g.Train(true); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Enrol(codes[0].Text, holder); !errors.Is(err, people.ErrNotTheirs) {
		t.Errorf("in training: %v", err)
	}
	if _, err := people.New(g, nil, keeper, gatetest.Clock); !errors.Is(err, people.ErrOptions) {
		t.Errorf("%v", err)
	}
}
