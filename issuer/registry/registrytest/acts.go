package registrytest

import (
	"context"
	"errors"
	"testing"

	"github.com/tongxing/tongxing/issuer/registry"
)

func actLaws() []law {
	return []law{
		{"TheJournalIsAChain", theJournalIsAChain},
		{"ManyWhoAppendMakeOneChain", manyAppendOneChain},
		{"AppendingWhileReadingGoesOn", appendingWhileReading},
		{"RecordsOutOfBoundsAreRefused", recordsOutOfBoundsAreRefused},
		{"AProposalIsFoundAsItIs", aProposalIsFound},
		{"TheSameProposalAgainIsTheSame", theSameProposalAgain},
		{"ApprovalsAreByDistinctHands", approvalsAreByDistinctHands},
		{"AProposalIsUsedOnce", aProposalIsUsedOnce},
		{"OfManyUsesOneIsTheFirst", ofManyUsesOneIsTheFirst},
		{"AProposalEnds", aProposalEnds},
		{"BeyondTheQuotaASecondAuthorityIsNeeded", beyondTheQuota},
		{"AQuotaIsOfRegionAndDay", aQuotaIsOfRegionAndDay},
		{"UsesAtOnceStayWithinTheQuota", usesAtOnceStayWithinTheQuota},
		{"ProposalsOutOfBoundsAreRefused", proposalsOutOfBoundsAreRefused},
		{"AnEndedContextActsNothing", anEndedContextActsNothing},
	}
}

func anEndedContextActsNothing(t *testing.T, s Storage) {
	r := openStore(t, s)
	p := Propose(1)
	propose(t, r, p)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, appended := r.Append(ended, Record(0))
	_, proposed := r.Propose(ended, Propose(2))
	_, approved := r.Approve(ended, p.ID, approver("chief", "CDC"))
	_, used := r.Use(ended, p.ID, planTime, 10)
	for i, err := range []error{appended, proposed, approved, used} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("call %d: error %v, want context.Canceled", i, err)
		}
	}
	requireProposal(t, r, p)
	if got := journal(t, r, registry.JournalHead{}); len(got) != 0 {
		t.Errorf("the journal has %v", got)
	}
	for record, err := range r.Records(ended, 0) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Records: %+v, error %v", record, err)
		}
	}
}
