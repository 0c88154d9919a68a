package main

import (
	"bytes"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/gate/enrolment"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
	"github.com/tongxing/tongxing/issuer/registry/witness"
	"github.com/tongxing/tongxing/trustlist/fetch"
)

// testdata/released has a folder for each released version, with what its programs left
// on the disks of a province and a venue (README.md there).
const releasedFolder = "testdata/released"

// keep makes the folder of a version with the programs of today.
var keep = flag.String("keep", "", "make testdata/released/VERSION")

// keptAt is when the codes are judged, and keptUntil when those enrolled expire.
const (
	keptAt    = "2022-08-10T11:00"
	keptUnix  = 1660100400
	keptUntil = keptUnix + 86400
)

// keepScript makes a small nation with one province, which issues six codes, revokes
// two and suspends one, and a venue that has imported all that.
const keepScript = `
trust csr --region 46 --authority 海南省卫生健康委员会 --appeal 12345 --rules @rules.txt --usage status+vaccination+status-list+snapshot --threshold 1 --key @keys/41-sign --at 2022-08-03 --out @46.csr
trust admit --root @trust/root.cose --list @trust/list.cose --yes --at 2022-08-10T06:00 --out @list.draft @46.csr
trust sign @list.draft --key @keys/root-sm2-1 --key @keys/root-es256-1 --out @signatures
trust combine @list.draft @signatures --root @trust/root.cose --out @list.cose
keyset new --region 46 --list @list.cose --sign-key @keys/33-sign-1.pub:status+vaccination --sign-key @keys/33-sign-2.pub:status-list+snapshot --at 2022-08-05 --out @46.draft
keyset sign @46.draft --key @keys/41-sign --out @46.sig
keyset combine @46.draft @46.sig --list @list.cose --root @trust/root.cose --out @46.cose
bundle pack --root @trust/root.cose --list @list.cose --keyset @46.cose --out @first.bundle
issue --region 46 --at ` + codeTime + ` --bundle @first.bundle --root @trust/root.cose --key @keys/33-sign-1 --registry @registry.db --out @46.jsonl @people.jsonl
revoke --registry @registry.db --from @revoked.jsonl --reason lost --confirm 2 --at 2022-08-10T09:00
suspend --registry @registry.db --from @suspended.jsonl --reason under_review --confirm 1 --at 2022-08-10T09:30
status build --registry @registry.db --region 46 --keyset @46.cose --key @keys/33-sign-2 --at 2022-08-10T10:00 --out @day1
status publish @day1 --keyset @46.cose --key @keys/33-sign-2 --at 2022-08-10T10:05 --out @46-day1
bundle pack --root @trust/root.cose --list @list.cose --region-folder @46-day1 --out @day1.bundle
bundle apply @day1.bundle --root @trust/root.cose --store @trust.store --at ` + keptAt + `
`

// keptReasons are what the six codes give at the venue.
var keptReasons = []string{"revoked", "revoked", "suspended", "ok", "ok", "ok"}

// inProcess runs the program on arguments, in which @ stands for a folder, and returns
// its exit status with what it printed.
func inProcess(t *testing.T, folder, line string) (status int, stdout, stderr string) {
	t.Helper()
	var out, says bytes.Buffer
	a := appWith(strings.NewReader(""), &out, &says)
	a.opened = fixtureOpened(t, folder)
	status = a.run(t.Context(), strings.Fields(strings.ReplaceAll(line, "@", folder+"/")))
	return status, out.String(), says.String()
}

// splitLines writes the lines of 46.jsonl as the files that orders name.
func splitLines(folder string) error {
	data, err := os.ReadFile(filepath.Join(folder, "46.jsonl"))
	lines := bytes.SplitAfter(data, []byte("\n"))
	if err != nil || len(lines) < 6 {
		return errors.Join(fmt.Errorf("%d lines", len(lines)), err)
	}
	return errors.Join(
		os.WriteFile(filepath.Join(folder, "revoked.jsonl"), slices.Concat(lines[:2]...), 0o600),
		os.WriteFile(filepath.Join(folder, "suspended.jsonl"), lines[2], 0o600))
}

// keepStores makes the folder of a version.
func keepStores(t *testing.T, version string) {
	folder := t.TempDir()
	base, err := fixture()
	if err := errors.Join(err, copyFixture(base, folder)); err != nil {
		t.Fatal(err)
	}
	var people strings.Builder
	for n := range keptReasons {
		fmt.Fprintf(&people, `{"name":"张三","document_type":"03","document_number":%q,"status":{"state":0,"rule":0,"determined":"2022-08-09T11:00:00+08:00","until":"2022-08-16T11:00:00+08:00"}}`+"\n", keptNumber(n))
	}
	if err := os.WriteFile(filepath.Join(folder, "people.jsonl"), []byte(people.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(strings.TrimSpace(keepScript)) {
		status, _, says := inProcess(t, folder, line)
		if status != 0 && !(status == 3 && strings.HasPrefix(line, "bundle apply")) { // the other provinces are not in the bundle
			t.Fatalf("%s: status %d: %s", line, status, says)
		}
		if strings.HasPrefix(line, "issue ") {
			if err := splitLines(folder); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := errors.Join(keepWitness(t, folder), keepEnrolled(folder), os.WriteFile(filepath.Join(folder, "trust.store.venue"), []byte(`{"class":3,"region":"46"}`+"\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(releasedFolder, version)
	if err := os.Mkdir(to, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range keptFiles {
		copyFile(t, filepath.Join(folder, name), filepath.Join(to, name))
		if err := os.Chmod(filepath.Join(to, name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// keptFiles are those of a version.
var keptFiles = []string{"46.jsonl", "registry.db", "registry.db.witness", "trust.store", "trust.store.venue", "enrolled", "venue.key"}

func keptNumber(n int) string { return "E1234561" + strconv.Itoa(n) }

func keepWitness(t *testing.T, folder string) error {
	store, err := sqlite.Open(t.Context(), filepath.Join(folder, "registry.db"))
	if err != nil {
		return err
	}
	return errors.Join(witness.Renew(t.Context(), store, filepath.Join(folder, "registry.db.witness"), 0), store.Close())
}

// keepEnrolled enrols the holder of the last code.
func keepEnrolled(folder string) error {
	key, err := enrolment.NewKey(rand.Reader)
	if err != nil {
		return err
	}
	book, err := enrolment.Open(filepath.Join(folder, "enrolled"), key, enrolment.Options{Params: enrolment.Params{Passes: 3, Memory: 64 << 10}, Random: rand.Reader})
	if err != nil {
		return err
	}
	codes, err := keptCodes(folder)
	if err != nil {
		return err
	}
	last := len(codes) - 1
	document, err := format.NewDocument(3, keptNumber(last))
	return errors.Join(err, book.Enrol(document, codes[last], keptUntil, keptUnix), os.WriteFile(filepath.Join(folder, "venue.key"), key.Text(), 0o600))
}

// keptCodes reads the codes of a folder.
func keptCodes(folder string) ([]string, error) {
	codes, err := readCodes(filepath.Join(folder, "46.jsonl"))
	if err == nil && len(codes) != len(keptReasons) {
		err = fmt.Errorf("%d codes", len(codes))
	}
	return codes, err
}

// TestWhatEveryReleaseLeftOnDisksIsRead with the programs of today: codes have their
// verdicts, what was revoked is, the registry goes on where it was and its witness
// agrees, and who was enrolled comes in.
func TestWhatEveryReleaseLeftOnDisksIsRead(t *testing.T) {
	if *keep != "" {
		keepStores(t, *keep)
	}
	versions, err := fs.Glob(os.DirFS(releasedFolder), "[0-9]*")
	if err != nil || len(versions) == 0 {
		t.Fatalf("%v, error %v", versions, err)
	}
	for _, version := range versions {
		t.Run(version, func(t *testing.T) {
			folder := t.TempDir()
			for _, name := range keptFiles {
				copyFile(t, filepath.Join(releasedFolder, version, name), filepath.Join(folder, name))
			}
			codes, err := keptCodes(folder)
			if err != nil {
				t.Fatal(err)
			}
			requireVerdicts(t, folder)
			requireRegistry(t, folder)
			requireEnrolled(t, folder, codes[len(codes)-1])
		})
	}
}

func requireVerdicts(t *testing.T, folder string) {
	t.Helper()
	_, out, says := inProcess(t, folder, "verify @46.jsonl --json --store @trust.store --at "+keptAt)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != len(keptReasons) {
		t.Fatalf("verdicts: %s%s", out, says)
	}
	for i, reason := range keptReasons {
		if !strings.Contains(lines[i], `"name":"`+reason+`"`) {
			t.Errorf("code %d is not %s: %s", i, reason, lines[i])
		}
	}
	if status, out, says := inProcess(t, folder, "venue --lang en --store @trust.store"); status != 0 || !strings.Contains(out, "46") {
		t.Errorf("the venue is %s%s", out, says)
	}
}

func requireRegistry(t *testing.T, folder string) {
	t.Helper()
	path := filepath.Join(folder, "registry.db")
	if err := splitLines(folder); err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{
		"revoke --registry @registry.db --from @revoked.jsonl --reason lost --confirm 2 --lang en":           "Done before",
		"resume --registry @registry.db --from @suspended.jsonl --reason review_ended --confirm 1 --lang en": "resumed: 1",
	} {
		if status, out, says := inProcess(t, folder, line); status != 0 || !strings.Contains(out, want) {
			t.Errorf("%s: status %d: %s%s", line, status, out, says)
		}
	}
	store, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	report, err := registry.Audit(t.Context(), store)
	if err = errors.Join(err, store.Check(t.Context())); err != nil || report.Issued != uint64(len(keptReasons)) || report.Events != 4 {
		t.Errorf("%+v, error %v", report, err)
	}
	if _, err := witness.Open(t.Context(), store, path+".witness"); err != nil {
		t.Error(err)
	}
}

func requireEnrolled(t *testing.T, folder, code string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "venue.key"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := enrolment.ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	book, err := enrolment.Open(filepath.Join(folder, "enrolled"), key, enrolment.Options{Random: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	document, err := format.NewDocument(3, keptNumber(len(keptReasons)-1))
	if err != nil {
		t.Fatal(err)
	}
	if found, err := book.Find(document, keptUnix); err != nil || found != code {
		t.Errorf("enrolled is %q, error %v", found, err)
	}
}

// TestEveryFormatOfAStoreIsInTestdata: whoever raises the number of one has released
// programs that wrote those before, and what they left is here.
func TestEveryFormatOfAStoreIsInTestdata(t *testing.T) {
	for name, current := range map[string]string{"trust.store": fetch.StoreFormat, "enrolled": enrolment.Format, "registry.db.witness": witness.Format} {
		begin := current[:strings.LastIndex(current, "/")+1]
		newest, err := strconv.Atoi(strings.TrimPrefix(current, begin))
		if err != nil {
			t.Fatal(err)
		}
		stored, err := filepath.Glob(filepath.Join(releasedFolder, "*", name))
		if err != nil {
			t.Fatal(err)
		}
		var all []byte
		for _, path := range stored {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, data...)
		}
		for n := 1; n <= max(newest-1, 1); n++ {
			if !bytes.Contains(all, []byte(begin+strconv.Itoa(n))) {
				t.Errorf("no %s%d in %v: make one with the last program that wrote it", begin, n, stored)
			}
		}
	}
}
