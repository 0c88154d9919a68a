package fetch

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// importerVariable makes the test's own program an importer: a process of its
// own that applies files to a store.
const importerVariable = "TONGXING_FETCH_IMPORTER"

func TestMain(m *testing.M) {
	if os.Getenv(importerVariable) != "" {
		if err := importer(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// importer applies bundles one after the other to the store at path, and says on
// standard output what it is doing.
func importer(path, anchor string, bundles []string) error {
	hash, err := hex.DecodeString(anchor)
	if err != nil {
		return err
	}
	s, err := OpenStore(path, StoreOptions{Anchor: trustlist.AnchorHash([32]byte(hash))})
	if err != nil {
		return err
	}
	s.disk = talkingDisk{}
	fmt.Println("ready")
	for _, name := range bundles {
		bundle, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if err := applyPatiently(s, bundle, now); err != nil {
			return err
		}
		fmt.Println("applied")
	}
	return nil
}

// talkingDisk is the file system, a little slower, that says every step.
type talkingDisk struct{ systemDisk }

func say(what string) { fmt.Println("step " + what) }

func (d talkingDisk) create(path string) (handle, error) {
	say("create")
	h, err := d.systemDisk.create(path)
	return talkingFile{h}, err
}

func (d talkingDisk) rename(from, to string) error {
	say("rename")
	defer say("renamed")
	return d.systemDisk.rename(from, to)
}

func (d talkingDisk) syncFolder(path string) error {
	say("folder")
	return d.systemDisk.syncFolder(path)
}

type talkingFile struct{ handle }

func (f talkingFile) Write(p []byte) (int, error) {
	written := 0
	for part := range slices.Chunk(p, len(p)/8+1) {
		say("write")
		n, err := f.handle.Write(part)
		written += n
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

func (f talkingFile) Sync() error {
	say("sync")
	return f.handle.Sync()
}

// startImporter starts the importer; its lines come from the scanner.
func startImporter(t *testing.T, s *Store, bundles ...string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(program, append([]string{s.path, fmt.Sprintf("%x", s.anchor.Hash())}, bundles...)...)
	c.Env = append(os.Environ(), importerVariable+"=1")
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c, bufio.NewScanner(out)
}

// versions writes the bundles of a nation whose list goes from version 1 to n.
func versions(t *testing.T, of *nation.Nation, n int) []string {
	t.Helper()
	folder := t.TempDir()
	var names []string
	for i := range n {
		name := filepath.Join(folder, fmt.Sprintf("%02d.bundle", i+1))
		if err := os.WriteFile(name, of.Bundle(), 0o600); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
		next(of)
	}
	return names
}

// Half of the kills come at a random step of the writing, half at a random time.
func TestAKillAtAHundredPointsLeavesTheOldStoreOrTheNew(t *testing.T) {
	n := nation.New(t, "33")
	bundles := versions(t, n, 12)
	random := rand.New(rand.NewPCG(9, 9))
	s := newStore(t, n)
	steps := map[string]int{}
	for kill := range 100 {
		if err := os.Remove(s.path); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		c, lines := startImporter(t, s, bundles...)
		if !lines.Scan() || lines.Text() != "ready" {
			t.Fatalf("importer said %q", lines.Text())
		}
		if kill%2 == 1 {
			time.AfterFunc(time.Duration(random.IntN(40_000))*time.Microsecond, func() { c.Process.Kill() })
		}
		applied, last := 0, ""
		for stop := random.IntN(60); lines.Scan(); stop-- {
			if last = lines.Text(); last == "applied" {
				applied++
			}
			if kill%2 == 0 && stop == 0 {
				c.Process.Kill()
			}
		}
		c.Wait()
		steps[last]++
		requireVersion(t, s, applied)
	}
	if len(steps) < 5 {
		t.Errorf("all kills came at %v: nothing was tried", steps)
	}
}

// requireVersion holds the store to the number of imports that were reported as
// done, or one more.
func requireVersion(t *testing.T, s *Store, applied int) {
	t.Helper()
	state, err := s.Current(now)
	switch {
	case errors.Is(err, ErrNoStore) && applied == 0:
		return
	case err != nil:
		t.Fatalf("after %d imports: %v", applied, err)
	}
	if got := int(state.Trust.ListVersion().Counter); got != applied && got != applied+1 {
		t.Fatalf("after %d imports the list has version %d", applied, got)
	}
}

// Eight regions in four processes, all at once: nothing is lost.
func TestFourProcessesAtATimeLoseNothing(t *testing.T) {
	codes := strings.Fields("11 12 13 14 15 21 22 23")
	n := nation.New(t, codes...)
	whole := mustParse(t, n.Bundle())
	s := newStore(t, n)
	folder := t.TempDir()
	names := make([][]string, 4)
	for i := range whole.Regions {
		part := *whole
		part.Regions = whole.Regions[i : i+1]
		bundle, err := part.Encode()
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(folder, whole.Regions[i].Code+".bundle")
		if err := os.WriteFile(name, bundle, 0o600); err != nil {
			t.Fatal(err)
		}
		names[i%4] = append(names[i%4], name)
	}
	var running []*exec.Cmd
	for _, some := range names {
		c, lines := startImporter(t, s, some...)
		running = append(running, c)
		go func() {
			for lines.Scan() {
			}
		}()
	}
	for _, c := range running {
		if state, err := c.Process.Wait(); err != nil || !state.Success() {
			t.Fatalf("importer: %v, %v", state, err)
		}
	}
	for _, region := range current(t, s).Trust.Regions() {
		if err := region.Available(); err != nil {
			t.Error(err)
		}
	}
	if left, err := filepath.Glob(s.path + ".*"); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// A real disk that is full: the store stays, and nothing lies beside it.
func TestAFullDiskLeavesTheOldStore(t *testing.T) {
	n := nation.New(t, "33")
	bundles := versions(t, n, 1)
	n.Regions["33"].Lists = []*trustlist.StatusList{statusList("33", 1)}
	n.Regions["33"].Lists[0].Revoked = nation.SetOfBytes(t, 1, 100<<10)
	bundles = append(bundles, versions(t, n, 1)...)
	disk := t.TempDir()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	script := `mount -t tmpfs -o size=64k none "$1" || exit 9
"$2" "$1/trust.store" "$3" "$4" >/dev/null || exit 8
cp "$1/trust.store" "$6"
"$2" "$1/trust.store" "$3" "$5" 2>&1 && exit 7
ls -A "$1"
cmp "$1/trust.store" "$6"`
	args := append(nameSpace(t), "sh", "-c", script, "sh", disk, program, fmt.Sprintf("%x", n.Anchor().Hash()), bundles[0], bundles[1], filepath.Join(t.TempDir(), "copy"))
	c := exec.Command("unshare", args...)
	c.Env = append(os.Environ(), importerVariable+"=1")
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	said := strings.Fields(string(out))
	if last := said[len(said)-1]; last != "trust.store" || strings.Contains(string(out), "trust.store.new\n") {
		t.Errorf("left behind: %s", out)
	}
	if !strings.Contains(string(out), "no space left on device") {
		t.Errorf("said %s", out)
	}
}

// nameSpace returns the flags of unshare with which a disk can be mounted here.
func nameSpace(t *testing.T) []string {
	t.Helper()
	for _, flags := range [][]string{{"-m"}, {"-r", "-m"}} {
		probe := exec.Command("unshare", append(slices.Clone(flags), "mount", "-t", "tmpfs", "none", t.TempDir())...)
		probe.Stdout = io.Discard
		if probe.Run() == nil {
			return flags
		}
	}
	t.Fatal("this test mounts a small disk, which needs unshare (util-linux) and either root or user name spaces")
	return nil
}
