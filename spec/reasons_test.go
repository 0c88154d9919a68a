package spec

import (
	"errors"
	"strings"
	"testing"
	"unicode"
)

// contractReasons repeats the numbers of reasons.csv by hand: a number that
// changes its meaning breaks devices in the field, so it must fail here.
var contractReasons = map[Reason]string{
	ReasonNotChecked: "not_checked", ReasonOK: "ok", ReasonNoStatus: "no_status",
	ReasonNotACode: "not_a_code", ReasonLaterVersion: "later_version", ReasonDamagedText: "damaged_text",
	ReasonEncoding: "encoding", ReasonEnvelope: "envelope", ReasonClaims: "claims",
	ReasonAlgorithmUnknown: "algorithm_unknown", ReasonIssuerUnknown: "issuer_unknown",
	ReasonIssuerUnavailable: "issuer_unavailable", ReasonKeyUnknown: "key_unknown",
	ReasonAlgorithmMismatch: "algorithm_mismatch", ReasonSignatureInvalid: "signature_invalid",
	ReasonKeyCompromised: "key_compromised", ReasonKeyRetired: "key_retired",
	ReasonKeyNotInPeriod: "key_not_in_period", ReasonUsageKey: "usage_key", ReasonUsageList: "usage_list",
	ReasonLaboratoryNotAdmitted: "laboratory_not_admitted", ReasonOriginUnknown: "origin_unknown",
	ReasonOriginCompromised: "origin_compromised", ReasonExpired: "expired",
	ReasonFromTheFuture: "from_the_future", ReasonTrustStale: "trust_stale",
	ReasonProgrammeEnded: "programme_ended", ReasonRevoked: "revoked", ReasonSuperseded: "superseded",
	ReasonSuspended: "suspended", ReasonNoStatusList: "no_status_list",
	ReasonAdverseWithoutRule: "adverse_without_rule", ReasonStateUnknown: "state_unknown",
	ReasonRestricted: "restricted", ReasonRequirementUnmet: "requirement_unmet", ReasonStateChecked: "state_checked",
	ReasonHolderMismatch: "holder_mismatch", ReasonNoTrust: "no_trust",
}

func TestReasonNumbersNeverChangeTheirMeaning(t *testing.T) {
	numbers, err := Reasons()
	if err != nil {
		t.Fatal(err)
	}
	if len(numbers) != len(contractReasons) {
		t.Errorf("the table has %d reasons, the constants %d", len(numbers), len(contractReasons))
	}
	for _, r := range numbers {
		if r.Name() != contractReasons[r] {
			t.Errorf("reason %d is %q, want %q", uint16(r), r.Name(), contractReasons[r])
		}
		if back, ok := ReasonByName(r.Name()); !ok || back != r {
			t.Errorf("ReasonByName(%q) = %d, %v", r.Name(), back, ok)
		}
	}
}

// [VERIFY-2]
func TestZeroReasonIsNotChecked(t *testing.T) {
	var zero Reason
	if zero.Name() != "not_checked" {
		t.Errorf("the zero reason is %q", zero.Name())
	}
}

// [VERIFY-60]
func TestEveryReasonButOKNamesTheManualChannel(t *testing.T) {
	numbers, err := Reasons()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range append(numbers, 999) {
		zh, en := r.NextStep("zh"), r.NextStep("en")
		if r != ReasonOK && (!strings.Contains(zh, "无健康码通道") || !strings.Contains(en, "manual channel")) {
			t.Errorf("%s: the next step does not name the manual channel: %q, %q", r, zh, en)
		}
	}
}

func TestReasonTextsAreShortAndInTheirLanguage(t *testing.T) {
	numbers, err := Reasons()
	if err != nil {
		t.Fatal(err)
	}
	han := func(s string) bool {
		return strings.ContainsFunc(s, func(c rune) bool { return unicode.Is(unicode.Han, c) })
	}
	for _, r := range append(numbers, 999) {
		for _, s := range []string{r.Text("zh"), r.NextStep("zh")} {
			if !han(s) || len([]rune(s)) > 48 {
				t.Errorf("%s: not short Chinese: %q", r, s)
			}
		}
		for _, s := range []string{r.Text("en"), r.NextStep("en_US.UTF-8")} {
			if han(s) || len(s) > 120 {
				t.Errorf("%s: not short English: %q", r, s)
			}
		}
	}
}

func TestAdverseWithoutRuleSaysDoNotRestrict(t *testing.T) {
	for _, r := range []Reason{ReasonAdverseWithoutRule, ReasonStateUnknown} {
		if !strings.Contains(r.Text("zh"), "不得限制") || !strings.Contains(r.Text("en"), "do not restrict") {
			t.Errorf("%s: %q, %q", r, r.Text("zh"), r.Text("en"))
		}
	}
}

func TestDamagedReasonTablesAreRefused(t *testing.T) {
	const header = "number,name,zh,en,next_zh,next_en\n"
	for name, table := range map[string]string{
		"empty file":       "",
		"wrong header":     "number,name\n1,ok\n",
		"short row":        header + "1,ok,a,b,c\n",
		"empty cell":       header + "1,ok,a,,c,d\n",
		"number too large": header + "65536,ok,a,b,c,d\n",
		"number twice":     header + "1,ok,a,b,c,d\n1,no,a,b,c,d\n",
		"name twice":       header + "1,ok,a,b,c,d\n2,ok,a,b,c,d\n",
		"out of order":     header + "2,ok,a,b,c,d\n1,no,a,b,c,d\n",
	} {
		if _, err := parseReasons([]byte(table)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestReasonTextMarshalling(t *testing.T) {
	text, err := ReasonExpired.MarshalText()
	if err != nil || string(text) != "expired" {
		t.Fatalf("MarshalText = %q, %v", text, err)
	}
	r := ReasonOK
	if err := r.UnmarshalText([]byte("no such reason")); !errors.Is(err, ErrUnknownReason) || r != ReasonOK {
		t.Errorf("unknown name: %v, reason now %s", err, r)
	}
	if err := r.UnmarshalText(text); err != nil || r != ReasonExpired {
		t.Errorf("UnmarshalText: %v, %s", err, r)
	}
}
