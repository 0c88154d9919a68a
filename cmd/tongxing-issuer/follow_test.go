package main

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/issuer/access"
	"github.com/tongxing/tongxing/issuer/keys"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/trusttest"
)

// TestANewBundleDecidesWhatARunningServiceSigns: a key that the region has called
// compromised, and one that its list names no more, signs nothing from then on, and
// after the end of the programme nothing is issued; what was answered before is
// answered again, for its holder has it already. [ISSUER-27]
func TestANewBundleDecidesWhatARunningServiceSigns(t *testing.T) {
	o := newOffice(t)
	now := time.Now().Unix()
	o.publish(now, "33", trustlist.Active, 0)
	p := o.serve(nil, "--drain", "0s")
	token := o.token(access.Desk)
	ask := func(key string, n int) (int, string) {
		t.Helper()
		status, data, err := issue(http.DefaultClient, p.url, token, key, trial(n))
		if err != nil {
			t.Fatal(err)
		}
		return status, string(data)
	}
	ready := func() int {
		t.Helper()
		answer, err := http.Get(p.url + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		return answer.StatusCode
	}
	status, first := ask("first", 1)
	if status != http.StatusCreated || ready() != http.StatusOK {
		t.Fatalf("status %d: %s", status, first)
	}
	for n, next := range []struct {
		name   string
		code   string
		state  trustlist.KeyState
		end    int64
		status int
		says   string
		ready  int
	}{
		{"the key is compromised", "33", trustlist.Compromised, 0, http.StatusServiceUnavailable, "no_key", http.StatusServiceUnavailable},
		{"it was a mistake", "33", trustlist.Active, 0, http.StatusCreated, "TX1:", http.StatusOK},
		{"the programme has ended", "33", trustlist.Active, now - 60, http.StatusGone, "programme_ended", http.StatusOK},
		{"the list names the region no more", "41", trustlist.Active, 0, http.StatusServiceUnavailable, "no_key", http.StatusServiceUnavailable},
	} {
		o.publish(now, next.code, next.state, next.end)
		if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		var status, try int
		var said string
		until(t, next.name, func() bool { // the signal is there
			try++
			status, said = ask(fmt.Sprint(n, "-", try), 100_000*n+try+1)
			return status == next.status
		})
		if status != next.status || !strings.Contains(said, next.says) || ready() != next.ready {
			p.end()
			t.Fatalf("%s: status %d: %s\n%s", next.name, status, said, p.log)
		}
		if status, again := ask("first", 1); next.code == "33" && (status != http.StatusCreated || !bytes.Equal([]byte(again), []byte(first))) {
			t.Errorf("%s: what was answered before is now %d: %s", next.name, status, again)
		}
	}
}

// publish puts a bundle in place in which the office's key has a state, in the key set
// of the region of a code. Bundles of one time have one root.
func (o *office) publish(now int64, code string, state trustlist.KeyState, end int64) {
	o.t.Helper()
	data, err := keys.LoadFile(o.path("33.key"))
	if err != nil {
		o.t.Fatal(err)
	}
	key, err := keys.Parse(data, []byte("a passphrase"))
	if err != nil {
		o.t.Fatal(err)
	}
	published := trustlist.Key{
		Public: key.PublicKey(), State: state, Usage: trustlist.UsageStatus,
		SignFrom: format.DayStart(format.Day(now) - 30), SignUntil: format.DayStart(format.Day(now) + 300),
	}
	if state != trustlist.Active {
		published.Since = now - 3600
	}
	m := &trusttest.Material{Issued: now - 3600, ProgrammeEnd: end, Policy: o.policy, Regions: []trusttest.Region{
		{Code: code, Usage: trustlist.UsageStatus, Keys: []trustlist.Key{published}},
	}}
	bundle, anchor, err := m.Bundle()
	if err != nil {
		o.t.Fatal(err)
	}
	root := anchor.Hash()
	o.flags[slices.Index(o.flags, "--root")+1] = hex.EncodeToString(root[:])
	if err := os.WriteFile(o.path("national.bundle"), bundle, 0o600); err != nil {
		o.t.Fatal(err)
	}
}
