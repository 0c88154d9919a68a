package approval

import (
	"crypto/sha256"
	"errors"
	"reflect"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/spec/vectors"
)

func loadVectors(t testing.TB) []vectors.Approval {
	t.Helper()
	all, err := vectors.LoadApprovals()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func keysOf(t testing.TB, v vectors.Approval) []*sig.PublicKey {
	t.Helper()
	var keys []*sig.PublicKey
	for _, k := range v.Keys {
		key, err := sig.NewPublicKey(sig.Algorithm(k.Algorithm), slices.Concat([]byte{4}, k.X, k.Y))
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	return keys
}

func said(v vectors.Approval) Approval {
	a := Approval{Region: v.Says.Region, Job: v.Says.Job, Records: [32]byte(v.Says.Records), At: v.Says.At, Adverse: v.Says.Adverse}
	for _, key := range v.Says.Keys {
		a.Keys = append(a.Keys, [32]byte(key))
	}
	if v.Says.Digest != nil {
		a.Bulk = &Bulk{Digest: [32]byte(v.Says.Digest), Records: v.Says.Count, Lifetime: v.Says.Lifetime}
	}
	return a
}

// Each vector of approvals is taken or refused as it says, for its class of fault.
func TestVectorsAreTakenAndRefusedAsTheySay(t *testing.T) {
	faults := map[string]error{"encoding": ErrNotAnApproval, "envelope": ErrNotAnApproval, "kind": ErrNotAnApproval,
		"content": ErrNotAnApproval, "unsigned": ErrSignature, "own_key": ErrOwnKey}
	for _, v := range loadVectors(t) {
		got, signer, err := Parse(v.Approval, keysOf(t, v))
		if v.Expect != "ok" {
			if want := faults[v.Expect]; want == nil || !errors.Is(err, want) || got.Job != "" || signer != nil {
				t.Errorf("%s: %+v, error %v, want %v (%s)", v.Name, got, err, want, v.Comment)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(got, said(v)) {
			t.Errorf("%s: %+v, error %v, want %+v", v.Name, got, err, said(v))
			continue
		}
		if thumbprint := signer.Thumbprint(); !slices.Equal(thumbprint[:], v.Says.Signer) {
			t.Errorf("%s: signed by %x, want %x", v.Name, thumbprint, v.Says.Signer)
		}
		if sum := sha256.Sum256([]byte(v.Says.Input)); RecordsHash(v.Says.JobKey, sum[:]) != got.Records {
			t.Errorf("%s: the keyed hash is another", v.Name)
		}
	}
}

// What an approval says is written as the vectors write it, byte for byte but for the
// signature.
func TestApprovalsHaveTheBytesOfTheVectors(t *testing.T) {
	for _, v := range loadVectors(t) {
		if v.Expect != "ok" {
			continue
		}
		data, err := Sign(said(v), approver)
		if err != nil {
			t.Fatalf("%s: %v", v.Name, err)
		}
		ours, err := cose.ParseSign(data)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := cose.ParseSign(v.Approval)
		if err != nil || ours.Hash() != theirs.Hash() {
			t.Errorf("%s: %x, want %x, error %v", v.Name, ours.UnverifiedPayload(), theirs.UnverifiedPayload(), err)
		}
	}
}
