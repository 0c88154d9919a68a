package issuer_test

import (
	"testing"
	"time"

	"github.com/tongxing/tongxing/issuer/record"
)

// TestARoutineRefreshIsToldFromAChange: spec/status.md, section 2. A change
// supersedes, a refresh of the same claims does not.
func TestARoutineRefreshIsToldFromAChange(t *testing.T) {
	iss := newIssuer(t, usual(t), greenSigner, adverseSigner)
	whole := func() *record.Record {
		r := person()
		r.Vaccinations = []record.Vaccination{{Product: 1, Dose: 1, Course: 2, Day: "2021-01-01"}}
		return r
	}
	old := claims(t, sign(t, iss, whole(), 1))
	for name, c := range map[string]struct {
		change func(*record.Record)
		same   bool
	}{
		"nothing":            {func(*record.Record) {}, true},
		"determined anew":    {func(r *record.Record) { r.Status.Determined = r.Status.Determined.Add(time.Hour) }, true},
		"holds longer":       {func(r *record.Record) { r.Status.Until = r.Status.Until.Add(time.Hour) }, true},
		"the state turned":   {func(r *record.Record) { r.Status = yellow() }, false},
		"no status any more": {func(r *record.Record) { r.Status = nil }, false},
		"a dose more":        {func(r *record.Record) { r.Vaccinations[0].Dose = 2 }, false},
		"a vaccination less": {func(r *record.Record) { r.Vaccinations = nil }, false},
		"the name":           {func(r *record.Record) { r.Name = "欧阳修" }, false},
		"another test": {func(r *record.Record) {
			r.Tests = append(r.Tests, record.Test{Kind: 1, Reported: now.Add(-time.Hour), Sampled: now.Add(-2 * time.Hour), Laboratory: 33<<16 | 3})
		}, false},
	} {
		r := whole()
		c.change(r)
		draft, err := iss.Draft(r, now.Add(31*time.Second))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := draft.SameClaims(old); got != c.same {
			t.Errorf("%s: the same is %v, want %v", name, got, c.same)
		}
		if !draft.SameHolder(old) {
			t.Errorf("%s: another person", name)
		}
	}
	other := whole()
	other.DocumentType, other.DocumentNumber = "03", "E12345678"
	draft, err := iss.Draft(other, now)
	if err != nil {
		t.Fatal(err)
	}
	if draft.SameHolder(old) {
		t.Error("another document is the same person's")
	}
}
