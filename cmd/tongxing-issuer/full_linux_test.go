package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// fullDisk plans a job, has a worker at it while full/, a file system of a few
// megabytes, has room for some of it, and after room was made again. It is run where
// mounting changes nothing for others. $1 is the program, $2 the registry, $3 the
// folder of parts, $4 the time of issue, $5 and $6 are the
// approver's key and passphrase, and the rest are the flags of work.
const fullDisk = `set -eu
mount -t tmpfs -o size=8m none full
program=$1 registry=$2 parts=$3 at=$4 approver=$5 word=$6; shift 6
set -- --registry "$registry" --parts "$parts" --lang en "$@"
"$program" registry create --registry "$registry"
"$program" job plan 33.jsonl --at "$at" --chunk 20 --job night --approver "$approver" --approver-passphrase-file "$word" "$@"
head -c $((($(df --output=avail -k full | tail -1) - 160) * 1024)) /dev/zero >full/fill
status=0
"$program" worker --at-once 2 "$@" 2>stderr || status=$?
echo "$status" >status
"$program" job status night --registry "$registry" --json >state
find full parts -name '.part-*' >left
rm full/fill
"$program" job run 33.jsonl --at "$at" --chunk 20 --job night --approver "$approver" --approver-passphrase-file "$word" "$@"
"$program" job deliver night --registry "$registry" --parts "$parts" --out codes
`

// TestAFullFileSystemEndsAWorkerAndTheJobGoesOnWithRoom fills a real file system under
// the parts, under the registry, and under both: the worker ends and names what is full
// and what to do, nothing is left half-written, and with room every record is issued
// once.
func TestAFullFileSystemEndsAWorkerAndTheJobGoesOnWithRoom(t *testing.T) {
	const n = 1000
	for name, places := range map[string]struct{ registry, parts, full string }{
		"parts":    {"33.registry", "full/parts", "full/parts"},
		"registry": {"full/33.registry", "parts", "full/33.registry"},
		"both":     {"full/33.registry", "full/parts", "full/"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // most of it waits for the claims of a worker that could not give them back
			o, flags, _ := bulkOffice(t, n)
			if err := errors.Join(os.Remove(o.path("33.registry")), os.Mkdir(o.path("full"), 0o700), os.Mkdir(o.path("parts"), 0o700)); err != nil {
				t.Fatal(err)
			}
			at := time.Now().UTC().Format(time.RFC3339)
			args := append(nameSpace(t), "bash", "-c", fullDisk, "bash", binary, places.registry, places.parts, at, o.path("approver.key"), o.path("pass"))
			c := exec.Command("unshare", append(args, flags[slices.Index(flags, "--bundle"):]...)...)
			c.Dir = o.dir
			if out, err := c.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			said := o.said("stderr")
			if o.said("status") != "1\n" || !strings.Contains(said, places.full) || !strings.Contains(said, "the disk is full") || !strings.Contains(said, "Make room and try again.") {
				t.Errorf("status %s, and it said %s", o.said("status"), said)
			}
			if state := o.said("state"); strings.Contains(state, `"done":true`) || strings.Contains(state, `"committed":0`) {
				t.Errorf("the disk was not full in the middle of the job: %s", state)
			}
			if left := o.said("left"); left != "" {
				t.Errorf("half-written files are left: %s", left)
			}
			requireLines(t, []byte(o.said("codes")), n)
		})
	}
}

// said returns what a file of the office has.
func (o *office) said(name string) string {
	o.t.Helper()
	data, err := os.ReadFile(filepath.Join(o.dir, name))
	if err != nil {
		o.t.Fatal(err)
	}
	return string(data)
}

// nameSpace returns the flags of unshare with which a disk can be mounted here.
func nameSpace(t *testing.T) []string {
	t.Helper()
	for _, flags := range [][]string{{"--mount"}, {"--user", "--map-root-user", "--mount"}} {
		probe := append(slices.Clone(flags), "mount", "-t", "tmpfs", "none", t.TempDir())
		if exec.Command("unshare", probe...).Run() == nil {
			return flags
		}
	}
	t.Fatal("this test mounts a small disk, which needs unshare (util-linux) and either root or user name spaces")
	return nil
}
