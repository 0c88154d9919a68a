package verifier_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/trusttest"
	"github.com/tongxing/tongxing/verifier"
)

// country is all provinces with three forms of one policy: as it is, with overlays
// in two thirds of the provinces, and with the ceiling for a floor.
type country struct {
	provinces                []string
	signers                  map[string]sig.Signer
	plain, overlaid, ceiling *verifier.Verifier
}

func newCountry(t testing.TB) *country {
	t.Helper()
	c := &country{signers: map[string]sig.Signer{}}
	for _, province := range spec.Provinces() {
		c.provinces = append(c.provinces, province.Number)
		c.signers[province.Number] = sigtest.New(sig.ES256, "everywhere "+province.Number)
	}
	c.plain = c.load(t, everyClass(false), false)
	c.overlaid = c.load(t, everyClass(false), true)
	c.ceiling = c.load(t, everyClass(true), false)
	return c
}

// everyClass has every class of venues, laxer to stricter by their numbers, and
// the ceiling of each for its floor if lifted.
func everyClass(lifted bool) *trustlist.Policy {
	p := nation()
	classes := p.Editions[0].Classes[:0]
	for _, venue := range spec.VenueClasses() {
		n := uint32(venue.Number)
		c := trustlist.ClassPolicy{Class: venue.Number,
			Floor:   demand(asks(trustlist.AnyOf, within(1, 24+4*n), doses(3))),
			Ceiling: demand(asks(trustlist.AnyOf, within(1, 12), doses(3+n%2)))}
		c.Floor.Check, c.Floor.Restrict = []uint16{1}, []uint16{2}
		c.Ceiling.Check, c.Ceiling.Restrict = nil, []uint16{1, 2}
		if n%3 == 0 {
			c.Floor.NoStatus, c.Floor.Requirement = trustlist.NoStatusPass, nil
		}
		if lifted {
			c.Floor = c.Ceiling
		}
		classes = append(classes, c)
	}
	p.Editions[0].Classes = classes
	return p
}

func (c *country) load(t testing.TB, p *trustlist.Policy, overlaid bool) *verifier.Verifier {
	t.Helper()
	m := trusttest.Material{Issued: issuedAt - 3600, Policy: p}
	for i, code := range c.provinces {
		region := trusttest.Region{Code: code, Usage: allUsage, Keys: []trustlist.Key{signingKey(c.signers[code])},
			Laboratories: []trustlist.Laboratory{{Number: 1, Name: "检验所", Admitted: issuedAt - 90*day}}}
		if overlaid && i%3 > 0 {
			region.Overlay = &trustlist.Overlay{Editions: []trustlist.OverlayEdition{{EffectiveFrom: issuedAt - 9*day}}}
			for j := range p.Editions[0].Classes {
				class := &p.Editions[0].Classes[j]
				d := class.Ceiling
				if i%3 == 1 { // as strict on states, and 20 hours
					d.Requirement = asks(trustlist.AnyOf, within(1, 20), doses(3))
				}
				region.Overlay.Editions[0].Classes = append(region.Overlay.Editions[0].Classes, trustlist.ClassDemand{Class: class.Class, Demand: d})
			}
		}
		m.Regions = append(m.Regions, region)
	}
	return verifierOf(t, m)
}

// random is a code of a province about anybody.
func (c *country) random(t testing.TB, r *rand.Rand, issuer string) []byte {
	t.Helper()
	at := int64(issuedAt) - r.Int64N(day)
	credential := &format.Credential{Issuer: issuer, IssuedAt: at, Expires: issuedAt + 5*day}
	credential.Ref = format.Ref{List: list(credential), Index: r.Uint32()}
	if kind := r.IntN(8); kind < 7 {
		state := [7]uint16{0, 0, 0, 1, 2, 2, 7}[kind]
		credential.Status = &format.Status{State: state, Minutes: uint16(r.IntN(20_000))}
		if state != 0 {
			credential.Status.Rule = state*100 + 1 + uint16(r.IntN(4))/3
		}
	}
	if r.IntN(2) == 0 {
		region, err := strconv.ParseUint(c.provinces[r.IntN(len(c.provinces))], 10, 8)
		if err != nil {
			t.Fatal(err)
		}
		credential.Tests = []format.Test{{Kind: 1, Result: uint16(r.IntN(4)) / 3, Minutes: uint16(r.IntN(5_000)), Laboratory: uint32(region)<<16 | 1}}
	}
	if r.IntN(2) == 0 || credential.Status == nil && credential.Tests == nil {
		credential.Vaccinations = []format.Vaccination{{Product: 1, Dose: uint8(1 + r.IntN(4)), Course: 2, Day: uint16(500 + r.IntN(300))}}
	}
	var err error
	if credential.Holder, err = format.NewHolder(issuer, credential.Ref, holderName, document(t, format.ClassCitizen, holderNumber)); err != nil {
		t.Fatal(err)
	}
	data, err := format.Encode(credential, c.signers[issuer])
	if err != nil {
		t.Fatal(err)
	}
	return data
}

var distances = map[verifier.Outcome]int{verifier.Pass: 0, verifier.Check: 1, verifier.Restricted: 2}

// compare verifies a code once and takes it to every class in every province.
func (c *country) compare(data []byte, counts map[string]int) error {
	verdict := c.plain.VerifyBytes(data, unix(issuedAt+60), verifier.Context{})
	counts[verdict.Reason().Name()]++
	if !verdict.Verified() {
		for i, visited := range c.provinces {
			context := verifier.Context{Class: uint16(1 + i%16), Region: visited}
			if got := c.overlaid.VerifyBytes(data, unix(issuedAt+60), context); got.Reason() != verdict.Reason() {
				return fmt.Errorf("%s, in %s %s", verdict.Reason(), visited, got.Reason())
			}
		}
		return nil
	}
	for _, venue := range spec.VenueClasses() {
		floor, why := verdict.At(c.plain, venue.Number, verdict.Evidence().Issuer)
		ceiling, _ := verdict.At(c.ceiling, venue.Number, "")
		for _, visited := range c.provinces {
			if outcome, reason := verdict.At(c.plain, venue.Number, visited); outcome != floor || reason != why {
				return fmt.Errorf("class %d: at home %s, in %s %s", venue.Number, why, visited, reason)
			}
			outcome, reason := verdict.At(c.overlaid, venue.Number, visited)
			if distances[outcome] < distances[floor] || distances[outcome] > distances[ceiling] || outcome == verifier.Unverified {
				return fmt.Errorf("class %d: by the floor %s, in %s %s, by the ceiling %s", venue.Number, floor, visited, reason, ceiling)
			}
			counts[outcome.String()]++
			if outcome != floor {
				counts["stricter"]++
			}
		}
	}
	return nil
}

func (c *country) all(t testing.TB, each int, seed uint64) {
	t.Helper()
	r, counts := rand.New(rand.NewPCG(34, seed)), map[string]int{}
	for _, issuer := range c.provinces {
		for range each {
			if err := c.compare(c.random(t, r, issuer), counts); err != nil {
				t.Fatalf("code of %s: %v", issuer, err)
			}
		}
	}
	for _, name := range []string{"pass", "check", "restricted", "stricter", "adverse_without_rule", "state_unknown", "no_status"} {
		if counts[name] == 0 {
			t.Errorf("%v: no %s", counts, name)
		}
	}
}

// A code gets one answer at a class of venues, in whichever province: 34 issuing
// and 34 visited ones, every class; where a province has an overlay, an answer
// between that of the floor and that of the ceiling.
func TestOneVerdictEverywhere(t *testing.T) { newCountry(t).all(t, 12, 1) }

// BenchmarkEverywhereMillion is the same over 1,000 codes of each province: 18
// million answers and as many again with overlays.
func BenchmarkEverywhereMillion(b *testing.B) {
	c := newCountry(b)
	for i := range b.N {
		c.all(b, 1000, uint64(i))
	}
}
