package batch_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/batch/batchtest"
	"github.com/tongxing/tongxing/issuer/record"
	"github.com/tongxing/tongxing/issuer/registry"
)

func hash(data []byte) [32]byte { return sha256.Sum256(data) }

func parse(t testing.TB, code string) (*format.Credential, []byte) {
	t.Helper()
	data, err := transport.Decode(code)
	if err != nil {
		t.Fatal(err)
	}
	u, err := format.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return u.UnverifiedCredential(), data
}

// all are the lines and holders of n people.
func all(n int) (holders map[int]int, order []int) {
	holders = map[int]int{}
	for i := range n {
		holders[i+1] = i
		order = append(order, i+1)
	}
	return holders, order
}

func TestTheSameJobTwiceSignsOnceAndGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	w := newWorkshop(t)
	var signed atomic.Int64
	iss, err := newIssuer(func(s sig.Signer) sig.Signer { return counting{s, func() { signed.Add(1) }} })
	if err != nil {
		t.Fatal(err)
	}
	w.issuer = iss
	first, summary := run(t, w.options(), batchtest.People(t, 35))
	if summary != (batch.Summary{Records: 35, Issued: 35}) || signed.Load() != 35 {
		t.Errorf("first run: %+v, %d signed", summary, signed.Load())
	}
	holders, order := all(35)
	requireOnce(t, w, first, holders, order)
	second, summary := run(t, w.options(), batchtest.People(t, 35))
	if summary != (batch.Summary{Records: 35, Issued: 35, Reused: 35}) || signed.Load() != 35 {
		t.Errorf("second run: %+v, %d signed", summary, signed.Load())
	}
	if !bytes.Equal(first, second) {
		t.Error("the second output differs")
	}
	third, _ := run(t, open(t, w.folder).options(), batchtest.People(t, 35))
	if !bytes.Equal(first, third) {
		t.Error("the output of another process differs")
	}
}

func TestReferencesNeverRepeatAcrossJobs(t *testing.T) {
	t.Parallel()
	w := newWorkshop(t)
	used := map[format.Ref]string{}
	for _, job := range []string{"a", "b", "c"} {
		o := w.options()
		o.Job = job
		out, _ := run(t, o, batchtest.People(t, 40))
		for _, line := range lines(t, out) {
			ref := format.Ref{List: line.List, Index: line.Index}
			if earlier, ok := used[ref]; ok {
				t.Fatalf("%v is of job %s and of job %s", ref, earlier, job)
			}
			used[ref] = job
		}
	}
}

func TestBadLinesAreRefusedWithTheirNumberAndTheRunGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorkshop(t)
	good := strings.SplitAfter(string(batchtest.People(t, 4)), "\n")
	file := good[0] + "not json\n" + "\n" + good[1] + `{"name":"` + batchtest.Evidence + `","secret":1}` + "\n" +
		strings.Replace(good[2], `"document_type":"03"`, `"document_type":"42"`, 1) + good[2] + "{}\n" + "[]\n" + good[3]
	for range 2 { // the second run reuses, and tells the same
		var refused []int
		o := w.options()
		o.Chunk = 2
		o.Refused = func(line int, err error) {
			var refusal *issuer.RefusalError
			if !errors.As(err, &refusal) || refusal.Refusal != map[int]issuer.Refusal{
				2: issuer.RefusedRecord, 5: issuer.RefusedRecord, 6: issuer.RefusedDocument, 8: issuer.RefusedRecord, 9: issuer.RefusedRecord}[line] {
				t.Errorf("line %d: %v", line, err)
			}
			refused = append(refused, line)
		}
		out, summary := run(t, o, []byte(file))
		if !slices.Equal(refused, []int{2, 5, 6, 8, 9}) {
			t.Errorf("refused lines are %v", refused)
		}
		if summary.Records != 9 || summary.Issued != 4 || summary.Refused != 5 {
			t.Errorf("summary %+v", summary)
		}
		requireOnce(t, w, out, map[int]int{1: 0, 4: 1, 7: 2, 10: 3}, []int{1, 4, 7, 10})
	}
}

func TestAdverseWithoutRuleOrEvidenceIsRefusedByName(t *testing.T) {
	t.Parallel()
	file := strings.Replace(string(batchtest.People(t, 1)), `"rule":101`, `"rule":0`, 1) + strings.Replace(string(batchtest.People(t, 1)), batchtest.Evidence, "", 1)
	var refusals []issuer.Refusal
	o := newWorkshop(t).options()
	o.Refused = func(_ int, err error) {
		var refusal *issuer.RefusalError
		if errors.As(err, &refusal) {
			refusals = append(refusals, refusal.Refusal)
		}
	}
	out, summary := run(t, o, []byte(file))
	if len(out) != 0 || summary.Refused != 2 || !slices.Equal(refusals, []issuer.Refusal{issuer.RefusedAdverseRule, issuer.RefusedAdverseEvidence}) {
		t.Errorf("refusals %v, summary %+v", refusals, summary)
	}
}

func TestWhatCannotBeEncodedIsRefusedAndTheRunGoesOn(t *testing.T) {
	t.Parallel()
	file := strings.Replace(string(batchtest.People(t, 1)), `"status":`, `"exemptions":[{"kind":0,"until":"2022-09-10T08:00:00+08:00"}],"status":`, 1) + string(batchtest.People(t, 1))
	_, summary := run(t, newWorkshop(t).options(), []byte(file))
	if summary.Refused != 1 || summary.Issued != 1 {
		t.Errorf("summary %+v", summary)
	}
}

func TestNothingInGivesNothingOut(t *testing.T) {
	t.Parallel()
	for _, input := range []string{"", "\n\n \n"} {
		if out, summary := run(t, newWorkshop(t).options(), []byte(input)); len(out) != 0 || summary != (batch.Summary{}) {
			t.Errorf("%q gave %q, %+v", input, out, summary)
		}
	}
}

func TestAChunkOfRefusalsIsSettledToo(t *testing.T) {
	t.Parallel()
	w := newWorkshop(t)
	input := append(bytes.Repeat([]byte("{}\n"), 10), batchtest.People(t, 1)...)
	for range 2 {
		out, summary := run(t, w.options(), input)
		requireOnce(t, w, out, map[int]int{11: 0}, []int{11})
		if summary.Refused != 10 || summary.Issued != 1 {
			t.Errorf("summary %+v", summary)
		}
	}
}

func TestALineOf10MegabytesEndsTheRunWithItsNumber(t *testing.T) {
	t.Parallel()
	w := newWorkshop(t)
	input := slices.Concat(batchtest.People(t, 12), bytes.Repeat([]byte("x"), 10<<20), []byte("\n"), batchtest.People(t, 1))
	err := fails(t, w.options(), input)
	var line *record.LineError
	if !errors.Is(err, record.ErrLineTooLong) || !errors.As(err, &line) || line.Line != 13 || len(err.Error()) > 200 {
		t.Errorf("error %.300v", err)
	}
}

func TestProgressRisesToTheNumberOfRecords(t *testing.T) {
	t.Parallel()
	o := newWorkshop(t).options()
	var told []int
	o.Progress = func(n int) { told = append(told, n) }
	run(t, o, batchtest.People(t, 25))
	if !slices.Equal(told, []int{10, 20, 25}) {
		t.Errorf("progress is %v", told)
	}
}

func TestOptionsThatCannotWorkAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorkshop(t)
	for name, fault := range map[string]func(*batch.Options){
		"no issuer":       func(o *batch.Options) { o.Issuer = nil },
		"no registry":     func(o *batch.Options) { o.Registry = nil },
		"no job":          func(o *batch.Options) { o.Job = "" },
		"no folder":       func(o *batch.Options) { o.Parts = "" },
		"negative chunk":  func(o *batch.Options) { o.Chunk = -1 },
		"chunk too large": func(o *batch.Options) { o.Chunk = registry.MaxLease + 1 },
		"name of a job":   func(o *batch.Options) { o.Job = "../../etc" },
	} {
		o := w.options()
		fault(&o)
		fails(t, o, batchtest.People(t, 1))
		if _, err := os.Stat(filepath.Join(w.folder, "etc")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
	}
	o := w.options()
	o.Parts = filepath.Join(w.folder, "33.registry") // a file
	fails(t, o, batchtest.People(t, 1))
}

func TestASignerThatFailsEndsTheRun(t *testing.T) {
	t.Parallel()
	w := newWorkshop(t)
	broken := errors.New("the token was pulled out")
	var err error
	if w.issuer, err = newIssuer(func(s sig.Signer) sig.Signer { return failing{s, broken} }); err != nil {
		t.Fatal(err)
	}
	if err := fails(t, w.options(), batchtest.People(t, 3)); !errors.Is(err, broken) || !strings.Contains(err.Error(), "line ") {
		t.Errorf("error %v", err)
	}
	if w.issuer, err = newIssuer(func(s sig.Signer) sig.Signer { return s }); err != nil {
		t.Fatal(err)
	}
	out, _ := run(t, w.options(), batchtest.People(t, 3))
	holders, order := all(3)
	requireOnce(t, w, out, holders, order)
}

type failing struct {
	sig.Signer
	err error
}

func (f failing) Sign([]byte) ([]byte, error) { return nil, f.err }

func TestACanceledRunStopsAndResumes(t *testing.T) {
	t.Parallel()
	w := newWorkshop(t)
	ctx, cancel := context.WithCancel(t.Context())
	o := w.options()
	o.Progress = func(n int) {
		if n == 20 {
			cancel()
		}
	}
	var out bytes.Buffer
	if _, err := batch.Run(ctx, o, bytes.NewReader(batchtest.People(t, 40)), &out); !errors.Is(err, context.Canceled) || out.Len() != 0 {
		t.Fatalf("error %v, output %q", err, out.Bytes())
	}
	again, summary := run(t, w.options(), batchtest.People(t, 40))
	holders, order := all(40)
	requireOnce(t, w, again, holders, order)
	if summary.Reused != 20 {
		t.Errorf("reused %d, want 20", summary.Reused)
	}
}

// A name used again would otherwise answer new records with old codes.
func TestAJobNameUsedForOtherRecordsIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorkshop(t)
	run(t, w.options(), batchtest.People(t, 25))
	swapped := strings.SplitAfter(string(batchtest.People(t, 25)), "\n")
	swapped[3], swapped[4] = swapped[4], swapped[3]
	for name, change := range map[string]struct {
		records []byte
		options func(*batch.Options)
	}{
		"one record more":      {batchtest.People(t, 26), nil},
		"one record fewer":     {batchtest.People(t, 24), nil},
		"a chunk fewer":        {batchtest.People(t, 20), nil},
		"another order":        {[]byte(strings.Join(swapped, "")), nil},
		"a line before":        {append([]byte("\n"), batchtest.People(t, 25)...), nil},
		"another document":     {[]byte(strings.Replace(string(batchtest.People(t, 25)), batchtest.Number(7), batchtest.Number(99), 1)), nil},
		"another state":        {[]byte(strings.Replace(string(batchtest.People(t, 25)), `"rule":101`, `"rule":102`, 1)), nil},
		"another time":         {batchtest.People(t, 25), func(o *batch.Options) { o.At = o.At.Add(time.Minute) }},
		"another chunk size":   {batchtest.People(t, 25), func(o *batch.Options) { o.Chunk = 25 }},
		"only refused records": {bytes.Repeat([]byte("{}\n"), 25), nil},
	} {
		o := w.options()
		if change.options != nil {
			change.options(&o)
		}
		if err := fails(t, o, change.records); !errors.Is(err, batch.ErrOtherRecords) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
