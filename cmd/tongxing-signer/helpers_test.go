package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer/keys"
	"github.com/tongxing/tongxing/issuer/keys/keystest"
	"github.com/tongxing/tongxing/issuer/keys/remote"
)

// TestMain is the command itself for tests that need a process to kill.
func TestMain(m *testing.M) {
	if os.Getenv("RUN_AS_SIGNER") != "" {
		main()
	}
	os.Exit(m.Run())
}

const passphrase = "一句只有签发人知道的话"

// keyFile writes a sealed key and returns its path and public half.
func keyFile(t testing.TB, folder string, algorithm sig.Algorithm) (string, *sig.PublicKey) {
	t.Helper()
	key, sealed, err := keystest.New(algorithm, nil, []byte(passphrase))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, algorithm.String()+".key")
	if err := keys.SaveFile(path, sealed); err != nil {
		t.Fatal(err)
	}
	return path, key.PublicKey()
}

// secretFile writes a passphrase or a PIN.
func secretFile(t testing.TB, folder, content string) string {
	t.Helper()
	path := filepath.Join(folder, "secret-"+content)
	if err := keys.SaveFile(path, []byte(content+"\n")); err != nil {
		t.Fatal(err)
	}
	return path
}

// process is a running signer.
type process struct {
	command *exec.Cmd
	said    *lockedBuffer
	ended   chan error
}

type lockedBuffer struct {
	mutex  sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.buffer.String()
}

// start starts the command and waits until it answers on the socket.
func start(t testing.TB, socket string, args ...string) *process {
	t.Helper()
	p := &process{command: exec.Command(os.Args[0], append([]string{"--lang", "en", "serve", "--socket", socket}, args...)...), said: &lockedBuffer{}, ended: make(chan error, 1)}
	p.command.Env = append(os.Environ(), "RUN_AS_SIGNER=1")
	p.command.Stderr = p.said
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.ended <- p.command.Wait() }()
	t.Cleanup(func() { p.command.Process.Kill() })
	for range 2400 {
		if client, err := remote.Dial(remote.Options{Path: socket, Clock: time.Now}); err == nil {
			client.Close()
			return p
		}
		select {
		case err := <-p.ended:
			t.Fatalf("the signer ended: %v: %s", err, p.said)
		case <-time.After(50 * time.Millisecond):
		}
	}
	t.Fatalf("the signer does not answer: %s", p.said)
	return nil
}

// end sends a signal and returns how the process ended.
func (p *process) end(t testing.TB, signal syscall.Signal) error {
	t.Helper()
	if err := p.command.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-p.ended:
		return err
	case <-time.After(2 * time.Minute):
		t.Fatalf("still running: %s", p.said)
		return nil
	}
}

func dial(t testing.TB, socket string) *remote.Client {
	t.Helper()
	client, err := remote.Dial(remote.Options{Path: socket, Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client
}

// runHere runs the command within the test.
func runHere(args ...string) (status int, stdout, stderr string) {
	var out, errs bytes.Buffer
	status = run(context.Background(), program.Surroundings{
		Stdin: bytes.NewReader(nil), Stdout: &out, Stderr: &errs, Getenv: func(string) string { return "" }, Clock: time.Now,
	}, append([]string{"--lang", "en"}, args...))
	return status, out.String(), errs.String()
}

func isUnavailable(err error) bool {
	var away *remote.UnavailableError
	return errors.As(err, &away)
}
