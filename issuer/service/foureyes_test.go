package service_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/issuer/access"
	"github.com/tongxing/tongxing/issuer/service"
)

// TestAnAdverseStatusTakesTwoPeople walks the whole way, and every shortcut.
// [ISSUER-8] [ISSUER-10] [ISSUER-11]
func TestAnAdverseStatusTakesTwoPeople(t *testing.T) {
	b := newBench(t, nil)
	body := red()
	b.issue("desk-7", "k", body).require(t, http.StatusForbidden, "forbidden")
	b.issue("requester-1", "k", body).require(t, http.StatusForbidden, "proposal_needed")
	content := map[string]any{"act": "issue", "issue": body}
	id := b.approve(content)
	with := body
	with.Proposal = id
	b.issue("requester-1", "k", with).require(t, http.StatusConflict, "proposal_not_approved")
	path := "/v1/proposals/" + id + "/approval"
	b.ask("requester-1", http.MethodPost, path, content).require(t, http.StatusForbidden, "forbidden")
	other := red()
	other.Record.Status.Rule = 202
	b.ask("approver-1", http.MethodPost, path, map[string]any{"act": "issue", "issue": other}).require(t, http.StatusConflict, "proposal_other")
	b.ask("approver-1", http.MethodPost, path, content).require(t, http.StatusOK, "")
	b.ask("approver-1", http.MethodPost, path, content).require(t, http.StatusForbidden, "same_hand")
	other.Proposal = id
	b.issue("requester-1", "k", other).require(t, http.StatusConflict, "proposal_other")
	b.issue("requester-2", "k", with).require(t, http.StatusConflict, "proposal_other")
	first := b.issue("requester-1", "k", with).require(t, http.StatusCreated, "")
	if last := b.journal(); last[len(last)-1].Object != first.credential(t).Reference {
		t.Errorf("the journal names %q of the credential %s", last[len(last)-1].Object, first.credential(t).Reference)
	}
	if again := b.issue("requester-1", "k2", with); !bytes.Equal(first.body, again.body) {
		t.Errorf("a proposal is good for two credentials: %s", again.body)
	}
	want := "requester-1 propose done; approver-1 approve granted; " +
		"approver-1 approve granted; approver-1 approve failed; requester-1 adverse granted"
	if got := b.acts(); got != want {
		t.Errorf("journal: %s, want %s", got, want)
	}
}

// TestNobodyApprovesHisOwnProposal holds somebody with both roles to it.
func TestNobodyApprovesHisOwnProposal(t *testing.T) {
	b := newBench(t, nil)
	b.tokens["requester-1"] = b.identity.token(t, "requester-1", "杭州市疾控中心", access.Requester, access.Approver)
	content := map[string]any{"act": "issue", "issue": red()}
	id := b.approve(content)
	b.ask("requester-1", http.MethodPost, "/v1/proposals/"+id+"/approval", content).require(t, http.StatusForbidden, "same_hand")
}

// TestAnAdverseStatusNeedsRuleEvidenceAndAuthority leaves each of them out: nothing is
// issued, and nothing proposed that somebody would approve in vain. [ISSUER-9]
func TestAnAdverseStatusNeedsRuleEvidenceAndAuthority(t *testing.T) {
	b := newBench(t, nil)
	for problem, change := range map[string]func(*service.IssueBody){
		"adverse_authority": func(r *service.IssueBody) { r.EvidenceAuthority = "" },
		"adverse_evidence":  func(r *service.IssueBody) { r.Record.Status.Evidence = "" },
		"adverse_rule":      func(r *service.IssueBody) { r.Record.Status.Rule = 0 },
	} {
		body := red()
		change(&body)
		b.ask("requester-1", http.MethodPost, "/v1/proposals", map[string]any{"act": "issue", "issue": body}).
			require(t, http.StatusUnprocessableEntity, problem)
		reissue := map[string]any{"act": "reissue", "reissue": service.ReissueBody{Old: b.issue("desk-7", problem, green()).credential(t).Code, IssueBody: body, Reason: 8}}
		b.ask("requester-1", http.MethodPost, "/v1/proposals", reissue).require(t, http.StatusUnprocessableEntity, problem)
		body.Proposal = strings.Repeat("1", 32)
		if got := b.issue("requester-1", "k", body); got.status == http.StatusCreated {
			t.Errorf("%s: issued: %s", problem, got.body)
		}
	}
	if acts := b.acts(); strings.Contains(acts, "propose") || strings.Contains(acts, "adverse") {
		t.Errorf("the journal says %s", acts)
	}
}

// TestBlanksAreNoEvidenceAndNoAuthority writes something in both fields that says
// nothing. [ISSUER-9]
func TestBlanksAreNoEvidenceAndNoAuthority(t *testing.T) {
	b := newBench(t, nil)
	for _, nothing := range []string{" ", "\u3000", "\u200b", "-", "——", "/ ."} {
		authority, evidence := red(), red()
		authority.EvidenceAuthority, evidence.Record.Status.Evidence = nothing, nothing
		for problem, body := range map[string]service.IssueBody{"adverse_authority": authority, "adverse_evidence": evidence} {
			b.ask("requester-1", http.MethodPost, "/v1/proposals", map[string]any{"act": "issue", "issue": body}).
				require(t, http.StatusUnprocessableEntity, problem)
		}
	}
}

// TestAnOrderOnNothingIsRefused sends null where references are wanted, which would be
// a proposal of no change.
func TestAnOrderOnNothingIsRefused(t *testing.T) {
	b := newBench(t, nil)
	order := map[string]any{"action": "revoke", "references": nil, "reason": 1}
	b.ask("requester-1", http.MethodPost, "/v1/proposals", map[string]any{"act": "revoke", "order": order}).
		require(t, http.StatusUnprocessableEntity, "invalid")
	b.ask("requester-1", http.MethodPost, "/v1/orders", order).require(t, http.StatusUnprocessableEntity, "invalid")
}

// TestWhatNoApprovalMakesRightIsNotProposed proposes what is refused for another reason,
// and what becomes right by waiting.
func TestWhatNoApprovalMakesRightIsNotProposed(t *testing.T) {
	b := newBench(t, nil)
	propose := func(act string, body any) reply {
		return b.ask("requester-1", http.MethodPost, "/v1/proposals", map[string]any{"act": act, act: body})
	}
	faulty := red()
	faulty.Record.DocumentNumber = "11010519491231002A"
	propose("issue", faulty).require(t, http.StatusUnprocessableEntity, "document")
	long := red()
	long.Record.Status.Determined = b.at.AddDate(0, 0, -40)
	propose("issue", long).require(t, http.StatusUnprocessableEntity, "too_old")
	later := red()
	later.Record.Status.Determined = b.at.Add(time.Hour)
	propose("issue", later).require(t, http.StatusCreated, "")
	old := b.issue("desk-7", "k", green()).credential(t).Code
	propose("reissue", service.ReissueBody{Old: old, IssueBody: red(), Reason: 99}).require(t, http.StatusUnprocessableEntity, "reason")
	propose("reissue", service.ReissueBody{Old: "TX1:X", IssueBody: red(), Reason: 8}).require(t, http.StatusUnprocessableEntity, "old_code")
}

// TestBeyondTheQuotaAnotherAuthorityHasToAgree lets two changes a day pass. [ISSUER-12]
func TestBeyondTheQuotaAnotherAuthorityHasToAgree(t *testing.T) {
	b := newBench(t, func(o *service.Options) { o.Limits.Quota = 2 })
	adverse := func(n int, approvers ...string) reply {
		body := red()
		body.Record.Status.Evidence = fmt.Sprintf("流调-%d", n)
		body.Proposal = b.approve(map[string]any{"act": "issue", "issue": body}, approvers...)
		return b.issue("requester-1", fmt.Sprint(n), body)
	}
	adverse(1, "approver-1").require(t, http.StatusCreated, "")
	adverse(2, "approver-1").require(t, http.StatusCreated, "")
	adverse(3, "approver-1").require(t, http.StatusForbidden, "quota")
	once := red()
	content := map[string]any{"act": "issue", "issue": once}
	once.Proposal = b.approve(content, "approver-1")
	path := "/v1/proposals/" + once.Proposal + "/approval"
	b.ask("approver-2", http.MethodPost, path, content).require(t, http.StatusForbidden, "same_authority") // and the place is free
	b.issue("requester-1", "4", once).require(t, http.StatusForbidden, "quota")
	b.ask("approver-3", http.MethodPost, path, content).require(t, http.StatusOK, "")
	b.issue("requester-1", "4", once).require(t, http.StatusCreated, "")
	adverse(5, "approver-1", "approver-3").require(t, http.StatusCreated, "")
	b.at = b.at.Add(24 * time.Hour)
	adverse(6, "approver-1").require(t, http.StatusCreated, "")
}

func TestAProposalIsOverAfterADay(t *testing.T) {
	b := newBench(t, nil)
	body := red()
	content := map[string]any{"act": "issue", "issue": body}
	body.Proposal = b.approve(content, "approver-1")
	b.at = b.at.Add(24 * time.Hour)
	b.issue("requester-1", "k", body).require(t, http.StatusConflict, "proposal_over")
	b.ask("approver-2", http.MethodPost, "/v1/proposals/"+body.Proposal+"/approval", content).require(t, http.StatusConflict, "proposal_over")
	b.ask("approver-2", http.MethodPost, "/v1/proposals/"+strings.Repeat("0", 32)+"/approval", content).require(t, http.StatusNotFound, "proposal_unknown")
}

func (b *bench) order(caller, key string, body service.OrderBody) reply {
	b.t.Helper()
	return b.ask(caller, http.MethodPost, "/v1/orders", body, "Idempotency-Key", key)
}

// TestACodeIsSuspendedResumedAndRevoked, each once however often it is asked for.
// [ISSUER-8] [ISSUER-19]
func TestACodeIsSuspendedResumedAndRevoked(t *testing.T) {
	b := newBench(t, nil)
	c := b.issue("desk-7", "k", green()).credential(t)
	state := func() service.Standing {
		var s service.Standing
		got := b.ask("auditor-1", http.MethodGet, "/v1/credentials/"+c.Reference, nil).require(t, http.StatusOK, "")
		if err := json.Unmarshal(got.body, &s); err != nil {
			t.Fatal(err)
		}
		return s
	}
	if got := state(); got.State != "active" || got.ChangedAt != nil {
		t.Errorf("%+v", got)
	}
	suspend := service.OrderBody{Action: "suspend", References: []string{c.Reference}, Reason: 15}
	b.order("requester-1", "k", suspend).require(t, http.StatusForbidden, "proposal_needed")
	suspend.Proposal = b.approve(map[string]any{"act": "suspend", "order": suspend}, "approver-1")
	b.order("desk-7", "k", suspend).require(t, http.StatusForbidden, "forbidden")
	for range 2 {
		b.order("requester-1", "k", suspend).require(t, http.StatusOK, "")
	}
	if got := state(); got.State != "suspended" || got.Reason != 15 {
		t.Errorf("%+v", got)
	}
	old := service.ReissueBody{Old: c.Code, IssueBody: green(), Reason: 20}
	old.Record.Status.Until = now.Add(30 * time.Hour)
	b.order("requester-1", "k2", service.OrderBody{Action: "resume", References: []string{c.Reference}, Reason: 16}).require(t, http.StatusOK, "")
	another := b.issue("desk-7", "another", green()).credential(t)
	b.order("requester-1", "k2", service.OrderBody{Action: "resume", References: []string{another.Reference}, Reason: 16}).require(t, http.StatusUnprocessableEntity, "idempotency_key_used")
	revoke := service.OrderBody{Action: "revoke", References: []string{c.Reference}, Reason: 99}
	b.order("requester-1", "k3", revoke).require(t, http.StatusUnprocessableEntity, "reason")
	// Nor is proposed what no approval makes right.
	b.ask("requester-1", http.MethodPost, "/v1/proposals", map[string]any{"act": "revoke", "order": revoke}).require(t, http.StatusUnprocessableEntity, "reason")
	abroad := service.OrderBody{Action: "revoke", References: []string{"46-7943-1"}, Reason: 1}
	b.ask("requester-1", http.MethodPost, "/v1/proposals", map[string]any{"act": "revoke", "order": abroad}).require(t, http.StatusNotFound, "reference_other")
	revoke.Reason = 1
	revoke.Proposal = b.approve(map[string]any{"act": "revoke", "order": revoke}, "approver-1")
	b.order("requester-1", "k3", revoke).require(t, http.StatusOK, "")
	b.order("requester-1", "k4", service.OrderBody{Action: "resume", References: []string{c.Reference}, Reason: 16}).require(t, http.StatusConflict, "transition")
	for text, problem := range map[string]string{"33-7943-1": "reference_unknown", "46-7943-1": "reference_other", "nonsense": "reference_unknown"} {
		b.ask("requester-1", http.MethodGet, "/v1/credentials/"+text, nil).require(t, http.StatusNotFound, problem)
	}
	journal := b.acts()
	for _, act := range []string{"requester-1 suspend granted", "requester-1 resume granted", "requester-1 revoke granted", "auditor-1 look granted", "requester-1 look failed"} {
		if !strings.Contains(journal, act) {
			t.Errorf("journal has no %q: %s", act, journal)
		}
	}
}

// TestRolesAreHeldToTheTable asks for everything as everybody: what a role may not
// do is refused before anything of the request is looked at. [ISSUER-3]
func TestRolesAreHeldToTheTable(t *testing.T) {
	b := newBench(t, nil)
	zero := strings.Repeat("0", 32)
	for _, c := range []struct {
		method, path string
		acts         []access.Act
	}{
		{http.MethodPost, "/v1/credentials", []access.Act{access.Issue, access.Adverse}},
		{http.MethodPost, "/v1/conversions", []access.Act{access.Convert}},
		{http.MethodPost, "/v1/replacements", []access.Act{access.Reissue, access.Adverse}},
		{http.MethodPost, "/v1/orders", []access.Act{access.Revoke, access.Suspend, access.Resume}},
		{http.MethodGet, "/v1/credentials/33-7943-1", []access.Act{access.Look}},
		{http.MethodPost, "/v1/proposals", []access.Act{access.Propose}},
		{http.MethodGet, "/v1/proposals/" + zero, []access.Act{access.Propose, access.Approve}},
		{http.MethodPost, "/v1/proposals/" + zero + "/approval", []access.Act{access.Approve}},
		{http.MethodGet, "/v1/jobs", []access.Act{access.Jobs}},
		{http.MethodGet, "/v1/jobs/none", []access.Act{access.Jobs}},
		{http.MethodGet, "/v1/journal", []access.Act{access.Journal}},
		{http.MethodGet, "/metrics", []access.Act{access.Metrics}},
	} {
		for name, caller := range callers {
			may := false
			for _, act := range c.acts {
				may = may || (access.Roles{caller.role}).May(act)
			}
			got := b.ask(name, c.method, c.path, nil)
			if refused := got.problem() == "forbidden"; refused == may || got.status == http.StatusInternalServerError {
				t.Errorf("%s %s %s: status %d, %s; may: %v", name, c.method, c.path, got.status, got.problem(), may)
			}
		}
		if got := b.ask("nobody", c.method, c.path, nil); got.status != http.StatusUnauthorized || got.problem() != "unauthenticated" {
			t.Errorf("without a token: %s %s: status %d", c.method, c.path, got.status)
		}
	}
}

// TestTheLogSaysWhyAStrangerWasRefused, and the answer does not; the token stands in
// neither. [ISSUER-18]
func TestTheLogSaysWhyAStrangerWasRefused(t *testing.T) {
	b := newBench(t, nil)
	look := func() []byte { return b.ask("auditor-1", http.MethodGet, "/v1/journal", nil).body }
	token := b.tokens["auditor-1"]
	b.at = b.at.AddDate(10, 0, 0)
	answers := [][]byte{look()}
	b.tokens["auditor-1"] = "nonsense"
	answers = append(answers, look(), b.ask("auditor-1", http.MethodGet, "/metrics", nil).body)
	log := b.log.String()
	for _, want := range []string{"token is expired", "not a compact JWS"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log has no %q: %s", want, log)
		}
		for _, answer := range answers {
			if bytes.Contains(answer, []byte(want)) {
				t.Errorf("told to a stranger: %s", answer)
			}
		}
	}
	if strings.Contains(log, token) || strings.Contains(log, "nonsense") {
		t.Errorf("the log has a token: %s", log)
	}
}
