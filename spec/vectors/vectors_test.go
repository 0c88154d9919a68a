package vectors_test

import (
	"bytes"
	"regexp"
	"testing"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/spec/vectors"
)

func load(t *testing.T) []vectors.Vector {
	t.Helper()
	all, err := vectors.Load()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestEveryVectorIsCompleteAndThereAreEnough(t *testing.T) {
	all := load(t)
	if len(all) < 200 {
		t.Errorf("%d vectors, want 200 at least", len(all))
	}
	number := regexp.MustCompile(`^[A-Z]+-[0-9]+$`)
	for _, v := range all {
		if v.Comment == "" || len(v.Requirement) == 0 || v.Time.IsZero() || v.Expect == spec.ReasonNotChecked {
			t.Errorf("%s: incomplete", v.Name)
		}
		for _, r := range v.Requirement {
			if !number.MatchString(r) {
				t.Errorf("%s: requirement %q", v.Name, r)
			}
		}
	}
}

// Every reason that a text can have without status lists has a vector.
func TestEveryReasonHasAVector(t *testing.T) {
	seen := map[spec.Reason]bool{}
	for _, v := range load(t) {
		seen[v.Expect] = true
	}
	elsewhere := map[spec.Reason]bool{
		spec.ReasonNotChecked: true,
		spec.ReasonRevoked:    true, spec.ReasonSuperseded: true, spec.ReasonSuspended: true, spec.ReasonNoStatusList: true,
		spec.ReasonRestricted: true, spec.ReasonRequirementUnmet: true, spec.ReasonStateChecked: true, // a policy, and its vectors
	}
	reasons, err := spec.Reasons()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range reasons {
		if !seen[r] && !elsewhere[r] {
			t.Errorf("no vector expects %s", r)
		}
	}
}

// parseReason is the reason as far as text and bytes decide it, ReasonOK when
// they leave it to the trust material.
func parseReason(t *testing.T, text string) (spec.Reason, []byte, *format.Unverified) {
	t.Helper()
	data, err := transport.Decode(text)
	if err != nil {
		return textReason(err), nil, nil
	}
	unverified, err := format.Parse(data)
	if err != nil {
		return bytesReason(err), data, nil
	}
	return spec.ReasonOK, data, unverified
}

// decidedByParsing are the reasons that need no trust material.
var decidedByParsing = map[spec.Reason]bool{
	spec.ReasonNotACode: true, spec.ReasonLaterVersion: true, spec.ReasonDamagedText: true,
	spec.ReasonEncoding: true, spec.ReasonEnvelope: true, spec.ReasonClaims: true, spec.ReasonAlgorithmUnknown: true,
}

// unread reports whether a verifier does not look at the code: it trusts nothing, or
// the programme has ended (VERIFY-40).
func unread(v vectors.Vector) bool {
	return v.Trust == nil || v.Expect == spec.ReasonProgrammeEnded
}

func TestParsingGivesTheReasonOfTheVector(t *testing.T) {
	for _, v := range load(t) {
		t.Run(v.Name, func(t *testing.T) {
			want := v.Expect
			if unread(v) {
				return
			}
			if !decidedByParsing[want] {
				want = spec.ReasonOK
			}
			got, data, _ := parseReason(t, v.Text)
			if got != want {
				t.Errorf("got %s, want %s (%s)", got, want, v.Comment)
			}
			if v.CBOR != nil && !bytes.Equal(data, v.CBOR) {
				t.Errorf("the text carries %x, want %x", data, v.CBOR)
			}
		})
	}
}

// The generator signs with crypto/ecdsa and tjfoc/gmsm; package sig verifies
// with emmansun/gmsm and must agree on every signature.
func TestSignaturesOfTheVectors(t *testing.T) {
	beforeSignature := map[spec.Reason]bool{
		spec.ReasonIssuerUnknown: true, spec.ReasonIssuerUnavailable: true, spec.ReasonKeyUnknown: true,
		spec.ReasonAlgorithmMismatch: true, spec.ReasonKeyCompromised: true,
	}
	checked := 0
	for _, v := range load(t) {
		if decidedByParsing[v.Expect] || beforeSignature[v.Expect] || unread(v) {
			continue
		}
		_, _, unverified := parseReason(t, v.Text)
		if unverified == nil {
			t.Errorf("%s: does not parse", v.Name)
			continue
		}
		key := keyOf(t, v, unverified)
		_, err := unverified.Verify(key)
		if wrong := v.Expect == spec.ReasonSignatureInvalid; (err != nil) != wrong {
			t.Errorf("%s: verify: %v, expected reason %s", v.Name, err, v.Expect)
		}
		checked++
	}
	if checked < 100 {
		t.Errorf("only %d signatures checked", checked)
	}
}

func keyOf(t *testing.T, v vectors.Vector, u *format.Unverified) *sig.PublicKey {
	t.Helper()
	kid := u.KeyID()
	for _, region := range v.Trust.Regions {
		for _, k := range region.Keys {
			if region.Region == u.Issuer() && bytes.Equal(k.KID, kid[:]) {
				return publicKey(t, k)
			}
		}
	}
	t.Fatalf("%s: the trust facts have no key %x of region %s", v.Name, kid, u.Issuer())
	return nil
}

func publicKey(t *testing.T, k vectors.Key) *sig.PublicKey {
	t.Helper()
	key, err := sig.NewPublicKey(sig.Algorithm(k.Algorithm), append(append([]byte{4}, k.X...), k.Y...))
	if err != nil {
		t.Fatal(err)
	}
	if id := key.KeyID(); !bytes.Equal(id[:], k.KID) {
		t.Fatalf("the key id is %x, want %x", id, k.KID)
	}
	return key
}

// Encoding what was decoded gives the bytes of the other writer back. [CRED-95]
func TestGoodPayloadsEncodeToTheSameBytes(t *testing.T) {
	same := 0
	for _, v := range load(t) {
		_, _, unverified := parseReason(t, v.Text)
		if unverified == nil {
			continue
		}
		c := unverified.UnverifiedCredential()
		if masked, err := format.MaskName(c.Holder.Name); err != nil || masked != c.Holder.Name || hasExtension(v) {
			continue // our issuer writes no such thing
		}
		payload, err := format.EncodePayload(c)
		if err != nil {
			t.Errorf("%s: %v", v.Name, err)
			continue
		}
		if !bytes.Contains(v.CBOR, payload) {
			t.Errorf("%s: encodes to %x, which is not in %x", v.Name, payload, []byte(v.CBOR))
		}
		same++
	}
	if same < 100 {
		t.Errorf("only %d payloads compared", same)
	}
}

func hasExtension(v vectors.Vector) bool {
	for _, r := range v.Requirement {
		if r == "CRED-33" {
			return true
		}
	}
	return false
}
