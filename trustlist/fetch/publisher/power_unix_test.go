//go:build unix

package publisher_test

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tongxing/tongxing/trustlist/fetch/layout"
	"github.com/tongxing/tongxing/trustlist/fetch/publisher"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// publishEnv names the folders for the process that is killed: where to publish,
// and where the bundles are.
const publishEnv = "TONGXING_TEST_PUBLISH"

// TestMain is also the process that publishes until it is killed, or until the
// disk is full.
func TestMain(m *testing.M) {
	if folders := os.Getenv(publishEnv); folders != "" {
		if err := publishAll(folders); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if setting := os.Getenv(fullEnv); setting != "" {
		os.Exit(publishFull(setting))
	}
	os.Exit(m.Run())
}

func publishAll(folders string) error {
	folder, from, _ := strings.Cut(folders, "\n")
	p, err := publisher.Open(folder, publisher.Options{Keep: 3})
	if err != nil {
		return err
	}
	for i := range bundlesToKill {
		bundle, err := os.ReadFile(filepath.Join(from, fmt.Sprint(i)))
		if err != nil {
			return err
		}
		if _, err := p.Publish(bundle, nation.Now); err != nil && !errors.Is(err, publisher.ErrOlder) {
			return err
		}
	}
	return nil
}

const (
	bundlesToKill = 8
	kills         = 40
)

// [DIST-31] Killed at any moment, the folder has the publication before or the
// new one, and the next process goes on from there.
func TestAKilledPublisherLeavesAWholeFolder(t *testing.T) {
	from := t.TempDir()
	for i, bundle := range days(t, bundlesToKill) {
		if err := os.WriteFile(filepath.Join(from, fmt.Sprint(i)), bundle, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	random := rand.New(rand.NewPCG(9, 10))
	published := 0
	var folder string
	for i := range kills {
		if i%4 == 0 { // four kills one after the other in each folder
			folder = filepath.Join(t.TempDir(), "trust")
		}
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), publishEnv+"="+folder+"\n"+from)
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		waitForFolder(t, folder)
		timer := time.AfterFunc(time.Duration(random.IntN(120_000))*time.Microsecond, func() { child.Process.Kill() })
		child.Wait()
		timer.Stop()
		if _, err := publisher.Latest(folder); errors.Is(err, fs.ErrNotExist) {
			continue // killed before the first
		}
		requireWhole(t, folder)
		published++
	}
	if published < kills/2 {
		t.Errorf("%d of %d processes had published anything: killed too early to prove anything", published, kills)
	}
}

// waitForFolder waits until the process has begun with its work.
func waitForFolder(t *testing.T, folder string) {
	t.Helper()
	for range 2000 {
		if _, err := os.Stat(folder); err == nil {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("the process does not begin")
}

// [DIST-31] Whoever reads while it is published finds everything that the pointer
// names, which it read a publication ago at most.
func TestReadersFindEverythingWhileItIsPublished(t *testing.T) {
	folder := t.TempDir()
	p := open(t, folder, 2)
	all := days(t, 12)
	publish(t, p, all[0])
	stop := make(chan struct{})
	turn := make(chan struct{}) // a publication waits until the reader has finished with the one before
	var reader sync.WaitGroup
	reader.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			latest, err := publisher.Latest(folder)
			if err != nil {
				t.Error(err)
				return
			}
			select {
			case turn <- struct{}{}: // one publication begins, and may end before all is read
			case <-stop:
			}
			requireNamed(t, folder, latest)
		}
	})
	for _, bundle := range all[1:] {
		<-turn
		publish(t, p, bundle)
	}
	close(stop)
	reader.Wait()
}

// requireNamed checks that everything that a pointer names is there.
func requireNamed(t *testing.T, folder string, latest *layout.Latest) {
	t.Helper()
	names := []string{layout.BundleName(latest.Bundle.Hash)}
	for _, d := range latest.Deltas {
		names = append(names, layout.DeltaName(d.Hash))
	}
	for _, name := range names {
		if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
			t.Error(err)
		}
	}
}
