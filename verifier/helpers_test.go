package verifier_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/trusttest"
	"github.com/tongxing/tongxing/verifier"
)

const (
	holderName   = "廖浩然"
	holderMask   = "廖*然"
	holderNumber = "339999196001058363"
	holderIndex  = 734003
	day          = 86400
	adverseUsage = trustlist.UsageStatus | trustlist.UsageAdverse
	// regionalUsage is what a region signs that is no credential.
	regionalUsage = trustlist.UsageStatusList | trustlist.UsageSnapshot
)

// scene is everything that a verdict depends on, and is good until a test
// spoils it: a code of province 33 with a status, a test, a vaccination and a
// source in province 41, its trust material, the time and the venue's context.
type scene struct {
	material   trusttest.Material
	region     trusttest.Region // 33
	listed     bool             // the list names region 33
	key        trustlist.Key    // its key
	source     trustlist.Key    // of region 41
	credential format.Credential
	signer     sig.Signer
	edit       func([]byte) []byte // of the signed bytes; may be nil
	at         int64
	context    verifier.Context
	options    verifier.Options
}

func signingKey(signer sig.Signer) trustlist.Key {
	return trustlist.Key{Public: signer.PublicKey(), Usage: allUsage,
		SignFrom: format.DayStart(format.Day(issuedAt) - 30), SignUntil: format.DayStart(format.Day(issuedAt) + 365)}
}

func document(t testing.TB, class uint8, number string) format.Document {
	t.Helper()
	d, err := format.NewDocument(class, number)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func newScene(algorithm sig.Algorithm) *scene {
	signer, source := sigtest.New(algorithm, "33"), sigtest.New(sig.SM2, "41")
	kid := source.PublicKey().KeyID()
	return &scene{
		material: trusttest.Material{Issued: issuedAt - day},
		region: trusttest.Region{Code: "33", Usage: allUsage | regionalUsage, Laboratories: []trustlist.Laboratory{
			{Number: 3, Name: "杭州", Admitted: issuedAt - 90*day}, {Number: 9, Name: "宁波", Admitted: issuedAt - 90*day}}},
		listed: true, key: signingKey(signer), source: signingKey(source), signer: signer, at: issuedAt + 3600,
		credential: format.Credential{
			Issuer: "33", IssuedAt: issuedAt, Expires: issuedAt + 7*day,
			Status:       &format.Status{Minutes: 1260},
			Tests:        []format.Test{{Kind: 1, Minutes: 2664, Laboratory: 33<<16 | 3}},
			Vaccinations: []format.Vaccination{{Product: 1, Dose: 3, Course: 2, Day: 708}},
			Origin:       &format.Origin{Region: "41", KeyID: kid},
		},
	}
}

// text signs the credential.
func (s *scene) text(t testing.TB) string {
	t.Helper()
	return transport.Encode(s.data(t))
}

func (s *scene) data(t testing.TB) []byte {
	t.Helper()
	c := s.credential
	c.Ref = format.Ref{List: list(&c), Index: holderIndex}
	holder, err := format.NewHolder(c.Issuer, c.Ref, holderName, document(t, format.ClassCitizen, holderNumber))
	if err != nil {
		t.Fatal(err)
	}
	c.Holder = holder
	data, err := format.Encode(&c, s.signer)
	if err != nil {
		t.Fatal(err)
	}
	if s.edit != nil {
		data = s.edit(data)
	}
	return data
}

func (s *scene) verifier(t testing.TB) *verifier.Verifier {
	t.Helper()
	m := s.material
	m.Regions = []trusttest.Region{{Code: "41", Usage: allUsage, Keys: []trustlist.Key{s.source}}}
	if s.listed {
		region := s.region
		region.Keys = []trustlist.Key{s.key}
		m.Regions = append(m.Regions, region)
	}
	return verifierWith(t, m, s.options)
}

// loaded are verifiers by the facts of their material: signing it takes longer
// than a hundred verdicts.
var loaded sync.Map

func verifierOf(t testing.TB, m trusttest.Material) *verifier.Verifier {
	t.Helper()
	return verifierWith(t, m, verifier.Options{})
}

func verifierWith(t testing.TB, m trusttest.Material, options verifier.Options) *verifier.Verifier {
	t.Helper()
	facts := fmt.Sprintf("%+v %+v", m, options)
	if v, ok := loaded.Load(facts); ok && m.Policy == nil {
		return v.(*verifier.Verifier)
	}
	trust, err := m.Load()
	if err != nil {
		t.Fatal(err)
	}
	v, err := verifier.New(trust, options)
	if err != nil {
		t.Fatal(err)
	}
	loaded.Store(facts, v)
	return v
}

func (s *scene) verdict(t testing.TB) verifier.Verdict {
	t.Helper()
	return s.verifier(t).Verify(s.text(t), time.Unix(s.at, 0), s.context)
}

// list is the number of the status list of a credential.
func list(c *format.Credential) uint32 { return format.ListMonth(c.Expires)<<8 | 7 }

// withKid returns an edit that writes another kid over the signer's.
func withKid(signer sig.Signer, kid [4]byte) func([]byte) []byte {
	was := signer.PublicKey().KeyID()
	return func(data []byte) []byte { return bytes.Replace(data, was[:], kid[:], 1) }
}

// asJSON is a verdict as programs see it, for comparison.
func asJSON(t testing.TB, v verifier.Verdict) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func at(s *scene) time.Time { return unix(s.at) }

func unix(seconds int64) time.Time { return time.Unix(seconds, 0) }

// otherSigner is of another key of region 33.
func otherSigner() sig.Signer { return sigtest.New(sig.ES256, "33 vaccinations") }
