package policy_test

import (
	"crypto/sha256"
	"testing"

	"github.com/tongxing/tongxing/internal/ratiotest"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/verifier/policy"
)

// busy is a nation with every class, three editions and a hundred rules.
func busy() *trustlist.Policy {
	p := sample()
	classes := p.Editions[0].Classes[0]
	p.Editions[0].Classes = nil
	for class := range uint16(16) {
		classes.Class = class + 1
		p.Editions[0].Classes = append(p.Editions[0].Classes, classes)
	}
	p.Editions = append(p.Editions, p.Editions[0], p.Editions[0])
	p.Editions[1].EffectiveFrom, p.Editions[2].EffectiveFrom = now+day, now+9*day
	for n := range uint16(100) {
		p.Rules = append(p.Rules, trustlist.Rule{Number: 1000 + n, States: []uint16{1, 2}, Longest: 1, From: now})
	}
	return p
}

// Limits: an evaluation takes less than 2 us. The baseline is SHA-256 over 1 KiB,
// on any machine of today between half a microsecond and 4; a hundred of each make one
// turn, so that the clock's own steps do not count.
func BenchmarkEvaluate(b *testing.B) {
	region := &trustlist.Overlay{RegionalHead: trustlist.RegionalHead{Region: "34"}, Editions: []trustlist.OverlayEdition{{
		EffectiveFrom: now - day, Classes: []trustlist.ClassDemand{{Class: 3, Demand: sample().Editions[0].Classes[0].Floor}}}}}
	e, err := policy.New(busy(), []*trustlist.Overlay{region})
	if err != nil {
		b.Fatal(err)
	}
	f := tested(hour)
	f.Vaccinations = []policy.Vaccination{{Product: 1, Dose: 1, Day: 500}, {Product: 1, Dose: 2, Day: 530}}
	text := make([]byte, 1024)
	ratiotest.Compare(b, func() {
		for range 100 {
			e.Evaluate(station, &f, now)
		}
	}, func() {
		for range 100 {
			text[0] = sha256.Sum256(text)[0]
		}
	}, 1.5)
}

// Evaluate by itself: nanoseconds and allocations.
func BenchmarkEvaluateAlone(b *testing.B) {
	e, err := policy.New(busy(), nil)
	if err != nil {
		b.Fatal(err)
	}
	f := tested(hour)
	b.ReportAllocs()
	for b.Loop() {
		e.Evaluate(station, &f, now)
	}
}
