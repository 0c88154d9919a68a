package binding_test

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tongxing/tongxing/trustlist/fetch/series"
	"github.com/tongxing/tongxing/verifier/binding"
)

// [BINDING-31]
func TestTheZeroInstanceAnswersNoTrust(t *testing.T) {
	var i binding.Instance
	for _, code := range []string{"", "TX1:AA", "861", "TX2:", string(succession(t).Case.Request)} {
		if got := reason(t, &i, with(t, []byte(`{"op":"verify",`+at+`}`), map[string]any{"code": code})); got != "no_trust" {
			t.Errorf("%q: %s", code, got)
		}
	}
	person := granted(t, &i, []byte(`{"op":"together",`+at+`,"codes":["TX1:AA"]}`))
	if got := person.Person.Reason.Name; got != "no_trust" {
		t.Error(got)
	}
}

func TestALoadSaysWhatIsInForce(t *testing.T) {
	i, s := binding.New(), succession(t)
	if a := granted(t, i, s.Older.Load(t)); fmt.Sprint(a.Versions) != "map[list:1.1 root:1.1]" {
		t.Errorf("%v", a.Versions)
	}
	if got := reason(t, i, s.Case.Request); got != "ok" {
		t.Error(got)
	}
	inspection := string(i.Call([]byte(`{"op":"inspect",` + at + `}`)))
	for _, want := range []string{`{"ok":true,"inspection":{"clock":"2022-08-10T09:00:00+08:00"`, `"freshness":"`, `"regions":[{"code":"`} {
		if !strings.Contains(inspection, want) {
			t.Errorf("%s is not in %s", want, inspection)
		}
	}
}

// [BINDING-20] Whatever is wrong with a bundle, what was in force stays.
func TestARefusedBundleChangesNothing(t *testing.T) {
	i, s := binding.New(), succession(t)
	granted(t, i, s.Newer.Load(t))
	before := i.Call([]byte(`{"op":"stored"}`))
	other := s.Older.Anchor.Hash()
	other[0] ^= 1
	flipped := bytes.Clone(s.Newer.Bundle)
	flipped[len(flipped)/2] ^= 1
	for name, request := range map[string][]byte{
		"bundle_older":        s.Older.LoadAt(t, s.Newer.Issued),
		"bundle_not_a_bundle": loading(t, s.Newer, s.Newer.Issued, []string{"bundle"}, []byte("hello")),
		"bundle_not_anchored": with(t, s.Newer.Load(t), map[string]any{"anchor": fmt.Sprintf("%x", other)}),
		"bundle_other_base":   loading(t, s.Newer, s.Newer.Issued, []string{"bundle"}, s.Delta),
		"memory_damaged":      loading(t, s.Newer, s.Newer.Issued, []string{"bundle", "memory"}, s.Newer.Bundle, []byte("memory")),
	} {
		refused(t, i, request, name, "")
	}
	for _, request := range [][]byte{
		loading(t, s.Newer, s.Newer.Issued, []string{"bundle"}, flipped),
		loading(t, s.Newer, s.Newer.Issued, []string{"bundle"}, s.Newer.Bundle[:len(s.Newer.Bundle)-1]),
	} {
		ask(t, i, request) // taken or not: a fault in a region is no fault of the bundle
	}
	if after := i.Call([]byte(`{"op":"stored"}`)); !bytes.Equal(before, after) {
		t.Error("what is in force has changed")
	}
}

func TestADeltaIsLoadedAsTheBundleThatItGives(t *testing.T) {
	i, s := binding.New(), succession(t)
	refused(t, i, loading(t, s.Older, s.Newer.Issued, []string{"bundle"}, s.Delta), "bundle_other_base", "")
	granted(t, i, s.Older.Load(t))
	if a := granted(t, i, loading(t, s.Older, s.Newer.Issued, []string{"bundle"}, s.Delta)); a.Versions["list"] != "1.2" {
		t.Errorf("%v", a.Versions)
	}
}

// [BINDING-21] [BINDING-23] What was known before a restart keeps older bundles
// out after it, and the verdicts are the same.
func TestWhatIsStoredKeepsOlderBundlesOut(t *testing.T) {
	i, s := binding.New(), succession(t)
	granted(t, i, s.Older.Load(t))
	granted(t, i, s.Newer.Load(t))
	later := s.Newer.Issued.Add(time.Hour)
	next := restarted(t, i, s.Newer, later)
	refused(t, next, s.Older.LoadAt(t, later), "bundle_older", "")
	if a, b := i.Call(s.Case.Request), next.Call(s.Case.Request); !bytes.Equal(a, b) {
		t.Errorf("%s\n%s", a, b)
	}
	stored := granted(t, i, []byte(`{"op":"stored"}`))
	memory := stored.body[stored.Parts[0].Length:]
	fresh := binding.New()
	refused(t, fresh, loading(t, s.Older, later, []string{"bundle", "memory"}, s.Older.Bundle, memory), "bundle_older", "")
	refused(t, fresh, loading(t, s.Older, later, []string{"bundle", "memory"}, s.Newer.Bundle, memory[:len(memory)-1]), "memory_damaged", "")
	refused(t, fresh, loading(t, s.Older, later, []string{"bundle", "memory"}, s.Older.Bundle, nil), "memory_damaged", "")
}

// The anchor may be the root itself.
func TestTheAnchorMayBeARoot(t *testing.T) {
	i, s := binding.New(), succession(t)
	request := loading(t, s.Older, s.Older.Issued, []string{"anchor", "bundle"}, s.Root, s.Older.Bundle)
	granted(t, i, with(t, request, map[string]any{"anchor": nil}))
	refused(t, i, with(t, loading(t, s.Older, s.Older.Issued, []string{"anchor", "bundle"}, s.Root[1:], s.Older.Bundle), map[string]any{"anchor": nil}), "anchor_invalid", "anchor")
}

// [BINDING-22] [BINDING-8] Callers verify while others load: each verdict is made
// under one bundle or the other.
func TestCodesAreVerifiedWhileBundlesAreLoaded(t *testing.T) {
	s := succession(t)
	possible := map[string]bool{}
	i := binding.New()
	for _, load := range [][]byte{nil, s.Older.Load(t), s.Newer.Load(t)} {
		if load != nil {
			granted(t, i, load)
		}
		possible[string(i.Call(s.Case.Request))] = true
	}
	if len(possible) != 3 {
		t.Fatalf("%d different verdicts: the test would not see a mixture", len(possible))
	}
	i = binding.New()
	var callers sync.WaitGroup
	for n := range 4 {
		callers.Go(func() {
			for range 25 {
				if response := string(i.Call(s.Case.Request)); !possible[response] {
					t.Errorf("%s", response)
				}
				i.Call([]byte(`{"op":"frame","code":"TXS1:"}`))
			}
		})
		callers.Go(func() {
			for k := range 6 {
				i.Call([][]byte{s.Older.LoadAt(t, s.Newer.Issued), s.Newer.Load(t)}[(k+n)%2])
				i.Call([]byte(`{"op":"stored"}`))
			}
		})
	}
	callers.Wait()
}

// [BINDING-40]
func TestAFileComesAsASeriesOfFrames(t *testing.T) {
	i, s := binding.New(), succession(t)
	encoder, err := series.NewEncoder(s.Older.Bundle, series.Options{Version: 10})
	if err != nil {
		t.Fatal(err)
	}
	frame := func(text string) []byte { return with(t, []byte(`{"op":"frame"}`), map[string]any{"code": text}) }
	refused(t, i, frame("TX1:AA"), "frame_other", "")
	refused(t, i, frame("TXS2:AA"), "frame_later_version", "")
	refused(t, i, frame("TXS1:AA"), "frame_damaged", "")
	var last answer
	for n := range uint32(encoder.Count()) {
		last = granted(t, i, frame(encoder.Frame(n)))
		if last.Progress.Need != encoder.Count() || last.Progress.Have != int(n)+1 {
			t.Fatalf("%+v", last.Progress)
		}
		refused(t, i, frame("TX1:AA"), "frame_other", "")
	}
	if len(last.Parts) != 1 || last.Parts[0].Name != "file" || !bytes.Equal(last.body, s.Older.Bundle) {
		t.Errorf("%+v, %d bytes", last.Parts, len(last.body))
	}
	granted(t, i, loading(t, s.Older, s.Older.Issued, []string{"bundle"}, last.body))
}

func TestAVerdictIsExplainedInTheLanguageAskedFor(t *testing.T) {
	i, s := binding.New(), succession(t)
	granted(t, i, s.Older.Load(t))
	for language, want := range map[string]string{"zh": "签名", "en": "ignature"} {
		a := granted(t, i, with(t, s.Case.Request, map[string]any{"explain": language}))
		found := false
		for _, step := range a.Steps {
			found = found || strings.Contains(step.Text, want) && step.Result == "held"
		}
		if !found {
			t.Errorf("%s: %+v", language, a.Steps)
		}
	}
	code := map[string]any{"op": "together", "code": nil, "codes": []string{"TX1:AA"}, "explain": "en"}
	if a := granted(t, i, with(t, s.Case.Request, code)); a.Person.Reason.Name != "damaged_text" || len(a.Steps) == 0 {
		t.Errorf("%+v", a)
	}
}
