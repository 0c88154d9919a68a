package service_test

import (
	"encoding/json"
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/tongxing/tongxing/issuer/service"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/trusttest"
)

// follow goes on under a policy with n rules of each state, as after a new bundle.
func (b *bench) follow(n uint16) {
	b.t.Helper()
	region, _ := provinces(b.t).Region("33")
	policy := trusttest.Rules(issuedAt-40*86400, n)
	policy.Version = trustlist.NewVersion(1, uint32(2+n))
	next, err := issuerOf(b.t, "33", 0).Under(region, 0, policy)
	if err == nil {
		err = b.service.SetIssuer(next)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

func (r reply) rule(t testing.TB) service.Rule {
	t.Helper()
	var p service.Problem
	if err := json.Unmarshal(r.body, &p); err != nil || p.Rule == nil {
		t.Fatalf("%s says nothing of a rule: %v", r.body, err)
	}
	return *p.Rule
}

// TestAnAdverseStatusWhoseRuleNoPolicyPublishesIsRefusedAtEachStep proposes it, approves
// it and issues it, each under the policy of that moment: what every venue would call
// adverse_without_rule is found out first here, and the answer says which rules there
// are. [ISSUER-34]
func TestAnAdverseStatusWhoseRuleNoPolicyPublishesIsRefusedAtEachStep(t *testing.T) {
	b := newBench(t, nil)
	const problem = "rule_not_published"
	body := red()
	body.Record.Status.Rule = 9999
	content := map[string]any{"act": "issue", "issue": body}
	got := b.ask("requester-1", http.MethodPost, "/v1/proposals", content).require(t, http.StatusUnprocessableEntity, problem)
	if want := (service.Rule{Number: 9999, State: 2, Fault: "unknown", Policy: "1.1", Published: []uint16{201, 202, 203}}); !reflect.DeepEqual(got.rule(t), want) {
		t.Errorf("%+v, want %+v", got.rule(t), want)
	}
	old := b.issue("desk-7", "k", green()).credential(t).Code
	replacing := map[string]any{"act": "reissue", "reissue": service.ReissueBody{Old: old, IssueBody: body, Reason: 8}}
	b.ask("requester-1", http.MethodPost, "/v1/proposals", replacing).require(t, http.StatusUnprocessableEntity, problem)

	// Rule 203 is there when it is proposed, and gone when it is approved or issued.
	body.Record.Status.Rule = 203
	content = map[string]any{"act": "issue", "issue": body}
	approved, waiting := b.approve(content, "approver-1"), b.approve(content)
	b.follow(2)
	b.ask("approver-1", http.MethodPost, "/v1/proposals/"+waiting+"/approval", content).require(t, http.StatusUnprocessableEntity, problem)
	with := body
	with.Proposal = approved
	got = b.issue("requester-1", "k2", with).require(t, http.StatusUnprocessableEntity, problem)
	if want := (service.Rule{Number: 203, State: 2, Fault: "unknown", Policy: "1.4", Published: []uint16{201, 202}}); !reflect.DeepEqual(got.rule(t), want) {
		t.Errorf("%+v, want %+v", got.rule(t), want)
	}

	// Published again, the same approval issues, and what was issued is repeated.
	b.follow(3)
	first := b.issue("requester-1", "k2", with).require(t, http.StatusCreated, "")
	b.follow(0)
	if again := b.issue("requester-1", "k2", with); string(again.body) != string(first.body) {
		t.Errorf("the same request: status %d, %s", again.status, again.body)
	}
	b.issue("desk-7", "k3", green()).require(t, http.StatusCreated, "")
}

// TestAReplacementByARuleThatHasRunOutIsRefused: a re-issue has the determination of
// before, so that nobody is kept red by being given a new code.
func TestAReplacementByARuleThatHasRunOutIsRefused(t *testing.T) {
	b := newBench(t, nil)
	body := red()
	body.Record.Status.Determined = now.AddDate(0, 0, -14).Add(time.Hour)
	body.Proposal = b.approve(map[string]any{"act": "issue", "issue": body}, "approver-1")
	old := b.issue("requester-1", "k", body).credential(t).Code
	b.at = now.Add(time.Hour)
	body.Proposal = ""
	got := b.ask("requester-1", http.MethodPost, "/v1/proposals",
		map[string]any{"act": "reissue", "reissue": service.ReissueBody{Old: old, IssueBody: body, Reason: 8}}).
		require(t, http.StatusUnprocessableEntity, "rule_not_published")
	if got.rule(t).Fault != "run_out" {
		t.Errorf("%+v", got.rule(t))
	}
}
