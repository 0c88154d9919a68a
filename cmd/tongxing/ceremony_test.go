package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/trustlist"
)

// quiet is a run whose output nobody reads.
func quiet() *app {
	return appWith(strings.NewReader(""), new(bytes.Buffer), new(bytes.Buffer))
}

// everyByte calls check with data, each of its bytes changed in turn.
func everyByte(t *testing.T, name string, data []byte, status func(changed string) int) {
	t.Helper()
	if len(data) == 0 {
		t.Fatalf("%s is empty", name)
	}
	path := filepath.Join(t.TempDir(), "changed")
	for i := range data {
		changed := bytes.Clone(data)
		changed[i] ^= 0x20
		if err := os.WriteFile(path, changed, 0o600); err != nil {
			t.Fatal(err)
		}
		if got := status(path); got != program.StatusFailed {
			t.Errorf("%s with byte %d changed: exit status %d, want %d", name, i, got, program.StatusFailed)
		}
	}
}

func TestEveryByteOfASignedRootCounts(t *testing.T) {
	folder, err := fixture()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(folder, "trust", "root.cose"))
	if err != nil {
		t.Fatal(err)
	}
	everyByte(t, "root.cose", data, func(changed string) int {
		return quiet().run(context.Background(), []string{"root", "verify", changed})
	})
}

func TestEveryByteOfADraftAndOfASignatureCounts(t *testing.T) {
	folder, err := fixture()
	if err != nil {
		t.Fatal(err)
	}
	trust := func(name string) string { return filepath.Join(folder, "trust", name) }
	out := filepath.Join(t.TempDir(), "out.cose")
	for _, changing := range []string{"33.draft", "33.sig"} {
		data, err := os.ReadFile(trust(changing))
		if err != nil {
			t.Fatal(err)
		}
		everyByte(t, changing, data, func(changed string) int {
			args := []string{"keyset", "combine", trust("33.draft"), trust("33.sig"), "--list", trust("list.cose"), "--out", out}
			for i, arg := range args {
				if arg == trust(changing) {
					args[i] = changed
				}
			}
			return quiet().run(context.Background(), args)
		})
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a changed draft or signature gave a document")
	}
}

func TestEveryByteOfARequestCounts(t *testing.T) {
	folder, err := fixture()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(folder, "trust", "41.csr"))
	if err != nil {
		t.Fatal(err)
	}
	chain, err := quiet().rootChain([]string{filepath.Join(folder, "trust", "root.cose")})
	if err != nil {
		t.Fatal(err)
	}
	everyByte(t, "41.csr", data, func(changed string) int {
		list, err := quiet().nextList(admitFlags{epoch: 1}, time.Date(2022, 8, 3, 0, 0, 0, 0, time.UTC), chain[0], nil, []string{changed})
		if err == nil || list != nil {
			return program.StatusOK
		}
		_, status := quiet().Explain(err)
		return status
	})
}

// [TRUST-122], with the script of fingerprints, for what people read.
func TestProgramsAreGivenBothFormsOfAHash(t *testing.T) {
	folder, err := fixture()
	if err != nil {
		t.Fatal(err)
	}
	d, err := quiet().readDocument(filepath.Join(folder, "trust", "root.cose"), trustlist.KindRoot)
	if err != nil {
		t.Fatal(err)
	}
	view := viewDocument(d)
	for _, form := range []string{view.Hash, view.Words} {
		from := trustFlags{root: form}
		anchor, err := from.anchor()
		if err != nil || anchor.Hash() != d.message.Hash() {
			t.Errorf("%s: %x, %v", form, anchor.Hash(), err)
		}
	}
}

// someEntry is an entry of a list; n sets it apart from others.
func someEntry(n byte) trustlist.Entry {
	key := sigtest.New(sig.SM2, string('a'+rune(n))).PublicKey()
	return trustlist.Entry{
		Code: "33", Name: "浙江省", Authority: string('a' + rune(n)), Appeal: string('a' + rune(n)),
		RulesHash: [32]byte{n}, Usage: trustlist.Usage(n + 1), Epoch: uint32(n) + 1, LeastCounter: uint32(n) + 1,
		Threshold: n + 1, Keys: []trustlist.KeyRef{trustlist.NewKeyRef(key)},
	}
}

func TestEveryDifferenceOfAnEntryIsShown(t *testing.T) {
	other := reflect.ValueOf(someEntry(1))
	for i := range other.NumField() {
		field := other.Type().Field(i)
		if !field.IsExported() || field.Name == "Code" {
			continue
		}
		before, after := someEntry(0), someEntry(0)
		value := other.Field(i)
		if field.Name == "Name" {
			value = reflect.ValueOf("Zhejiang")
		}
		reflect.ValueOf(&after).Elem().Field(i).Set(value)
		changes := diffLists(&trustlist.List{Regions: []trustlist.Entry{before}}, &trustlist.List{Regions: []trustlist.Entry{after}})
		if len(changes) != 1 || changes[0].Region != "33" || changes[0].Old == changes[0].New {
			t.Errorf("%s: changes %+v, want one", field.Name, changes)
		}
	}
}

func TestEveryDifferenceOfListsIsShown(t *testing.T) {
	one := trustlist.List{Regions: []trustlist.Entry{someEntry(0)}}
	other := reflect.ValueOf(trustlist.List{
		WithdrawnUsage:        []trustlist.UsageWithdrawal{{Region: "33", Usage: 1, From: fixtureAt}},
		WithdrawnKeys:         []trustlist.KeyWithdrawal{{Region: "33", State: trustlist.Retired, From: fixtureAt}},
		WithdrawnLaboratories: []trustlist.LaboratoryWithdrawal{{Region: "33", Number: 1, From: fixtureAt}},
		ProgrammeEnd:          fixtureAt,
	})
	for i := range other.NumField() {
		field := other.Type().Field(i)
		if field.Name == "Head" { // its version is the headline
			continue
		}
		next := one
		reflect.ValueOf(&next).Elem().Field(i).Set(other.Field(i))
		if changes := diffLists(&one, &next); len(changes) != 1 {
			t.Errorf("%s: changes %+v, want one", field.Name, changes)
		}
		if changes := diffLists(&next, &one); len(changes) != 1 {
			t.Errorf("%s, taken back: changes %+v, want one", field.Name, changes)
		}
	}
	if changes := diffLists(&one, &one); len(changes) != 0 {
		t.Errorf("a list differs from itself: %+v", changes)
	}
}

func TestEverySetOfUsageIsReadAsItIsWritten(t *testing.T) {
	for set := trustlist.Usage(1); set <= trustlist.UsageKnown; set++ {
		for _, text := range []string{set.String(), strings.ReplaceAll(set.String(), "+", ",")} {
			if got, err := parseUsage(text); err != nil || got != set {
				t.Errorf("%q: %v, error %v", text, got, err)
			}
		}
	}
	for _, wrong := range []string{"", ",", "none", "Status", "status+", "bit9", "status test"} {
		if got, err := parseUsage(wrong); err == nil && wrong != "status+" {
			t.Errorf("%q is read as %s", wrong, got)
		}
	}
}

func TestASigningKeyIsNamedByFileUsageAndPeriod(t *testing.T) {
	for _, c := range []struct {
		value string
		want  []string // nil: no such form
	}{
		{"a.pub:status", []string{"a.pub", "status", "", ""}},
		{"a.pub:status+test:2022-08-01:2024-08-01", []string{"a.pub", "status+test", "2022-08-01", "2024-08-01"}},
		{"a.pub:status-list,snapshot", []string{"a.pub", "status-list,snapshot", "", ""}},
		{"C:keys/a:b.pub:status", []string{"C:keys/a:b.pub", "status", "", ""}},
		{"a.pub", nil},
		{":status", nil},
		{"a.pub:", nil},
		{"a.pub:1", nil},
		{"a.pub:status:2022-08-01", nil},
		{"a.pub:status:2022-08-01:2024-08-01:2025-08-01", nil},
	} {
		got := signKeyForm.FindStringSubmatch(c.value)
		if c.want == nil && got != nil || c.want != nil && (got == nil || !reflect.DeepEqual(got[1:], c.want)) {
			t.Errorf("%q: %q, want %q", c.value, got, c.want)
		}
	}
}

func FuzzLaboratories(f *testing.F) {
	seed, err := os.ReadFile(filepath.Join("..", "..", "testdata", "feeds", "laboratories.csv"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add([]byte("number,name,admitted,withdrawn\n330000003,\"迪安\n医学\",2021-01-01,2022-09-01 08:00\n"))
	f.Add([]byte("\uFEFFnumber,name\n1,\"x\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "laboratories.csv")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		set := &trustlist.KeySet{RegionalHead: trustlist.RegionalHead{Region: "33"}}
		if err := quiet().addLaboratories(set, path); err != nil {
			if message, status := quiet().Explain(err); message == "" || status == program.StatusOK {
				t.Fatalf("no message for %v", err)
			}
			return
		}
		seen := map[uint16]bool{}
		for _, l := range set.Laboratories {
			if l.Number == 0 || l.Name == "" || seen[l.Number] {
				t.Fatalf("accepted %+v", l)
			}
			seen[l.Number] = true
		}
	})
}
