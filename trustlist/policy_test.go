package trustlist_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// [POLICY-2]
func TestTheEditionInForceIsTheLatestThatHasTakenEffect(t *testing.T) {
	policy := samplePolicy(t)
	policy.Editions[0].EmergencyUntil = 0
	for at, want := range map[int64]int{now - 1: -1, now: 0, now + 7*86400 - 1: 0, now + 7*86400: 1, now + 900*86400: 1} {
		edition, ok := policy.EditionAt(at)
		if ok != (want >= 0) || ok && edition != &policy.Editions[want] {
			t.Errorf("at %d: %v", at, edition)
		}
	}
}

// [POLICY-5]
func TestAnEmergencyFallsAwayAndWhatWasInForceIsInForceAgain(t *testing.T) {
	policy := &trustlist.Policy{Editions: []trustlist.Edition{
		{EffectiveFrom: now}, {EffectiveFrom: now + 100, EmergencyUntil: now + 200}, {EffectiveFrom: now + 300, EmergencyUntil: now + 300*86400}}}
	overlay := &trustlist.Overlay{}
	for _, e := range policy.Editions {
		overlay.Editions = append(overlay.Editions, trustlist.OverlayEdition{EffectiveFrom: e.EffectiveFrom, EmergencyUntil: e.EmergencyUntil})
	}
	ends := now + int64(300+trustlist.MaxEmergency)
	for at, want := range map[int64]int{now + 99: 0, now + 100: 1, now + 199: 1, now + 200: 0, now + 300: 2, ends - 1: 2, ends: 0} {
		if edition, ok := policy.EditionAt(at); !ok || edition != &policy.Editions[want] {
			t.Errorf("policy at %d: %v", at-now, edition)
		}
		if edition, ok := overlay.EditionAt(at); !ok || edition != &overlay.Editions[want] {
			t.Errorf("overlay at %d: %v", at-now, edition)
		}
	}
	var none *trustlist.Overlay
	if _, ok := none.EditionAt(now); ok {
		t.Error("an edition of no overlay")
	}
}

// [TRUST-51]
func TestWithoutAWordOfThePolicyTheDefaultsHold(t *testing.T) {
	policy := samplePolicy(t)
	policy.Editions[0].Ladder.Fresh = 1
	var none *trustlist.Policy
	if policy.LadderAt(now).Fresh != 1 || policy.LadderAt(now+7*86400) != trustlist.DefaultLadder || none.LadderAt(now) != trustlist.DefaultLadder {
		t.Error("the ladder is another")
	}
	if _, ok := none.Rule(101); ok {
		t.Error("a rule of no policy")
	}
	if _, ok := none.Name(trustlist.TableProducts, 7); ok {
		t.Error("a name of no policy")
	}
}

func TestRulesAndNamesAreFoundByNumber(t *testing.T) {
	policy := samplePolicy(t)
	if rule, ok := policy.Rule(202); !ok || rule.Name != "确诊" {
		t.Error(rule, ok)
	}
	if _, ok := policy.Rule(201); ok {
		t.Error("rule 201")
	}
	if name, ok := policy.Name(trustlist.TableProducts, 7); !ok || name.English != "New vaccine" {
		t.Error(name, ok)
	}
	if _, ok := policy.Name(trustlist.TableTestKinds, 7); ok {
		t.Error("a name of another table")
	}
}

// [TRUST-61]
func TestDaysAreThoseOfUTC8(t *testing.T) {
	if trustlist.Day(0) != 1577808000 {
		t.Errorf("day 0 begins at %d", trustlist.Day(0))
	}
	for at, want := range map[int64]int{1577807999: -1, 1577808000: 0, 1577894399: 0, 1577894400: 1, trustlist.Day(65535) + 86399: 65535, trustlist.Day(65535) + 86400: -1} {
		if day, ok := trustlist.DayOf(at); ok != (want >= 0) || ok && int(day) != want {
			t.Errorf("%d is in day %d, %v, want %d", at, day, ok, want)
		}
	}
}

func TestWordsOfTheTypes(t *testing.T) {
	for got, want := range map[string]string{
		trustlist.Usage(0).String():                                     "none",
		(trustlist.UsageStatus | trustlist.UsageTest).String():          "status+test",
		trustlist.Usage(1 << 9).String():                                "bit9",
		trustlist.NewVersion(1, 5).String():                             "1.5",
		trustlist.Compromised.String() + trustlist.KeyState(9).String(): "compromisedunknown",
		trustlist.Kind(0).String():                                      "unknown",
		trustlist.KindKeySet.MediaType():                                "application/vnd.tongxing.keyset+cose",
		trustlist.Required.String() + trustlist.Added.String():          "requiredadded",
		trustlist.AnyOf.String() + trustlist.Op(77).String():            "any_ofop77",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestJSONSaysTimesAndKeysInWords(t *testing.T) {
	for kind, wants := range map[trustlist.Document][]string{
		sampleRoot(t):        {`"kind":"root"`, `"version":"1.1"`, `"need":"required"`, `"algorithm":"SM2"`, `"thumbprint":"`, `"due":"2023-08-10T08:00:00+08:00"`},
		sampleList(t):        {`"usage":"status+adverse`, `"rules_hash":"`, `"state":"compromised"`, `"least_keyset":"1.1"`, `"programme_end":"`},
		samplePolicy(t):      {`"effective_from":"2022-08-10T08:00:00+08:00"`, `"op":"any_of"`, `"zh":"新疫苗"`},
		sampleKeySet(t):      {`"kid":"`, `"state":"retired"`, `"sign_from":"2022-06-19T00:00:00+08:00"`, `"name":"第三检验所"`, `"algorithm":-49`},
		sampleOverlay(t):     {`"region":"33"`, `"emergency_until":"`},
		sampleSnapshot(t):    {`"keyset":{"version":"1.1","hash":"`, `"status_hash":"`},
		sampleStatusList(t):  {`"members":2`, `"list":7938`},
		sampleStatusDelta(t): {`"base":"`, `"addition_bytes":1`},
		sampleAdmission(t):   {`"authority":"浙江省卫生健康委员会"`, `"usage":"status+test"`},
	} {
		text, err := json.Marshal(kind)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range wants {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s does not say %s: %s", kind.Kind(), want, text)
			}
		}
	}
}

func TestJSONOfWhatADeviceBelieves(t *testing.T) {
	n := nation.New(t, "33", "41", "46")
	n.Replacements["33/keyset"] = []byte{0}
	n.Regions["41"].KeySet.Issued = now + trustlist.HoldAside + 1
	n.List.ProgrammeEnd = now + 86400
	trust, report, err := load(n, nil)
	if err != nil {
		t.Fatal(err)
	}
	for value, wants := range map[any][]string{
		trust:  {`"floor":"2022-08-05T08:00:00+08:00"`, `"programme_end":"2022-08-11T08:00:00+08:00"`, `"unavailable":"region 33: keyset`, `"keyset":"1.1"`, `"root":{"version":"1.1"`},
		report: {`"faults":[{"region":"33","error":"keyset`, `"held_aside":[{"region":"41","kind":"keyset","issued":"2022-08-11T08:00:01+08:00"}]`},
	} {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range wants {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s is missing: %s", want, text)
			}
		}
	}
	n.Policy = nil
	if trust, _, err = load(n, nil); err != nil {
		t.Fatal(err)
	}
	if text, err := json.Marshal(trust); err != nil || !strings.Contains(string(text), `"policy":null`) {
		t.Errorf("no policy: %s, %v", text, err)
	}
}

func TestAKeyIsLimitedToItsLaboratories(t *testing.T) {
	limited := trustlist.Key{Laboratories: []uint32{33<<16 + 3}}
	free := trustlist.Key{}
	if !limited.AdmitsLaboratory(33<<16+3) || limited.AdmitsLaboratory(3) || !free.AdmitsLaboratory(3) {
		t.Error("the limit is another")
	}
}
