package registry_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tongxing/tongxing/issuer/registry"
)

// TestACursorTakesEveryCounterOnce takes random numbers over many banks.
func TestACursorTakesEveryCounterOnce(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		first := registry.Geometry{Pool: registry.Pool{Region: 33, Month: 83}, Shards: 1 + uint16(random.IntN(9)), Places: 10}
		var open []registry.BankCount
		if random.IntN(2) == 0 {
			open = []registry.BankCount{{Geometry: first, Leased: random.Uint64N(first.Size() + 1)}}
		}
		cursor := registry.NewCursor(first, open)
		next := make(map[registry.Geometry]uint64)
		total := 0
		for _, b := range open {
			next[b.Geometry] = b.Leased
			total += int(b.Leased)
		}
		for {
			n := 1 + random.IntN(300)
			spans, err := cursor.Take(n)
			if errors.Is(err, registry.ErrFull) {
				if total+n <= registry.MaxShards*10 {
					t.Fatalf("full with %d of %d taken", total, registry.MaxShards*10)
				}
				break
			}
			for _, span := range spans {
				if span.First != next[span.Geometry] || span.First+uint64(span.Count) > span.Geometry.Size() {
					t.Fatalf("%+v behind %d", span, next[span.Geometry])
				}
				next[span.Geometry] += uint64(span.Count)
				n -= span.Count
				total += span.Count
			}
			if n != 0 {
				t.Fatalf("%d are missing", n)
			}
		}
		if _, err := registry.CheckRaise(nil, cursor.Banks()); err != nil {
			t.Fatalf("banks do not follow each other: %v", err)
		}
	}
}

func TestACursorLeavesItsArgument(t *testing.T) {
	open := []registry.BankCount{{Geometry: registry.Geometry{Shards: 1, Places: 10}, Leased: 3}}
	cursor := registry.NewCursor(open[0].Geometry, open)
	if _, err := cursor.Take(5); err != nil || open[0].Leased != 3 {
		t.Errorf("the caller's bank has %d, error %v", open[0].Leased, err)
	}
	if banks := cursor.Banks(); banks[0].Leased != 8 {
		t.Errorf("banks are %+v", banks)
	}
}

func TestMonthsAndDaysAreThoseAtUTC8(t *testing.T) {
	for text, want := range map[string]uint16{
		"1970-01-01T00:00:00Z": 0, "2019-12-31T15:59:59Z": 0, "2020-01-31T15:59:59Z": 0, "2020-01-31T16:00:00Z": 1,
		"2026-11-30T15:59:59Z": 82, "2026-11-30T16:00:00Z": 83, "2106-02-07T06:28:15Z": 1033,
	} {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		if got := registry.MonthOf(at.Unix()); got != want {
			t.Errorf("%s is in month %d, want %d", text, got, want)
		}
	}
	midnight := time.Date(2026, 11, 23, 16, 0, 0, 0, time.UTC).Unix()
	if registry.QuotaDay(midnight-1)+1 != registry.QuotaDay(midnight) || registry.QuotaDay(midnight) != registry.QuotaDay(midnight+86399) {
		t.Error("a day does not begin at midnight at UTC+8")
	}
}

// The hash of a record, computed by another implementation (in Python). With
// another, journals that were kept could no longer be verified.
func TestTheChainOfAJournalNeverChanges(t *testing.T) {
	record := registry.JournalRecord{
		At: 1_795_305_600, Actor: "desk 17", Role: "requester", Act: "revoke", Object: "33-21248-5", Outcome: "完成", Detail: []byte(`{"n":1}`),
	}
	first := registry.JournalHead{}.Next(record)
	second := registry.JournalHead{Sequence: 1, Hash: first.Hash}.Next(registry.JournalRecord{Actor: "a"})
	got := fmt.Sprintf("%x %x", first.Hash, second.Hash)
	const want = "d9b4fb1c8257680b5f148f3431aa2e11b92e50b07148c369955f345b9c78cdf7 18c3ff028958f3e32cc37cd6f309f28c8495f9e2c54004d62f5190a317655782"
	if got != want {
		t.Errorf("hashes are %s", got)
	}
}

// The identity of a registry, computed by another implementation (in Python). With
// another, every witness would be of another registry after an update.
func TestAnIdentityNeverChanges(t *testing.T) {
	if got := fmt.Sprintf("%x", registry.IdentityOf([registry.SecretSize]byte{1})); got != "4ead3149a9579b94c5abfb6616f7687d" {
		t.Errorf("identity is %s", got)
	}
}

func TestEveryFieldOfARecordIsInItsHash(t *testing.T) {
	base := registry.JournalRecord{At: 1, Actor: "ab", Role: "c", Act: "d", Object: "e", Outcome: "f", Detail: []byte("1")}
	seen := map[[32]byte]string{registry.JournalHead{}.Next(base).Hash: "base"}
	for name, change := range map[string]func(*registry.JournalRecord){
		"time":     func(r *registry.JournalRecord) { r.At++ },
		"actor":    func(r *registry.JournalRecord) { r.Actor = "x" },
		"role":     func(r *registry.JournalRecord) { r.Role = "x" },
		"act":      func(r *registry.JournalRecord) { r.Act = "x" },
		"object":   func(r *registry.JournalRecord) { r.Object = "" },
		"outcome":  func(r *registry.JournalRecord) { r.Outcome = "x" },
		"detail":   func(r *registry.JournalRecord) { r.Detail = nil },
		"a border": func(r *registry.JournalRecord) { r.Actor, r.Role = "a", "bc" },
	} {
		record := base
		change(&record)
		hash := registry.JournalHead{}.Next(record).Hash
		if other, twice := seen[hash]; twice {
			t.Errorf("another %s has the hash of %s", name, other)
		}
		seen[hash] = name
	}
	record := registry.JournalHead{}.Next(base)
	for name, head := range map[string]registry.JournalHead{
		"a number":    {Sequence: 1},
		"a hash":      {Hash: [32]byte{1}},
		"no overflow": {Sequence: math.MaxUint64},
	} {
		if _, err := head.Follow(record); !errors.Is(err, registry.ErrDamaged) {
			t.Errorf("%s: error %v, want ErrDamaged", name, err)
		}
	}
}

func TestAnApprovalLeavesTheProposalAsItWas(t *testing.T) {
	p := registry.Proposal{Requester: "a", ExpiresAt: 10}
	one, err := p.Approve(registry.Approval{Approver: "b", Authority: "x", At: 1})
	if err != nil || len(p.Approvals) != 0 || len(one.Approvals) != 1 {
		t.Fatalf("%+v, %+v, error %v", p, one, err)
	}
	two, err := one.Approve(registry.Approval{Approver: "c", Authority: "y", At: 2})
	other, err2 := one.Approve(registry.Approval{Approver: "d", Authority: "z", At: 2})
	if err != nil || err2 != nil || two.Approvals[1].Approver != "c" || other.Approvals[1].Approver != "d" {
		t.Errorf("%+v, %+v", two, other)
	}
}

func ExampleJournalHead() {
	var head registry.JournalHead
	for _, act := range []string{"propose", "approve", "revoke"} {
		record := head.Next(registry.JournalRecord{At: 1_795_305_600, Actor: "desk 17", Role: "requester", Act: act, Outcome: "done"})
		head, _ = head.Follow(record)
	}
	fmt.Printf("%d records, %x\n", head.Sequence, head.Hash[:4])
	// Output: 3 records, b34b3f04
}
