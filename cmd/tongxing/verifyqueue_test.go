package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A scanner sends a line when somebody scans: each has its verdict before the next
// one comes.
func TestAVerdictIsThereBeforeTheNextScan(t *testing.T) {
	folder, _ := codeFixture(t)
	stdin, scanner := io.Pipe()
	screen, stdout := io.Pipe()
	a := appWith(stdin, stdout, io.Discard)
	ended := make(chan int, 1)
	go func() {
		ended <- a.run(context.Background(), []string{"verify", "--json", "--bundle", folder + "/codes.bundle",
			"--root", folder + "/trust/root.cose", "--at", codeTime, "-"})
		stdout.Close()
	}()
	verdicts := bufio.NewReader(screen)
	for n, code := range []string{read(t, folder+"/green.txt"), "TX1:NOTHING\n", read(t, folder+"/yellow.txt")} {
		if _, err := io.WriteString(scanner, code); err != nil {
			t.Fatal(err)
		}
		if line, err := verdicts.ReadString('\n'); err != nil || !strings.HasPrefix(line, fmt.Sprintf(`{"line":%d,"verdict":{`, n+1)) {
			t.Fatalf("scan %d: %v: %s", n+1, err, line)
		}
	}
	scanner.Close()
	if rest, err := io.ReadAll(verdicts); err != nil || len(rest) > 0 || <-ended != statusNotPass {
		t.Errorf("after the last: %q, %v", rest, err)
	}
}

// endless gives codes for ever and counts them.
func endless(given *atomic.Int64) iter.Seq[scanned] {
	return func(yield func(scanned) bool) {
		for n := 1; yield(scanned{line: n}); n++ {
			given.Add(1)
		}
	}
}

var errFull = errors.New("full")

// However slow judging or printing is, and however long the input, what is read
// ahead is bounded; what fails ends it, and the order is that of reading.
func TestTheQueueIsBoundedAndInOrder(t *testing.T) {
	var given atomic.Int64
	q := newVerifyQueue(func(j *judged, text []byte) []byte {
		if j.line%queueBatch == 1 && j.line/queueBatch%2 == 0 {
			time.Sleep(time.Millisecond) // every other batch is slow
		}
		return append(text, byte(j.line))
	})
	room := int64(cap(q.free) * queueBatch)
	told := 0
	err := q.run(t.Context(), endless(&given), func(batch []judged) error {
		for i := range batch {
			if told++; batch[i].line != told {
				t.Fatalf("line %d is told as number %d", batch[i].line, told)
			}
		}
		if n := given.Load(); n > int64(told)+room {
			t.Fatalf("%d codes are read when %d are told, with room for %d", n, told, room)
		}
		if told > 5000 {
			return errFull
		}
		return nil
	})
	if !errors.Is(err, errFull) {
		t.Errorf("ended with %v", err)
	}
}

// An interrupted run ends though its input never does.
func TestAnInterruptedRunDoesNotWaitForTheNextScan(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	q := newVerifyQueue(func(_ *judged, text []byte) []byte { return text })
	silent := make(chan struct{})
	defer close(silent)
	err := q.run(ctx, func(yield func(scanned) bool) {
		yield(scanned{line: 1, waits: true})
		<-silent
	}, func([]judged) error {
		stop()
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
}
