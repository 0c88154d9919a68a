package fetch

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tongxing/tongxing/trustlist"
)

// request is one that an import makes, which an attacker answers.
type request struct {
	address string // that the device asks
	prefix  string // of the file that the attacker answers for
}

// requests are all that an import makes, of a device that has the second day where
// the third is published with a delta.
var requests = map[string]request{
	"a bundle":           {"/trust/b", "/trust/b"},
	"the pointer":        {"/trust/", "/trust/latest"},
	"a delta by name":    {"/trust/", "/trust/delta/"},
	"the bundle by name": {"/trust/", "/trust/bundle/"},
}

// publishThird publishes the third day on a site, with a delta only if it is asked
// for.
func publishThird(t *testing.T, web *site, name string) {
	t.Helper()
	third := day(t, 3).Bundle()
	if name == "the bundle by name" {
		publish(t, web, third)
	} else {
		publish(t, web, third, day2(t))
	}
	web.files["/trust/b"] = third
}

// day2 is the bundle that a device on day 2 has.
func day2(t *testing.T) []byte {
	t.Helper()
	return current(t, onDay2(t).store).Source
}

// requireUntouched holds an import that failed to its error and to having left
// nothing: the store is the same to the byte, and what has come of the file is
// within the bound of a bundle.
func requireUntouched(t *testing.T, d *device, o HTTPOptions, before []byte, result *Result, err, want error) {
	t.Helper()
	if result != nil || !errors.Is(err, want) {
		t.Errorf("%v, %v; want %v", result, err, want)
	}
	if !bytes.Equal(file(t, d.store), before) {
		t.Error("the store is another")
	}
	if info, err := os.Stat(o.Partial); err == nil && info.Size() > o.MaxBundle+partialHead {
		t.Errorf("the side file has %d bytes", info.Size())
	}
}

// A server that never stops sending is left at the bound of what there may be,
// whichever file it was asked for. A delta without an end costs the delta: the
// bundle is taken.
// [TRUST-101] [TRUST-105]
func TestDataWithoutAnEndLeavesTheDeviceAsItWas(t *testing.T) {
	for name, request := range requests {
		for _, announced := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				d, web := onDay2(t), newSite(t)
				publishThird(t, web, name)
				web.answer = func(w http.ResponseWriter, r *http.Request, _ []byte) bool {
					if !strings.HasPrefix(r.URL.Path, request.prefix) {
						return false
					}
					if announced {
						w.Header().Set("Content-Length", "99999999999")
					}
					for junk := make([]byte, 16<<10); ; {
						if _, err := w.Write(junk); err != nil {
							return true
						}
					}
				}
				o := HTTPOptions{MaxBundle: 1 << 20, Partial: filepath.Join(t.TempDir(), "part"), Attempts: 2}
				before := file(t, d.store)
				result, err := source(t, web.URL+request.address, o).Import(context.Background(), d.store, now)
				if name == "a delta by name" {
					if err != nil || !result.Change.Changed || len(result.Refused) != 1 || !errors.Is(result.Refused[0].Err, ErrEndless) {
						t.Errorf("%+v, %v", result, err)
					}
					return
				}
				requireUntouched(t, d, o, before, result, err, ErrEndless)
			})
		}
	}
}

// A file on a stick may be as large as the stick, and is not read to its end.
// [TRUST-101]
func TestAFileWithoutAnEndOnAStickIsNotRead(t *testing.T) {
	d, endless := onDay2(t), filepath.Join(t.TempDir(), "endless.bundle")
	if err := errors.Join(os.WriteFile(endless, []byte("x"), 0o600), os.Truncate(endless, 1<<40)); err != nil {
		t.Fatal(err)
	}
	before := file(t, d.store)
	if _, err := ImportFile(d.store, endless, now); !errors.Is(err, trustlist.ErrTooLarge) || !bytes.Equal(file(t, d.store), before) {
		t.Errorf("a file: %v", err)
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(endless), "good.bundle"), day(t, 3).Bundle(), 0o600); err != nil {
		t.Fatal(err)
	}
	result, err := ImportFolder(context.Background(), d.store, filepath.Dir(endless), now)
	if err != nil || !result.Change.Changed || len(result.Refused) != 1 || !errors.Is(result.Refused[0].Err, trustlist.ErrTooLarge) {
		t.Errorf("beside a good one: %+v, %v", result, err)
	}
}

// A server that sends a little now and then is left when a window has brought too
// little, and one that sends just enough when the import has taken too long,
// whichever file it was asked for.
// [TRUST-105]
func TestSlowDataLeavesTheDeviceAsItWas(t *testing.T) {
	for name, request := range requests {
		for pace, want := range map[int]error{99: ErrTooSlow, 100: ErrTimeout} { // bytes in a window of a second
			t.Run(name, func(t *testing.T) {
				d, web, clock := onDay2(t), newSite(t), &alarm{}
				publishThird(t, web, name)
				o := HTTPOptions{Timer: clock.timer, Window: time.Second, Limit: time.Hour, MinRate: 100, MaxBundle: 1 << 20,
					Partial: filepath.Join(t.TempDir(), "part"), Transport: &slowNet{request.prefix, pace, clock}}
				before := file(t, d.store)
				result, err := source(t, web.URL+request.address, o).Import(context.Background(), d.store, now)
				requireUntouched(t, d, o, before, result, err, want)
			})
		}
	}
}

// slowNet is a network on which the files with a prefix come at a pace, in bytes a
// second of the alarm's clock.
type slowNet struct {
	prefix string
	pace   int
	clock  *alarm
}

func (n *slowNet) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := http.DefaultTransport.RoundTrip(r)
	if err == nil && strings.HasPrefix(r.URL.Path, n.prefix) {
		response.ContentLength = -1
		response.Body.Close()
		response.Body = &drip{net: n, of: r.Context()}
	}
	return response, err
}

// drip is a body without an end of which each read brings what a second brings.
// After twenty of them an hour has passed.
type drip struct {
	net     *slowNet
	of      context.Context
	seconds int
}

func (d *drip) Read(p []byte) (int, error) {
	if d.seconds > 0 {
		d.net.clock.ring(time.Second)
	}
	if d.seconds == 20 {
		d.net.clock.ring(time.Hour)
	}
	d.seconds++
	if err := context.Cause(d.of); err != nil {
		return 0, err
	}
	return copy(p, bytes.Repeat([]byte{'.'}, d.net.pace)), nil
}

func (d *drip) Close() error { return nil }

// What imports at a time bring in any order, the old, the new and the forged, the
// newest is in force in the end, and nothing was in between that is neither.
// [TRUST-103]
func TestConcurrentImportsEndWithTheNewest(t *testing.T) {
	d := onDay2(t)
	forged := place{trustlist.KindList, ""}.third(t)
	bundles := [][]byte{day(t, 1).Bundle(), day(t, 2).Bundle(), day(t, 3).Bundle(), day(t, 4).Bundle(),
		place{trustlist.KindList, ""}.offered(forged, forged.RootSigners[:3]...)}
	other := &Store{path: d.store.path, anchor: d.store.anchor, disk: hastyDisk{}} // as a second process has
	var imports sync.WaitGroup
	for i := range 40 {
		store := []*Store{d.store, other}[i/len(bundles)%2]
		imports.Go(func() {
			err := applyPatiently(store, bundles[i%len(bundles)], now)
			if err != nil && !errors.Is(err, trustlist.ErrRollback) && !errors.Is(err, trustlist.ErrThreshold) {
				t.Error(err)
			}
		})
		imports.Go(func() {
			if state, err := store.Current(now); err != nil || state.Trust.ListVersion().Counter < 2 {
				t.Errorf("meanwhile: %v", err)
			}
		})
	}
	imports.Wait()
	d.requireInForce(newDevice(t, day(t, 4), bundles[3]).inForce())
}
