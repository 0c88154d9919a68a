package golden_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/tongxing/tongxing/spec/vectors"
	"github.com/tongxing/tongxing/verifier/policy"
	"github.com/tongxing/tongxing/verifier/policy/golden"
)

const file = `# two people
{"name":"a traveller","facts":{"status":{"state":0,"rule":0,"determined":"2022-08-04T09:00:00+08:00"}},
 "class":3,"region":"34","time":"2022-08-04T12:00:00+08:00","expect":{"outcome":"pass","reason":"ok"}}

  # a question
{"facts":{"vaccinations":[{"product":1,"dose":2,"course":2,"day":"2022-08-01"}],"no_list":true,"conflict":true},"class":9,"time":"2022-08-04T12:00:00+08:00"}
`

func TestCasesAreReadAsLinesAndAsAList(t *testing.T) {
	lines, err := golden.Parse([]byte(file))
	if err != nil || len(lines) != 2 || lines[0].Line != 2 || lines[1].Line != 6 || lines[1].Expect != nil || lines[1].Facts.Vaccinations[0].Day != 943 ||
		!lines[1].Facts.NoList || !lines[1].Facts.Conflict {
		t.Fatalf("%+v, %v", lines, err)
	}
	list, err := golden.Parse([]byte(`[{"name":"a","time":"2022-08-04T12:00:00+08:00"},` + "\n" + `{"time":"2022-08-04T12:00:00+08:00"}]`))
	if err != nil || len(list) != 2 || list[1].Line != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	e, err := policy.New(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	d := e.Evaluate(lines[0].Venue, &lines[0].Facts, lines[0].Time)
	if differences := lines[0].Expect.Compare(&d); differences != nil {
		t.Errorf("%+v", differences)
	}
	lines[0].Expect.Outcome, lines[0].Expect.Rule = "restricted", 7
	if differences := lines[0].Expect.Compare(&d); len(differences) != 2 || differences[0] != (golden.Difference{Field: "outcome", Want: "restricted", Got: "pass"}) {
		t.Errorf("%+v", differences)
	}
}

func TestWhatIsNoCaseIsNamedWithItsLine(t *testing.T) {
	for text, want := range map[string]int{
		"": 1, "# nothing\n": 1, "[]": 1, "\n\nx": 3, "{}": 1, "[1]": 1,
		"{\"time\":\"2022-08-04T12:00:00+08:00\"}\n{\"tim\":1}":                                           2,
		"{\"time\":\"2022-08-04T12:00:00+08:00\",\"facts\":{\"vaccinations\":[{\"day\":\"yesterday\"}]}}": 1,
		"[{\"time\":\"2022-08-04T12:00:00+08:00\"}]\n{}":                                                  2, "[{\"time\":\"2022-08-04T12:00:00+08:00\"}": 1,
		`{"time":"2022-08-04T12:00:00+08:00","region":"9"}`:                                                                     1,
		`{"time":"2022-08-04T12:00:00+08:00","facts":{"status":{"state":0,"rule":0}}}`:                                          1,
		`{"time":"2022-08-04T12:00:00+08:00","facts":{"tests":[{"kind":1}]}}`:                                                   1,
		`{"time":"2022-08-04T12:00:00+08:00","facts":{"status":{"state":1,"rule":0,"determined":"2022-08-04T12:00:00+08:00"}}}`: 1,
		`{"time":"2022-08-04T12:00:00+08:00","facts":{"status":{"state":0,"rule":7,"determined":"2022-08-04T12:00:00+08:00"}}}`: 1,
	} {
		cases, err := golden.Parse([]byte(text))
		var at *golden.LineError
		if cases != nil || !errors.As(err, &at) || !errors.Is(err, golden.ErrCase) || at.Line != want {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(file))
	all, err := vectors.LoadPolicies()
	if err != nil {
		f.Fatal(err)
	}
	for _, v := range all {
		data, err := json.Marshal(map[string]any{"name": v.Name, "class": v.Class, "region": v.Region, "time": v.Time, "expect": map[string]any{"outcome": v.Decision.Outcome}})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	e, err := policy.New(nil, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		cases, err := golden.Parse(data)
		if err != nil && !errors.Is(err, golden.ErrCase) {
			t.Fatal(err)
		}
		for i := range cases {
			d := e.Evaluate(cases[i].Venue, &cases[i].Facts, cases[i].Time)
			cases[i].Expect.Compare(&d)
		}
	})
}
