package remote

import (
	"bytes"
	"errors"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer/keys"
)

// messagesOf returns n messages, each another one.
func messagesOf(n int) [][]byte {
	all := make([][]byte, n)
	for i := range all {
		all[i] = []byte{byte(i), byte(i >> 8)}
	}
	return all
}

// signMany has n messages signed through the client's first key, and verifies them.
func signMany(t *testing.T, client *Client, n int) {
	t.Helper()
	key, messages := client.Keys()[0], messagesOf(n)
	signatures, err := keys.Messages(key).(sig.BatchSigner).SignAll(messages)
	if err != nil || len(signatures) != n {
		t.Fatalf("%d signatures of %d, error %v", len(signatures), n, err)
	}
	for i := range signatures {
		if err := key.PublicKey().Verify(messages[i], signatures[i]); err != nil {
			t.Fatalf("message %d of %d: %v", i, n, err)
		}
	}
}

func TestManyDigestsAreSignedInOrder(t *testing.T) {
	for _, algorithm := range []sig.Algorithm{sig.SM2, sig.ES256} {
		path := socket(t)
		serve(t, path, newHeld(t, algorithm))
		for _, n := range []int{0, 1, 2, MaxDigests, MaxDigests + 1, 2*MaxDigests + 3} {
			signMany(t, dial(t, path), n)
		}
	}
}

// TestManyAreSignedAllOrNone has the key fail in the middle of a request.
func TestManyAreSignedAllOrNone(t *testing.T) {
	path, device := socket(t), newHeld(t, sig.SM2)
	serve(t, path, device)
	var signed atomic.Int64
	device.set(func(digest [32]byte) ([]byte, error) {
		if signed.Add(1) == 7 {
			return nil, errors.New("device removed")
		}
		return device.key.(keys.DigestSigner).SignDigest(digest)
	})
	client := dial(t, path)
	signatures, err := client.Keys()[0].SignDigests(make([][32]byte, 9))
	var refused *RefusedError
	if !errors.As(err, &refused) || refused.Fault != FaultDevice || signatures != nil {
		t.Fatalf("%d signatures beside error %v", len(signatures), err)
	}
	signMany(t, client, 9) // the connection goes on
}

// TestASignerThatKnowsNoManyIsAskedForEach plays a server of the version before:
// it calls the request no request and hangs up.
func TestASignerThatKnowsNoManyIsAskedForEach(t *testing.T) {
	path, device := socket(t), newHeld(t, sig.SM2)
	var many atomic.Int64
	answering(t, path, func(asked []byte) ([]byte, bool) {
		q, err := parseRequest(asked)
		if err != nil {
			t.Errorf("%x: %v", asked, err)
			return nil, true
		}
		switch q.kind {
		case kindKeys:
			return framed((&answer{kind: kindKeys, keys: []*sig.PublicKey{device.PublicKey()}}).append(nil)), false
		case kindMany:
			many.Add(1)
			return framed((&answer{kind: kindFault, fault: FaultRequest}).append(nil)), true
		}
		signature, err := device.SignDigest(q.digests[0])
		if err != nil {
			t.Error(err)
		}
		return framed((&answer{kind: kindSign, signatures: [][]byte{signature}}).append(nil)), false
	})
	client := dial(t, path)
	signMany(t, client, 5)
	signMany(t, client, 5)
	if n := many.Load(); n != 1 {
		t.Errorf("asked for many %d times", n)
	}
}

// TestAnAnswerWithOtherManyIsRefused: too few, too many, none, and one of no form.
func TestAnAnswerWithOtherManyIsRefused(t *testing.T) {
	good := bytes.Repeat([]byte{1}, 64)
	for name, test := range map[string]struct {
		signatures [][]byte
		want       error
	}{
		"none":            {nil, ErrProtocol},
		"too few":         {[][]byte{good}, ErrProtocol},
		"too many":        {[][]byte{good, good, good}, ErrProtocol},
		"more than asked": {slices.Repeat([][]byte{good}, MaxDigests+1), ErrProtocol},
		"a short one":     {[][]byte{good, good[1:]}, ErrProtocol},
		"zeros":           {[][]byte{good, make([]byte, 64)}, keys.ErrForm},
	} {
		path := socket(t)
		answering(t, path, func(asked []byte) ([]byte, bool) {
			if bytes.Equal(asked, request0.append(nil)) {
				return framed((&answer{kind: kindKeys, keys: []*sig.PublicKey{testKey}}).append(nil)), false
			}
			return framed((&answer{kind: kindMany, signatures: test.signatures}).append(nil)), false
		})
		signatures, err := dial(t, path).Keys()[0].SignDigests(make([][32]byte, 2))
		if !errors.Is(err, test.want) || signatures != nil {
			t.Errorf("%s: %d signatures beside error %v, want %v", name, len(signatures), err, test.want)
		}
	}
}

// BenchmarkSignDigests sets one exchange for each signature beside one for many.
func BenchmarkSignDigests(b *testing.B) {
	path := socket(b)
	key, err := keys.Generate(sig.SM2, nil)
	if err != nil {
		b.Fatal(err)
	}
	serve(b, path, key)
	remote := dial(b, path).Keys()[0]
	digests := make([][32]byte, MaxDigests)
	b.Run("one by one", func(b *testing.B) {
		for b.Loop() {
			if _, err := remote.SignDigest(digests[0]); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("together", func(b *testing.B) {
		for b.Loop() {
			if _, err := remote.SignDigests(digests); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/MaxDigests, "ns/signature")
	})
}
