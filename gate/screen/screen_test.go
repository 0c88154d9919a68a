package screen_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/gate/screen"
	"github.com/tongxing/tongxing/gate/training"
	"github.com/tongxing/tongxing/verifier"
)

func set(t testing.TB) *training.Set {
	t.Helper()
	s, err := training.Load()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func shown(t testing.TB, number int, presented verifier.Context) screen.Screen {
	t.Helper()
	presented.Class, presented.Region = training.Context.Class, training.Context.Region
	s := set(t)
	return screen.Of(s.Verifier().Verify(s.Codes()[number-1].Text, training.At, presented))
}

// [GATE-2] [GATE-3]
func TestOnlyAVerifiedCodeShowsAPersonAndOnlyAPassLacksAnotherWay(t *testing.T) {
	for _, code := range set(t).Codes() {
		s := shown(t, code.Number, verifier.Context{})
		verified := s.Outcome != verifier.Unverified
		if (s.Holder == "廖*然" && s.LastTwo == "63" && s.AsOf != 0) != verified {
			t.Errorf("code %d: %q %q %d", code.Number, s.Holder, s.LastTwo, s.AsOf)
		}
		if text := string(s.AppendJSON(nil)); !verified && (strings.Contains(text, "廖") || strings.Contains(text, `"as_of":`) && !strings.Contains(text, "revocation")) {
			t.Errorf("code %d shows a person: %s", code.Number, text)
		}
		if pass := s.Name == "pass"; pass != (s.Another.ZH == "") || s.NextStep().ZH == "" || s.NextStep().EN == "" {
			t.Errorf("code %d: next %q, another way %q", code.Number, s.NextStep().EN, s.Another.EN)
		}
	}
}

func TestTheWrongPersonIsNotVerifiedAndNotShown(t *testing.T) {
	other := verifier.Presented("01", "11010519491231002X", "")
	if s := shown(t, 1, other); s.Reason.Name() != "holder_mismatch" || s.Holder != "" || s.Name != "unverified" {
		t.Errorf("%s %q", s.Reason, s.Holder)
	}
	right := verifier.Presented("01", "339999196001058363", "廖浩然")
	if s := shown(t, 1, right); s.Name != "pass" || s.Holder != "廖*然" {
		t.Errorf("%s %q", s.Reason, s.Holder)
	}
}

// [GATE-4]
func TestAGarbledTextIsNoForgedCode(t *testing.T) {
	s := screen.SetScanner()
	if s.Name != "scanner" || s.Reason != 0 || s.NextStep().EN == "" || strings.Contains(string(s.AppendJSON(nil)), "verdict") {
		t.Errorf("%s", s.AppendJSON(nil))
	}
	if n := screen.NotEnrolled(); n.Name != "not_enrolled" || n.Outcome == verifier.Restricted || n.Another.EN == "" {
		t.Errorf("%s", n.AppendJSON(nil))
	}
}

func TestCodesOfSeveralPeopleAskForTheDocument(t *testing.T) {
	s := set(t)
	codes := []string{s.Codes()[0].Text, s.Codes()[2].Text}
	alone := screen.OfPerson(s.Verifier().VerifyTogether(codes, training.At, training.Context))
	if !slices.Contains(alone.Notices, screen.DocumentNeeded) || alone.Holder != "" {
		t.Errorf("%s", alone.AppendJSON(nil))
	}
	presented := verifier.Presented("01", "339999196001058363", "")
	presented.Class, presented.Region = 3, "33"
	joined := screen.OfPerson(s.Verifier().VerifyTogether(codes, training.At, presented))
	if joined.Holder != "廖*然" || joined.Name != "pass" || len(joined.Notices) != 0 {
		t.Errorf("%s", joined.AppendJSON(nil))
	}
}

func TestTheJSONIsThatOfEncodingJSONAndANoticeStandsOnce(t *testing.T) {
	s := shown(t, 6, verifier.Context{}).With(screen.Training).With(screen.Training)
	var read struct {
		Screen     string
		Word       struct{ ZH, EN string }
		Conditions []struct{ Satisfied bool }
		Notices    []struct{ Name, EN string }
		Verdict    struct{ Outcome string }
	}
	if err := json.Unmarshal(s.AppendJSON(nil), &read); err != nil {
		t.Fatal(err)
	}
	if read.Screen != "check" || read.Word.EN != "Check" || len(read.Conditions) == 0 || read.Verdict.Outcome != "check" ||
		len(read.Notices) != 1 || read.Notices[0].EN == "training" {
		t.Errorf("%+v", read)
	}
}

// A clock of last year is said, though the code is judged by the documents' time.
func TestAClockThatIsBehindIsSaid(t *testing.T) {
	s := set(t)
	got := screen.Of(s.Verifier().Verify(s.Codes()[0].Text, training.At.AddDate(-1, 0, 0), training.Context))
	if !slices.Contains(got.Notices, screen.ClockBehind) {
		t.Errorf("%v", got.Notices)
	}
	late := screen.Of(s.Verifier().Verify(s.Codes()[0].Text, training.At.AddDate(0, 0, 3), training.Context))
	if !slices.Contains(late.Notices, screen.Stale) || !slices.Contains(late.Notices, screen.RevocationOverdue) {
		t.Errorf("%v", late.Notices)
	}
	old := screen.Of(s.Verifier().Verify(s.Codes()[0].Text, training.At.AddDate(1, 0, 0), training.Context))
	if !slices.Contains(old.Notices, screen.TooOld) || old.Name != "unverified" {
		t.Errorf("%v", old.Notices)
	}
	bare := screen.Of(new(verifier.Verifier).Verify("", training.At, verifier.Context{}))
	if bare.Name != "unverified" || len(bare.Notices) != 0 {
		t.Errorf("%s", bare.AppendJSON(nil))
	}
}

func Example() {
	set, err := training.Load()
	if err != nil {
		return
	}
	shown := screen.Of(set.Verifier().Verify(set.Codes()[0].Text, training.At, training.Context))
	fmt.Println(shown.Word.In("en"), shown.Shape, shown.Colour, shown.Holder, shown.LastTwo)
	// Output: Pass circle green 廖*然 63
}
