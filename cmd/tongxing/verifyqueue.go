package main

import (
	"bytes"
	"context"
	"encoding/json"
	"iter"
	"runtime"
	"runtime/debug"
	"strconv"
	"sync"

	"github.com/tongxing/tongxing/verifier"
)

const (
	queueBatch = 64 // codes that go through the queue together
	// queueBatches is how many batches for each processor are read ahead at most: a
	// stream without end takes the memory of these.
	queueBatches = 4
	// queueGarbage is by how many percent of what is in use the garbage of verdicts
	// grows before it is collected (GOGC): what is in use is the trust material, and
	// going through it for every few hundred codes takes as long as a tenth of them.
	queueGarbage = 400
)

// judged is a code with its verdict.
type judged struct {
	scanned
	verdict verifier.Verdict
	json    []byte // the verdict's line, where lines of JSON were asked for
}

// verifyQueue judges codes side by side and tells their verdicts in order: one
// goroutine reads ahead, one for each processor judges a batch of codes and writes
// its verdicts as JSON, and the caller takes the batches in the order of reading. A
// batch ends early where the next code has not come yet, so that the verdict on
// each code of a scanner is there before the next scan.
type verifyQueue struct {
	judge   func(*judged, []byte) []byte // appends what the verdict's JSON takes
	free    chan *verifyBatch
	work    chan *verifyBatch
	ordered chan *verifyBatch
}

type verifyBatch struct {
	items []judged
	text  []byte        // behind the lines of the items
	done  chan struct{} // takes one when the batch is judged
}

func newVerifyQueue(judge func(*judged, []byte) []byte) *verifyQueue {
	batches := queueBatches * runtime.GOMAXPROCS(0)
	q := &verifyQueue{judge, make(chan *verifyBatch, batches), make(chan *verifyBatch, batches), make(chan *verifyBatch, batches)}
	for range batches {
		q.free <- &verifyBatch{items: make([]judged, 0, queueBatch), done: make(chan struct{}, 1)}
	}
	return q
}

// run calls tell with one batch after the other until there are no more codes, tell
// fails, or ctx ends. It does not wait for a read that is under way.
func (q *verifyQueue) run(ctx context.Context, codes iter.Seq[scanned], tell func([]judged) error) error {
	ctx, stop := context.WithCancel(ctx)
	var workers sync.WaitGroup
	defer workers.Wait()
	defer stop()
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() { q.serve(ctx) })
	}
	go q.read(ctx, codes)
	for {
		batch, err := q.next(ctx)
		if batch == nil {
			return err
		}
		if err := tell(batch.items); err != nil {
			return err
		}
		clear(batch.items)
		batch.items, batch.text = batch.items[:0], batch.text[:0]
		q.free <- batch
	}
}

// next returns the next batch in the order of reading when it is judged, or nil
// after the last.
func (q *verifyQueue) next(ctx context.Context) (*verifyBatch, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case batch, more := <-q.ordered:
		if !more {
			return nil, ctx.Err()
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-batch.done:
			return batch, nil
		}
	}
}

// read fills batches with codes until there are no more.
func (q *verifyQueue) read(ctx context.Context, codes iter.Seq[scanned]) {
	defer close(q.ordered)
	defer close(q.work)
	var batch *verifyBatch
	send := func() { // there is room for as many batches as there are
		q.ordered <- batch
		q.work <- batch
		batch = nil
	}
	for code := range codes {
		if batch == nil {
			select {
			case <-ctx.Done():
				return
			case batch = <-q.free:
			}
		}
		batch.items = append(batch.items, judged{scanned: code})
		if len(batch.items) == queueBatch || code.waits {
			send()
		}
	}
	if batch != nil {
		send()
	}
}

// serve judges batches until there are no more.
func (q *verifyQueue) serve(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case batch, more := <-q.work:
			if !more {
				return
			}
			for i := range batch.items {
				if batch.items[i].err == nil {
					batch.text = q.judge(&batch.items[i], batch.text)
				}
			}
			batch.done <- struct{}{}
		}
	}
}

// appendVerdictLine appends the line of a verdict with where its code was found:
//
//	{"source":"codes/1.txt","line":1,"verdict":{...}}
//
// source is left out for standard input and line where the code is no line. The
// line is put together here, for encoding/json would go through all of the
// verdict's own JSON again.
func appendVerdictLine(dst []byte, j *judged) ([]byte, error) {
	dst = append(dst, '{')
	if j.source != "" {
		var source bytes.Buffer
		encoder := json.NewEncoder(&source)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(j.source); err != nil {
			return dst, err
		}
		dst = append(append(append(dst, `"source":`...), bytes.TrimSpace(source.Bytes())...), ',')
	}
	if j.line != 0 {
		dst = append(strconv.AppendInt(append(dst, `"line":`...), int64(j.line), 10), ',')
	}
	dst = j.verdict.AppendJSON(append(dst, `"verdict":`...))
	return append(dst, '}', '\n'), nil
}

// verifyEach tells the verdict on each code by itself.
func (a *app) verifyEach(ctx context.Context, f verifyFlags, v *verifier.Verifier, shown presenting) error {
	if a.Getenv("GOGC") == "" {
		debug.SetGCPercent(queueGarbage)
	}
	sum := newVerifySummary()
	bar, total := a.progressOf("progress_verify", "unit_codes"), int64(-1)
	if a.bars != nil {
		total = countCodes(shown.args)
	}
	defer bar.end()
	queue := newVerifyQueue(func(j *judged, text []byte) []byte {
		j.verdict = v.Verify(j.text, shown.at, shown.context)
		if a.JSON && !f.summary {
			begin := len(text)
			text, j.err = appendVerdictLine(text, j)
			j.json = text[begin:]
		}
		return text
	})
	err := queue.run(ctx, shown.codes, func(batch []judged) error {
		for i := range batch {
			if err := a.tellJudged(f, &batch[i], sum); err != nil {
				return err
			}
		}
		bar.set(int64(sum.Codes), total)
		return a.Out.Flush()
	})
	if err != nil {
		return err
	}
	bar.end()
	return a.endVerify(f, sum)
}
