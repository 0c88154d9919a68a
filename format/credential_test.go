package format_test

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/qr"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/format/transport"
)

// The budgets of the plan: with SM2 and a name of three characters.
func TestCredentialsKeepWithinTheirBudgets(t *testing.T) {
	signer := sigtest.New(sig.SM2, "budget")
	status := full(t)
	status.Tests, status.Vaccinations = nil, nil
	for _, c := range []struct {
		name           string
		credential     *format.Credential
		bytes, version int
	}{
		{"status, test and vaccination", full(t), 172, 9},
		{"status alone", status, 144, 8},
	} {
		data := encode(t, c.credential, signer)
		text := transport.Encode(data)
		version, err := qr.Version(text)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d bytes, %d characters, version %d at M", c.name, len(data), len(text), version)
		if len(data) > c.bytes || version > c.version {
			t.Errorf("%s: %d bytes and version %d, at most %d and %d", c.name, len(data), version, c.bytes, c.version)
		}
	}
}

func payloadOf(t testing.TB, c *format.Credential) []byte {
	t.Helper()
	data, err := format.EncodePayload(c)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// [CRED-95] The lists may come in any order, and are left in it.
func TestSameCredentialHasTheSamePayload(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8392))
	for range 300 {
		c := format.RandomCredential(t, r)
		want := payloadOf(t, c)
		shuffled := c.Clone()
		r.Shuffle(len(c.Tests), func(i, j int) { shuffled.Tests[i], shuffled.Tests[j] = shuffled.Tests[j], shuffled.Tests[i] })
		r.Shuffle(len(c.Vaccinations), func(i, j int) {
			shuffled.Vaccinations[i], shuffled.Vaccinations[j] = shuffled.Vaccinations[j], shuffled.Vaccinations[i]
		})
		slices.Reverse(shuffled.Exemptions)
		before := shuffled.Clone()
		if got := payloadOf(t, shuffled); !bytes.Equal(got, want) {
			t.Fatalf("%x, sorted %x", got, want)
		}
		if !reflect.DeepEqual(shuffled, before) {
			t.Fatalf("%+v was changed to %+v", before, shuffled)
		}
	}
}

// Signatures differ from time to time; all before them does not.
func TestOnlyTheSignatureDiffersBetweenTwoEncodings(t *testing.T) {
	for _, algorithm := range algorithms {
		signer := sigtest.New(algorithm, "same")
		a, b := encode(t, full(t), signer), encode(t, full(t), signer)
		if n := len(a) - sig.SignatureSize; len(a) != len(b) || !bytes.Equal(a[:n], b[:n]) || bytes.Equal(a, b) {
			t.Errorf("%x and %x", a, b)
		}
	}
}

func TestWhatIsEncodedIsParsedAndVerified(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8392))
	for i := range 400 {
		signer := sigtest.New(algorithms[i%2], "round trip")
		want := format.RandomCredential(t, r)
		data := encode(t, want, signer)
		u, err := format.Parse(data)
		if err != nil {
			t.Fatalf("%+v: %v", want, err)
		}
		if u.Issuer() != want.Issuer || u.KeyID() != signer.PublicKey().KeyID() || u.Algorithm() != algorithms[i%2] {
			t.Fatalf("%s %x %s", u.Issuer(), u.KeyID(), u.Algorithm())
		}
		got, err := u.Verify(signer.PublicKey())
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v, %v, want %+v", got, err, want)
		}
		if again := payloadOf(t, got); !bytes.Contains(data, again) {
			t.Fatalf("%x is not in %x", again, data)
		}
	}
}

func TestCloneSharesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 8392))
	for range 100 {
		c := format.RandomCredential(t, r)
		want := c.Clone()
		clone := c.Clone()
		if clone.Status != nil {
			clone.Status.State++
		}
		if clone.Origin != nil {
			clone.Origin.Region = "xx"
		}
		clear(clone.Tests)
		clear(clone.Vaccinations)
		clear(clone.Exemptions)
		if !reflect.DeepEqual(c, want) {
			t.Fatalf("%+v, want %+v", c, want)
		}
	}
}

// What Parse returns is out of its caller's hands.
func TestVerifiedCredentialIsTheCallersOwn(t *testing.T) {
	signer := sigtest.New(sig.SM2, "own")
	data := encode(t, full(t), signer)
	u, err := format.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	clear(data)
	first, err := u.Verify(signer.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	first.Status.State, first.Tests[0].Result = 2, 1
	second, err := u.Verify(signer.PublicKey())
	if err != nil || !reflect.DeepEqual(second, full(t)) {
		t.Errorf("%+v, %v", second, err)
	}
}

func TestNothingIsEncodedThatIsNotMasked(t *testing.T) {
	for _, name := range []string{"王小明", "王 明", "王*小明", " 王*", "MARIA", "M*O*", "买*·力", "王*\ufe00", "王**明", "e\u0301*"} {
		c := full(t)
		c.Holder.Name = name
		if data, err := format.Encode(c, sigtest.New(sig.SM2, "masked")); err == nil || data != nil {
			t.Errorf("%q: encoded", name)
		}
	}
}

// Text to Unverified: the time is in BenchmarkParse, the allocations are a law.
func TestParsingTakesAtMostTwentyAllocations(t *testing.T) {
	text := transport.Encode(encode(t, full(t), sigtest.New(sig.SM2, "allocations")))
	count := testing.AllocsPerRun(1000, func() {
		data, err := transport.Decode(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := format.Parse(data); err != nil {
			t.Fatal(err)
		}
	})
	t.Logf("%v allocations", count)
	if count > 20 {
		t.Errorf("%v allocations, at most 20", count)
	}
}
