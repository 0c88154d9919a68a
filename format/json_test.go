package format_test

import (
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format"
)

// credentialJSON is a credential for programs and people: numbers as on the wire,
// times in full at UTC+8. It is what encoding/json is asked to write.
type credentialJSON struct {
	Issuer       string            `json:"issuer"`
	Issued       string            `json:"issued"`
	Expires      string            `json:"expires"`
	Holder       holderJSON        `json:"holder"`
	List         uint32            `json:"list"`
	Index        uint32            `json:"index"`
	Status       *statusJSON       `json:"status,omitempty"`
	Tests        []testJSON        `json:"tests,omitempty"`
	Vaccinations []vaccinationJSON `json:"vaccinations,omitempty"`
	Exemptions   []uint16          `json:"exemptions,omitempty"`
	Origin       *originJSON       `json:"origin,omitempty"`
}

type holderJSON struct {
	Name    string `json:"name"`
	Class   uint8  `json:"document_class"`
	LastTwo string `json:"last_two"`
	Tag     string `json:"tag"`
}

type statusJSON struct {
	State      uint16 `json:"state"`
	Rule       uint16 `json:"rule"`
	Determined string `json:"determined"`
}

type testJSON struct {
	Kind       uint16 `json:"kind"`
	Result     uint16 `json:"result"`
	Reported   string `json:"reported"`
	Laboratory uint32 `json:"laboratory"`
}

type vaccinationJSON struct {
	Product uint16 `json:"product"`
	Dose    uint8  `json:"dose"`
	Course  uint8  `json:"course"`
	Day     string `json:"day"`
}

type originJSON struct {
	Region string `json:"region"`
	KeyID  string `json:"key_id"`
}

// byReflection is the credential's JSON as encoding/json writes it.
func byReflection(t *testing.T, c *format.Credential) string {
	t.Helper()
	out := &credentialJSON{
		Issuer: c.Issuer, Issued: rfc3339(c.IssuedAt), Expires: rfc3339(c.Expires),
		Holder: holderJSON{c.Holder.Name, c.Holder.Class, c.Holder.LastTwo, hex.EncodeToString(c.Holder.Tag[:])},
		List:   c.Ref.List, Index: c.Ref.Index, Exemptions: c.Exemptions,
	}
	if s := c.Status; s != nil {
		out.Status = &statusJSON{s.State, s.Rule, rfc3339(c.Determined())}
	}
	for _, t := range c.Tests {
		out.Tests = append(out.Tests, testJSON{t.Kind, t.Result, rfc3339(c.Reported(t)), t.Laboratory})
	}
	for _, v := range c.Vaccinations {
		day := time.Unix(format.DayStart(int64(v.Day)), 0).In(format.ChinaTime).Format(time.DateOnly)
		out.Vaccinations = append(out.Vaccinations, vaccinationJSON{v.Product, v.Dose, v.Course, day})
	}
	if o := c.Origin; o != nil {
		out.Origin = &originJSON{o.Region, hex.EncodeToString(o.KeyID[:])}
	}
	text, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func rfc3339(unix int64) string {
	return time.Unix(unix, 0).In(format.ChinaTime).Format(time.RFC3339)
}

// What is written is what encoding/json makes of the same members.
func TestJSONIsThatOfReflection(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 1))
	for range 3000 {
		c := format.RandomCredential(t, r)
		if got, want := string(c.AppendJSON([]byte("x"))), "x"+byReflection(t, c); got != want {
			t.Fatalf("%s\nwant\n%s", got, want)
		}
	}
}
