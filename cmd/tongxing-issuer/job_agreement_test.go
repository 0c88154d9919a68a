package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/issuer/access"
)

// ask sends a request in a role and returns the status and what was answered.
func (o *office) ask(url string, role access.Role, path string, body []byte) (int, []byte) {
	o.t.Helper()
	r, err := http.NewRequest(http.MethodPost, url+path, bytes.NewReader(body))
	if err != nil {
		o.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+o.token(role))
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		o.t.Fatal(err)
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	return answer.StatusCode, data
}

// TestBulkWorkTakesTwoPeople plans a job beside a running service: what the
// refusal prints is proposed, approved, and then planned, and another file is not.
// [ISSUER-8] [ISSUER-10]
func TestBulkWorkTakesTwoPeople(t *testing.T) {
	o := newOffice(t)
	p := o.serve(nil, "--drain", "0s")
	var records strings.Builder
	determined := time.Now().Add(-time.Hour)
	for n := range 3 {
		state := ""
		if n == 2 {
			state = `"state":2,"rule":201,"evidence":"流调-1"`
		} else {
			state = `"state":0,"rule":0`
		}
		fmt.Fprintf(&records, `{"name":"测试","document_type":"03","document_number":"P%07d","status":{%s,"determined":%q,"until":%q}}`+"\n",
			n, state, determined.Format(time.RFC3339), determined.Add(72*time.Hour).Format(time.RFC3339))
	}
	if err := os.WriteFile(o.path("records.jsonl"), []byte(records.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	key := slices.Index(o.flags, "--token-keys")
	plan := append([]string{"job", "plan", o.path("records.jsonl"), "--at", time.Now().Format(time.RFC3339), "--lang", "en"}, o.flags[:key]...)
	status, out := o.command(plan...)
	_, content, found := strings.Cut(strings.TrimSpace(out), "\n")
	if status != 1 || !found || !strings.Contains(content, `"adverse":1`) {
		t.Fatalf("status %d, %s", status, out)
	}
	answered, data := o.ask(p.url, access.Operator, "/v1/proposals", []byte(content))
	var proposal struct{ ID string }
	if answered != http.StatusCreated || json.Unmarshal(data, &proposal) != nil {
		t.Fatalf("status %d, %s", answered, data)
	}
	hidden := o.path("33.registry") + secretSuffix
	if err := os.Rename(hidden, hidden+".away"); err != nil {
		t.Fatal(err)
	}
	if status, out := o.command(plan...); status != 2 || !strings.Contains(out, "--secret-file") {
		t.Errorf("where the secret is not at hand: status %d, %s", status, out)
	}
	if err := os.Rename(hidden+".away", hidden); err != nil {
		t.Fatal(err)
	}
	for _, none := range []string{"7", strings.Repeat("0", 32), strings.Repeat("1", 32)} {
		if status, out := o.command(append(slices.Clone(plan), "--proposal", none)...); status != 1 || !strings.Contains(out, "second person") {
			t.Errorf("proposal %s, which there is not: status %d, %s", none, status, out)
		}
	}
	plan = append(plan, "--proposal", proposal.ID)
	if status, out := o.command(plan...); status != 1 || !strings.Contains(out, "not approved") {
		t.Errorf("before the approval: status %d, %s", status, out)
	}
	other := strings.Replace(content, `"records":3`, `"records":4`, 1)
	if answered, data := o.ask(p.url, access.Approver, "/v1/proposals/"+proposal.ID+"/approval", []byte(other)); answered != http.StatusConflict {
		t.Errorf("another content is approved: status %d, %s", answered, data)
	}
	if answered, data := o.ask(p.url, access.Approver, "/v1/proposals/"+proposal.ID+"/approval", []byte(content)); answered != http.StatusOK {
		t.Fatalf("status %d, %s", answered, data)
	}
	for range 2 { // the second finds it planned
		if status, out := o.command(plan...); status != 0 {
			t.Errorf("after the approval: status %d, %s", status, out)
		}
	}
	changed := slices.Clone(plan)
	changed[2] = o.path("others.jsonl")
	if err := os.WriteFile(changed[2], []byte(records.String()[:strings.Index(records.String(), "\n")+1]), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, out := o.command(changed...); status != 1 || !strings.Contains(out, "second person") {
		t.Errorf("another file under the same proposal: status %d, %s", status, out)
	}
}
