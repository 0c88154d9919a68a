package remote

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer/keys"
)

func TestAClientSignsWithEveryKeyThatTheServerHolds(t *testing.T) {
	path := socket(t)
	sm2, es256 := newHeld(t, sig.SM2), newHeld(t, sig.ES256)
	serve(t, path, sm2, es256)
	client := dial(t, path)
	if n := len(client.Keys()); n != 2 {
		t.Fatalf("%d keys", n)
	}
	var group sync.WaitGroup
	for i, key := range client.Keys() {
		if want := []*held{sm2, es256}[i].PublicKey(); !key.PublicKey().Equal(want) {
			t.Fatalf("key %d is %s, want %s", i, key.PublicKey(), want)
		}
		for range 4 {
			group.Go(func() {
				for n := range 20 {
					message := make([]byte, n)
					signature, err := keys.Messages(key).Sign(message)
					if err != nil || key.PublicKey().Verify(message, signature) != nil {
						t.Errorf("%x, error %v", signature, err)
					}
				}
			})
		}
	}
	group.Wait()
	if n := len(client.idle); n < 1 || n > 8 {
		t.Errorf("%d connections are kept", n)
	}
}

func TestASocketIsForItsOwnerAlone(t *testing.T) {
	path := socket(t)
	serve(t, path, newHeld(t, sig.SM2))
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, error %v", info.Mode(), err)
	}
	if _, err := Listen(path); !errors.Is(err, ErrInUse) {
		t.Errorf("a second server: %v", err)
	}
	open := filepath.Join(t.TempDir(), "open")
	if err := errors.Join(os.Mkdir(open, 0o777), os.Chmod(open, 0o777)); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(filepath.Join(open, "s")); !errors.Is(err, ErrFolder) {
		t.Errorf("a folder that anyone may change: %v", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(file); !errors.Is(err, fs.ErrExist) {
		t.Errorf("in place of a file: %v", err)
	}
	if _, err := Listen(filepath.Join(open, "none", "s")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("in no folder: %v", err)
	}
}

// TestASocketThatWasLeftBehindIsReplaced does what kill -9 does: the file stays
// and nobody listens.
func TestASocketThatWasLeftBehindIsReplaced(t *testing.T) {
	path := socket(t)
	listener, err := Listen(path)
	if err != nil {
		t.Fatal(err)
	}
	listener.SetUnlinkOnClose(false)
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(path); err != nil {
		t.Fatal(err)
	}
	serve(t, path, newHeld(t, sig.SM2))
	dial(t, path)
}

func unavailable(t *testing.T, what string, err error) {
	t.Helper()
	var away *UnavailableError
	if !errors.As(err, &away) || away.Path == "" {
		t.Errorf("%s: %v is not an UnavailableError", what, err)
	}
}

// TestAClientFindsARestartedSignerAgain: its kept connections are dead, and the
// first signature after the restart is made all the same.
func TestAClientFindsARestartedSignerAgain(t *testing.T) {
	path := socket(t)
	key := newHeld(t, sig.SM2)
	stop := serve(t, path, key)
	client := dial(t, path)
	digest := [32]byte{1}
	for range 3 {
		stop()
		signature, err := client.Keys()[0].SignDigest(digest)
		unavailable(t, "while it is away", err)
		if signature != nil {
			t.Errorf("%x beside an error", signature)
		}
		stop = serve(t, path, key)
		if _, err := client.Keys()[0].SignDigest(digest); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	serve(t, path, key)
	if _, err := client.Keys()[0].SignDigest(digest); err != nil {
		t.Errorf("a restart that nobody noticed: %v", err)
	}
	stop()
}

func TestAKeyThatTheServerNoLongerHoldsIsRefused(t *testing.T) {
	path := socket(t)
	stop := serve(t, path, newHeld(t, sig.SM2))
	client := dial(t, path)
	stop()
	serve(t, path, newHeld(t, sig.SM2))
	_, err := client.Keys()[0].SignDigest([32]byte{})
	var refused *RefusedError
	if !errors.As(err, &refused) || refused.Fault != FaultKey || !refused.Key.Equal(client.Keys()[0].PublicKey()) {
		t.Error(err)
	}
}

// TestADeviceThatFailsIsToldApartFromASignerThatIsAway, and so is one that gives
// bytes that are no signature; the server keeps what it was to itself.
func TestADeviceThatFailsIsToldApartFromASignerThatIsAway(t *testing.T) {
	path := socket(t)
	key := newHeld(t, sig.ES256)
	good := key.sign
	serve(t, path, key)
	client := dial(t, path)
	for name, sign := range map[string]func([32]byte) ([]byte, error){
		"an error":  func([32]byte) ([]byte, error) { return nil, errors.New("device removed") },
		"nothing":   func([32]byte) ([]byte, error) { return nil, nil },
		"DER":       func([32]byte) ([]byte, error) { return make([]byte, 71), nil },
		"all zeros": func([32]byte) ([]byte, error) { return make([]byte, 64), nil },
		"all ones":  func([32]byte) ([]byte, error) { return bytes.Repeat([]byte{0xff}, 64), nil },
	} {
		key.set(sign)
		signature, err := client.Keys()[0].SignDigest([32]byte{})
		var refused *RefusedError
		if !errors.As(err, &refused) || refused.Fault != FaultDevice || signature != nil {
			t.Errorf("%s: %x, error %v", name, signature, err)
		}
	}
	key.set(good)
	if _, err := client.Keys()[0].SignDigest([32]byte{}); err != nil {
		t.Errorf("after the fault: %v", err)
	}
}

func framed(message []byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(message))), message...)
}

// TestWhatASignerAnswersIsCheckedBeforeItIsUsed plays every bad answer.
func TestWhatASignerAnswersIsCheckedBeforeItIsUsed(t *testing.T) {
	sign := func(signature []byte) []byte {
		return framed((&answer{kind: kindSign, signatures: [][]byte{signature}}).append(nil))
	}
	whole := sign(bytes.Repeat([]byte{1}, 64))
	for name, test := range map[string]struct {
		frame  []byte
		hangUp bool
		want   error // nil: an UnavailableError
	}{
		"half an answer":     {frame: whole[:40], hangUp: true},
		"half a length":      {frame: whole[:3], hangUp: true},
		"nothing":            {hangUp: true},
		"silence":            {},
		"a huge frame":       {frame: []byte{0xff, 0xff, 0xff, 0xff}, want: ErrProtocol},
		"an empty frame":     {frame: make([]byte, 4), want: ErrProtocol},
		"no CBOR":            {frame: framed([]byte("no")), want: ErrProtocol},
		"more after it":      {frame: framed(append(bytes.Clone(whole[4:]), 0)), want: ErrProtocol},
		"the keys":           {frame: framed((&answer{kind: kindKeys, keys: []*sig.PublicKey{testKey}}).append(nil)), want: ErrProtocol},
		"a fault of no kind": {frame: framed((&answer{kind: kindFault, fault: 9}).append(nil)), want: ErrProtocol},
		"a short signature":  {frame: sign(make([]byte, 63)), want: keys.ErrForm},
		"zeros":              {frame: sign(make([]byte, 64)), want: keys.ErrForm},
	} {
		t.Run(name, func(t *testing.T) {
			path := socket(t)
			answering(t, path, func(request []byte) ([]byte, bool) {
				if bytes.Equal(request, (&request0).append(nil)) {
					return framed((&answer{kind: kindKeys, keys: []*sig.PublicKey{testKey}}).append(nil)), false
				}
				return test.frame, test.hangUp
			})
			client, err := Dial(Options{Path: path, Clock: time.Now, Timeout: 200 * time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			signature, err := client.Keys()[0].SignDigest([32]byte{})
			if signature != nil {
				t.Errorf("%x beside error %v", signature, err)
			}
			if test.want == nil {
				unavailable(t, name, err)
			} else if !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
			if len(client.idle) != 0 && test.want != keys.ErrForm && name != "the keys" {
				t.Error("the connection is kept")
			}
		})
	}
}

var request0 = request{kind: kindKeys}

// TestAServerLetsGoWhoDoesNotSpeakItsLanguage, and goes on serving others.
func TestAServerLetsGoWhoDoesNotSpeakItsLanguage(t *testing.T) {
	path := socket(t)
	serve(t, path, newHeld(t, sig.SM2))
	for name, sent := range map[string][]byte{
		"HTTP":           []byte("GET / HTTP/1.1\r\n\r\n"),
		"a huge frame":   {0x7f, 0xff, 0xff, 0xff},
		"no CBOR":        framed([]byte("no")),
		"another kind":   framed([]byte{0x81, 0x05}),
		"a long integer": framed([]byte{0x81, 0x18, 0x00}),
		"half a request": framed((&request{kind: kindSign}).append(nil))[:20],
	} {
		conn, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write(sent); err != nil {
			t.Fatal(err)
		}
		conn.SetReadDeadline(time.Now().Add(5 * time.Second))
		for err == nil { // what it says before it hangs up, then its end
			_, err = readFrame(conn, maxFrame)
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s: the connection stays open", name)
		}
		conn.Close()
	}
	dial(t, path)
}

// TestAProcessOfAnotherUserIsNotServed: the mode of the socket keeps others away,
// and who comes all the same is asked.
func TestAProcessOfAnotherUserIsNotServed(t *testing.T) {
	path := socket(t)
	told := make(chan error, 8)
	server, err := NewServer(ServerOptions{
		Signers: []keys.DigestSigner{newHeld(t, sig.SM2)}, Clock: time.Now, Failed: func(err error) { told <- err },
	})
	if err != nil {
		t.Fatal(err)
	}
	server.user++
	listener, err := Listen(path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- server.Serve(ctx, listener) }()
	_, err = Dial(Options{Path: path, Clock: time.Now})
	unavailable(t, "a stranger", err)
	if err := <-told; !errors.Is(err, ErrPeer) {
		t.Error(err)
	}
	conn, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := checkPeer(conn, os.Geteuid()); err != nil {
		t.Errorf("our own process: %v", err)
	}
	if err := checkPeer(conn, os.Geteuid()+1); !errors.Is(err, ErrPeer) {
		t.Errorf("another's: %v", err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestADrainAnswersWhatHasBegun stops the server while a key is signing.
func TestADrainAnswersWhatHasBegun(t *testing.T) {
	path := socket(t)
	key := newHeld(t, sig.SM2)
	begun, goOn := make(chan struct{}), make(chan struct{})
	good := key.sign
	key.set(func(digest [32]byte) ([]byte, error) {
		close(begun)
		<-goOn
		return good(digest)
	})
	stop := serve(t, path, key)
	client := dial(t, path)
	result := make(chan error, 1)
	go func() {
		_, err := client.Keys()[0].SignDigest([32]byte{})
		result <- err
	}()
	<-begun
	stopped := make(chan struct{})
	go func() { stop(); close(stopped) }()
	close(goOn)
	if err := <-result; err != nil {
		t.Errorf("a request that had begun: %v", err)
	}
	<-stopped
}

func TestOptionsThatContradictAreRefused(t *testing.T) {
	for _, options := range []Options{{Clock: time.Now}, {Path: "s"}, {Path: "s", Clock: time.Now, Timeout: -1}} {
		if client, err := Dial(options); err == nil || client != nil {
			t.Errorf("%+v is accepted", options)
		}
	}
	key := newHeld(t, sig.SM2)
	for name, options := range map[string]ServerOptions{
		"no key":    {Clock: time.Now},
		"no clock":  {Signers: []keys.DigestSigner{key}},
		"twice":     {Signers: []keys.DigestSigner{key, key}, Clock: time.Now},
		"65 keys":   {Signers: make([]keys.DigestSigner, 65), Clock: time.Now},
		"a timeout": {Signers: []keys.DigestSigner{key}, Clock: time.Now, Timeout: -1},
	} {
		if server, err := NewServer(options); err == nil || server != nil {
			t.Errorf("%s: accepted", name)
		}
	}
	_, err := Dial(Options{Path: socket(t), Clock: time.Now})
	unavailable(t, "no socket", err)
}

func TestAClosedClientSignsNothing(t *testing.T) {
	path := socket(t)
	serve(t, path, newHeld(t, sig.SM2))
	client := dial(t, path)
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	if signature, err := client.Keys()[0].SignDigest([32]byte{}); !errors.Is(err, ErrClosed) || signature != nil {
		t.Errorf("%x, error %v", signature, err)
	}
}

func BenchmarkSignDigest(b *testing.B) {
	for _, algorithm := range []sig.Algorithm{sig.ES256, sig.SM2} {
		key, err := keys.Generate(algorithm, nil)
		if err != nil {
			b.Fatal(err)
		}
		path := socket(b)
		serve(b, path, key)
		far := dial(b, path).Keys()[0]
		for name, signer := range map[string]keys.DigestSigner{"here": key, "behind the socket": far} {
			b.Run(algorithm.String()+"/"+name, func(b *testing.B) {
				b.RunParallel(func(p *testing.PB) {
					for p.Next() {
						if _, err := signer.SignDigest([32]byte{1}); err != nil {
							b.Error(err)
						}
					}
				})
			})
		}
	}
}
