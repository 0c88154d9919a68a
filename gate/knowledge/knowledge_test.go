package knowledge_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tongxing/tongxing/gate/gatetest"
	"github.com/tongxing/tongxing/gate/knowledge"
	"github.com/tongxing/tongxing/gate/training"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/fetch"
	"github.com/tongxing/tongxing/trustlist/fetch/series"
	"github.com/tongxing/tongxing/verifier"
)

// passes reports whether the device lets the first code of the training set pass.
func passes(t testing.TB, k *knowledge.Keeper) bool {
	t.Helper()
	v := k.Verifier().Verify(gatetest.Codes(t)[0].Text, training.At, training.Context)
	return v.Outcome() == verifier.Pass
}

func TestAStickIsImportedOnceAndAgainWhenItChanges(t *testing.T) {
	k, stick := gatetest.Empty(t), gatetest.Stick(t)
	if passes(t, k) || k.Standing().Loaded {
		t.Fatal("something is known")
	}
	folder := knowledge.NewFolder(stick)
	for i, want := range []bool{true, false, false} {
		if changed, err := k.Import(t.Context(), folder); changed != want || err != nil {
			t.Errorf("import %d: %v %v", i, changed, err)
		}
	}
	if !passes(t, k) || !k.Standing().Loaded || k.Standing().Freshness.String() != "fresh" {
		t.Errorf("%+v", k.Standing())
	}
	if err := os.WriteFile(filepath.Join(stick, "x.bundle"), []byte("no bundle"), 0o600); err != nil {
		t.Fatal(err)
	}
	if changed, err := k.Import(t.Context(), folder); changed || err != nil || !errors.Is(k.Problem(folder), trustlist.ErrNotABundle) {
		t.Errorf("a bad file beside a good one: %v %v %v", changed, err, k.Problem(folder))
	}
	if changed, err := k.Import(t.Context(), knowledge.NewFolder(filepath.Join(stick, "away"))); changed || err != nil {
		t.Errorf("no stick: %v %v", changed, err)
	}
}

// What is wrong with a source leaves in force what was, and is told until the source
// is good again.
func TestABadSourceIsToldAndChangesNothing(t *testing.T) {
	k, stick := gatetest.Keeper(t), t.TempDir()
	bad := filepath.Join(stick, "x.bundle")
	if err := os.WriteFile(bad, []byte("no bundle"), 0o600); err != nil {
		t.Fatal(err)
	}
	folder := knowledge.NewFolder(stick)
	if changed, err := k.Import(t.Context(), folder); changed || err == nil {
		t.Fatalf("%v %v", changed, err)
	}
	if problems := k.Standing().Problems; len(problems) != 1 || problems[0].Source != stick || !passes(t, k) {
		t.Errorf("%+v", problems)
	}
	if err := os.Remove(bad); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Import(t.Context(), folder); err != nil || len(k.Standing().Problems) != 0 {
		t.Errorf("%v %+v", err, k.Standing().Problems)
	}
}

// A bundle that is being copied, that was cut off or whose stick was pulled out leaves
// in force what was. What is wrong is told for as long as it is, and no longer.
func TestAHalfWrittenBundleIsToldUntilItIsWhole(t *testing.T) {
	k, stick := gatetest.Keeper(t), filepath.Join(t.TempDir(), "stick")
	folder, path := knowledge.NewFolder(stick), filepath.Join(stick, "national.bundle")
	whole, _ := training.Material()
	tick := func(what string, wrong bool) {
		t.Helper()
		changed, _ := k.Import(t.Context(), folder) // told by Problem, at every tick
		if changed || (k.Problem(folder) != nil) != wrong || (len(k.Standing().Problems) == 1) != wrong || !passes(t, k) {
			t.Errorf("%s: changed %v, problem %v", what, changed, k.Problem(folder))
		}
	}
	tick("no stick", false)
	if err := os.Mkdir(stick, 0o700); err != nil {
		t.Fatal(err)
	}
	tick("empty stick", false)
	for _, size := range []int{0, 1, 100, len(whole) / 2, len(whole) - 1} {
		if err := os.WriteFile(path, whole[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		for range 5 {
			tick(fmt.Sprintf("%d bytes", size), true)
		}
	}
	if err := os.Rename(stick, stick+".away"); err != nil {
		t.Fatal(err)
	}
	tick("pulled out", false)
	if err := os.Rename(stick+".away", stick); err != nil {
		t.Fatal(err)
	}
	tick("back", true)
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	tick("whole", false)
}

// A stick that tells times by two seconds, and a copy that makes room for the whole file
// first: the half of it looks from outside as the whole does.
func TestAFileThatIsWrittenWhileItIsReadIsReadAgain(t *testing.T) {
	k, stick := gatetest.Empty(t), t.TempDir()
	folder, path := knowledge.NewFolder(stick), filepath.Join(stick, "national.bundle")
	whole, _ := training.Material()
	for i, data := range [][]byte{append(whole[:len(whole)/2:len(whole)/2], make([]byte, len(whole)-len(whole)/2)...), whole} {
		if err := errors.Join(os.WriteFile(path, data, 0o600), os.Chtimes(path, training.At, training.At)); err != nil {
			t.Fatal(err)
		}
		if changed, err := k.Import(t.Context(), folder); changed != (i == 1) || (err == nil) != (i == 1) {
			t.Errorf("%d: %v %v", i, changed, err)
		}
	}
	if !passes(t, k) || k.Problem(folder) != nil {
		t.Errorf("%v", k.Problem(folder))
	}
}

// What is wrong is told once when it begins and once when it ends, not with every tick.
func TestAProblemIsToldWhenItBeginsAndWhenItEnds(t *testing.T) {
	k, stick := gatetest.Keeper(t), t.TempDir()
	bad := filepath.Join(stick, "x.bundle")
	if err := os.WriteFile(bad, []byte("no bundle"), 0o600); err != nil {
		t.Fatal(err)
	}
	var told []error
	ticks := make(chan time.Time)
	go func() {
		defer close(ticks)
		for range 4 {
			ticks <- time.Time{}
		}
		os.Remove(bad)
		ticks <- time.Time{}
		ticks <- time.Time{}
	}()
	k.Watch(t.Context(), ticks, func(err error) { told = append(told, err) }, knowledge.NewFolder(stick))
	if len(told) != 2 || !errors.Is(told[0], trustlist.ErrNotABundle) || told[1] != nil {
		t.Errorf("%v", told)
	}
}

func TestASeriesOfCodesIsImportedWhenItIsComplete(t *testing.T) {
	k := gatetest.Empty(t)
	bundle, _ := training.Material()
	encoder, err := series.NewEncoder(bundle, series.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := uint32(0); ; i++ {
		progress, changed, err := k.AddFrame(t.Context(), encoder.Frame(i*3+1)) // every third is seen
		if err != nil || i > 500 {
			t.Fatalf("frame %d: %v", i, err)
		}
		if progress.File == nil {
			continue
		}
		if !changed || !passes(t, k) {
			t.Errorf("%v", changed)
		}
		break
	}
	if _, _, err := k.AddFrame(t.Context(), "TX1:"); !errors.Is(err, series.ErrNotAFrame) {
		t.Errorf("%v", err)
	}
}

func TestTheNetworkIsAskedWhenThereIsOne(t *testing.T) {
	bundle, _ := training.Material()
	var away atomic.Bool
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if away.Load() {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		w.Write(bundle)
	}))
	defer web.Close()
	source, err := fetch.NewHTTP(web.URL+"/national.bundle", fetch.HTTPOptions{
		Timer: func(d time.Duration, f func()) func() bool { return time.AfterFunc(d, f).Stop },
	})
	if err != nil {
		t.Fatal(err)
	}
	k := gatetest.Empty(t)
	away.Store(true)
	if _, err := k.Import(t.Context(), knowledge.Web{HTTP: source}); err == nil || len(k.Standing().Problems) != 1 {
		t.Errorf("%v %+v", err, k.Standing().Problems)
	}
	away.Store(false)
	if changed, err := k.Import(t.Context(), knowledge.Web{HTTP: source}); !changed || err != nil || !passes(t, k) || len(k.Standing().Problems) != 0 {
		t.Errorf("%v %v", changed, err)
	}
	away.Store(true)
	if _, err := k.Import(t.Context(), knowledge.Web{HTTP: source}); err == nil || !passes(t, k) {
		t.Errorf("%v", err)
	}
}

// A stick that is plugged in while the device runs is found with the next tick, and
// what another process imported too.
func TestWhatComesWhileTheDeviceRunsIsFound(t *testing.T) {
	k, stick := gatetest.Empty(t), filepath.Join(t.TempDir(), "stick")
	ctx, stop := context.WithCancel(t.Context())
	ticks, changes, ended := make(chan time.Time), make(chan error, 10), make(chan struct{})
	go func() {
		defer close(ended)
		k.Watch(ctx, ticks, func(err error) { changes <- err }, knowledge.NewFolder(stick))
	}()
	ticks <- time.Time{}
	if err := os.Rename(gatetest.Stick(t), stick); err != nil {
		t.Fatal(err)
	}
	ticks <- time.Time{} // the tick before may have been answered before the stick came
	if err := <-changes; err != nil || !passes(t, k) {
		t.Errorf("%v", err)
	}
	stop()
	<-ended
}

func TestWhatAnotherProcessImportedIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "trust.store")
	open := func() *knowledge.Keeper {
		k, err := knowledge.Open(knowledge.Options{Store: path, Anchor: gatetest.Anchor(t), Clock: gatetest.Clock})
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	one, other := open(), open()
	if _, err := other.Import(t.Context(), knowledge.NewFolder(gatetest.Stick(t))); err != nil {
		t.Fatal(err)
	}
	if again, err := one.Refresh(); !again || err != nil || !passes(t, one) {
		t.Errorf("%v %v", again, err)
	}
	if again, err := one.Refresh(); again || err != nil {
		t.Errorf("%v %v", again, err)
	}
	if err := os.WriteFile(path, []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := one.Refresh(); err == nil || !passes(t, one) {
		t.Errorf("a damaged store is an error and changes nothing: %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if again, err := one.Refresh(); again || err != nil || !passes(t, one) {
		t.Errorf("%v %v", again, err)
	}
}

func TestTheClockIsCompared(t *testing.T) {
	path := filepath.Join(t.TempDir(), "trust.store")
	at := training.At
	k, err := knowledge.Open(knowledge.Options{Store: path, Anchor: gatetest.Anchor(t), Clock: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	at = time.Unix(0, 0)
	if s := k.Standing().Clock.Standing; s != knowledge.ClockUnset {
		t.Errorf("nothing known: %s", s)
	}
	at = training.At
	if _, err := k.Import(t.Context(), knowledge.NewFolder(gatetest.Stick(t))); err != nil {
		t.Fatal(err)
	}
	for standing, now := range map[knowledge.ClockStanding]time.Time{
		knowledge.ClockOK: training.At.Add(time.Hour), knowledge.ClockUnset: time.Unix(100, 0), knowledge.ClockBehind: training.Issued.Add(-time.Hour),
		knowledge.ClockFell: training.Issued.Add(time.Hour), knowledge.ClockAhead: training.At.AddDate(0, 2, 0),
	} {
		at = now
		c := k.Standing().Clock
		if c.Standing != standing || (c.Behind > 0) != now.Before(training.Issued) || c.Effective.Before(training.Issued) {
			t.Errorf("%s: %+v", standing, c)
		}
	}
}

func TestOptionsAndStoresThatAreNoneAreErrors(t *testing.T) {
	if _, err := knowledge.Open(knowledge.Options{Store: "x"}); !errors.Is(err, knowledge.ErrOptions) {
		t.Errorf("%v", err)
	}
	path := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(path, []byte(strings.Repeat("no store ", 20)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := knowledge.Open(knowledge.Options{Store: path, Clock: gatetest.Clock}); !errors.Is(err, fetch.ErrNotAStore) {
		t.Errorf("%v", err)
	}
}

// BenchmarkIdleTick is a stick that has what the device has: what a tick costs.
func BenchmarkIdleTick(b *testing.B) {
	k, folder := gatetest.Keeper(b), knowledge.NewFolder(gatetest.Stick(b))
	for b.Loop() {
		if _, err := k.Import(b.Context(), folder); err != nil {
			b.Fatal(err)
		}
	}
}

func Example() {
	folder, err := os.MkdirTemp("", "device")
	if err != nil {
		return
	}
	defer os.RemoveAll(folder)
	keeper, err := knowledge.Open(knowledge.Options{Store: filepath.Join(folder, "trust.store"), Clock: gatetest.Clock})
	if err != nil {
		return
	}
	verdict := keeper.Verifier().Verify("TX1:", training.At, verifier.Context{})
	fmt.Println(verdict.Outcome(), verdict.Reason())
	// Output: unverified no_trust
}
