package spec

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// [STATUS-14] TestRevocationReasonsAreTheseAndNoOthers is the closed table again: a reason is
// added here too, by someone who thought about whom it could be used against. A
// number keeps its name for ever.
func TestRevocationReasonsAreTheseAndNoOthers(t *testing.T) {
	want := []string{
		1: "issued_in_error revoke", 2: "holder_request revoke|suspend|resume", 3: "lost revoke|supersede|suspend", 4: "found resume",
		5: "misused revoke|supersede|suspend", 6: "holder_deceased revoke", 7: "holder_data_corrected revoke|supersede",
		8: "claims_changed supersede", 9: "determination_withdrawn revoke|supersede", 10: "determination_ended revoke|supersede",
		11: "result_withdrawn revoke|supersede|suspend", 12: "vaccination_corrected revoke|supersede",
		13: "source_data_false revoke|suspend", 14: "key_replaced supersede", 15: "under_review suspend",
		16: "review_ended resume", 17: "suspended_in_error resume", 18: "appeal_upheld revoke|supersede|resume",
	}
	rows := RevocationReasons()
	if len(rows) != len(want)-1 {
		t.Errorf("%d reasons, want %d", len(rows), len(want)-1)
	}
	for i, r := range rows {
		if got := r.Name + " " + strings.Join(r.Actions, "|"); int(r.Number) != i+1 || got != want[r.Number] {
			t.Errorf("row %d is reason %d %q, want %q", i, r.Number, got, want[r.Number])
		}
	}
}

func TestEveryActionHasAReason(t *testing.T) {
	for _, action := range revocationActions {
		if !slices.ContainsFunc(RevocationReasons(), func(r RevocationReason) bool { return r.Allows(action) }) {
			t.Errorf("no reason to %s", action)
		}
	}
	if r, ok := RevocationReasonByNumber(1); !ok || r.Allows("suspend") || r.Allows("") || r.Allows("revok") {
		t.Errorf("%+v, %v", r, ok)
	}
}

func TestRevocationReasonIsFoundByNumberAndName(t *testing.T) {
	for name, want := range map[string]uint16{
		"issued_in_error": 1, "Issued-In-Error": 1, " 签发有误": 1, "issued in error": 1, "claims_changed": 8, "信息变更": 8,
		"": 0, "1": 0, "area": 0, "error": 0,
	} {
		if r, ok := RevocationReasonByName(name); r.Number != want || ok != (want != 0) {
			t.Errorf("%q is %d, %v, want %d", name, r.Number, ok, want)
		}
	}
	for _, number := range []uint16{0, 999} {
		if r, ok := RevocationReasonByNumber(number); ok || r.Name != "" {
			t.Errorf("%d is %+v", number, r)
		}
	}
}

func TestRevocationReasonsAreCopies(t *testing.T) {
	RevocationReasons()[0].Actions[0] = "resume"
	r, _ := RevocationReasonByNumber(1)
	r.Actions[0] = "resume"
	if r, _ := RevocationReasonByNumber(1); r.Actions[0] != "revoke" {
		t.Error("the table was changed from outside")
	}
}

func TestRevocationReasonOfUnknownActionIsRefused(t *testing.T) {
	for _, actions := range []string{"", "delete", "revoke|", "suspend|revoke", "revoke|revoke"} {
		_, err := parseCodes(func(path string) ([]byte, error) {
			if strings.HasSuffix(path, "revocation_reasons.csv") {
				return fmt.Appendf(nil, "number,name,actions,zh,en,note\n1,a,%s,甲,A,\n", actions), nil
			}
			return codeFiles.ReadFile(path)
		})
		if !errors.Is(err, errCodes) {
			t.Errorf("%q: %v", actions, err)
		}
	}
}

func ExampleRevocationReasonByName() {
	r, _ := RevocationReasonByName("遗失挂失")
	fmt.Println(r.Number, r.Name, r.Allows("suspend"), r.Allows("supersede"), r.Label.In("en"))
	// Output: 3 lost true true Lost
}
