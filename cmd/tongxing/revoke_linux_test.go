package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
)

// issuedLines are the codes of the code fixture, with their references.
func issuedLines(t *testing.T, folder string) []batch.Line {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, "33.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	lines := codeLines(t, data)
	if len(lines) != 7 {
		t.Fatalf("%d codes, want 7", len(lines))
	}
	return lines
}

func reference33(l batch.Line) registry.Reference {
	return registry.Reference{Region: 33, List: l.List, Index: l.Index}
}

// TestTheCountIsTypedAtATerminal: what is asked for is the number of credentials,
// which nobody types without having read it.
func TestTheCountIsTypedAtATerminal(t *testing.T) {
	folder, _ := codeFixture(t)
	lines := issuedLines(t, folder)
	refs, reg := filepath.Join(folder, "refs.txt"), filepath.Join(folder, "registry.db")
	text := referenceText(reference33(lines[0])) + "\n" + referenceText(reference33(lines[1])) + "\n"
	if err := os.WriteFile(refs, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"revoke", "--registry", reg, "--from", refs, "--reason", "lost"}
	for _, c := range []struct {
		typed  string
		status int
		shown  string
	}{
		{"y\n", program.StatusFailed, "Not confirmed: nothing was done."},
		{"\n", program.StatusFailed, "Not confirmed: nothing was done."},
		{"1\n", program.StatusFailed, "Not confirmed: nothing was done."},
		{"\x03", program.StatusCanceled, "Interrupted. Nothing half done is left."},
		{"2\n", program.StatusOK, "revoked: 2; so already: 0"},
	} {
		shown, exit := terminalType(t, 120, 60, "Type the number to confirm: ", c.typed, args...)
		if exit != c.status || !strings.Contains(shown, c.shown) {
			t.Errorf("typed %q: status %d, want %d: %q", c.typed, exit, c.status, shown)
		}
		if !strings.Contains(shown, "33 list ") || !strings.Contains(shown, "2 credentials: 2 will change, 0 are so already") {
			t.Errorf("typed %q without knowing what: %q", c.typed, shown)
		}
	}
}

// TestAReissueThatWasKilledIsFinishedByTheSameFile: wherever it is killed, the same
// command gives one new credential for each old one, and supersedes that.
func TestAReissueThatWasKilledIsFinishedByTheSameFile(t *testing.T) {
	folder, _ := codeFixture(t)
	lines := issuedLines(t, folder)
	in := func(name string) string { return filepath.Join(folder, name) }
	records, err := os.ReadFile(in("records.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var changes strings.Builder
	for i, record := range strings.Split(strings.TrimSpace(string(records)), "\n") {
		changes.WriteString(`{"reference":"` + referenceText(reference33(lines[i])) + `","record":` + record + "}\n")
	}
	if err := os.WriteFile(in("changes.jsonl"), []byte(changes.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{
		"reissue", "--region", "33", "--bundle", in("policy.bundle"), "--root", in("trust/root.cose"), "--key", in("keys/33-sign-1"), "--key", in("keys/33-sign-2"),
		"--passphrase-file", in("keys/pass"), "--approver", in("keys/33-approver"), "--approver-passphrase-file", in("keys/pass"),
		"--registry", in("registry.db"), "--from", in("changes.jsonl"), "--reason", "claims_changed", "--confirm", "7",
		"--at", "2022-08-10T12:00", "--out", in("new.jsonl"),
	}
	begun := time.Now()
	whole := process(t, folder, append(args[:len(args)-1:len(args)-1], in("other.jsonl"))...)
	whole.Args = replaced(whole.Args, in("registry.db"), in("copy.db"))
	copyFile(t, in("registry.db"), in("copy.db"))
	copyFile(t, in("registry.db.job-key"), in("copy.db.job-key"))
	if out, err := whole.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	killedAgainAndAgain(t, folder, time.Since(begun), args)
	checkReissued(t, in("registry.db"), in("new.jsonl"), lines)
}

// replaced returns the arguments with one of them replaced.
func replaced(args []string, old, with string) []string {
	next := append([]string(nil), args...)
	for i, arg := range next {
		if arg == old {
			next[i] = with
		}
	}
	return next
}

func checkReissued(t *testing.T, path, out string, old []batch.Line) {
	t.Helper()
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	reg, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer reg.Close()
	codes := codeLines(t, data)
	if len(codes) != len(old) {
		t.Fatalf("%d new codes, want %d", len(codes), len(old))
	}
	for i, line := range codes {
		state, event, err := reg.State(t.Context(), reference33(old[i]))
		if err != nil || state != status.Superseded || event.Successor != reference33(line) {
			t.Errorf("%d: %s by %v, %v, want superseded by %v", i, state, event.Successor, err, reference33(line))
		}
		if state, _, err := reg.State(t.Context(), reference33(line)); err != nil || state != status.Active {
			t.Errorf("%d: the new one is %s, %v", i, state, err)
		}
	}
	issued := uint64(0)
	banks, err := reg.Banks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, bank := range banks {
		issued += bank.Issued
	}
	if want := uint64(2 * len(old)); issued != want {
		t.Errorf("%d credentials were issued, want %d", issued, want)
	}
}
