// Package training carries the training set of a venue's device: trust material
// made for it alone, and 20 labelled codes that give every kind of screen.
//
//	national.bundle, root.cose   signed with keys that were thrown away
//	codes.csv                    number,zh,en,screen,reason,code
//
// A guard scans the codes from a sheet or a second screen and sees what each looks
// like; the self-test judges all of them and compares. For example the first is
//
//	1,绿码和新鲜的核酸,"Green, with a fresh test",pass,ok,TX1:…
//
// The material begins in a root of its own, which no device trusts, so none of the
// codes is good anywhere else; and the time of the training is that of the set, so
// that they never expire. The files are written by cmd/internal/gatetraining.
package training

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/tongxing/tongxing/gate/screen"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/verifier"
)

//go:generate go run ../../cmd/internal/gatetraining --policy ../../cmd/tongxing/example/national.json --out .

var (
	//go:embed national.bundle
	bundle []byte
	//go:embed root.cose
	root []byte
	//go:embed codes.csv
	codes []byte
)

// Size is the number of codes.
const Size = 20

// Issued is when the material was issued, and At the time that the codes are judged
// at, whatever the clock shows.
var (
	Issued = time.Date(2022, 8, 10, 6, 0, 0, 0, time.FixedZone("UTC+8", 8*3600))
	At     = Issued.Add(2 * time.Hour)
)

// Context is the venue of the training: a station in Zhejiang.
var Context = verifier.Context{Class: 3, Region: "33"}

// Code is one code of the set with what it has to give.
type Code struct {
	Number int
	Label  spec.Label
	Screen string // row of spec/screens.csv
	Reason spec.Reason
	Text   string
}

// Set is the training set, loaded. It is immutable and safe for concurrent use.
type Set struct {
	verifier *verifier.Verifier
	codes    []Code
}

// errSet reports files of the set that are not what their generator writes.
var errSet = errors.New("training set")

// Load returns the set. It is loaded once; a test holds that it can be.
func Load() (*Set, error) { return load() }

var load = sync.OnceValues(func() (*Set, error) {
	anchor, err := trustlist.ParseAnchor(root)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errSet, err)
	}
	trust, _, err := trustlist.Load(bundle, anchor, trustlist.LoadOptions{Clock: Issued.Unix()})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errSet, err)
	}
	v, err := verifier.New(trust, verifier.Options{})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errSet, err)
	}
	all, err := parse(codes)
	if err != nil {
		return nil, err
	}
	return &Set{v, all}, nil
})

// parse reads codes.csv.
func parse(table []byte) ([]Code, error) {
	records, err := csv.NewReader(bytes.NewReader(table)).ReadAll()
	if err != nil || len(records) != Size+1 {
		return nil, fmt.Errorf("%w: %d rows: %w", errSet, len(records), err)
	}
	var all []Code
	for i, r := range records[1:] {
		number, err := strconv.Atoi(r[0])
		reason, known := spec.ReasonByName(r[4])
		if err != nil || number != i+1 || !known {
			return nil, fmt.Errorf("%w: row %d", errSet, i+1)
		}
		all = append(all, Code{number, spec.Label{ZH: r[1], EN: r[2]}, r[3], reason, r[5]})
	}
	return all, nil
}

// Material returns copies of the bundle and of the root document that it begins
// in, for who tests a device with them.
func Material() (trustBundle, rootDocument []byte) { return bytes.Clone(bundle), bytes.Clone(root) }

// Codes returns the codes, in their order.
func (s *Set) Codes() []Code { return append([]Code(nil), s.codes...) }

// Verifier returns the verifier over the set's material. It is to be asked at At.
func (s *Set) Verifier() *verifier.Verifier { return s.verifier }

// Result is what the self-test found for one code.
type Result struct {
	Code
	Got       string // screen
	GotReason spec.Reason
}

// OK reports whether the code gave what it has to.
func (r *Result) OK() bool { return r.Got == r.Screen && r.GotReason == r.Reason }

// SelfTest judges every code as the device judges a scan and returns what each
// gave.
func (s *Set) SelfTest() []Result {
	var results []Result
	for _, code := range s.codes {
		shown := screen.Of(s.verifier.Verify(code.Text, At, Context))
		results = append(results, Result{code, shown.Name, shown.Reason})
	}
	return results
}
