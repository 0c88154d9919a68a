package registrytest

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/tongxing/tongxing/issuer/registry"
)

// Propose makes a proposal that follows from n, of three adverse changes.
func Propose(n byte) registry.Proposal {
	return registry.Proposal{
		ID: registry.ProposalID{n, 1}, Digest: [32]byte{n, 2}, Act: "adverse status", Region: 33,
		Requester: "desk 17", RequesterAuthority: "CDC 330100", Adverse: 3,
		ProposedAt: planTime, ExpiresAt: planTime + 3600,
	}
}

// approver makes an approval a minute after the proposal.
func approver(name, authority string) registry.Approval {
	return registry.Approval{Approver: name, Authority: authority, At: planTime + 60}
}

func propose(t testing.TB, r registry.Proposals, p registry.Proposal) {
	t.Helper()
	if got, err := r.Propose(t.Context(), p); err != nil || !equalProposals(got, p) {
		t.Fatalf("Propose: %+v, error %v, want %+v", got, err, p)
	}
}

func approve(t testing.TB, r registry.Proposals, id registry.ProposalID, a registry.Approval) {
	t.Helper()
	if _, err := r.Approve(t.Context(), id, a); err != nil {
		t.Fatal(err)
	}
}

func equalProposals(a, b registry.Proposal) bool { return fmt.Sprint(a) == fmt.Sprint(b) }

func requireProposal(t testing.TB, r registry.Proposals, want registry.Proposal) {
	t.Helper()
	if got, err := r.Proposal(t.Context(), want.ID); err != nil || !equalProposals(got, want) {
		t.Fatalf("Proposal: %+v, error %v, want %+v", got, err, want)
	}
}

func aProposalIsFound(t *testing.T, s Storage) {
	r := openStore(t, s)
	p := Propose(1)
	propose(t, r, p)
	propose(t, r, Propose(2))
	requireProposal(t, openStore(t, s), p)
	for _, a := range []registry.Approval{approver("chief", "CDC 330100"), approver("second", "health commission")} {
		p.Approvals = append(p.Approvals, a)
		if got, err := openStore(t, s).Approve(t.Context(), p.ID, a); err != nil || !equalProposals(got, p) {
			t.Fatalf("Approve: %+v, error %v, want %+v", got, err, p)
		}
		requireProposal(t, r, p)
	}
	p.UsedAt = planTime + 100
	if got, err := r.Use(t.Context(), p.ID, p.UsedAt, 100); err != nil || !equalProposals(got, p) {
		t.Fatalf("Use: %+v, error %v, want %+v", got, err, p)
	}
	requireProposal(t, openStore(t, s), p)
	requireProposal(t, r, Propose(2))
	unknown := registry.ProposalID{9}
	_, read := r.Proposal(t.Context(), unknown)
	_, approved := r.Approve(t.Context(), unknown, approver("chief", "CDC"))
	_, used := r.Use(t.Context(), unknown, planTime, 1)
	for i, err := range []error{read, approved, used} {
		if !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("call %d: error %v, want ErrNotFound", i, err)
		}
	}
}

func theSameProposalAgain(t *testing.T, s Storage) {
	r := openStore(t, s)
	first := Propose(1)
	propose(t, r, first)
	again := first
	again.ID[15], again.ProposedAt = 7, again.ProposedAt+1
	got, err := openStore(t, s).Propose(t.Context(), again)
	if err != nil || !equalProposals(got, first) {
		t.Fatalf("the same proposal again: %+v, error %v, want %+v", got, err, first)
	}
	if _, err := r.Proposal(t.Context(), again.ID); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("it is there twice: %v", err)
	}
	byAnother := first
	byAnother.ID[15], byAnother.Requester = 8, "desk 18"
	propose(t, r, byAnother)
	late := first
	late.ID[15], late.ProposedAt, late.ExpiresAt = 9, first.ExpiresAt, first.ExpiresAt+10
	propose(t, r, late) // the first is over
	approve(t, r, byAnother.ID, approver("chief", "CDC"))
	if _, err := r.Use(t.Context(), byAnother.ID, planTime+70, 10); err != nil {
		t.Fatal(err)
	}
	anew := byAnother
	anew.ID[15] = 10
	propose(t, r, anew) // the other is used
	taken := Propose(5)
	taken.ID = first.ID
	if got, err := r.Propose(t.Context(), taken); !errors.Is(err, registry.ErrInvalid) || got.Act != "" {
		t.Errorf("another proposal under a taken id: %+v, error %v, want ErrInvalid", got, err)
	}
}

func approvalsAreByDistinctHands(t *testing.T, s Storage) {
	r := openStore(t, s)
	p := Propose(1)
	propose(t, r, p)
	refused := func(a registry.Approval, want error) {
		t.Helper()
		if got, err := r.Approve(t.Context(), p.ID, a); !errors.Is(err, want) || got.Act != "" {
			t.Fatalf("Approve by %s: %+v, error %v, want %v", a.Approver, got, err, want)
		}
		requireProposal(t, r, p)
	}
	refused(approver(p.Requester, "another authority"), registry.ErrSameHand)
	first := approver("chief", "CDC 330100")
	approve(t, r, p.ID, first)
	p.Approvals = append(p.Approvals, first)
	refused(approver("chief", "another authority"), registry.ErrSameHand)
	refused(approver("second", "CDC 330100"), registry.ErrSameAuthority)
	second := approver("second", "CDC 330200")
	approve(t, r, p.ID, second)
	p.Approvals = append(p.Approvals, second)
	refused(approver("third", "health commission"), registry.ErrProposalOver)
}

func aProposalIsUsedOnce(t *testing.T, s Storage) {
	r := openStore(t, s)
	p := Propose(1)
	propose(t, r, p)
	if got, err := r.Use(t.Context(), p.ID, planTime+70, 100); !errors.Is(err, registry.ErrNotApproved) || got.Act != "" {
		t.Fatalf("Use without an approval: %+v, error %v, want ErrNotApproved", got, err)
	}
	approve(t, r, p.ID, approver("chief", "CDC"))
	if _, err := r.Use(t.Context(), p.ID, planTime+70, 100); err != nil {
		t.Fatal(err)
	}
	other := openStore(t, s)
	if got, err := other.Use(t.Context(), p.ID, planTime+71, 100); !errors.Is(err, registry.ErrProposalUsed) || got.Act != "" {
		t.Errorf("Use again: %+v, error %v, want ErrProposalUsed", got, err)
	}
	if _, err := other.Approve(t.Context(), p.ID, approver("second", "CDC")); !errors.Is(err, registry.ErrProposalUsed) {
		t.Errorf("Approve after the use: %v, want ErrProposalUsed", err)
	}
}

func ofManyUsesOneIsTheFirst(t *testing.T, s Storage) {
	r := openStore(t, s)
	p := Propose(1)
	propose(t, r, p)
	approve(t, r, p.ID, approver("chief", "CDC"))
	const hands = 6
	failures := make([]error, hands)
	var group sync.WaitGroup
	for i := range hands {
		handle := openStore(t, s)
		group.Go(func() { _, failures[i] = handle.Use(t.Context(), p.ID, planTime+int64(100+i), 100) })
	}
	group.Wait()
	used := 0
	for _, err := range failures {
		if err == nil {
			used++
		} else if !errors.Is(err, registry.ErrProposalUsed) {
			t.Fatal(err)
		}
	}
	if used != 1 {
		t.Errorf("%d uses, want 1", used)
	}
}

func aProposalEnds(t *testing.T, s Storage) {
	r := openStore(t, s)
	p := Propose(1)
	propose(t, r, p)
	late := approver("chief", "CDC")
	late.At = p.ExpiresAt
	if _, err := r.Approve(t.Context(), p.ID, late); !errors.Is(err, registry.ErrProposalOver) {
		t.Errorf("Approve at the end: %v, want ErrProposalOver", err)
	}
	late.At--
	approve(t, r, p.ID, late)
	if _, err := r.Use(t.Context(), p.ID, p.ExpiresAt, 100); !errors.Is(err, registry.ErrProposalOver) {
		t.Errorf("Use at the end: %v, want ErrProposalOver", err)
	}
	if _, err := r.Use(t.Context(), p.ID, p.ExpiresAt-1, 100); err != nil {
		t.Errorf("Use before the end: %v", err)
	}
}

func beyondTheQuota(t *testing.T, s Storage) {
	r := openStore(t, s)
	const quota = 7
	use := func(n byte) error {
		_, err := r.Use(t.Context(), registry.ProposalID{n, 1}, planTime+100, quota)
		return err
	}
	for n := byte(1); n <= 4; n++ {
		propose(t, r, Propose(n))
		approve(t, r, Propose(n).ID, approver("chief", "CDC"))
	}
	if err := errors.Join(use(1), use(2)); err != nil { // 6 of 7
		t.Fatal(err)
	}
	if err := use(3); !errors.Is(err, registry.ErrQuota) {
		t.Fatalf("Use beyond the quota: %v, want ErrQuota", err)
	}
	if _, err := r.Approve(t.Context(), Propose(3).ID, approver("second", "CDC")); !errors.Is(err, registry.ErrSameAuthority) {
		t.Fatalf("approved twice by one authority: %v, want ErrSameAuthority", err)
	}
	approve(t, r, Propose(4).ID, approver("commissioner", "health commission"))
	if err := use(4); err != nil {
		t.Fatalf("Use beyond the quota with two authorities: %v", err)
	}
	mild := Propose(5)
	mild.Adverse = 0
	propose(t, r, mild)
	approve(t, r, mild.ID, approver("chief", "CDC"))
	if err := use(5); err != nil {
		t.Errorf("Use without adverse changes: %v", err)
	}
	exact := Propose(6)
	exact.Region = 41
	exact.Adverse = quota
	propose(t, r, exact)
	approve(t, r, exact.ID, approver("chief", "CDC"))
	if err := use(6); err != nil {
		t.Errorf("Use of the whole quota: %v", err)
	}
}

func aQuotaIsOfRegionAndDay(t *testing.T, s Storage) {
	r := openStore(t, s)
	midnight := int64(planTime) - (planTime+8*3600)%86400 + 86400 // the next at UTC+8
	use := func(n, region byte, at int64) error {
		p := Propose(n)
		p.Region, p.ExpiresAt = region, planTime+10*86400
		propose(t, r, p)
		approve(t, r, p.ID, approver("chief", "CDC"))
		_, err := r.Use(t.Context(), p.ID, at, 3)
		return err
	}
	if err := errors.Join(use(1, 33, midnight-1), use(2, 34, midnight-1), use(3, 33, midnight)); err != nil {
		t.Fatal(err)
	}
	for n, at := range map[byte]int64{4: midnight - 1, 5: midnight + 86399} {
		if err := use(n, 33, at); !errors.Is(err, registry.ErrQuota) {
			t.Errorf("at %d: %v, want ErrQuota", at-midnight, err)
		}
	}
	if err := use(6, 33, midnight+86400); err != nil {
		t.Error(err)
	}
}

func usesAtOnceStayWithinTheQuota(t *testing.T, s Storage) {
	r := openStore(t, s)
	const hands = 8
	failures := make([]error, hands)
	var group sync.WaitGroup
	for n := range byte(hands) {
		p := Propose(n + 1)
		propose(t, r, p)
		approve(t, r, p.ID, approver("chief", "CDC"))
		handle := openStore(t, s)
		group.Go(func() { _, failures[n] = handle.Use(t.Context(), p.ID, planTime+100, 10) })
	}
	group.Wait()
	used := 0
	for _, err := range failures {
		if err == nil {
			used++
		} else if !errors.Is(err, registry.ErrQuota) {
			t.Fatal(err)
		}
	}
	if used != 3 {
		t.Errorf("%d uses of 3 within a quota of 10, want 3", used)
	}
}

func proposalsOutOfBoundsAreRefused(t *testing.T, s Storage) {
	r := openStore(t, s)
	for name, change := range map[string]func(*registry.Proposal){
		"no id":              func(p *registry.Proposal) { p.ID = registry.ProposalID{} },
		"no digest":          func(p *registry.Proposal) { p.Digest = [32]byte{} },
		"no act":             func(p *registry.Proposal) { p.Act = "" },
		"no requester":       func(p *registry.Proposal) { p.Requester = "" },
		"no authority":       func(p *registry.Proposal) { p.RequesterAuthority = "" },
		"region 100":         func(p *registry.Proposal) { p.Region = 100 },
		"fewer than nothing": func(p *registry.Proposal) { p.Adverse = -1 },
		"more than all":      func(p *registry.Proposal) { p.Adverse = 1 << 40 },
		"approved already":   func(p *registry.Proposal) { p.Approvals = make([]registry.Approval, 1) },
		"used already":       func(p *registry.Proposal) { p.UsedAt = 1 },
		"over at once":       func(p *registry.Proposal) { p.ExpiresAt = p.ProposedAt },
		"before 1970":        func(p *registry.Proposal) { p.ProposedAt = -1 },
		"after 2106":         func(p *registry.Proposal) { p.ExpiresAt = 1 << 32 },
	} {
		p := Propose(1)
		change(&p)
		if got, err := r.Propose(t.Context(), p); !errors.Is(err, registry.ErrInvalid) || got.Act != "" {
			t.Errorf("%s: %+v, error %v, want ErrInvalid", name, got, err)
		}
	}
	p := Propose(1)
	propose(t, r, p)
	var failures []error
	for _, a := range []registry.Approval{{Authority: "CDC", At: planTime}, {Approver: "chief", At: planTime}, {Approver: "chief", Authority: "CDC", At: -1}} {
		_, err := r.Approve(t.Context(), p.ID, a)
		failures = append(failures, err)
	}
	_, none := r.Approve(t.Context(), registry.ProposalID{}, approver("chief", "CDC"))
	_, never := r.Use(t.Context(), p.ID, 0, 10)
	_, less := r.Use(t.Context(), p.ID, planTime, -1)
	_, read := r.Proposal(t.Context(), registry.ProposalID{})
	for i, err := range append(failures, none, never, less, read) {
		if !errors.Is(err, registry.ErrInvalid) {
			t.Errorf("call %d: error %v, want ErrInvalid", i, err)
		}
	}
	requireProposal(t, r, p)
}
