package gate_test

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/tongxing/tongxing/gate"
	"github.com/tongxing/tongxing/gate/controllers"
	"github.com/tongxing/tongxing/gate/counters"
	"github.com/tongxing/tongxing/gate/document"
	"github.com/tongxing/tongxing/gate/gatetest"
	"github.com/tongxing/tongxing/gate/screen"
	"github.com/tongxing/tongxing/gate/training"
	"github.com/tongxing/tongxing/gate/wedge"
	"github.com/tongxing/tongxing/verifier"
)

func device(t testing.TB, edit func(*gate.Options)) *gate.Gate {
	t.Helper()
	o := gate.Options{Knowledge: gatetest.Keeper(t), Clock: gatetest.Clock}
	if edit != nil {
		edit(&o)
	}
	g, err := gate.New(o)
	if err != nil {
		t.Fatal(err)
	}
	g.SetVenue(gate.Venue{Class: 3, Region: "33"})
	return g
}

func judge(t testing.TB, g *gate.Gate, codes ...string) gate.Answer {
	t.Helper()
	a, err := g.Judge(gate.Scan{Codes: codes})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestEveryCodeGivesItsScreenAtTheVenue(t *testing.T) {
	g := device(t, nil)
	for _, c := range gatetest.Codes(t) {
		if a := judge(t, g, c.Text); a.Screen.Name != c.Screen || a.Screen.Reason != c.Reason || a.Repeat {
			t.Errorf("code %d: %s (%s)", c.Number, a.Screen.Name, a.Screen.Reason)
		}
	}
	if (g.Venue() != gate.Venue{Class: 3, Region: "33"}) {
		t.Errorf("%+v", g.Venue())
	}
}

// The same code that stays in view is one check for as long as it stays, whichever
// order two codes are seen in; after a minute without it, it is another.
func TestACodeThatStaysInViewIsOneCheck(t *testing.T) {
	at := training.At
	var count counters.Counters
	g := device(t, func(o *gate.Options) {
		o.Clock = func() time.Time { return at }
		o.Counter = &count
	})
	one, other := gatetest.Codes(t)[0].Text, gatetest.Codes(t)[2].Text
	for i := range 200 {
		if a := judge(t, g, one); a.Repeat != (i > 0) {
			t.Fatalf("scan %d", i)
		}
		at = at.Add(time.Second)
	}
	at = at.Add(time.Minute)
	if judge(t, g, one).Repeat || judge(t, g, other).Repeat || judge(t, g, one, other).Repeat || !judge(t, g, other, one).Repeat {
		t.Error("another code, or another minute")
	}
	at = at.Add(-time.Hour)
	if judge(t, g, other, one).Repeat {
		t.Error("a clock that fell")
	}
	for range counters.Least {
		at = at.Add(2 * time.Minute)
		judge(t, g, one)
	}
	if hours := count.Hours(); hours[len(hours)-1].Counts["pass"] > 10+counters.Least {
		t.Errorf("repeats are counted: %+v", hours)
	}
}

// [GATE-8] What lies on the reader counts for the code, and what a request presents
// comes before it.
func TestTheDocumentOnTheReaderCounts(t *testing.T) {
	var desk document.Desk
	g := device(t, func(o *gate.Options) { o.Desk = &desk })
	code := gatetest.Codes(t)[0].Text
	desk.Put(document.Reading{Type: "01", Number: "11010519491231002X", Temperature: 36.5}, training.At)
	if a := judge(t, g, code); a.Screen.Reason.Name() != "holder_mismatch" || a.Temperature != 36.5 {
		t.Errorf("%s %v", a.Screen.Reason, a.Temperature)
	}
	desk.Put(document.Reading{Removed: true}, training.At)
	if a := judge(t, g, code); a.Screen.Name != "pass" || a.Temperature != 0 {
		t.Errorf("%s %v", a.Screen.Name, a.Temperature)
	}
}

// [GATE-15]
// [GATE-8] A number that was mistyped, or is none, is nobody's: it is not as if no
// document had been asked for, on a device with a reader as on one without.
func TestADocumentThatIsNobodysMatchesNoCode(t *testing.T) {
	green := gatetest.Codes(t)[0]
	for name, desk := range map[string]gate.Desk{"without a reader": nil, "with a reader": new(document.Desk)} {
		g := device(t, func(o *gate.Options) { o.Desk = desk })
		for _, number := range []string{"339999196001058364", "1", "", green.Text} {
			answer, err := g.Judge(gate.Scan{Codes: []string{green.Text}, Presented: verifier.Presented("01", number, "")})
			if err != nil || answer.Screen.Outcome != verifier.Unverified {
				t.Errorf("%s, number %.20q: %v %v", name, number, answer.Screen.Outcome, err)
			}
		}
	}
}

func TestInTrainingNothingOpensAndNothingIsCounted(t *testing.T) {
	relay, err := controllers.ByName("relay")
	if err != nil {
		t.Fatal(err)
	}
	var count counters.Counters
	g := device(t, func(o *gate.Options) { o.Output, o.Counter = relay, &count })
	code := gatetest.Codes(t)[0].Text
	if a := judge(t, g, code); a.Output != relay.Output("pass") {
		t.Errorf("%q", a.Output)
	}
	if err := g.Train(true); err != nil || !g.Training() {
		t.Fatal(err)
	}
	for range 2 * counters.Least {
		if a := judge(t, g, code); a.Output == relay.Output("pass") || !slices.Contains(a.Screen.Notices, screen.Training) || a.Screen.Name != "pass" {
			t.Fatalf("%q %v", a.Output, a.Screen.Notices)
		}
	}
	if hours := count.Hours(); len(hours) != 1 || len(hours[0].Counts) != 0 {
		t.Errorf("%+v", hours)
	}
	if a := g.Show(screen.SetScanner()); a.Screen.Name != "scanner" || a.Output == relay.Output("pass") {
		t.Errorf("%+v", a)
	}
}

func TestAScanWithoutACodeOrWithTooManyIsAnError(t *testing.T) {
	g := device(t, nil)
	for _, n := range []int{0, gate.MaxCodes + 1} {
		var codes []string
		for i := range n {
			codes = append(codes, fmt.Sprint(i))
		}
		if _, err := g.Judge(gate.Scan{Codes: codes}); !errors.Is(err, gate.ErrScan) {
			t.Errorf("%d codes: %v", n, err)
		}
	}
	for _, o := range []gate.Options{{}, {Clock: time.Now}, {Knowledge: gatetest.Keeper(t), Clock: time.Now, Repeat: -1}} {
		if _, err := gate.New(o); !errors.Is(err, gate.ErrOptions) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

// A shift is a hundred thousand scans: the device keeps none of them, so that what it
// has in memory after them is what it had before.
func BenchmarkMemoryAfter100000Scans(b *testing.B) {
	g := device(b, func(o *gate.Options) { o.Counter = new(counters.Counters) })
	codes := gatetest.Codes(b)
	scan := func(n int) {
		for i := range n {
			typed := wedge.Read(codes[i%len(codes)].Text + "\r")
			if !typed.Garbled {
				judge(b, g, typed.Codes[0]).AppendJSON(nil)
			}
		}
	}
	live := func() float64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc) / 1e6
	}
	for b.Loop() {
		scan(1000)
		before := live()
		scan(100_000)
		b.ReportMetric(live()-before, "MB-more")
		b.ReportMetric(before, "MB")
	}
}

// From the line of a scanner to the JSON of the screen.
func BenchmarkLineToVerdict(b *testing.B) {
	for _, number := range []int{1, 2, 3} {
		c := gatetest.Codes(b)[number-1]
		b.Run(c.Label.EN, func(b *testing.B) {
			g := device(b, nil)
			line := "]Q1" + c.Text + "\r"
			var out []byte
			for b.Loop() {
				out = judge(b, g, wedge.Read(line).Codes[0]).AppendJSON(out[:0])
			}
		})
	}
}
