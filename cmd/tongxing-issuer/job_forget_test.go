package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/issuer/deletion"
	"github.com/tongxing/tongxing/issuer/keys"
	"github.com/tongxing/tongxing/issuer/keys/remote"
)

// doneOffice is an office whose job "morning" of n records is issued; deliver
// delivers it.
func doneOffice(t *testing.T, n int) (o *office, records string) {
	t.Helper()
	o, flags, records := bulkOffice(t, n)
	o.requireDone(0, slices.Concat([]string{"job", "run", records, "--at", time.Now().UTC().Format(time.RFC3339), "--chunk", "10", "--job", "morning"}, flags, o.approver())...)
	return o, records
}

func (o *office) deliver() {
	o.t.Helper()
	o.requireDone(0, "job", "deliver", "morning", "--registry", o.path("33.registry"), "--out", o.path("codes"))
}

// forget are the arguments of job forget, signed with the office's key file.
func (o *office) forget(more ...string) []string {
	return slices.Concat([]string{"job", "forget", "morning", "--registry", o.path("33.registry"), "--key", o.path("33.key"),
		"--passphrase-file", o.path("pass"), "--record", o.path("forgotten.cose"), "--by", "operator-1", "--lang", "en"}, more)
}

// acts are the outcomes of the journal's records of forgetting and giving up.
func (o *office) acts() (outcomes []string) {
	o.t.Helper()
	out := o.requireDone(0, "journal", "show", "--registry", o.path("33.registry"), "--json")
	decoder := json.NewDecoder(strings.NewReader(out))
	for decoder.More() {
		var r struct{ Act, Object, Outcome string }
		if err := decoder.Decode(&r); err != nil {
			o.t.Fatal(err, out)
		}
		if r.Object == "morning" && (r.Act == "job "+deletion.Forget || r.Act == "job "+deletion.Abandon) {
			outcomes = append(outcomes, strings.TrimPrefix(r.Act, "job ")+" "+r.Outcome)
		}
	}
	return outcomes
}

// shown is the record as an auditor sees it.
func (o *office) shown(record string) (v deletionView) {
	o.t.Helper()
	out := o.requireDone(0, "job", "forgotten", record, "--bundle", o.path("national.bundle"), "--root", o.flags[5], "--region", "33", "--json")
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		o.t.Fatal(err)
	}
	return v
}

// requireGone holds that input and parts are gone, and the codes are not.
func (o *office) requireGone(records string) {
	o.t.Helper()
	parts, err := filepath.Glob(o.path("33.registry.parts/*"))
	if _, missing := os.Stat(records); !os.IsNotExist(missing) || err != nil || len(parts) != 0 {
		o.t.Errorf("left: %v, %v, error %v", missing, parts, err)
	}
}

// [DELETION-10]
func TestAJobIsForgottenWhenItIsDeliveredAndItsRecordVerifies(t *testing.T) {
	o, records := doneOffice(t, 25)
	if out := o.requireDone(1, o.forget()...); !strings.Contains(out, "not delivered") {
		t.Errorf("before it is delivered: %s", out)
	}
	o.deliver()
	codes, err := os.ReadFile(o.path("codes"))
	if err != nil {
		t.Fatal(err)
	}
	o.requireDone(2, o.forget("--by", "")...)
	o.requireDone(2, o.forget("--record", "")...)
	o.requireDone(2, o.forget("--signer", o.path("s"))...)
	o.requireDone(1, o.forget("--job-key", o.path("none"))...)
	o.requireDone(1, o.forget("--record", o.path("none/record"))...)
	if out := o.requireDone(1, o.forget("--input", o.path("codes"))...); !strings.Contains(out, "not the one that was planned") {
		t.Errorf("another file: %s", out)
	}
	if acts := o.acts(); acts != nil {
		t.Errorf("what was refused stands in the journal: %v", acts)
	}
	o.requireDone(0, o.forget()...)
	o.requireGone(records)
	if kept, err := os.ReadFile(o.path("codes")); err != nil || !bytes.Equal(kept, codes) {
		t.Errorf("the codes: %v", err)
	}
	v := o.shown(o.path("forgotten.cose"))
	if v.Act != deletion.Forget || v.Job != "morning" || v.By != "operator-1" || v.Deleted["records"] != 25 || v.Deleted["parts"] != 3 || v.Deleted["bytes"] == 0 {
		t.Errorf("the record says %+v", v)
	}
	o.requireDone(0, "journal", "verify", "--registry", o.path("33.registry"), "--head", v.Head)
	o.requireDone(0, o.forget()...) // again
	if acts := o.acts(); !slices.Equal(acts, []string{"forget begun", "forget done"}) {
		t.Errorf("the journal says %v", acts)
	}
	if out := o.requireDone(1, "job", "deliver", "morning", "--registry", o.path("33.registry"), "--out", o.path("again"), "--lang", "en"); !strings.Contains(out, "was forgotten") {
		t.Errorf("delivered again: %s", out)
	}
	o.requireDone(1, o.forget("--record", o.path("second.cose"))...)
	if _, err := os.Stat(o.path("second.cose")); err == nil {
		t.Error("a second record is written")
	}
}

// [DELETION-14]
func TestARecordOfSomethingElseIsNotTakenForTheJobsOwn(t *testing.T) {
	o, records := doneOffice(t, 25)
	o.deliver()
	o.requireDone(0, "registry", "purge", "--registry", o.path("33.registry"), "--key", o.path("33.key"), "--passphrase-file", o.path("pass"),
		"--before", "2020-01-01", "--by", "operator-1", "--record", o.path("purge.cose"))
	if err := os.WriteFile(o.path("text"), []byte("forgotten"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"purge.cose", "text"} {
		if out := o.requireDone(1, o.forget("--record", o.path(name))...); !strings.Contains(out, "no record of this") {
			t.Errorf("%s: %s", name, out)
		}
	}
	if _, err := os.Stat(records); err != nil {
		t.Error("the input is gone")
	}
	copied, err := os.ReadFile(records)
	if err != nil {
		t.Fatal(err)
	}
	o.requireDone(0, o.forget()...)
	if err := os.WriteFile(records, copied, 0o600); err != nil {
		t.Fatal(err)
	}
	o.requireDone(1, o.forget("--abandon")...)
	o.requireDone(1, o.forget("--input", records)...) // nothing is left to hold it to
	if _, err := os.Stat(records); err != nil {
		t.Error("a file without a plan is deleted")
	}
}

// [DELETION-11]
func TestAJobThatIsNotDoneIsGivenUpAndIssuesNothing(t *testing.T) {
	o, flags, records := bulkOffice(t, 25)
	at := time.Now().UTC().Format(time.RFC3339)
	o.requireDone(0, slices.Concat([]string{"job", "plan", records, "--at", at, "--chunk", "10", "--job", "morning"}, flags, o.approver())...)
	if out := o.requireDone(1, o.forget()...); !strings.Contains(out, "0 of 3") {
		t.Errorf("a job that is not done: %s", out)
	}
	o.requireDone(0, o.forget("--abandon")...)
	o.requireGone(records)
	if v := o.shown(o.path("forgotten.cose")); v.Act != deletion.Abandon || v.Deleted["voided"] != 3 {
		t.Errorf("the record says %+v", v)
	}
	out := o.requireDone(0, "job", "status", "morning", "--registry", o.path("33.registry"), "--json")
	var report jobReport
	if err := json.Unmarshal([]byte(out), &report); err != nil || report.Committed != 3 || report.Issued != 0 {
		t.Errorf("%s, error %v", out, err)
	}
	if acts := o.acts(); !slices.Equal(acts, []string{"abandon begun", "abandon done"}) {
		t.Errorf("the journal says %v", acts)
	}
}

// signer serves the office's key at a socket, as tongxing-signer does.
func (o *office) signer() (socket string) {
	o.t.Helper()
	folder, err := os.MkdirTemp("", "signer-*") // a socket's path is short, and its folder ours alone
	if err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() { os.RemoveAll(folder) })
	socket = filepath.Join(folder, "s")
	data, err := keys.LoadFile(o.path("33.key"))
	if err != nil {
		o.t.Fatal(err)
	}
	key, err := keys.Parse(data, []byte("a passphrase"))
	if err != nil {
		o.t.Fatal(err)
	}
	server, err := remote.NewServer(remote.ServerOptions{Signers: []keys.DigestSigner{key}, Clock: time.Now})
	if err != nil {
		o.t.Fatal(err)
	}
	listener, err := remote.Listen(socket)
	if err != nil {
		o.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx, listener) }()
	o.t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			o.t.Error(err)
		}
	})
	return socket
}

func TestRecordsAreSignedByASignerToo(t *testing.T) {
	o, records := doneOffice(t, 25)
	o.deliver()
	socket := o.signer()
	o.requireDone(0, "job", "forget", "morning", "--registry", o.path("33.registry"), "--signer", socket, "--record", o.path("forgotten.cose"), "--by", "operator-1")
	o.requireGone(records)
	if v := o.shown(o.path("forgotten.cose")); v.Job != "morning" {
		t.Errorf("the record says %+v", v)
	}
	o.requireDone(0, "registry", "purge", "--registry", o.path("33.registry"), "--signer", socket, "--before", "2020-02-01", "--by", "operator-1", "--record", o.path("purge.cose"))
	if v := o.shown(o.path("purge.cose")); v.Act != deletion.Purge || v.By != "operator-1" {
		t.Errorf("the record says %+v", v)
	}
}

// The program is killed at a later moment each time, until it comes to its end. At
// none is anything deleted without a record.
//
// [DELETION-10] [DELETION-13]
func TestAProgramThatIsKilledWhileItForgetsIsRunAgain(t *testing.T) {
	o, records := doneOffice(t, 300)
	o.deliver()
	killed := 0
	for wait := time.Millisecond; ; wait += wait/2 + time.Millisecond {
		command := exec.Command(binary, o.forget()...)
		var said bytes.Buffer
		command.Stderr = &said
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(wait, func() { _ = command.Process.Kill() }) // it may have ended
		err := command.Wait()
		timer.Stop()
		parts, globbed := filepath.Glob(o.path("33.registry.parts/*/*.jsonl"))
		_, missing := os.Stat(records)
		if _, unrecorded := os.Stat(o.path("forgotten.cose")); unrecorded == nil {
			o.shown(o.path("forgotten.cose"))
		} else if missing != nil || len(parts) != 30 || globbed != nil {
			t.Fatalf("deleted without a record after %v: input %v, %d parts", wait, missing, len(parts))
		}
		if err == nil {
			break
		}
		if killed++; command.ProcessState.Exited() {
			t.Fatalf("after %v: %v, %s", wait, err, said.Bytes())
		}
	}
	o.requireGone(records)
	acts := o.acts()
	if n := len(acts); killed == 0 || n < 2 || acts[n-1] != "forget done" || slices.Contains(acts[:n-1], "forget done") {
		t.Errorf("killed %d times, the journal says %v", killed, acts)
	}
	o.requireDone(0, "journal", "verify", "--registry", o.path("33.registry"), "--head", fmt.Sprint(o.shown(o.path("forgotten.cose")).Head))
}

// [DELETION-6]
func TestTheDigestOfAnInputIsKeyed(t *testing.T) {
	digests := map[string]bool{}
	for range 2 {
		o, flags, records := bulkOffice(t, 1)
		content := []byte(`{"name":"测试","document_type":"03","document_number":"P0000001","status":{"state":0,"rule":0,"determined":"2022-08-10T07:00:00+08:00","until":"2099-01-01T00:00:00+08:00"}}` + "\n")
		if err := os.WriteFile(records, content, 0o600); err != nil {
			t.Fatal(err)
		}
		at := time.Now().UTC().Truncate(24 * time.Hour).Format(time.RFC3339)
		o.requireDone(0, slices.Concat([]string{"job", "plan", records, "--at", at, "--job", "morning"}, flags, o.approver())...)
		o.requireDone(0, o.forget("--abandon")...)
		v := o.shown(o.path("forgotten.cose"))
		if len(v.Digest) != 64 || digests[v.Digest] {
			t.Errorf("digest %q of the same input under another key", v.Digest)
		}
		digests[v.Digest] = true
	}
}

// A purge takes no job out of the registry whose input and parts are left: nothing could
// be deleted by a record any more. [DELETION-16]
func TestAPurgeLeavesJobsThatAreNotForgotten(t *testing.T) {
	o, records := doneOffice(t, 25)
	o.deliver()
	later := time.Now().AddDate(0, 3, 0)
	purge := func(want int, more ...string) string {
		t.Helper()
		var out strings.Builder
		s := program.Surroundings{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out,
			Clock: func() time.Time { return later }, Getenv: func(string) string { return "" }}
		args := slices.Concat([]string{"registry", "purge", "--registry", o.path("33.registry"), "--key", o.path("33.key"), "--passphrase-file", o.path("pass"),
			"--before", later.AddDate(0, 0, -1).Format(time.DateOnly), "--by", "operator-1", "--lang", "en"}, more)
		if status := run(t.Context(), s, args); status != want {
			t.Fatalf("%q: status %d, want %d: %s", more, status, want, out.String())
		}
		return out.String()
	}
	acts := len(o.records())
	if out := purge(1, "--record", o.path("refused.cose")); !strings.Contains(out, "1 jobs are due") || !strings.Contains(out, "morning") {
		t.Errorf("not forgotten: %s", out)
	}
	if _, err := os.Stat(o.path("refused.cose")); err == nil || len(o.records()) != acts {
		t.Error("a purge that was refused left a record, or stands in the journal")
	}
	o.requireDone(0, "job", "status", "morning", "--registry", o.path("33.registry"))
	o.requireDone(0, o.forget()...)
	o.requireGone(records)
	if out := purge(0, "--record", o.path("purge.cose")); !strings.Contains(out, "25 entries and 1 jobs") {
		t.Errorf("forgotten: %s", out)
	}
	// Who has lost the files has another way, which the journal tells.
	o, _ = doneOffice(t, 25)
	purge(0, "--record", o.path("purge.cose"), "--unforgotten")
	all := o.records()
	if begun := string(all[len(all)-2].Detail); !strings.Contains(begun, `"unforgotten":1`) {
		t.Errorf("the journal says %s", begun)
	}
}
