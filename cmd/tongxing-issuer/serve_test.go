package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/tongxing/tongxing/issuer/access"
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
)

// TestNothingIsLostOrTwiceWhenTheServiceIsKilled kills the real process in the
// middle of issues, again and again, and repeats every request: what was answered
// is answered the same, and every request is one credential. [ISSUER-5] [ISSUER-7]
func TestNothingIsLostOrTwiceWhenTheServiceIsKilled(t *testing.T) {
	const rounds, clients = 3, 8
	o := newOffice(t)
	token := o.token(access.Desk)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}, Timeout: time.Minute}
	var mu sync.Mutex
	answered := map[string][]byte{} // nil: asked, and no answer came
	bodies := map[string][]byte{}
	for round := range rounds {
		p := o.serve(nil)
		stop := make(chan struct{})
		var all sync.WaitGroup
		var created atomic.Int64
		for c := range clients {
			all.Go(func() {
				for n := 0; ; n++ {
					select {
					case <-stop:
						return
					default:
					}
					number := round*1_000_000 + c*100_000 + n
					key, body := fmt.Sprint("key-", number), trial(number)
					status, data, err := issue(client, p.url, token, key, body)
					mu.Lock()
					bodies[key], answered[key] = body, nil
					if err == nil && status == http.StatusCreated {
						answered[key] = data
						created.Add(1)
					}
					mu.Unlock()
					if err != nil {
						return
					}
				}
			})
		}
		until(t, "credentials to kill the service among", func() bool { return created.Load() >= int64(30*(round+1)) })
		if err := p.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = p.cmd.Wait()
		close(stop)
		all.Wait()
	}
	p := o.serve(nil)
	kept, lost := 0, 0
	for key, before := range answered {
		status, data, err := issue(client, p.url, token, key, bodies[key])
		switch {
		case err != nil || status != http.StatusCreated:
			t.Fatalf("%s: status %d, error %v: %s", key, status, err, data)
		case before == nil:
			lost++
		case !bytes.Equal(before, data):
			t.Fatalf("%s was %s and is %s", key, before, data)
		default:
			kept++
		}
	}
	if kept < 50 || lost == 0 {
		t.Fatalf("%d answers were kept and %d were cut off: the kill hit nothing", kept, lost)
	}
	p.end()
	if got := o.issued(); got != uint64(len(answered)) {
		t.Errorf("%d credentials for %d requests", got, len(answered))
	}
}

// end tells the service to stop and waits until it has.
func (p *process) end() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		p.t.Fatalf("%v: %s", err, p.log)
	}
}

// issued counts the credentials of the registry.
func (o *office) issued() uint64 {
	o.t.Helper()
	r, err := sqlite.Open(context.Background(), o.path("33.registry"))
	if err != nil {
		o.t.Fatal(err)
	}
	defer r.Close()
	pools, err := r.Pools(context.Background())
	if err != nil {
		o.t.Fatal(err)
	}
	var n uint64
	for _, pool := range pools {
		n += pool.Issued
	}
	return n
}

// TestANewVersionLosesNoRequest passes a listener from one process to the next
// while clients go on: none of them sees anything but its credential.
func TestANewVersionLosesNoRequest(t *testing.T) {
	o := newOffice(t)
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	url := "http://" + listener.Addr().String()
	old := o.serve(listener, "--drain", "300ms")
	token := o.token(access.Desk)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}, Timeout: time.Minute}
	var done atomic.Bool
	var asked atomic.Int64
	var all sync.WaitGroup
	for c := range 6 {
		all.Go(func() {
			for n := 0; !done.Load(); n++ {
				number := c*100_000 + n
				status, data, err := issue(client, url, token, fmt.Sprint("key-", number), trial(number))
				if err != nil || status != http.StatusCreated {
					t.Errorf("status %d, error %v: %s", status, err, data)
					return
				}
				asked.Add(1)
			}
		})
	}
	for range 2 {
		next := o.serve(listener, "--drain", "300ms")
		old.end()
		old = next
	}
	done.Store(true)
	all.Wait()
	old.end()
	if asked.Load() < 50 || o.issued() != uint64(asked.Load()) {
		t.Errorf("%d credentials for %d requests", o.issued(), asked.Load())
	}
	for _, secret := range []string{"测试", "P0000001", "TX1:"} {
		if strings.Contains(old.log.String(), secret) {
			t.Errorf("the log has %q", secret)
		}
	}
}

// TestACommandLineThatCannotServeSaysWhy [ISSUER-2]
func TestACommandLineThatCannotServeSaysWhy(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct {
		args   []string
		status int
		says   string
	}{
		"plain HTTP to everybody":  {[]string{"serve", "--listen", "0.0.0.0:8080"}, 2, "loopback"},
		"plain HTTP to a name":     {[]string{"serve", "--listen", "desk.example:8080"}, 2, "loopback"},
		"figures to everybody":     {[]string{"serve", "--metrics-listen", ":9100"}, 2, "loopback"},
		"a worker's to everybody":  {[]string{"worker", "--metrics-listen", "0.0.0.0:9100"}, 2, "--metrics-exposed"},
		"exposed, but where":       {[]string{"worker", "--metrics-exposed"}, 2, "--metrics-listen"},
		"half a certificate":       {[]string{"serve", "--tls-cert", "a.pem"}, 2, "belong together"},
		"whose requests":           {[]string{"serve", "--registry", dir + "/r"}, 2, "--token-keys"},
		"no registry":              {[]string{"serve", "--token-keys", "http://127.0.0.1:1/k", "--token-issuer", "x"}, 2, "--registry"},
		"keys over plain HTTP":     {[]string{"serve", "--registry", dir + "/r", "--token-keys", "http://id.example/k", "--token-issuer", "x"}, 1, "cannot be used"},
		"a trial for everybody":    {[]string{"dev", "--listen", ":8080"}, 2, "this machine"},
		"a registry that is gone":  {[]string{"journal", "verify", "--registry", dir + "/none"}, 1, "registry create"},
		"a trial nowhere":          {[]string{"dev", "--dir", dir + "/none/x"}, 1, "no folder " + dir + "/none"},
		"a trial over a folder":    {[]string{"dev", "--dir", dir}, 1, "exists already"},
		"a registry nowhere":       {[]string{"registry", "create", "--registry", dir + "/none/x"}, 1, "no folder " + dir + "/none"},
		"a head that is none":      {[]string{"journal", "verify", "--registry", dir + "/none", "--head", "1"}, 2, "no head"},
		"a command that there not": {[]string{"sevre"}, 2, "serve"},
	} {
		status, out := command(t, append(c.args, "--lang", "en")...)
		if status != c.status || !bytes.Contains([]byte(out), []byte(c.says)) {
			t.Errorf("%s: status %d, %s", name, status, out)
		}
	}
	if _, err := os.Stat(dir + "/r"); err == nil {
		t.Error("a registry was made")
	}
}

// A quota that no registry can count would be a fault with the first use of a proposal.
func TestALimitThatNoRegistryCountsIsNamed(t *testing.T) {
	const most = "2147483648" // and one
	if status, said := command(t, "serve", "--region", "33", "--registry", "x", "--token-keys", "x", "--token-issuer", "x", "--quota", most); status != 2 || !strings.Contains(said, most) {
		t.Errorf("status %d: %s", status, said)
	}
}

// A limit by which nothing would be answered is named alone, with what to do.
func TestALimitBelowOneIsNamed(t *testing.T) {
	o := newOffice(t)
	for _, flag := range []string{"--rate", "--address-rate", "--quota"} {
		for _, value := range []string{"0", "-1"} {
			status, out := o.command(slices.Concat([]string{"serve", "--lang", "en", "--listen", "127.0.0.1:0"}, o.flags, []string{flag, value})...)
			if status != 2 || !strings.Contains(out, flag+" is "+value+": give 1 or more") {
				t.Errorf("%s %s: status %d, %s", flag, value, status, out)
			}
		}
	}
}
