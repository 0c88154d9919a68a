package webapp

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/gate"
	"github.com/tongxing/tongxing/gate/training"
)

// app returns a gate at the time of the training set.
func app(t testing.TB) *App {
	t.Helper()
	a, err := New(func() time.Time { return training.At })
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// answered is a response of our own operations.
type answered struct {
	OK    bool `json:"ok"`
	Error struct {
		Name string `json:"name"`
	} `json:"error"`
	Answer struct {
		Screen shown   `json:"screen"`
		Each   []shown `json:"each"`
	} `json:"answer"`
}

type shown struct {
	Screen string `json:"screen"`
	Reason struct {
		Name string `json:"name"`
	} `json:"reason"`
}

// ask sends a request of members and reads the response.
func ask(t testing.TB, a *App, members map[string]any) answered {
	t.Helper()
	frame, err := json.Marshal(members)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, a.Call(frame))
}

func read(t testing.TB, response []byte) (r answered) {
	t.Helper()
	if err := json.Unmarshal(response, &r); err != nil {
		t.Fatalf("%v in %s", err, response)
	}
	return r
}

func set(t testing.TB) []training.Code {
	t.Helper()
	s, err := training.Load()
	if err != nil {
		t.Fatal(err)
	}
	return s.Codes()
}

func TestEveryTrainingCodeHasItsScreen(t *testing.T) {
	a := app(t)
	if r := ask(t, a, map[string]any{"op": "train", "on": true}); !r.OK {
		t.Fatal("no training")
	}
	for _, c := range set(t) {
		for _, question := range []map[string]any{{"op": "judge", "codes": []string{c.Text}}, {"op": "judge", "typed": c.Text}} {
			r := ask(t, a, question)
			if got := r.Answer.Screen; !r.OK || got.Screen != c.Screen || got.Reason.Name != c.Reason.Name() {
				t.Errorf("code %d: %+v, want %s for %s", c.Number, r, c.Screen, c.Reason.Name())
			}
		}
	}
}

func TestWithoutTrustNothingIsVerified(t *testing.T) {
	a := app(t)
	ask(t, a, map[string]any{"op": "venue", "class": 3, "region": "33"})
	r := ask(t, a, map[string]any{"op": "judge", "codes": []string{set(t)[0].Text}})
	if r.Answer.Screen.Screen != "unverified" || r.Answer.Screen.Reason.Name != "no_trust" {
		t.Errorf("without trust: %+v", r)
	}
}

func TestSeveralCodesHaveAScreenEach(t *testing.T) {
	a, codes := app(t), set(t)
	ask(t, a, map[string]any{"op": "train", "on": true})
	r := ask(t, a, map[string]any{"op": "judge", "codes": []string{codes[0].Text, codes[4].Text}})
	if len(r.Answer.Each) != 2 {
		t.Errorf("two codes have %d screens", len(r.Answer.Each))
	}
}

func TestADocumentOfSomebodyElseDoesNotPass(t *testing.T) {
	a := app(t)
	ask(t, a, map[string]any{"op": "train", "on": true})
	r := ask(t, a, map[string]any{
		"op": "judge", "codes": []string{set(t)[0].Text},
		"presented": map[string]string{"document_type": "01", "number": "11010519491231002X"},
	})
	if r.Answer.Screen.Reason.Name != "holder_mismatch" {
		t.Errorf("somebody else's document: %+v", r)
	}
}

func TestWhatTheBindingAnswersIsTheBindings(t *testing.T) {
	a := app(t)
	for _, frame := range []string{`{"op":"version"}`, `{"op":"warm"}`, `{"op":"none"}`, `no JSON`, ``, "{\"op\":\"judge\"\n}"} {
		if got, want := string(a.Call([]byte(frame))), string(a.instance.Call([]byte(frame))); got != want {
			t.Errorf("%q: %s, and the binding says %s", frame, got, want)
		}
	}
}

func TestWrongRequestsAreRefused(t *testing.T) {
	a := app(t)
	for _, frame := range []string{
		`{"op":"judge"}`, `{"op":"judge","codes":[]}`, `{"op":"judge","codes":"TX1:"}`, `{"op":"judge","code":"TX1:"}`,
		`{"op":"venue","class":-1}`, `{"op":"venue","class":65536}`,
		"{\"op\":\"train\",\"on\":true}\n{}",
	} {
		if r := read(t, a.Call([]byte(frame))); r.OK || r.Error.Name != "malformed" {
			t.Errorf("%s: %+v", frame, r)
		}
	}
}

// The page has a sentence for this one: the guard shows fewer.
func TestMoreCodesThanAreJudgedTogetherAreNamed(t *testing.T) {
	a := app(t)
	for most, want := range map[int]string{gate.MaxCodes: "", gate.MaxCodes + 1: "too_many_codes"} {
		codes := strings.Repeat(`"TX1:1",`, most-1) + `"TX1:2"`
		if r := read(t, a.Call([]byte(`{"op":"judge","codes":[`+codes+`]}`))); r.OK != (want == "") || r.Error.Name != want {
			t.Errorf("%d codes: %+v", most, r)
		}
	}
}

func TestAClockIsNeeded(t *testing.T) {
	if _, err := New(nil); !errors.Is(err, gate.ErrOptions) {
		t.Errorf("without a clock: %v", err)
	}
}

func FuzzCall(f *testing.F) {
	seeds := set(f)
	if len(seeds) != training.Size {
		f.Fatal("the seeds are missing")
	}
	for _, c := range seeds {
		frame, err := json.Marshal(map[string]any{"op": "judge", "typed": c.Text})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(frame)
	}
	f.Add([]byte(`{"op":"venue","class":3,"region":"33"}`))
	f.Add([]byte(`{"op":"train","on":true}`))
	a := app(f)
	f.Fuzz(func(t *testing.T, frame []byte) {
		response := a.Call(frame)
		header, _, _ := strings.Cut(string(response), "\n")
		if !json.Valid([]byte(header)) {
			t.Errorf("not JSON: %s", response)
		}
	})
}
