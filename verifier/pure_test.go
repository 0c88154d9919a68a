package verifier_test

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/spec/vectors"
	"github.com/tongxing/tongxing/verifier"
)

// question is everything that a verdict depends on, and its answer.
type question struct {
	verifier *verifier.Verifier
	text     string
	at       time.Time
	context  verifier.Context
	answer   string
}

func (q *question) ask(t testing.TB) string {
	return asJSON(t, q.verifier.Verify(q.text, q.at, q.context))
}

// questions are every fifth vector, each with and without a document.
func questions(t testing.TB) []question {
	t.Helper()
	all, err := vectors.Load()
	if err != nil {
		t.Fatal(err)
	}
	var list []question
	for i := 0; i < len(all); i += 5 {
		v := verifierFor(t, all[i].Trust)
		for _, context := range []verifier.Context{{}, {Name: "王芳"}} {
			q := question{verifier: v, text: all[i].Text, at: all[i].Time, context: context}
			q.answer = q.ask(t)
			list = append(list, q)
		}
	}
	return list
}

// Verify is a function: order, repetition and company make no difference.
func TestTheVerdictDependsOnItsArgumentsAlone(t *testing.T) {
	list := questions(t)
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			shuffled := slices.Clone(list)
			r := rand.New(rand.NewPCG(1, uint64(worker)))
			r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
			for i := range shuffled {
				if got := shuffled[i].ask(t); got != shuffled[i].answer {
					t.Errorf("answer %s, alone %s", got, shuffled[i].answer)
				}
			}
		})
	}
	group.Wait()
}

// Two devices that load the same bundle agree; so do the two transports and the
// bytes themselves.
func TestEveryDeviceAndTransportGivesTheSameVerdict(t *testing.T) {
	for _, algorithm := range []sig.Algorithm{sig.ES256, sig.SM2} {
		s := newScene(algorithm)
		one := s.verifier(t)
		loaded.Clear()
		two := s.verifier(t)
		if one == two {
			t.Fatal("the material was not loaded again")
		}
		data := s.data(t)
		want := asJSON(t, one.VerifyBytes(data, at(s), s.context))
		for _, v := range []*verifier.Verifier{one, two} {
			for _, text := range []string{transport.Encode(data), transport.EncodeDigits(data), " " + transport.Encode(data) + "\r\n"} {
				if got := asJSON(t, v.Verify(text, at(s), s.context)); got != want {
					t.Errorf("%.8q: %s, want %s", text, got, want)
				}
			}
		}
		zone := time.FixedZone("-11", -11*3600)
		if got := asJSON(t, one.VerifyBytes(data, at(s).In(zone), s.context)); got != want {
			t.Errorf("in another zone: %s, want %s", got, want)
		}
	}
}

func TestVerifyDoesNotChangeWhatItIsGiven(t *testing.T) {
	s := newScene(sig.SM2)
	data := s.data(t)
	given := slices.Clone(data)
	verdict := s.verifier(t).VerifyBytes(data, at(s), s.context)
	before := asJSON(t, verdict)
	if !slices.Equal(data, given) {
		t.Error("the bytes were changed")
	}
	clear(data) // and the verdict keeps no hold of them
	if after := asJSON(t, verdict); after != before || !verdict.Verified() {
		t.Errorf("the verdict was %s and is %s", before, after)
	}
}

// The plan allows 40 allocations from text to verdict and 20 for parsing.
func TestAllocations(t *testing.T) {
	for _, algorithm := range []sig.Algorithm{sig.ES256, sig.SM2} {
		s := newScene(algorithm)
		s.material.Policy = nation()
		v, text, when := s.verifier(t), s.text(t), at(s)
		verify := testing.AllocsPerRun(50, func() { v.Verify(text, when, verifier.Context{Class: station, Region: "34"}) })
		parse := testing.AllocsPerRun(50, func() {
			data, err := transport.Decode(text)
			if err == nil {
				_, err = format.Parse(data)
			}
			if err != nil {
				t.Error(err)
			}
		})
		t.Logf("%s: %.0f allocations for a verdict, %.0f for parsing", algorithm, verify, parse)
		if !raceDetector && (verify > 40 || parse > 20) {
			t.Errorf("%s: %.0f allocations for a verdict, at most 40; %.0f for parsing, at most 20", algorithm, verify, parse)
		}
	}
}
