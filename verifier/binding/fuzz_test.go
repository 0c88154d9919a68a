package binding_test

import (
	"testing"
	"time"

	"github.com/tongxing/tongxing/trustlist/fetch/series"
	"github.com/tongxing/tongxing/verifier/binding"
)

// frames are real requests of every operation, and the seeds.
func frames(t testing.TB) [][]byte {
	t.Helper()
	s := succession(t)
	encoder, err := series.NewEncoder(s.Older.Bundle, series.Options{Version: 10})
	if err != nil {
		t.Fatal(err)
	}
	return [][]byte{
		[]byte(`{"op":"version"}`), []byte(`{"op":"warm"}`), []byte(`{"op":"stored"}`), []byte(`{"op":"venues"}`),
		[]byte(`{"op":"inspect",` + at + `}`),
		s.Older.Load(t), s.Newer.Load(t),
		loading(t, s.Older, s.Newer.Issued.Add(time.Hour), []string{"bundle"}, s.Delta),
		with(t, s.Older.Load(t), map[string]any{"regions": []string{"33"}, "known": s.Older.Issued, "status_list_required": true}),
		s.Case.Request,
		with(t, s.Case.Request, map[string]any{"explain": "zh", "venue": map[string]any{"class": 9, "region": "33"},
			"presented": map[string]any{"document_type": "01", "number": "110101199003070038", "name": "廖浩然"}}),
		with(t, s.Case.Request, map[string]any{"op": "together", "code": nil, "codes": []string{"TX1:AA", "861"}}),
		with(t, []byte(`{"op":"frame"}`), map[string]any{"code": encoder.Frame(1)}),
	}
}

// Every mangled frame has an answer, and leaves an instance that still works.
func TestMangledFramesHaveAnAnswer(t *testing.T) {
	i, s := binding.New(), succession(t)
	granted(t, i, s.Newer.Load(t))
	before := string(i.Call(s.Case.Request))
	for _, frame := range frames(t) {
		for n := 0; n <= len(frame); n += 1 + n/64 {
			ask(t, i, frame[:n])
		}
		for n := 0; n < len(frame); n += 1 + n/64 {
			for _, other := range []byte{0, '"', '}', '9', frame[n] ^ 0x80} {
				mangled := append([]byte(nil), frame...)
				mangled[n] = other
				ask(t, i, mangled)
			}
		}
	}
	if after := string(i.Call(s.Case.Request)); after != before {
		t.Errorf("%s\n%s", before, after)
	}
}

func FuzzCall(f *testing.F) {
	seeds := frames(f)
	if len(seeds) < 10 {
		f.Fatal("no seeds")
	}
	for _, frame := range seeds {
		f.Add(frame)
	}
	s := succession(f)
	f.Fuzz(func(t *testing.T, request []byte) {
		i := binding.New()
		granted(t, i, s.Older.Load(t))
		ask(t, i, request)
		// A request may load the same bundle and insist on status lists.
		if got := reason(t, i, s.Case.Request); got != "ok" && got != "no_status_list" {
			t.Errorf("%.200q: then %s", request, got)
		}
	})
}
