// Command gatetraining writes the training set of tongxing-gate: a bundle and 20
// labelled codes, signed with keys that are made for one run and never written.
//
//	go run ./cmd/internal/gatetraining --policy cmd/tongxing/example/national.json --out gate/training
//
// The gate has no signing code, so that its training codes are files that somebody
// else wrote. Every run writes other bytes, and the same verdicts.
package main

import (
	"crypto/rand"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/issuer/keys"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish"
	"github.com/tongxing/tongxing/trustlist/publish/facts"
)

const (
	day      = 86400
	shard    = 7
	regional = trustlist.UsageStatusList | trustlist.UsageSnapshot
	all      = trustlist.UsageStatus | trustlist.UsageAdverse | trustlist.UsageTest | trustlist.UsageVaccination | trustlist.UsageExemption
)

// issued is when the material is issued: two hours before the training.
var issued = time.Date(2022, 8, 10, 6, 0, 0, 0, format.ChinaTime).Unix()

func main() {
	policy := flag.String("policy", "", "the national policy as a file")
	out := flag.String("out", "", "folder of the set")
	flag.Parse()
	if err := write(*policy, *out); err != nil {
		fmt.Fprintln(os.Stderr, "gatetraining:", err)
		os.Exit(1)
	}
}

func write(policy, out string) error {
	s, err := newSigners()
	if err != nil {
		return err
	}
	m, err := material(s, policy)
	if err != nil {
		return err
	}
	bundle, _, err := m.Bundle(facts.Signers{Root: s.root, Authority: s.authority, Status: s.status})
	if err != nil {
		return err
	}
	parts, err := trustlist.ParseBundle(bundle)
	if err != nil {
		return err
	}
	table, err := os.CreateTemp(out, "codes")
	if err != nil {
		return err
	}
	defer os.Remove(table.Name())
	if err := errors.Join(writeCodes(csv.NewWriter(table), s), table.Close()); err != nil {
		return err
	}
	return errors.Join(
		os.Chmod(table.Name(), 0o644),
		os.Rename(table.Name(), filepath.Join(out, "codes.csv")),
		files.Write(filepath.Join(out, "national.bundle"), bundle, 0o644),
		files.Write(filepath.Join(out, "root.cose"), parts.Roots[0], 0o644),
	)
}

// signers are the keys of one run.
type signers struct {
	root        []sig.Signer
	sm2, es256  sig.Signer // of regions 33 and 41
	stolen      sig.Signer // of region 33
	unlisted    sig.Signer // of nobody
	authorities map[string]sig.Signer
}

func newSigners() (*signers, error) {
	s := &signers{authorities: map[string]sig.Signer{}}
	var failed error
	make := func(algorithm sig.Algorithm) sig.Signer {
		key, err := keys.Generate(algorithm, rand.Reader)
		failed = errors.Join(failed, err)
		return key
	}
	s.root = []sig.Signer{make(sig.SM2), make(sig.ES256)}
	s.sm2, s.es256, s.stolen, s.unlisted = make(sig.SM2), make(sig.ES256), make(sig.ES256), make(sig.SM2)
	for _, name := range []string{"33", "41", "status 33", "status 41"} {
		s.authorities[name] = make(sig.ES256)
	}
	return s, failed
}

func (s *signers) authority(region string) (sig.Signer, error) { return s.authorities[region], nil }

func (s *signers) status(region string) (sig.Signer, error) {
	return s.authorities["status "+region], nil
}

func material(s *signers, policyFile string) (*facts.Material, error) {
	text, err := os.ReadFile(policyFile)
	if err != nil {
		return nil, err
	}
	policy, err := publish.ParsePolicy(text)
	if err != nil {
		return nil, err
	}
	signing := func(signer sig.Signer) trustlist.Key {
		return trustlist.Key{Public: signer.PublicKey(), Usage: all, SignFrom: format.DayStart(format.Day(issued) - 60), SignUntil: format.DayStart(format.Day(issued) + 365)}
	}
	stolen := signing(s.stolen)
	stolen.State, stolen.Since = trustlist.Compromised, issued-day
	laboratory := []trustlist.Laboratory{{Number: 3, Name: "练习", Admitted: issued - 90*day}}
	return &facts.Material{Issued: issued, Policy: policy, Regions: []facts.Region{
		{Code: "33", Usage: all | regional, Keys: []trustlist.Key{signing(s.sm2), stolen}, Laboratories: laboratory,
			StatusLists: map[uint32]status.Sets{listOf(issued + 7*day): {Revoked: []uint32{1007}, Superseded: []uint32{1008}, Suspended: []uint32{1009}}}},
		{Code: "41", Usage: all | regional, Keys: []trustlist.Key{signing(s.es256)}, Laboratories: laboratory,
			StatusLists: map[uint32]status.Sets{listOf(issued + 7*day): {}}},
	}}, nil
}

func listOf(expires int64) uint32 { return format.ListMonth(expires)<<8 | shard }

// writeCodes writes the table of codes.
func writeCodes(w *csv.Writer, s *signers) error {
	if err := w.Write([]string{"number", "zh", "en", "screen", "reason", "code"}); err != nil {
		return err
	}
	// Labels name the states as the table does.
	states := strings.NewReplacer("{0}", spec.StateName(0, "zh"), "{1}", spec.StateName(1, "zh"), "{2}", spec.StateName(2, "zh"))
	for i, c := range cases(s) {
		text, err := c.text(i + 1)
		if err != nil {
			return fmt.Errorf("code %d: %w", i+1, err)
		}
		if err := w.Write([]string{strconv.Itoa(i + 1), states.Replace(c.zh), c.en, c.screen, c.reason, text}); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}
