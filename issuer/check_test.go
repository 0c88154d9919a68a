package issuer_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/trustlist/publish/second"
)

// faulty is a device that computes wrongly from its n-th signature on.
type faulty struct {
	sig.Signer
	good  int64
	count atomic.Int64
}

func (f *faulty) Sign(message []byte) ([]byte, error) {
	signature, err := f.Signer.Sign(message)
	if err == nil && f.count.Add(1) > f.good {
		signature[40] ^= 1
	}
	return signature, err
}

func newCheck(t testing.TB, options issuer.CheckOptions) *issuer.Check {
	t.Helper()
	check, err := issuer.NewCheck(options)
	if err != nil {
		t.Fatal(err)
	}
	return check
}

// checked returns an issuer of the usual province with the given Check.
func checked(t testing.TB, check *issuer.Check, signers ...sig.Signer) *issuer.Issuer {
	t.Helper()
	region, _ := usual(t).Region("33")
	iss, err := issuer.New(issuer.Options{Region: region, Keys: signers, Policy: usual(t).Policy(), Check: check})
	if err != nil {
		t.Fatal(err)
	}
	return iss
}

// green drafts a green code.
func green(t testing.TB, iss *issuer.Issuer) (*issuer.Draft, format.Ref) {
	t.Helper()
	draft, err := iss.Draft(person(), now)
	if err != nil {
		t.Fatal(err)
	}
	return draft, format.Ref{List: format.ListMonth(draft.Expires()) << 8, Index: 1}
}

func wantStopped(t *testing.T, err error, key *sig.PublicKey, bySecond bool) {
	t.Helper()
	var stopped *issuer.KeyStoppedError
	if !errors.As(err, &stopped) || !stopped.Key.Equal(key) || stopped.Second != bySecond {
		t.Fatalf("error %v, want %s stopped (second implementation: %v)", err, key, bySecond)
	}
}

// TestAWrongSignatureIsNeverReturnedAndStopsItsKey holds it for single issues, for
// every issuer with the same Check, and for that key alone.
func TestAWrongSignatureIsNeverReturnedAndStopsItsKey(t *testing.T) {
	device := &faulty{Signer: greenSigner, good: 2}
	var told atomic.Int64
	check := newCheck(t, issuer.CheckOptions{Stopped: func(*issuer.KeyStoppedError) { told.Add(1) }})
	iss := checked(t, check, device)
	draft, ref := green(t, iss)
	for range 2 {
		if _, err := iss.Sign(draft, ref); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		issued, err := iss.Sign(draft, ref)
		wantStopped(t, err, greenSigner.PublicKey(), false)
		if issued.Data != nil || !errors.Is(err, sig.ErrSignature) {
			t.Errorf("%x beside error %v", issued.Data, err)
		}
	}
	if signed := device.count.Load(); signed != 3 {
		t.Errorf("%d signatures were made, want none after the third", signed)
	}
	again := checked(t, check, greenSigner)
	_, err := again.Sign(draft, ref)
	wantStopped(t, err, greenSigner.PublicKey(), false)
	if stopped := check.StoppedKeys(); len(stopped) != 1 || told.Load() != 1 {
		t.Errorf("%d keys stopped, told %d times", len(stopped), told.Load())
	}
	other := checked(t, check, adverseSigner)
	draft, ref = green(t, other)
	if _, err := other.Sign(draft, ref); err != nil {
		t.Errorf("another key: %v", err)
	}
}

// TestAChunkOfADeviceThatComputesWronglyIsVoid holds it for chunks of every size.
func TestAChunkOfADeviceThatComputesWronglyIsVoid(t *testing.T) {
	for _, size := range []int{1, 2, 99, 100, 101, 250} {
		check := newCheck(t, issuer.CheckOptions{})
		iss := checked(t, check, &faulty{Signer: greenSigner})
		draft, ref := green(t, iss)
		chunk := iss.Chunk()
		var err error
		for range size {
			if _, err = chunk.Sign(draft, ref); err != nil {
				break
			}
		}
		if size < issuer.CheckEvery && err != nil {
			t.Errorf("%d: %v before the release", size, err)
		}
		wantStopped(t, chunk.Release(), greenSigner.PublicKey(), false)
		wantStopped(t, chunk.Release(), greenSigner.PublicKey(), false)
		_, err = chunk.Sign(draft, ref)
		wantStopped(t, err, greenSigner.PublicKey(), false)
		_, err = iss.Chunk().Sign(draft, ref)
		wantStopped(t, err, greenSigner.PublicKey(), false)
	}
}

// TestEveryKeyOfAChunkIsLookedAt puts one signature of a bad key among many of a
// good one.
func TestEveryKeyOfAChunkIsLookedAt(t *testing.T) {
	iss := checked(t, nil, greenSigner, &faulty{Signer: adverseSigner})
	chunk := iss.Chunk()
	draft, ref := green(t, iss)
	for range 120 {
		if _, err := chunk.Sign(draft, ref); err != nil {
			t.Fatal(err)
		}
	}
	record := person()
	record.Status = yellow()
	draft, err := iss.Draft(record, now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := chunk.Sign(draft, format.Ref{List: format.ListMonth(draft.Expires()) << 8, Index: 2}); err != nil {
		t.Fatal(err)
	}
	wantStopped(t, chunk.Release(), adverseSigner.PublicKey(), false)
}

// TestAChunkIsVoidWhenAnotherFindsTheKeyAtFault: what a device signed before it was
// caught is as doubtful as what it was caught with.
func TestAChunkIsVoidWhenAnotherFindsTheKeyAtFault(t *testing.T) {
	device := &faulty{Signer: greenSigner, good: 10}
	iss := checked(t, newCheck(t, issuer.CheckOptions{}), device)
	draft, ref := green(t, iss)
	before, after := iss.Chunk(), iss.Chunk()
	for _, chunk := range []*issuer.Chunk{before, after} {
		for range 10 {
			if _, err := chunk.Sign(draft, ref); err != nil {
				t.Fatal(err)
			}
		}
	}
	wantStopped(t, after.Release(), greenSigner.PublicKey(), false)
	wantStopped(t, before.Release(), greenSigner.PublicKey(), false)
}

// TestTheSecondImplementationSeesOneOfEachThousand counts how often it is asked,
// and what happens when it says no.
func TestTheSecondImplementationSeesOneOfEachThousand(t *testing.T) {
	for _, test := range []struct{ size, asked int }{{1, 1}, {999, 1}, {1000, 1}, {1001, 2}} {
		check := newCheck(t, issuer.CheckOptions{})
		var asked int
		check.SecondOpinion(func(key *sig.PublicKey, message, signature []byte) error {
			asked++
			return second.Verify(key, message, signature)
		})
		iss := checked(t, check, greenSigner)
		draft, ref := green(t, iss)
		chunk := iss.Chunk()
		for range test.size {
			if _, err := chunk.Sign(draft, ref); err != nil {
				t.Fatal(err)
			}
		}
		if err := chunk.Release(); err != nil || asked != test.asked {
			t.Errorf("%d: asked %d times, want %d; error %v", test.size, asked, test.asked, err)
		}
	}
	check := newCheck(t, issuer.CheckOptions{})
	check.SecondOpinion(func(*sig.PublicKey, []byte, []byte) error { return second.ErrRefused })
	iss := checked(t, check, greenSigner)
	draft, ref := green(t, iss)
	chunk := iss.Chunk()
	if _, err := chunk.Sign(draft, ref); err != nil {
		t.Fatal(err)
	}
	err := chunk.Release()
	wantStopped(t, err, greenSigner.PublicKey(), true)
	if !errors.Is(err, second.ErrRefused) {
		t.Error(err)
	}
}

// TestAChunkIsSignedByManyAtOnce is for the race detector, and counts that nothing
// is lost of what is due.
func TestAChunkIsSignedByManyAtOnce(t *testing.T) {
	iss := checked(t, nil, greenSigner)
	draft, ref := green(t, iss)
	chunk := iss.Chunk()
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 60 {
				if _, err := chunk.Sign(draft, ref); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if err := chunk.Release(); err != nil {
		t.Fatal(err)
	}
	if _, err := chunk.Sign(draft, ref); !errors.Is(err, issuer.ErrReleased) {
		t.Errorf("signed after the release: %v", err)
	}
	if err := iss.Chunk().Release(); err != nil {
		t.Errorf("an empty chunk: %v", err)
	}
}

func TestFewerChecksThanAgreedAreRefused(t *testing.T) {
	for _, options := range []issuer.CheckOptions{{Every: 101}, {Every: -1}, {Second: 1001}, {Second: -1}} {
		if check, err := issuer.NewCheck(options); err == nil || check != nil {
			t.Errorf("%+v is accepted", options)
		}
	}
	for _, options := range []issuer.CheckOptions{{}, {Every: 1, Second: 1}, {Every: 100, Second: 1000}} {
		newCheck(t, options)
	}
}

// BenchmarkSign is one credential as an API signs it, verified, and one as a chunk
// of 1,000 does, its share of the checks included.
func BenchmarkSign(b *testing.B) {
	for _, algorithm := range []sig.Algorithm{sig.ES256, sig.SM2} {
		signer := sigtest.New(algorithm, "bench")
		trust := province(b, greenUsage, published(signer, greenUsage))
		iss := newIssuer(b, trust, signer)
		draft, ref := green(b, iss)
		b.Run(algorithm.String()+"/single", func(b *testing.B) {
			for b.Loop() {
				if _, err := iss.Sign(draft, ref); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(algorithm.String()+"/chunk of 1000", func(b *testing.B) {
			for b.Loop() {
				chunk := iss.Chunk()
				for range 1000 {
					if _, err := chunk.Sign(draft, ref); err != nil {
						b.Fatal(err)
					}
				}
				if err := chunk.Release(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000, "us/credential")
		})
	}
}
