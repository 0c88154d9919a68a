package main

import (
	"encoding/hex"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/issuer/access"
	"github.com/tongxing/tongxing/issuer/keys"
)

// TestAPurgeIsSignedAndStandsInTheJournal issues a code, purges it three months
// later, and verifies the record with the public key.
func TestAPurgeIsSignedAndStandsInTheJournal(t *testing.T) {
	o := newOffice(t)
	p := o.serve(nil, "--drain", "0s")
	if status, data, err := issue(http.DefaultClient, p.url, o.token(access.Desk), "key", trial(1)); err != nil || status != http.StatusCreated {
		t.Fatalf("status %d, error %v: %s", status, err, data)
	}
	p.end()
	later := time.Now().AddDate(0, 3, 0)
	var out strings.Builder
	purge := func(more ...string) int {
		out.Reset()
		s := program.Surroundings{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out,
			Clock: func() time.Time { return later }, Getenv: func(string) string { return "" }}
		return run(t.Context(), s, append([]string{"registry", "purge", "--registry", o.path("33.registry"), "--key", o.path("33.key"),
			"--passphrase-file", o.path("pass"), "--record", o.path("purge.json"), "--lang", "en"}, more...))
	}
	day := later.AddDate(0, 0, -1).Format(time.DateOnly)
	for name, wrong := range map[string][]string{
		"no day": {"--by", "op"}, "a day to come": {"--by", "op", "--before", later.AddDate(0, 0, 2).Format(time.DateOnly)}, "nobody": {"--before", day},
	} {
		if status := purge(wrong...); status != program.StatusUsage {
			t.Errorf("%s: status %d, %s", name, status, out.String())
		}
	}
	if status := purge("--by", "operator-1", "--before", day); status != program.StatusOK || !strings.Contains(out.String(), "1 entries") {
		t.Fatalf("status %d, %s", status, out.String())
	}
	requireSignedPurge(t, o)
	if status := purge("--by", "operator-1", "--before", day); status != program.StatusFailed {
		t.Errorf("a record is overwritten: status %d, %s", status, out.String())
	}
	if status, shown := o.command("journal", "show", "--registry", o.path("33.registry")); status != 0 || !strings.Contains(shown, "registry purge") {
		t.Errorf("journal: %d, %s", status, shown)
	}
}

func requireSignedPurge(t *testing.T, o *office) {
	t.Helper()
	var signed signedPurge
	data, err := os.ReadFile(o.path("purge.json"))
	if err == nil {
		err = json.Unmarshal(data, &signed)
	}
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := keys.LoadFile(o.path("33.key"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := keys.Parse(sealed, []byte("a passphrase"))
	if err != nil {
		t.Fatal(err)
	}
	signature, err := hex.DecodeString(signed.Signature)
	if err != nil || key.PublicKey().Verify(append([]byte(purgeContext), signed.Purged...), signature) != nil {
		t.Errorf("the record is not signed: %s", data)
	}
}
