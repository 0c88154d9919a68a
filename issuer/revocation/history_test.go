package revocation_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/issuer/revocation"
	"github.com/tongxing/tongxing/trustlist"
)

// history is a region's credentials as somebody would keep them who knows nothing
// of sets and gaps: one state for each, and the lists that there are.
type history struct {
	random *rand.Rand
	lists  []uint32
	states map[format.Ref]status.State
}

func newHistory(seed uint64) *history {
	return &history{random: rand.New(rand.NewPCG(seed, 5)), states: map[format.Ref]status.State{}}
}

// open makes the lists of a month.
func (h *history) open(month uint32) {
	for shard := range uint32(1 + h.random.IntN(3)) {
		h.lists = append(h.lists, month<<8+shard)
	}
}

// day lets some events happen. Nothing leaves revoked or superseded.
func (h *history) day() {
	for range h.random.IntN(60) {
		ref := format.Ref{List: h.lists[h.random.IntN(len(h.lists))], Index: h.random.Uint32N(200)}
		switch was := h.states[ref]; was {
		case status.Revoked, status.Superseded:
		default:
			h.states[ref] = status.State(h.random.IntN(4)) // Active ends a suspension
		}
	}
}

func (h *history) now() revocation.Lists {
	l := revocation.Lists{}
	for _, number := range h.lists {
		var sets status.Sets
		for ref, state := range h.states {
			if ref.List != number {
				continue
			}
			switch state {
			case status.Revoked:
				sets.Revoked = append(sets.Revoked, ref.Index)
			case status.Superseded:
				sets.Superseded = append(sets.Superseded, ref.Index)
			case status.Suspended:
				sets.Suspended = append(sets.Suspended, ref.Index)
			}
		}
		for _, set := range [][]uint32{sets.Revoked, sets.Superseded, sets.Suspended} {
			slices.Sort(set)
		}
		l[number] = sets
	}
	return l
}

func head(counter uint32, issued int64) trustlist.RegionalHead {
	return trustlist.RegionalHead{Region: "33", Head: trustlist.Head{
		Version: trustlist.NewVersion(1, counter), Issued: issued, Due: issued + 86400,
	}}
}

// TestDeltasAndWholeListsSayTheSame: STATUS-8, STATUS-9, STATUS-12, TRUST-82,
// TRUST-83. Whoever applies a region's deltas one after the other has the lists
// that are published whole, with equal hash, while suspensions end and months pass.
func TestDeltasAndWholeListsSayTheSame(t *testing.T) {
	for seed := range uint64(60) {
		h := newHistory(seed)
		begin := time.Date(2022, 7, 20, 9, 0, 0, 0, format.ChinaTime)
		for month := range uint32(3) {
			h.open(30 + month)
		}
		h.day()
		device := h.now().At(begin.Unix())
		for day := 1; day < 80; day += 1 + h.random.IntN(9) {
			at := begin.AddDate(0, 0, day).Unix()
			h.day()
			device = follow(t, device, h.now(), head(uint32(day), at))
		}
	}
}

// follow publishes next after device as a delta and whole, and returns what a
// device has then.
func follow(t *testing.T, device, next revocation.Lists, head trustlist.RegionalHead) revocation.Lists {
	t.Helper()
	delta, err := revocation.Delta(device, next, head)
	if err != nil {
		t.Fatal(err)
	}
	message, err := trustlist.NewMessage(delta)
	if err != nil {
		t.Fatal(err)
	}
	unverified, err := trustlist.FromMessage(message)
	if err != nil {
		t.Fatal(err)
	}
	content, err := unverified.UnverifiedContent()
	if err != nil {
		t.Fatal(err)
	}
	applied, err := device.Apply(content.(*trustlist.StatusDelta))
	if err != nil {
		t.Fatal(err)
	}
	documents, err := next.At(head.Issued).Documents(head)
	if err != nil {
		t.Fatal(err)
	}
	if trustlist.StatusHash(documents) != delta.Result {
		t.Fatal("whole lists have another hash than the delta leads to")
	}
	whole, err := revocation.ReadLists(documents)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(whole.Numbers(), applied.Numbers()) {
		t.Fatalf("lists %v, want %v", applied.Numbers(), whole.Numbers())
	}
	return applied
}
