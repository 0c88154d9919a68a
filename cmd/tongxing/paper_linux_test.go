package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
)

// killedAgainAndAgain runs a command once for each moment of the time that it
// takes, and kills it there; then lets it end.
func killedAgainAndAgain(t *testing.T, folder string, took time.Duration, args []string) (said string) {
	t.Helper()
	const kills = 10
	for n := range kills {
		c := process(t, folder, args...)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		killed := time.AfterFunc(took*time.Duration(n+1)/kills, func() { _ = c.Process.Kill() })
		_ = c.Wait()
		killed.Stop()
	}
	out, err := process(t, folder, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

// TestPapersThatWereKilledAreEndedByTheSameCommand: each file is that of a run
// which nobody killed.
func TestPapersThatWereKilledAreEndedByTheSameCommand(t *testing.T) {
	const villages = 12
	folder, _ := codeFixture(t)
	in := func(name string) string { return filepath.Join(folder, name) }
	list := "village,line\n"
	for i := range 10 * villages {
		list += fmt.Sprintf("%02d村,%d\n", i%villages, []int{1, 2, 3, 6, 7}[i%5])
	}
	if err := os.WriteFile(in("list.csv"), []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	args := func(out string) []string {
		return []string{"paper", "bulk", "--bundle", in("codes.bundle"), "--root", in("trust/root.cose"), "--at", codeTime,
			"--by", "village", "--codes", in("33.jsonl"), "--out", in(out), in("list.csv")}
	}
	begun := time.Now()
	if out, err := process(t, folder, args("whole")...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	said := killedAgainAndAgain(t, folder, time.Since(begun), args("killed"))
	t.Log(said)
	for _, name := range append(papersIn(t, in("whole")), papersIn(t, in("killed"))...) {
		want, errWant := os.ReadFile(filepath.Join(in("whole"), name))
		got, errGot := os.ReadFile(filepath.Join(in("killed"), name))
		if errWant != nil || errGot != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not that of a run which was not killed: %v, %v", name, errWant, errGot)
		}
	}
	if n := len(papersIn(t, in("killed"))); n != villages {
		t.Errorf("%d files, want %d", n, villages)
	}
}

// papersIn lists the PDF files of a folder; any other file but the checksums is a
// fault.
func papersIn(t *testing.T, folder string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		switch {
		case strings.HasSuffix(e.Name(), ".pdf"):
			names = append(names, e.Name())
		case e.Name() != checksumFile:
			t.Errorf("%s is left behind", e.Name())
		}
	}
	return names
}

// TestALostPaperThatWasKilledIsEndedByTheSameCommand: one new credential, by which
// the old one is superseded, and its paper, wherever the runs before were killed.
func TestALostPaperThatWasKilledIsEndedByTheSameCommand(t *testing.T) {
	folder, _ := codeFixture(t)
	old := issuedLines(t, folder)[1]
	in := func(name string) string { return filepath.Join(folder, name) }
	records, err := os.ReadFile(in("records.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(in("one.json"), []byte(strings.Split(string(records), "\n")[1]), 0o600); err != nil {
		t.Fatal(err)
	}
	args := func(registry, out string) []string {
		return []string{"paper", "lost", "--region", "33", "--bundle", in("codes.bundle"), "--root", in("trust/root.cose"), "--key", in("keys/33-sign-1"),
			"--key", in("keys/33-sign-2"), "--passphrase-file", in("keys/pass"), "--registry", in(registry), "--at", codeTime, "--codes", in("33.jsonl"),
			"--out", in(out + ".pdf"), "--issued", in(out + ".jsonl"), referenceText(reference33(old)), in("one.json")}
	}
	copyFile(t, in("registry.db"), in("copy.db"))
	copyFile(t, in("registry.db.job-key"), in("copy.db.job-key"))
	begun := time.Now()
	if out, err := process(t, folder, args("copy.db", "whole")...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	killedAgainAndAgain(t, folder, time.Since(begun), args("registry.db", "new"))
	data, err := os.ReadFile(in("new.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	reg, err := sqlite.Open(t.Context(), in("registry.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer reg.Close()
	line := codeLines(t, data)[0]
	state, event, err := reg.State(t.Context(), reference33(old))
	if err != nil || state != status.Superseded || event.Successor != reference33(line) {
		t.Errorf("%s by %v, %v, want superseded by %v", state, event.Successor, err, reference33(line))
	}
	banks, err := reg.Banks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	issued := uint64(0)
	for _, bank := range banks {
		issued += bank.Issued
	}
	if issued != 8 {
		t.Errorf("%d credentials were issued, want the 7 of before and one", issued)
	}
	if page, err := os.ReadFile(in("new.pdf")); err != nil || !bytes.HasPrefix(page, []byte("%PDF-")) {
		t.Errorf("no paper: %v", err)
	}
}
