package issuer_test

import (
	"errors"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/record"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/trusttest"
	"github.com/tongxing/tongxing/verifier"
)

const adverseUsage = trustlist.UsageStatus | trustlist.UsageAdverse

// Keys of province 33 with the least privilege each.
var (
	greenSigner   = sigtest.New(sig.SM2, "33 green")
	adverseSigner = sigtest.New(sig.ES256, "33 adverse")
)

var now = time.Unix(issuedAt, 0)

// published is a key as the key set has it, in its period around issuedAt.
func published(signer sig.Signer, usage trustlist.Usage) trustlist.Key {
	return trustlist.Key{
		Public: signer.PublicKey(), Usage: usage,
		SignFrom: format.DayStart(format.Day(issuedAt) - 30), SignUntil: format.DayStart(format.Day(issuedAt) + 30),
	}
}

// province is the trust material of province 33 with the given keys.
func province(t testing.TB, usage trustlist.Usage, keys ...trustlist.Key) *trustlist.Trust {
	t.Helper()
	m := &trusttest.Material{Issued: issuedAt - 3600, Policy: trusttest.Rules(issuedAt-40*86400, 3), Regions: []trusttest.Region{{Code: "33", Usage: usage, Keys: keys}}}
	return load(t, m)
}

func load(t testing.TB, m *trusttest.Material) *trustlist.Trust {
	t.Helper()
	trust, err := m.Load()
	if err != nil {
		t.Fatal(err)
	}
	return trust
}

// usual is a province with a key for green codes and one for adverse states.
func usual(t testing.TB) *trustlist.Trust {
	t.Helper()
	return province(t, greenUsage|adverseUsage,
		published(greenSigner, greenUsage), published(adverseSigner, greenUsage|adverseUsage))
}

func newIssuer(t testing.TB, trust *trustlist.Trust, signers ...sig.Signer) *issuer.Issuer {
	t.Helper()
	region, ok := trust.Region("33")
	if !ok {
		t.Fatal("region 33 is not in the list")
	}
	iss, err := issuer.New(issuer.Options{Region: region, Keys: signers, Policy: trust.Policy()})
	if err != nil {
		t.Fatal(err)
	}
	return iss
}

// sign drafts and signs, with a reference in the month in which the draft ends.
func sign(t testing.TB, iss *issuer.Issuer, r *record.Record, index uint32) issuer.Issued {
	t.Helper()
	draft, err := iss.Draft(r, now)
	if err != nil {
		t.Fatal(err)
	}
	issued, err := iss.Sign(draft, format.Ref{List: format.ListMonth(draft.Expires())<<8 | 7, Index: index})
	if err != nil {
		t.Fatal(err)
	}
	return issued
}

// claims returns what the credential says, unverified.
func claims(t testing.TB, issued issuer.Issued) *format.Credential {
	t.Helper()
	u, err := format.Parse(issued.Data)
	if err != nil {
		t.Fatal(err)
	}
	return u.UnverifiedCredential()
}

func verify(t testing.TB, trust *trustlist.Trust, issued issuer.Issued, context verifier.Context) verifier.Verdict {
	t.Helper()
	v, err := verifier.New(trust, verifier.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return v.Verify(transport.Encode(issued.Data), now, context)
}

// refusal returns why the record is refused, "" when it is not.
func refusal(t testing.TB, err error) issuer.Refusal {
	t.Helper()
	if err == nil {
		return ""
	}
	var refused *issuer.RefusalError
	if !errors.As(err, &refused) {
		t.Fatalf("%v is no refusal", err)
	}
	return refused.Refusal
}

// yellow is an adverse status that may be signed.
func yellow() *record.Status {
	return &record.Status{
		State: 1, Rule: 101, Evidence: evidenceNumber,
		Determined: beijing("2022-08-09 11:00"), Until: beijing("2022-08-12 11:00"),
	}
}

// evidenceNumber occurs nowhere but in a record.
const evidenceNumber = "浙疾控2022-EVIDENCE-7341"
