package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tongxing/tongxing/issuer/access"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish"
)

// red is the request for a red state under a rule.
func red(rule int) []byte {
	determined := time.Now().Add(-time.Hour).Truncate(time.Hour)
	return fmt.Appendf(nil, `{"record":{"name":"测试","document_type":"03","document_number":"P7000000","status":{"state":2,"rule":%d,`+
		`"determined":%q,"until":%q,"evidence":"流调-1"}},"evidence_authority":"西湖区疾控中心"}`,
		rule, determined.Format(time.RFC3339), determined.Add(72*time.Hour).Format(time.RFC3339))
}

// TestANewBundleBringsItsRules: a rule that the policy of the bundle does not have is
// refused when it is proposed, and taken when a newer bundle publishes it. [ISSUER-34]
func TestANewBundleBringsItsRules(t *testing.T) {
	o := newOffice(t)
	now := time.Now().Unix()
	o.publish(now, "33", trustlist.Active, 0)
	p := o.serve(nil, "--drain", "0s")
	propose := func(rule int) (int, string) {
		status, data := o.ask(p.url, access.Requester, "/v1/proposals", fmt.Appendf(nil, `{"act":"issue","issue":%s}`, red(rule)))
		return status, string(data)
	}
	if status, said := propose(201); status != http.StatusUnprocessableEntity || !strings.Contains(said, "rule_not_published") || strings.Contains(said, `"policy"`) {
		t.Fatalf("without a policy: status %d, %s", status, said)
	}
	o.policy = devPolicy(time.Now())
	o.publish(now, "33", trustlist.Active, 0)
	if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	until(t, "the new bundle", func() bool {
		status, _ := propose(201)
		return status == http.StatusCreated
	})
	if status, said := propose(9999); status != http.StatusUnprocessableEntity || !strings.Contains(said, `"policy":"1.1","published":[201,202]`) {
		t.Errorf("status %d, %s", status, said)
	}
}

// TestAJobSaysWhoseRuleIsNotPublished plans, runs and delivers a file: what can be issued
// is, and the rest is listed by line and rule.
func TestAJobSaysWhoseRuleIsNotPublished(t *testing.T) {
	o, flags, records := bulkOffice(t, 2)
	file, err := os.ReadFile(records)
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range []int{201, 9999} {
		var body struct{ Record json.RawMessage }
		if err := json.Unmarshal(red(rule), &body); err != nil {
			t.Fatal(err)
		}
		file = append(append(file, body.Record...), '\n')
	}
	if err := os.WriteFile(records, file, 0o600); err != nil {
		t.Fatal(err)
	}
	run := slices.Concat([]string{"job", "run", records, "--at", time.Now().UTC().Format(time.RFC3339), "--job", "night"}, flags)
	o.requireDone(3, append(run, o.approver()...)...)
	out := o.requireDone(3, "job", "deliver", "night", "--registry", o.path("33.registry"), "--out", o.path("codes"), "--refused", o.path("refused.csv"), "--lang", "en")
	if !strings.Contains(out, "1 not signed: an adverse status that no published rule covers") {
		t.Errorf("deliver says %s", out)
	}
	codes, err := os.ReadFile(o.path("codes"))
	if err != nil {
		t.Fatal(err)
	}
	requireLines(t, codes, 3)
	if list, err := os.ReadFile(o.path("refused.csv")); err != nil || string(list) != "行号,原因,字段,规则\n4,rule_not_published,status,9999\n" {
		t.Errorf("the list is %q, error %v", list, err)
	}
}

// TestATrialHasTheRulesOfTheDemo compares them with its policy.
func TestATrialHasTheRulesOfTheDemo(t *testing.T) {
	data, err := os.ReadFile("../tongxing/example/national.json")
	if err != nil {
		t.Fatal(err)
	}
	demo, err := publish.ParsePolicy(data)
	if err != nil {
		t.Fatal(err)
	}
	same := func(x, y trustlist.Rule) bool {
		return x.Number == y.Number && x.Name == y.Name && slices.Equal(x.States, y.States) && x.Longest == y.Longest
	}
	if trial := devPolicy(time.Now()); !slices.EqualFunc(trial.Rules, demo.Rules, same) {
		t.Errorf("%+v, want %+v", trial.Rules, demo.Rules)
	}
}
