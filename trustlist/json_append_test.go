package trustlist_test

import (
	"encoding/json"
	"testing"

	"github.com/tongxing/tongxing/trustlist"
)

// What a device tells of itself has the bytes of encoding/json.
func TestWhatIsWrittenWithoutReflectionIsTheSame(t *testing.T) {
	full := withLists(t, status(august, 1, "a"))
	full.Regions["33"].Overlay = sampleOverlay(t)
	full.List.Due = now + 3600
	bare := withLists(t)
	bare.Policy = nil
	for _, trust := range []*trustlist.Trust{full.Load(), copycat(t).Load(), bare.Load()} {
		for _, clock := range []int64{0, now, now + 3601, now + 400*86400} {
			inspection := trust.Inspect(clock)
			want, err := json.Marshal(inspection)
			if got := inspection.AppendJSON(nil); err != nil || string(got) != string(want) {
				t.Errorf("%s\n%s %v", got, want, err)
			}
		}
	}
	fault := &trustlist.RegionError{Region: "33", Err: trustlist.ErrFork}
	for _, report := range []*trustlist.Report{
		{},
		{Faults: []*trustlist.RegionError{fault}, Kept: []string{"33"}, Removed: []string{"41", "44"}},
		{Warnings: []*trustlist.RegionError{fault, fault}, HeldAside: []trustlist.HeldAside{{Region: "33", Kind: trustlist.KindKeySet, Issued: now}}},
	} {
		want, err := json.Marshal(report)
		if got := report.AppendJSON(nil); err != nil || string(got) != string(want) {
			t.Errorf("%s\n%s %v", got, want, err)
		}
	}
}
