package series

import (
	"math/rand/v2"
	"slices"
	"testing"
)

const (
	simulatedLoss  = 0.2
	framesASecond  = 10
	twentyKB       = 20 << 10
	simulatedRuns  = 1000
	twentyKBWithin = 8.0 // seconds, 95 of 100
)

// filmed is one run of a camera before a screen.
type filmed struct {
	shown, taken int
}

// film shows frames from a random place of an endless series and loses some at
// random, until the reader has the file.
func film(tb testing.TB, e *Encoder, source *rand.Rand) filmed {
	n := uint32(source.IntN(10 * e.Count()))
	shown := 0
	taken := gather(tb, e, func() uint32 {
		for {
			shown++
			n++
			if source.Float64() >= simulatedLoss {
				return n
			}
		}
	})
	return filmed{shown, taken}
}

// filmLoop is the named baseline: the blocks in a plain loop, without sums.
func filmLoop(count int, source *rand.Rand) filmed {
	var f filmed
	seen, missing := make([]bool, count), count
	for n := source.IntN(count); missing > 0; n = (n + 1) % count {
		f.shown++
		if source.Float64() < simulatedLoss {
			continue
		}
		f.taken++
		if !seen[n] {
			seen[n] = true
			missing--
		}
	}
	return f
}

// outcome is what many runs say.
type outcome struct {
	median, p95 float64 // seconds
	overhead    float64 // frames taken over blocks, the mean
}

func simulate(runs, count int, one func(*rand.Rand) filmed) outcome {
	var seconds []float64
	taken := 0
	for run := range runs {
		f := one(rand.New(rand.NewPCG(20, uint64(run))))
		seconds = append(seconds, float64(f.shown)/framesASecond)
		taken += f.taken
	}
	slices.Sort(seconds)
	return outcome{seconds[runs/2], seconds[runs*95/100], float64(taken) / float64(runs*count)}
}

func simulateSeries(tb testing.TB, runs, length int) (ours, loop outcome) {
	e, err := NewEncoder(random(length), Options{})
	if err != nil {
		tb.Fatal(err)
	}
	ours = simulate(runs, e.Count(), func(r *rand.Rand) filmed { return film(tb, e, r) })
	loop = simulate(runs, e.Count(), func(r *rand.Rand) filmed { return filmLoop(e.Count(), r) })
	return ours, loop
}

// The time is simulated and the losses are the same in every run.
func TestTwentyKilobytesComeAcrossWithinEightSeconds(t *testing.T) {
	ours, loop := simulateSeries(t, 200, twentyKB)
	if ours.p95 > twentyKBWithin || ours.overhead > 1.06 || loop.overhead < 2 {
		t.Errorf("%+v, a plain loop %+v", ours, loop)
	}
}

// BenchmarkSeries states what 20 % of lost frames cost against a plain loop of the
// same frames, for files of 10, 20 and 100 KB, in simulated seconds.
func BenchmarkSeries(b *testing.B) {
	for _, c := range []struct {
		name   string
		length int
		within float64
	}{{"10KB", 10 << 10, 8}, {"20KB", twentyKB, twentyKBWithin}, {"100KB", 100 << 10, 60}} {
		b.Run(c.name, func(b *testing.B) {
			var ours, loop outcome
			for b.Loop() {
				ours, loop = simulateSeries(b, simulatedRuns, c.length)
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(ours.median, "s-median")
			b.ReportMetric(ours.p95, "s-p95")
			b.ReportMetric(ours.overhead, "x-needed")
			b.ReportMetric(loop.median, "loop-s-median")
			b.ReportMetric(loop.p95, "loop-s-p95")
			b.ReportMetric(loop.overhead, "loop-x-needed")
			if ours.p95 > c.within {
				b.Errorf("%.1f s for 95 of 100, at most %.1f", ours.p95, c.within)
			}
		})
	}
}

// BenchmarkAdd is a reader's work on the usual file: each frame, and the whole.
func BenchmarkAdd(b *testing.B) {
	e, err := NewEncoder(random(MaxFile), Options{})
	if err != nil {
		b.Fatal(err)
	}
	texts := make([]string, e.Loop())
	for i := range texts {
		texts[i] = e.Frame(uint32(e.Count() + i))
	}
	b.ReportAllocs()
	frames := 0
	for b.Loop() {
		d := NewDecoder()
		for _, text := range texts {
			frames++
			p, err := d.Add(text)
			if err != nil {
				b.Fatal(err)
			}
			if p.File != nil {
				break
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(frames), "us/frame")
}
