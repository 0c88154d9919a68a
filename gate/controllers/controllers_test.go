package controllers

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/spec"
)

func TestOnlyAPassOpensInEveryTable(t *testing.T) {
	if !slices.Equal(Names(), []string{"osdp", "relay", "tower", "wiegand26"}) {
		t.Errorf("%q", Names())
	}
	for _, name := range Names() {
		table, err := ByName(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range spec.Screens() {
			if output := table.Output(s.Name); output == "" || (output == table.Output("pass")) != (s.Name == "pass") || table.Label(s.Name).EN == "" {
				t.Errorf("%s: %s gives %q", name, s.Name, output)
			}
		}
		if table.Output("no such screen") != table.Output("unverified") {
			t.Errorf("%s: a screen that there is not opens something", name)
		}
	}
	if _, err := ByName("../../spec"); !errors.Is(err, ErrUnknown) {
		t.Errorf("%v", err)
	}
}

// [GATE-15]
func TestAFaultyTableIsRefused(t *testing.T) {
	good, err := files.ReadFile("tables/relay.csv")
	if err != nil {
		t.Fatal(err)
	}
	for name, table := range map[string][]byte{
		"opens":   bytes.Replace(good, []byte("restricted,3"), []byte("restricted,1"), 1),
		"blank":   bytes.Replace(good, []byte("restricted,3"), []byte("restricted,1 "), 1), // which a controller reads as 1
		"missing": good[:bytes.LastIndex(bytes.TrimSpace(good), []byte("\n"))],
		"unknown": bytes.Replace(good, []byte("scanner"), []byte("scaner"), 1),
		"empty":   bytes.Replace(good, []byte("restricted,3"), []byte("restricted,"), 1),
		"twice":   append(bytes.Clone(good), "pass,1,x,x\n"...),
		"header":  []byte("a,b\n"), "nothing": nil, "large": make([]byte, maxTable+1), "quote": []byte("\"a"),
	} {
		if _, err := Parse(table); !errors.Is(err, ErrTable) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Parse(append([]byte("\ufeff"), good...)); err != nil {
		t.Errorf("a byte order mark: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, name := range Names() {
		data, err := files.ReadFile("tables/" + name + ".csv")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := Parse(data)
		if err == nil && table.Output("restricted") == table.Output("pass") {
			t.Fatalf("%q", data)
		}
	})
}

func Example() {
	table, err := ByName("wiegand26")
	fmt.Println(table.Output("pass"), table.Output("restricted"), err)
	// Output: 0:1 0:3 <nil>
}
