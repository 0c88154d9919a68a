package batch_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/batch/batchtest"
	"github.com/tongxing/tongxing/issuer/record"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
)

// bulk is a folder with a registry and an input of n people.
type bulk struct {
	folder, input string
	registry      *sqlite.Registry
	n             int
}

func newBulk(t testing.TB, n int) *bulk {
	t.Helper()
	b := &bulk{folder: t.TempDir(), n: n}
	b.input = batchtest.WriteInput(t, b.folder, batchtest.People(t, n))
	var err error
	if b.registry, err = sqlite.Create(t.Context(), registryIn(b.folder), registry.Plan{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.registry.Close() })
	return b
}

func registryIn(folder string) string { return filepath.Join(folder, "33.registry") }

// plan plans the input in chunks of 10.
func (b *bulk) plan(t testing.TB) batch.Planned {
	t.Helper()
	planned, err := batchtest.Plan(t.Context(), b.registry, b.folder, b.input, 10)
	if err != nil {
		t.Fatal(err)
	}
	return planned
}

// queue is the registry's, short of time.
func queue(reg batch.ClaimsRegistry, worker string) (*batch.Claims, error) {
	return batch.NewClaims(batch.ClaimsOptions{Registry: reg, Clock: batchtest.Clock{}, Worker: worker, Job: "job",
		Claim: 600 * time.Millisecond, Poll: 20 * time.Millisecond})
}

// work works until the job is done.
func work(ctx context.Context, reg batch.ClaimsRegistry, o batch.WorkerOptions, name string) error {
	q, err := queue(reg, name)
	if err != nil {
		return err
	}
	worker, err := batch.NewWorker(o)
	if err != nil {
		return err
	}
	return worker.Run(ctx, q)
}

func (b *bulk) work(t testing.TB, change ...func(*batch.WorkerOptions)) error {
	t.Helper()
	o := batchtest.Work(b.registry, b.folder)
	for _, c := range change {
		c(&o)
	}
	return work(t.Context(), b.registry, o, "w")
}

// requireOnce finishes the job and holds it to its law.
func (b *bulk) requireOnce(t testing.TB) []byte {
	t.Helper()
	if err := b.work(t); err != nil {
		t.Fatal(err)
	}
	out, refused := batchtest.Deliver(t, b.registry, b.folder)
	if len(refused) != 0 {
		t.Fatalf("refused are %v", refused)
	}
	batchtest.RequireOnce(t, b.registry, out, b.n)
	return out
}

func TestAPlannedJobIsIssuedOnceAndDeliveredAlike(t *testing.T) {
	t.Parallel()
	b := newBulk(t, 95)
	if planned := b.plan(t); planned != (batch.Planned{Job: "job", Chunks: 10, Records: 95, New: true}) {
		t.Fatalf("planned %+v", planned)
	}
	first := b.requireOnce(t)
	if again := b.requireOnce(t); !bytes.Equal(again, first) {
		t.Error("delivered again it is another output")
	}
}

func TestTheSameFileFedTwiceIsOneJob(t *testing.T) {
	t.Parallel()
	b := newBulk(t, 95)
	b.plan(t)
	if planned := b.plan(t); planned.New {
		t.Error("the same file was planned twice")
	}
	first := b.requireOnce(t)
	if planned := b.plan(t); planned.New {
		t.Error("the same file was planned again after it was done")
	}
	if again := b.requireOnce(t); !bytes.Equal(again, first) {
		t.Error("the same file gave another output")
	}
}

func TestANameForTwoFilesIsRefusedAndHarmsNothing(t *testing.T) {
	t.Parallel()
	b := newBulk(t, 35)
	b.plan(t)
	other := filepath.Join(b.folder, "other.jsonl")
	if err := os.WriteFile(other, batchtest.People(t, 36), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := batchtest.Plan(t.Context(), b.registry, b.folder, other, 10); !errors.Is(err, registry.ErrJobUsed) {
		t.Fatalf("error %v", err)
	}
	b.requireOnce(t)
}

func TestAJobWithoutANameIsNamedByWhatItIssues(t *testing.T) {
	t.Parallel()
	b := newBulk(t, 35)
	iss, err := batchtest.Issuers(issuer.DefaultLifetime)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, change := range []func(*batch.PlanOptions){
		func(*batch.PlanOptions) {}, func(*batch.PlanOptions) {},
		func(o *batch.PlanOptions) { o.At = o.At.Add(time.Second) },
		func(o *batch.PlanOptions) { o.Key = batch.Key{9} },
		func(o *batch.PlanOptions) { o.Chunk = 7 },
	} {
		o := batch.PlanOptions{Issuer: iss, Jobs: b.registry, At: batchtest.Now, Now: batchtest.Now, Input: b.input,
			Parts: filepath.Join(b.folder, "parts"), Key: batchtest.Key}
		change(&o)
		planned, err := batch.Plan(t.Context(), o, bytes.NewReader(batchtest.People(t, 35)))
		if err != nil || !strings.HasPrefix(planned.Job, "33-") {
			t.Fatalf("%+v, error %v", planned, err)
		}
		names[planned.Job] = true
		described, err := batch.Describe(t.Context(), batch.DescribeOptions{Region: 33, At: o.At, Lifetime: iss.Lifetime(), Key: o.Key, Chunk: o.Chunk},
			bytes.NewReader(batchtest.People(t, 35)))
		state, stateErr := b.registry.JobState(t.Context(), planned.Job)
		if err != nil || stateErr != nil || described != state.Job {
			t.Errorf("described %+v, error %v, planned %+v, error %v", described, err, state.Job, stateErr)
		}
	}
	if len(names) != 4 {
		t.Errorf("four jobs have the names %v", names)
	}
}

func TestTwoPlannersAtOncePlanOnce(t *testing.T) {
	t.Parallel()
	b := newBulk(t, 200)
	other, err := sqlite.Open(t.Context(), registryIn(b.folder))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	var group sync.WaitGroup
	var planned atomic.Int32
	for i := range 6 {
		jobs := []registry.Jobs{b.registry, other}[i%2]
		group.Go(func() {
			p, err := batchtest.Plan(context.Background(), jobs, b.folder, b.input, 10)
			if err != nil {
				t.Error(err)
			}
			if p.New {
				planned.Add(1)
			}
		})
	}
	group.Wait()
	if planned.Load() != 1 {
		t.Errorf("planned %d times", planned.Load())
	}
	b.requireOnce(t)
	pools, err := b.registry.Pools(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, pool := range pools {
		if pool.Leased != pool.Issued {
			t.Errorf("of pool %+v references were leased twice", pool)
		}
	}
}

func TestRefusedRecordsAreDeliveredAsAList(t *testing.T) {
	t.Parallel()
	b := newBulk(t, 0)
	people := strings.SplitAfter(string(batchtest.People(t, 30)), "\n")
	text := strings.Join(people[:12], "") + "not json\n\n{}\n" + strings.Join(people[12:25], "") +
		strings.Replace(people[25], `"document_type":"03"`, `"document_type":"42"`, 1) + strings.Repeat("{}\n", 20) + strings.TrimSuffix(people[26], "\n")
	if err := os.WriteFile(b.input, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	b.plan(t)
	if err := b.work(t); err != nil {
		t.Fatal(err)
	}
	out, refused := batchtest.Deliver(t, b.registry, b.folder)
	var numbers []int
	for _, r := range refused {
		numbers = append(numbers, r.Line)
	}
	want := []int{13, 15, 29}
	for line := range 20 {
		want = append(want, 30+line)
	}
	if !slices.Equal(numbers, want) || refused[2].Refusal != issuer.RefusedDocument || refused[2].Field != "document_type" {
		t.Errorf("refused are %+v", refused)
	}
	codes := lines(t, out)
	if len(codes) != 26 || codes[25].Line != 50 || codes[12].Line != 16 {
		t.Errorf("%d codes", len(codes))
	}
}

// TestRecordsWhoseRuleNobodyPublishesAreDeliveredAsAList: the others are issued, and the
// list says the rule of each. [ISSUER-34]
func TestRecordsWhoseRuleNobodyPublishesAreDeliveredAsAList(t *testing.T) {
	t.Parallel()
	b := newBulk(t, 0)
	people := strings.SplitAfter(string(batchtest.People(t, 25)), "\n")
	for line, rule := range map[int]string{0: "9999", 12: "201", 24: "104"} { // each third is yellow
		people[line] = strings.Replace(people[line], `"rule":101`, `"rule":`+rule, 1)
	}
	if err := os.WriteFile(b.input, []byte(strings.Join(people, "")), 0o600); err != nil {
		t.Fatal(err)
	}
	b.plan(t)
	if err := b.work(t); err != nil {
		t.Fatal(err)
	}
	out, refused := batchtest.Deliver(t, b.registry, b.folder)
	var want []batch.Refused
	for i, rule := range []uint16{9999, 201, 104} {
		want = append(want, batch.Refused{Line: 12*i + 1, Refusal: issuer.RefusedRuleNotPublished, Field: "status", Rule: rule})
	}
	if !slices.Equal(refused, want) || len(lines(t, out)) != 22 {
		t.Errorf("refused are %+v of %d codes", refused, len(lines(t, out)))
	}
}

func TestAnInputThatIsNotWhatWasPlannedIsNotSigned(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func([]byte) []byte{
		"one letter": func(data []byte) []byte { return bytes.Replace(data, []byte("0090"), []byte("0091"), 1) },
		"cut short":  func(data []byte) []byte { return data[:len(data)-1] },
		"a line swapped": func(data []byte) []byte {
			l := bytes.SplitAfter(data, []byte("\n"))
			l[80], l[81] = l[81], l[80]
			return bytes.Join(l, nil)
		},
	} {
		b := newBulk(t, 95)
		b.plan(t)
		data, err := os.ReadFile(b.input)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(b.input, change(slices.Clone(data)), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := b.work(t); !errors.Is(err, batch.ErrInputChanged) {
			t.Errorf("%s: error %v", name, err)
		}
		if err := os.WriteFile(b.input, data, 0o600); err != nil {
			t.Fatal(err)
		}
		b.requireOnce(t)
	}
}

func TestAWorkerWithAnotherKeyOfTheJobsOrAnotherFolderSignsNothing(t *testing.T) {
	t.Parallel()
	b := newBulk(t, 35)
	b.plan(t)
	for name, change := range map[string]func(*batch.WorkerOptions){
		"key":    func(o *batch.WorkerOptions) { o.Key = batch.Key{7} },
		"folder": func(o *batch.WorkerOptions) { o.Parts = filepath.Join(b.folder, "elsewhere") },
	} {
		if err := b.work(t, change); !errors.Is(err, batch.ErrNoBlueprint) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	b.requireOnce(t)
}

func TestAJobThatIsNotDoneIsNotDelivered(t *testing.T) {
	t.Parallel()
	b := newBulk(t, 95)
	b.plan(t)
	ctx, stop := context.WithCancel(t.Context())
	o := batchtest.Work(b.registry, b.folder)
	o.AtOnce = 1
	o.Done = func(batch.Done) { stop() }
	if err := work(ctx, b.registry, o, "w"); err != nil {
		t.Fatal(err)
	}
	_, err := batch.Deliver(t.Context(), batch.DeliverOptions{Registry: b.registry, Job: "job", Parts: filepath.Join(b.folder, "parts")})
	var incomplete *batch.IncompleteError
	if !errors.As(err, &incomplete) || incomplete.Committed != 1 || incomplete.Chunks != 10 {
		t.Errorf("error %v", err)
	}
	b.requireOnce(t)
}

func TestAStoppedKeyEndsTheWorkerAndVoidsItsChunks(t *testing.T) {
	t.Parallel()
	b := newBulk(t, 95)
	b.plan(t)
	broken, err := batchtest.NewIssuer(lying{batchtest.Signer()}, 0)
	if err != nil {
		t.Fatal(err)
	}
	err = b.work(t, func(o *batch.WorkerOptions) {
		o.Issuers = func(time.Duration) (*issuer.Issuer, error) { return broken, nil }
	})
	var stopped *issuer.KeyStoppedError
	if !errors.As(err, &stopped) {
		t.Errorf("error %v", err)
	}
	if state, err := b.registry.JobState(t.Context(), "job"); err != nil || state.Committed != 0 {
		t.Errorf("state %+v, error %v", state, err)
	}
	b.requireOnce(t)
}

// lying signs another message.
type lying struct{ sig.Signer }

func (l lying) Sign(message []byte) ([]byte, error) {
	return l.Signer.Sign(append([]byte("x"), message...))
}

func TestAnInputOfNothingAndALineOf10MegabytesAreRefusedByThePlanner(t *testing.T) {
	t.Parallel()
	b := newBulk(t, 12)
	for _, nothing := range []string{"", "\n \n\n"} {
		if err := os.WriteFile(b.input, []byte(nothing), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := batchtest.Plan(t.Context(), b.registry, b.folder, b.input, 10); !errors.Is(err, batch.ErrNoRecords) {
			t.Errorf("%q: error %v", nothing, err)
		}
	}
	long := slices.Concat(batchtest.People(t, 12), bytes.Repeat([]byte("x"), 10<<20), []byte("\n"))
	if err := os.WriteFile(b.input, long, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := batchtest.Plan(t.Context(), b.registry, b.folder, b.input, 10)
	var line *record.LineError
	if !errors.Is(err, record.ErrLineTooLong) || !errors.As(err, &line) || line.Line != 13 {
		t.Errorf("error %.200v", err)
	}
}

// Of a delivery every part is held to the registry.
func TestALostOrChangedPartIsNotDelivered(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]func(content []byte) []byte{
		"deleted":      nil,
		"cut short":    func(c []byte) []byte { return c[:bytes.LastIndexByte(c[:len(c)-1], '\n')+1] },
		"a line twice": func(c []byte) []byte { return append(c, c[:bytes.IndexByte(c, '\n')+1]...) },
		"line number":  func(c []byte) []byte { return bytes.Replace(c, []byte(`"line":11,`), []byte(`"line":12,`), 1) },
	} {
		b := newBulk(t, 35)
		b.plan(t)
		b.requireOnce(t)
		paths, err := filepath.Glob(filepath.Join(b.folder, "parts", "*", "00000001-*.jsonl"))
		if err != nil || len(paths) != 1 {
			t.Fatal(paths, err)
		}
		content, err := os.ReadFile(paths[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(paths[0]); err != nil {
			t.Fatal(err)
		}
		if harm != nil {
			if err := os.WriteFile(paths[0], harm(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		_, err = batch.Deliver(t.Context(), batch.DeliverOptions{Registry: b.registry, Job: "job", Parts: filepath.Join(b.folder, "parts")})
		if !errors.Is(err, batch.ErrOutputLost) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// bulkChild is a worker process of the folder that dies where it is told to.
func bulkChild(ctx context.Context, folder, die string) error {
	moment, count, _ := strings.Cut(die, ":")
	after, err := strconv.ParseInt(count, 10, 64)
	if err != nil {
		return err
	}
	reg, err := sqlite.Open(ctx, registryIn(folder))
	if err != nil {
		return err
	}
	defer reg.Close()
	death := &batchtest.Death{At: batchtest.Moment(moment), After: after}
	dying := dyingRegistry{reg, death.Of(reg.Commit)}
	o := batchtest.Work(dying, folder)
	o.Patience = time.Second // a file that may not grow looks like a disk that may come back
	return work(ctx, dying, o, fmt.Sprint("child ", os.Getpid()))
}

type dyingRegistry struct {
	*sqlite.Registry
	commit batch.Commit
}

func (d dyingRegistry) Commit(ctx context.Context, chunk registry.Chunk) (registry.Receipt, error) {
	return d.commit(ctx, chunk)
}
