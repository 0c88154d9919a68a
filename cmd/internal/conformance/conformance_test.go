package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/spec/vectors"
)

// patience is for machines under load: what has to answer gets it.
const patience = time.Minute

// read reads the vectors, once for all tests.
var read = sync.OnceValues(vectors.Load)

func load(t *testing.T) []vectors.Vector {
	t.Helper()
	all, err := read()
	if err != nil {
		t.Fatal(err)
	}
	return slices.Clone(all)
}

// some is enough of the vectors where the implementation is not the question.
func some(t *testing.T) []vectors.Vector { return load(t)[:3] }

func start(t *testing.T, limit time.Duration, command ...string) *Process {
	t.Helper()
	p, err := Start(t.Context(), command, limit, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return p
}

// node is the implementation that is written from the text alone.
func node(t *testing.T) *Process {
	t.Helper()
	folder := filepath.Join("..", "..", "..", "spec", "reference-js")
	if _, err := os.Stat(filepath.Join(folder, "node_modules")); err != nil {
		t.Fatalf("the packages of %s are missing: run make setup (%v)", folder, err)
	}
	return start(t, patience, "node", filepath.Join(folder, "answer.js"))
}

func own(t *testing.T) *Verifier {
	t.Helper()
	v, err := NewVerifier()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func agreesOnAll(t *testing.T, all []vectors.Vector, implementation Implementation) {
	t.Helper()
	report, err := Run(t.Context(), all, implementation, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range report.Disagreements {
		t.Errorf("%s: expected %s, got %s: %s", d.Name, d.Expected, d.Got, d.Comment)
	}
	if report.Vectors != len(all) || report.Agree+report.Disagree != len(all) || len(all) < 200 {
		t.Errorf("%d of %d vectors: %d agree, %d disagree", report.Vectors, len(all), report.Agree, report.Disagree)
	}
}

// [CONF-1] [CONF-2] [CONF-6] [CONF-10] [CONF-11]
func TestTheNodeImplementationAgreesOnEveryVector(t *testing.T) {
	p := node(t)
	agreesOnAll(t, load(t), p)
	if err := p.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// [CONF-3] In the other order the answers are the same.
func TestTheVerifierAgreesOnEveryVectorInAnyOrder(t *testing.T) {
	all := load(t)
	agreesOnAll(t, all, own(t))
	slices.Reverse(all)
	agreesOnAll(t, all, own(t))
}

// request is a vector as a request, with fields that nobody knows.
func request(t *testing.T, trust *vectors.Trust) []byte {
	t.Helper()
	v := load(t)[0]
	line, err := json.Marshal(map[string]any{"id": 9, "text": v.Text, "time": v.Time, "trust": trust, "later": []int{1}})
	if err != nil {
		t.Fatal(err)
	}
	return bytes.ReplaceAll(line, []byte(`"trust":null,`), nil)
}

// [CONF-4] [CONF-5] [CONF-12]
func TestUnknownFieldsAreIgnoredAndNoTrustIsAReason(t *testing.T) {
	v := load(t)[0]
	for want, trust := range map[string]*vectors.Trust{v.Expect.Name(): v.Trust, spec.ReasonNoTrust.Name(): nil} {
		answer, err := node(t).ask(t.Context(), request(t, trust))
		if err != nil || *answer != (Answer{9, want}) {
			t.Errorf("node: %+v, %v, want %s", answer, err, want)
		}
		var out bytes.Buffer
		if err := own(t).Serve(t.Context(), bytes.NewReader(request(t, trust)), &out); err != nil {
			t.Fatal(err)
		}
		if answer, err := parseAnswer(bytes.TrimSpace(out.Bytes())); err != nil || *answer != (Answer{9, want}) {
			t.Errorf("Go: %s, %v, want %s", &out, err, want)
		}
	}
	if answer, err := parseAnswer([]byte(`{"id":9,"reason":"ok","took_ms":4}`)); err != nil || *answer != (Answer{9, "ok"}) {
		t.Errorf("%+v, %v", answer, err)
	}
}

// [CONF-20]
func TestAnImplementationThatGivesNoAnswerStopsTheRun(t *testing.T) {
	for _, c := range []struct {
		name, script string
		want         error
	}{
		{"ends at once", `exit 3`, ErrEnded},
		{"ends when asked", `read -r line; exit 0`, ErrEnded},
		{"is killed", `read -r line; kill -9 $$`, ErrEnded},
		{"hangs", `read -r line; read -r line`, ErrSilent},
		{"hangs in a line", `read -r line; printf '{"id":1'; read -r line`, ErrSilent},
		{"ends in a line", `read -r line; printf '{"id":1'`, ErrRubbish},
		{"writes an empty line", `echo`, ErrRubbish},
		{"writes text", `echo ready`, ErrRubbish},
		{"writes an array", `echo '["ok"]'`, ErrRubbish},
		{"gives no reason", `echo '{"id":1}'`, ErrRubbish},
		{"gives no id", `echo '{"reason":"ok"}'`, ErrRubbish},
		{"gives another id", `echo '{"id":2,"reason":"ok"}'`, ErrRubbish},
		{"gives a number", `echo '{"id":1,"reason":1}'`, ErrRubbish},
		{"writes without end", `head -c 70000 /dev/zero`, ErrRubbish},
	} {
		t.Run(c.name, func(t *testing.T) {
			limit := patience
			if c.want == ErrSilent {
				limit = 500 * time.Millisecond
			}
			report, err := Run(t.Context(), some(t), start(t, limit, "sh", "-c", c.script), nil)
			var at *VectorError
			if report != nil || !errors.Is(err, c.want) || !errors.As(err, &at) || at.Name != some(t)[0].Name {
				t.Errorf("%v, %v", report, err)
			}
		})
	}
}

// [CONF-6]
func TestAnImplementationHasToEndWithItsInput(t *testing.T) {
	for script, want := range map[string]error{
		`read -r line`:                  nil,
		`read -r line; exit 1`:          ErrEnded,
		`read -r line; echo bye`:        ErrRubbish,
		`read -r line; exec sleep 1000`: ErrSilent,
	} {
		limit := patience
		if want == ErrSilent {
			limit = 500 * time.Millisecond
		}
		// The shell's read fails at the end of its input, which is not its end.
		if err := start(t, limit, "sh", "-c", strings.Replace(script, "line", "line || true", 1)).Close(t.Context()); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", script, err, want)
		}
	}
}

func TestAnInterruptedRunIsNoFaultOfTheImplementation(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p, err := Start(ctx, []string{"sleep", "1000"}, patience, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	cancel()
	if _, err := Run(ctx, some(t), p, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// always gives one reason.
type always string

func (a always) Reason(context.Context, *Request) (string, error) { return string(a), nil }

// [CONF-11] [CONF-21]
func TestTheReportNamesEveryDisagreement(t *testing.T) {
	all := load(t)
	for _, reason := range []string{"ok", "no_such_reason"} {
		report, err := Run(t.Context(), all, always(reason), nil)
		if err != nil {
			t.Fatal(err)
		}
		var want []Disagreement
		for _, v := range all {
			if v.Expect.Name() != reason {
				want = append(want, Disagreement{v.Name, v.Expect, reason, v.Comment})
			}
		}
		if !slices.Equal(report.Disagreements, want) || report.Disagree != len(want) || report.Agree != len(all)-len(want) || report.Vectors != len(all) {
			t.Errorf("%s: %d of %d disagree, want %d", reason, report.Disagree, report.Vectors, len(want))
		}
	}
}

// [CONF-22]
func TestNoVectorsAreNoAgreement(t *testing.T) {
	if report, err := Run(t.Context(), nil, always("ok"), nil); report != nil || !errors.Is(err, vectors.ErrNone) {
		t.Errorf("%v, %v", report, err)
	}
}

func TestALineThatIsNoRequestIsNamed(t *testing.T) {
	good := string(request(t, nil)) + "\n"
	for _, bad := range []string{"", "{}", "[]", `{"id":1}`, `{"id":-1,"time":"2022-08-10T01:00:00Z"}`,
		`{"id":1,"time":"2022-08-10T01:00:00Z","trust":{"regions":[{"region":"33","keys":[{"state":"active"}]}]}}`} {
		err := own(t).Serve(t.Context(), strings.NewReader(good+bad+"\n"), io.Discard)
		var wrong *RequestError
		if !errors.As(err, &wrong) || wrong.Line != 2 {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// The trust facts of a request are those of the vector's file, nothing added.
func TestARequestCarriesTheFactsOfTheFile(t *testing.T) {
	folder := filepath.Join("..", "..", "..", "spec", "vectors")
	for _, v := range load(t) {
		content, err := os.ReadFile(filepath.Join(folder, v.Name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var file struct{ Trust any }
		if err := json.Unmarshal(content, &file); err != nil {
			t.Fatal(err)
		}
		want, _ := json.Marshal(file.Trust)
		var given any
		text, err := json.Marshal(v.Trust)
		if err == nil {
			err = json.Unmarshal(text, &given)
		}
		if got, _ := json.Marshal(given); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %s (%v), the file has %s", v.Name, got, err, want)
		}
	}
}
