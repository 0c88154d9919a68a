package main

import (
	"bufio"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/gate/training"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/fetch"
	"github.com/tongxing/tongxing/trustlist/trusttest"
)

const (
	// listsOfARegion and revokedInAList are what a country has that revokes one code
	// in a thousand of 1.4e9, each good for a year at most.
	listsOfARegion = 13
	revokedInAList = 3200
)

// national writes the store of a device with the bundle of a country: 34 regions,
// each with keys and the status lists of a year.
func national(b *testing.B, folder string) {
	b.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	issued := training.Issued.Unix()
	usage := trustlist.UsageStatus | trustlist.UsageTest | trustlist.UsageStatusList | trustlist.UsageSnapshot
	m := trusttest.Material{Issued: issued}
	for _, province := range spec.Provinces() {
		region := trusttest.Region{Code: province.Number, Usage: usage, StatusLists: map[uint32]status.Sets{}}
		for i := range 10 {
			region.Keys = append(region.Keys, trustlist.Key{
				Public: sigtest.New([]sig.Algorithm{sig.SM2, sig.ES256}[i%2], province.Number+string(rune('a'+i))).PublicKey(), Usage: usage &^ (trustlist.UsageStatusList | trustlist.UsageSnapshot),
				SignFrom: format.DayStart(format.Day(issued) - 60), SignUntil: format.DayStart(format.Day(issued) + 365),
			})
		}
		for month := range uint32(listsOfARegion) {
			var set []uint32
			for range revokedInAList {
				set = append(set, r.Uint32N(revokedInAList*1000))
			}
			slices.Sort(set)
			region.StatusLists[(format.ListMonth(issued)+month)<<8] = status.Sets{Revoked: slices.Compact(set)}
		}
		m.Regions = append(m.Regions, region)
	}
	bundle, anchor, err := m.Bundle()
	if err != nil {
		b.Fatal(err)
	}
	store, err := fetch.OpenStore(filepath.Join(folder, "trust.store"), fetch.StoreOptions{Anchor: anchor})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := fetch.ImportBytes(store, bundle, "benchmark", issued); err != nil {
		b.Fatal(err)
	}
	b.Logf("a bundle of %d bytes", len(bundle))
}

// BenchmarkStart is from the start of the program to its page being open, with the
// bundle of a country, and as processor time.
func BenchmarkStart(b *testing.B) {
	folder := b.TempDir()
	national(b, folder)
	var cpu float64
	for b.Loop() {
		c := exec.Command(built, "--listen", "127.0.0.1:0", "--store", "trust.store", "--at", now)
		c.Dir, c.Stderr = folder, os.Stderr
		out, err := c.StdoutPipe()
		if err != nil {
			b.Fatal(err)
		}
		if err := c.Start(); err != nil {
			b.Fatal(err)
		}
		if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || !strings.Contains(line, "http://") {
			b.Fatalf("%q %v", line, err)
		}
		b.StopTimer()
		if err := c.Process.Signal(syscall.SIGTERM); err != nil {
			b.Fatal(err)
		}
		if err := c.Wait(); err != nil {
			b.Fatal(err)
		}
		cpu += (c.ProcessState.UserTime() + c.ProcessState.SystemTime()).Seconds()
		b.StartTimer()
	}
	b.ReportMetric(cpu*1000/float64(b.N), "cpu-ms/op")
}
