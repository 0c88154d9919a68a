package issuer_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/record"
)

// many is a signer that is asked for many signatures at once.
type many struct {
	sig.Signer
	asked  []int
	change func([][]byte) ([][]byte, error)
}

func (m *many) SignAll(messages [][]byte) ([][]byte, error) {
	m.asked = append(m.asked, len(messages))
	all := make([][]byte, len(messages))
	for i, message := range messages {
		var err error
		if all[i], err = m.Sign(message); err != nil {
			return nil, err
		}
	}
	if m.change != nil {
		return m.change(all)
	}
	return all, nil
}

func ordersOf(t *testing.T, iss *issuer.Issuer, n int) []issuer.Order {
	t.Helper()
	orders := make([]issuer.Order, n)
	for i := range orders {
		draft, ref := green(t, iss)
		ref.Index = uint32(i)
		orders[i] = issuer.Order{Draft: draft, Ref: ref}
	}
	return orders
}

// TestWhatIsSignedTogetherIsWhatIsSignedAlone but for the signature, which is one of
// the payload beside it.
func TestWhatIsSignedTogetherIsWhatIsSignedAlone(t *testing.T) {
	for _, signer := range []sig.Signer{greenSigner, &many{Signer: greenSigner}} {
		iss := checked(t, nil, signer)
		orders := ordersOf(t, iss, 7)
		chunk := iss.Chunk()
		if err := errors.Join(chunk.SignAll(orders), chunk.Release()); err != nil {
			t.Fatal(err)
		}
		for _, o := range orders {
			alone, err := iss.Sign(o.Draft, o.Ref)
			if err != nil || o.Err != nil {
				t.Fatal(err, o.Err)
			}
			u, err := format.Parse(o.Issued.Data)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := u.Verify(greenSigner.PublicKey()); err != nil {
				t.Errorf("reference %v: %v", o.Ref, err)
			}
			if !bytes.Equal(payload(t, o.Issued.Data), payload(t, alone.Data)) || o.Issued.Ref != alone.Ref ||
				o.Issued.KeyID != alone.KeyID || o.Issued.IssuedAt != alone.IssuedAt || o.Issued.ExpiresAt != alone.ExpiresAt {
				t.Errorf("%+v, alone %+v", o.Issued, alone)
			}
		}
	}
}

func payload(t *testing.T, data []byte) []byte {
	t.Helper()
	message, err := cose.ParseSign1(data)
	if err != nil {
		t.Fatal(err)
	}
	return message.UnverifiedPayload()
}

func TestAChunkIsSignedInOneRequest(t *testing.T) {
	signer := &many{Signer: greenSigner}
	iss := checked(t, nil, signer)
	if err := iss.Chunk().SignAll(ordersOf(t, iss, 25)); err != nil || len(signer.asked) != 1 || signer.asked[0] != 25 {
		t.Errorf("asked for %d signatures, error %v", signer.asked, err)
	}
	if err := iss.Chunk().SignAll(nil); err != nil || len(signer.asked) != 1 {
		t.Errorf("asked for %d signatures of nothing, error %v", signer.asked, err)
	}
}

// TestWrongSignaturesSignedTogetherVoidTheChunk: the checks are those of Sign.
func TestWrongSignaturesSignedTogetherVoidTheChunk(t *testing.T) {
	swapped := func(all [][]byte) ([][]byte, error) { return append(all[1:], all[0]), nil }
	for _, size := range []int{2, 99, 100, 250} {
		iss := checked(t, newCheck(t, issuer.CheckOptions{}), &many{Signer: greenSigner, change: swapped})
		chunk := iss.Chunk()
		err := chunk.SignAll(ordersOf(t, iss, size))
		if size < issuer.CheckEvery && err != nil {
			t.Errorf("%d: %v before the release", size, err)
		}
		wantStopped(t, chunk.Release(), greenSigner.PublicKey(), false)
		wantStopped(t, iss.Chunk().SignAll(ordersOf(t, iss, 1)), greenSigner.PublicKey(), false)
	}
}

// TestASignerThatGivesAnotherNumberIsAnError, and one that gives bytes of another
// length; the key is not stopped for it.
func TestASignerThatGivesAnotherNumberIsAnError(t *testing.T) {
	away := errors.New("signer is away")
	for name, change := range map[string]func([][]byte) ([][]byte, error){
		"one less":  func(all [][]byte) ([][]byte, error) { return all[1:], nil },
		"one more":  func(all [][]byte) ([][]byte, error) { return append(all, all[0]), nil },
		"too short": func(all [][]byte) ([][]byte, error) { all[0] = all[0][1:]; return all, nil },
		"an error":  func([][]byte) ([][]byte, error) { return nil, away },
	} {
		iss := checked(t, nil, &many{Signer: greenSigner, change: change})
		err := iss.Chunk().SignAll(ordersOf(t, iss, 3))
		var stopped *issuer.KeyStoppedError
		if err == nil || errors.As(err, &stopped) || name == "an error" && !errors.Is(err, away) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// TestADraftInUsedMemoryIsTheSame drafts records one after another in one place.
func TestADraftInUsedMemoryIsTheSame(t *testing.T) {
	iss := newIssuer(t, usual(t), greenSigner)
	used := &issuer.Draft{}
	full, bare, wrong := person(), person(), person()
	bare.Tests, bare.Vaccinations = nil, nil
	wrong.Name = ""
	for i, source := range []*record.Record{full, bare, wrong, full, bare, bare, wrong, full} {
		fresh, wantErr := iss.Draft(source, now)
		err := iss.DraftTo(used, source, now)
		if refusal(t, err) != refusal(t, wantErr) {
			t.Fatalf("%d: %v, in new memory %v", i, err, wantErr)
		}
		if err != nil {
			continue
		}
		ref := format.Ref{List: format.ListMonth(fresh.Expires()) << 8, Index: uint32(i)}
		a, errA := iss.Sign(fresh, ref)
		b, errB := iss.Sign(used, ref)
		if errA != nil || errB != nil || !bytes.Equal(payload(t, a.Data), payload(t, b.Data)) {
			t.Fatalf("%d: %x, in new memory %x (%v, %v)", i, b.Data, a.Data, errB, errA)
		}
	}
}
