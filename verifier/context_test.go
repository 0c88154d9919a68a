package verifier_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/verifier"
)

// [VERIFY-70] [VERIFY-71] [VERIFY-72]
func TestAPresentedDocumentAndNameMustBeTheHolders(t *testing.T) {
	s := newScene(sig.SM2)
	v, text := s.verifier(t), s.text(t)
	own := document(t, format.ClassCitizen, holderNumber)
	for _, test := range []struct {
		name    string
		context verifier.Context
		want    spec.Reason
	}{
		{"nothing presented", verifier.Context{}, spec.ReasonOK},
		{"own document", verifier.Context{Document: own}, spec.ReasonOK},
		{"own name", verifier.Context{Name: holderName}, spec.ReasonOK},
		{"both", verifier.Context{Document: own, Name: holderName}, spec.ReasonOK},
		{"name as masked", verifier.Context{Name: holderMask}, spec.ReasonOK},
		{"another's document", verifier.Context{Document: document(t, 1, "469999198104010408")}, spec.ReasonHolderMismatch},
		{"a document with the same last two", verifier.Context{Document: document(t, 3, "E00000063")}, spec.ReasonHolderMismatch},
		{"own number as another document", verifier.Context{Document: document(t, 99, holderNumber)}, spec.ReasonHolderMismatch},
		{"as read from the document", verifier.Presented("02", holderNumber, holderName), spec.ReasonOK},
		{"nothing read", verifier.Presented("", "", ""), spec.ReasonOK},
		{"no number read", verifier.Presented("01", "", holderName), spec.ReasonHolderMismatch},
		{"a number misread", verifier.Presented("01", holderNumber[1:], ""), spec.ReasonHolderMismatch},
		{"a type that there cannot be", verifier.Presented("+1", holderNumber, ""), spec.ReasonHolderMismatch},
		{"another name", verifier.Context{Name: "王芳"}, spec.ReasonHolderMismatch},
		{"own document, another name", verifier.Context{Document: own, Name: "廖浩天"}, spec.ReasonHolderMismatch},
		{"another's document, own name", verifier.Context{Document: document(t, 1, "469999198104010408"), Name: holderName}, spec.ReasonHolderMismatch},
		{"a name that cannot be shown", verifier.Context{Name: "\u200b"}, spec.ReasonHolderMismatch},
		{"a name that is not UTF-8", verifier.Context{Name: "\xff\xfe"}, spec.ReasonHolderMismatch},
		{"a very long name", verifier.Context{Name: strings.Repeat("廖", 1<<20)}, spec.ReasonHolderMismatch},
	} {
		verdict := v.Verify(text, at(s), test.context)
		if verdict.Reason() != test.want || verdict.Verified() != (test.want == spec.ReasonOK) {
			t.Errorf("%s: %s", test.name, verdict.Reason())
		}
		if err := verdict.Err(); err != nil && (strings.Contains(err.Error(), "廖") || strings.Contains(err.Error(), "王")) {
			t.Errorf("%s: the error names the person: %.100v", test.name, err)
		}
	}
}

// [VERIFY-4]
func TestWithoutTrustEveryTextHasTheReasonNoTrust(t *testing.T) {
	s := newScene(sig.SM2)
	good, data := s.text(t), s.data(t)
	for name, v := range map[string]*verifier.Verifier{"nil": nil, "zero": new(verifier.Verifier)} {
		for _, text := range []string{good, "", "TX1:", "TX2:ABC", "https://example.org", strings.Repeat("9", 1<<20)} {
			verdict := v.Verify(text, at(s), verifier.Context{Name: holderName})
			if verdict.Reason() != spec.ReasonNoTrust || verdict.Outcome() != verifier.Unverified || verdict.Verified() {
				t.Errorf("%s verifier, %.20q: %s", name, text, verdict.Reason())
			}
		}
		if got := v.VerifyBytes(data, time.Time{}, verifier.Context{}).Reason(); got != spec.ReasonNoTrust {
			t.Errorf("%s verifier: %s for bytes", name, got)
		}
	}
	if v, err := verifier.New(nil, verifier.Options{}); v != nil || err == nil {
		t.Error("a verifier over nothing")
	}
	empty, err := verifier.New(new(trustlist.Trust), verifier.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if verdict := empty.Verify(good, at(s), verifier.Context{}); verdict.Outcome() != verifier.Unverified {
		t.Errorf("with an empty trust list: %s", verdict.Reason())
	}
}

func TestAnAdverseStateNeedsBothUsages(t *testing.T) {
	for usage, want := range map[trustlist.Usage]spec.Reason{
		allUsage:                             spec.ReasonAdverseWithoutRule,
		allUsage &^ trustlist.UsageStatus:    spec.ReasonUsageKey,
		allUsage &^ trustlist.UsageAdverse:   spec.ReasonUsageKey,
		trustlist.UsageKnown &^ adverseUsage: spec.ReasonUsageKey,
		allUsage &^ trustlist.UsageExemption: spec.ReasonAdverseWithoutRule,
	} {
		s := newScene(sig.ES256)
		s.key.Usage = usage
		s.credential.Status = &format.Status{State: 1, Rule: 101, Minutes: 9}
		v := s.verdict(t)
		if v.Reason() != want || v.Outcome() != verifier.Unverified {
			t.Errorf("usage %s: %s, want %s", usage, v.Reason(), want)
		}
		if want == spec.ReasonUsageKey && v.Err().Error() != "the key may not sign status" {
			t.Errorf("usage %s: a state that does not count is told: %v", usage, v.Err())
		}
	}
}
