package remote

import (
	"context"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/issuer/keys"
)

// held is a key as the server holds it, with a fault that tests can set.
type held struct {
	key   sig.Signer
	mutex sync.Mutex
	sign  func(digest [32]byte) ([]byte, error) // in place of the key, if set
}

func newHeld(t testing.TB, algorithm sig.Algorithm) *held {
	t.Helper()
	key, err := keys.Generate(algorithm, nil)
	if err != nil {
		t.Fatal(err)
	}
	return &held{key: key, sign: key.SignDigest}
}

func (h *held) PublicKey() *sig.PublicKey { return h.key.PublicKey() }

func (h *held) SignDigest(digest [32]byte) ([]byte, error) {
	h.mutex.Lock()
	sign := h.sign
	h.mutex.Unlock()
	return sign(digest)
}

func (h *held) set(sign func([32]byte) ([]byte, error)) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.sign = sign
}

// socket returns a path short enough for a socket, in a folder of our own.
func socket(t testing.TB) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "s")
}

// serve runs a server on path until the test ends or stop is called.
func serve(t testing.TB, path string, signers ...keys.DigestSigner) (stop func()) {
	t.Helper()
	server, err := NewServer(ServerOptions{Signers: signers, Clock: time.Now, Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := Listen(path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- server.Serve(ctx, listener) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

func dial(t testing.TB, path string) *Client {
	t.Helper()
	client, err := Dial(Options{Path: path, Clock: time.Now, Timeout: 2 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client
}

// answering is a server that answers every request with the given bytes as they
// are, and closes the connection after them if asked to.
func answering(t testing.TB, path string, reply func(request []byte) (frame []byte, hangUp bool)) {
	t.Helper()
	listener, err := Listen(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go answerOn(conn, reply)
		}
	}()
}

func answerOn(conn net.Conn, reply func([]byte) ([]byte, bool)) {
	defer conn.Close()
	for {
		request, err := readFrame(conn, maxAsked)
		if err != nil {
			return
		}
		frame, hangUp := reply(request)
		if _, err := conn.Write(frame); err != nil || hangUp {
			return
		}
	}
}

var testKey = sigtest.New(sig.SM2, "remote").PublicKey()
