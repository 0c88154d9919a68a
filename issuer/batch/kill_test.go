package batch_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/batch/batchtest"
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
)

// childVariable names the folder in which the test binary plays a process that
// is to be killed.
const childVariable = "BATCH_TEST_CHILD"

const killedRecords = 800

func TestMain(m *testing.M) {
	folder := os.Getenv(childVariable)
	if folder == "" {
		os.Exit(m.Run())
	}
	play := child
	if how := os.Getenv(bulkVariable); how != "" {
		play = func(folder string) error { return playBulk(folder, how) }
	}
	if err := play(folder); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// child runs the job and tells on standard output when it begins and after every
// chunk.
func child(folder string) error {
	ctx := context.Background()
	iss, err := newIssuer(func(s sig.Signer) sig.Signer { return s })
	if err != nil {
		return err
	}
	reg, err := sqlite.Open(ctx, filepath.Join(folder, "33.registry"))
	if err != nil {
		return err
	}
	records, err := batchtest.Records(killedRecords)
	if err != nil {
		return err
	}
	o := (&workshop{folder, iss, reg}).options()
	o.Progress = func(n int) { fmt.Println(n) }
	fmt.Println(0)
	if _, err = batch.Run(ctx, o, bytes.NewReader(records), io.Discard); err != nil {
		return err
	}
	time.Sleep(time.Hour) // to be killed even if the parent was slow
	return nil
}

func TestAKilledRunIsResumedExactlyOnce(t *testing.T) {
	t.Parallel()
	w := newWorkshop(t)
	for round := range 4 {
		runAndKill(t, w.folder, 100*round+10*rand.IntN(10))
	}
	out, summary := run(t, w.options(), batchtest.People(t, killedRecords))
	holders, order := all(killedRecords)
	requireOnce(t, w, out, holders, order)
	requireIssued(t, w, killedRecords)
	if summary.Reused < 300 {
		t.Errorf("only %d records were committed before: nothing was resumed", summary.Reused)
	}
	if again, _ := run(t, w.options(), batchtest.People(t, killedRecords)); !bytes.Equal(again, out) {
		t.Error("a further run gives another output")
	}
	t.Logf("%d of %d records were committed by the runs that were killed", summary.Reused, killedRecords)
}

// runAndKill lets a child work until it has done a number of records, and kills
// it a moment later, wherever it is then.
func runAndKill(t *testing.T, folder string, records int) {
	t.Helper()
	process := exec.Command(os.Args[0], "-test.run=^$")
	process.Env = append(os.Environ(), childVariable+"="+folder)
	process.Stderr = os.Stderr
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	told := bufio.NewScanner(out)
	for done := -1; done < records; {
		if !told.Scan() {
			t.Fatalf("the child ended after %d records: %v", done, process.Wait())
		}
		if done, err = strconv.Atoi(told.Text()); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(time.Duration(rand.IntN(5_000)) * time.Microsecond)
	if err := process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := process.Wait(); !errors.As(err, &exit) || exit.Exited() {
		t.Fatalf("the child was not killed but ended: %v", err)
	}
}
