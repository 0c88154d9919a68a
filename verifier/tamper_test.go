package verifier_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/spec/vectors"
	"github.com/tongxing/tongxing/verifier"
)

// Every place of the bytes, every bit of it and some values besides.
func TestNoChangedByteIsVerified(t *testing.T) {
	for _, algorithm := range []sig.Algorithm{sig.ES256, sig.SM2} {
		t.Run(algorithm.String(), func(t *testing.T) {
			t.Parallel()
			s := newScene(algorithm)
			v, data := s.verifier(t), s.data(t)
			reasons := map[spec.Reason]int{}
			for i, right := range data {
				for _, wrong := range []byte{right ^ 1, right ^ 2, right ^ 8, right ^ 0x20, right ^ 0x80, right + 1, right - 1, 0, 0xff} {
					if wrong == right {
						continue
					}
					data[i] = wrong
					verdict := v.VerifyBytes(data, at(s), s.context)
					requireClosed(t, verdict, "byte %d changed from %#x to %#x", i, right, wrong)
					reasons[verdict.Reason()]++
				}
				data[i] = right
			}
			if len(reasons) < 5 || reasons[spec.ReasonSignatureInvalid] < 500 {
				t.Errorf("reasons %v: too few to prove anything", reasons)
			}
		})
	}
}

func requireClosed(t *testing.T, v verifier.Verdict, format string, arguments ...any) {
	t.Helper()
	if c, ok := v.Credential(); v.Outcome() != verifier.Unverified || v.Verified() || ok || c != nil {
		t.Errorf(format+": %s, %s", append(arguments, v.Outcome(), v.Reason())...)
	}
}

func TestNoChangedCharacterIsVerified(t *testing.T) {
	for _, algorithm := range []sig.Algorithm{sig.ES256, sig.SM2} {
		s := newScene(algorithm)
		v, text := s.verifier(t), s.text(t)
		for i := range text {
			for _, wrong := range []byte{'0', 'Z', ':', 'a', ',', 0, 0x80} {
				changed := text[:i] + string([]byte{wrong}) + text[i+1:]
				if wrong != text[i] && !strings.EqualFold(changed, text) {
					requireClosed(t, v.Verify(changed, at(s), s.context), "character %d changed to %q", i, wrong)
				}
			}
			requireClosed(t, v.Verify(text[:i], at(s), s.context), "cut at %d", i)
			requireClosed(t, v.Verify(text[:i]+text[i+1:], at(s), s.context), "without character %d", i)
		}
	}
}

// A code of one region is not another's, whoever holds the key.
func TestACodeUnderAnotherRegionsNameIsRefused(t *testing.T) {
	s := newScene(sig.SM2)
	s.credential.Issuer = "41"
	if v := s.verdict(t); v.Reason() != spec.ReasonKeyUnknown {
		t.Errorf("signed by 33 as 41: %s", v.Reason())
	}
	s.edit = withKid(s.signer, s.source.Public.KeyID())
	if v := s.verdict(t); v.Reason() != spec.ReasonSignatureInvalid {
		t.Errorf("signed by 33 as 41 with the kid of 41: %s", v.Reason())
	}
}

// FuzzVerify gives every text a verdict that agrees with itself.
func FuzzVerify(f *testing.F) {
	all, err := vectors.Load()
	if err != nil {
		f.Fatal(err)
	}
	usual := slices.IndexFunc(all, func(v vectors.Vector) bool { return v.Name == "good-status-sm2" })
	if usual < 0 || len(all) < 200 {
		f.Fatalf("only %d vectors to begin with", len(all))
	}
	for _, vector := range all {
		f.Add(vector.Text, vector.Time.Unix(), "")
	}
	f.Add(all[usual].Text, all[usual].Time.Unix(), "王芳")
	v := verifierFor(f, all[usual].Trust)
	f.Fuzz(func(t *testing.T, text string, clock int64, name string) {
		context := verifier.Context{Name: name}
		verdict := v.Verify(text, unix(clock), context)
		requireConsistent(t, verdict)
		if again := v.Verify(text, unix(clock), context); asJSON(t, again) != asJSON(t, verdict) {
			t.Errorf("%s, then %s", asJSON(t, verdict), asJSON(t, again))
		}
		requireConsistent(t, v.VerifyBytes([]byte(text), unix(clock), context))
		requireConsistent(t, (*verifier.Verifier)(nil).Verify(text, unix(clock), context))
	})
}

func requireConsistent(t *testing.T, v verifier.Verdict) {
	t.Helper()
	c, readable := v.Credential()
	if readable != v.Verified() || (c != nil) != readable || v.Verified() != (v.Outcome() != verifier.Unverified) {
		t.Errorf("%s: verified %v, readable %v", v.Outcome(), v.Verified(), readable)
	}
	if (v.Outcome() == verifier.Pass) != (v.Reason() == spec.ReasonOK) || v.Reason() == spec.ReasonNotChecked {
		t.Errorf("%s for %s", v.Outcome(), v.Reason())
	}
	if readable && (v.Remaining() <= 0 || c.Validate() != nil || v.Err() != nil) {
		t.Errorf("verified with %v remaining, %v, %v", v.Remaining(), c.Validate(), v.Err())
	}
	requireSteps(t, v, "en")
}
