package main

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/internal/postgrestest"
	"github.com/tongxing/tongxing/issuer/access"
	"github.com/tongxing/tongxing/issuer/keys"
	"github.com/tongxing/tongxing/issuer/keys/keystest"
	"github.com/tongxing/tongxing/trustlist"
)

// binary is the program under test, built once as it is shipped.
var binary string

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "tongxing-issuer-test-*")
	if err == nil {
		binary = filepath.Join(folder, "tongxing-issuer")
		var out []byte
		if out, err = exec.Command("go", "build", "-ldflags", os.Getenv("TEST_LDFLAGS"), "-o", binary, ".").CombinedOutput(); err != nil {
			err = fmt.Errorf("%w: %s", err, out)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "the program under test cannot be built:", err)
		os.Exit(1)
	}
	status := postgrestest.Main(m)
	os.RemoveAll(folder)
	os.Exit(status)
}

// office is a province's office: trust material, a key, a registry, and tokens.
type office struct {
	t        testing.TB
	dir      string
	flags    []string // of serve, without --listen
	identity *devIdentity
	policy   *trustlist.Policy // of what publish puts in place; may be nil
}

func newOffice(t testing.TB) *office {
	t.Helper()
	o := &office{t: t, dir: t.TempDir()}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	key, sealed, err := keystest.New(sig.ES256, nil, []byte("a passphrase"))
	must(err)
	must(keys.SaveFile(o.path("33.key"), sealed))
	o.second("approver")
	bundle, root, err := devNation("33", key.PublicKey(), time.Now())
	must(err)
	o.identity, err = newDevIdentity()
	must(err)
	for name, data := range map[string][]byte{
		"pass": []byte("a passphrase\n"), "national.bundle": bundle, "keys.json": o.identity.published,
	} {
		must(os.WriteFile(o.path(name), data, 0o600))
	}
	o.flags = []string{"--registry", o.path("33.registry"), "--bundle", o.path("national.bundle"), "--root", hex.EncodeToString(root[:]),
		"--region", "33", "--key", o.path("33.key"), "--passphrase-file", o.path("pass"),
		"--token-keys", o.path("keys.json"), "--token-issuer", devIssuer, "--rate", "100000"}
	if status, out := o.command("registry", "create", "--registry", o.path("33.registry")); status != 0 {
		t.Fatalf("registry create: %d, %s", status, out)
	}
	return o
}

// second makes the key of a second person, NAME.key and NAME.pub.
func (o *office) second(name string) {
	o.t.Helper()
	key, sealed, err := keystest.New(sig.SM2, nil, []byte("a passphrase"))
	if err == nil {
		err = keys.SaveFile(o.path(name+".key"), sealed)
	}
	var public []byte
	if err == nil {
		public, err = keys.MarshalPublic(key.PublicKey())
	}
	if err == nil {
		err = os.WriteFile(o.path(name+".pub"), public, 0o600)
	}
	if err != nil {
		o.t.Fatal(err)
	}
}

// approver are the flags by which a second person approves a job.
func (o *office) approver() []string {
	return []string{"--approver", o.path("approver.key"), "--approver-passphrase-file", o.path("pass")}
}

func (o *office) path(name string) string { return filepath.Join(o.dir, name) }

// command runs a command of this process and returns its status and what it said.
func (o *office) command(args ...string) (int, string) {
	o.t.Helper()
	return command(o.t, args...)
}

func command(t testing.TB, args ...string) (int, string) {
	t.Helper()
	var out bytes.Buffer
	s := program.Surroundings{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Clock: time.Now,
		Getenv: func(string) string { return "" }}
	return run(t.Context(), s, args), out.String()
}

// process is a running service.
type process struct {
	t   testing.TB
	cmd *exec.Cmd
	url string
	log *said
}

// said is what a process says, to be read while it goes on.
type said struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (l *said) Write(data []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(data)
}

func (l *said) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}

// until waits for what a process does in its own time.
func until(t testing.TB, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within two minutes: %s", what)
		}
	}
}

// serve starts the service and waits until it answers. A listener is passed on as
// systemd does.
func (o *office) serve(listener *net.TCPListener, more ...string) *process {
	o.t.Helper()
	p := &process{t: o.t, log: &said{}}
	args := append([]string{"serve", "--json", "--listen", "127.0.0.1:0"}, o.flags...)
	p.cmd = exec.Command(binary, append(args, more...)...)
	p.cmd.Stderr = p.log
	if listener != nil {
		file, err := listener.File()
		if err != nil {
			o.t.Fatal(err)
		}
		defer file.Close()
		p.cmd.ExtraFiles = []*os.File{file}
		p.cmd.Env = append(os.Environ(), "LISTEN_FDS=1")
	}
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() {
		_ = p.cmd.Process.Kill() // may have ended
		_ = p.cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadBytes('\n')
	var told struct{ URL string }
	if err == nil {
		err = json.Unmarshal(line, &told)
	}
	if err != nil {
		_ = p.cmd.Wait()
		o.t.Fatalf("%v: %s", err, p.log)
	}
	p.url = told.URL
	return p
}

// token is one for a role.
func (o *office) token(role access.Role) string {
	o.t.Helper()
	token, err := o.identity.token(role, time.Now().Add(time.Hour))
	if err != nil {
		o.t.Fatal(err)
	}
	return token
}

// trial is a request for a credential; n makes it another person's.
func trial(n int) []byte {
	determined := time.Now().Add(-time.Hour).Truncate(time.Hour)
	return fmt.Appendf(nil, `{"record":{"name":"测试%d","document_type":"03","document_number":"P%07d","status":{"state":0,"rule":0,"determined":%q,"until":%q}}}`,
		n, n, determined.Format(time.RFC3339), determined.Add(72*time.Hour).Format(time.RFC3339))
}

// issue asks for a credential.
func issue(client *http.Client, url, token, key string, body []byte) (int, []byte, error) {
	r, err := http.NewRequest(http.MethodPost, url+"/v1/credentials", bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	r.Header.Set("Idempotency-Key", key)
	answer, err := client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	return answer.StatusCode, data, err
}
