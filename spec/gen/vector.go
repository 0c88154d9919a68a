package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"time"
)

// vector is one test: a right credential, what is changed about it, and the
// reason that a verifier must give. The exported fields are the file.
type vector struct {
	Name        string   `json:"name"`
	Comment     string   `json:"comment"`
	Requirement []string `json:"requirement"`
	Text        string   `json:"text"`
	CBOR        string   `json:"cbor,omitempty"`
	Time        string   `json:"time"`
	Trust       *trust   `json:"trust,omitempty"` // nil: the verifier has none
	Presented   *papers  `json:"presented,omitempty"`
	Venue       *venue   `json:"venue,omitempty"`
	Expect      string   `json:"expect"`

	change     func(*code)                       // of the credential
	trust      func(*trust)                      // of the trust material
	untrusting bool                              // there is no trust material
	data       func(credential []byte) []byte    // of the signed bytes
	text       func(credential []byte) string    // from bytes to text; nil: text form
	standalone bool                              // the text is not that of the bytes
	after      time.Duration                     // from iat to the time of verification; 0: an hour
	clock      func(iat, exp uint64) (at uint64) // the device's clock, when it does not follow from after
}

// papers are what a person presents beside the code.
type papers struct {
	DocumentType string `json:"document_type,omitempty"`
	Number       string `json:"number,omitempty"`
	Name         string `json:"name,omitempty"`
}

// venue is where the code is shown.
type venue struct {
	Class  uint16 `json:"class,omitempty"`
	Region string `json:"region,omitempty"`
}

// trust is what the verifier trusts, as plain facts.
type trust struct {
	Issued       string         `json:"issued"`
	ProgrammeEnd string         `json:"programme_end,omitempty"`
	Regions      []region       `json:"regions"`
	Insists      bool           `json:"status_list_required,omitempty"`
	Policy       *policyContent `json:"policy,omitempty"`
}

// region is a region of the trust list and its key set.
type region struct {
	Region       string          `json:"region"`
	Usage        uint64          `json:"usage"`
	Unavailable  bool            `json:"unavailable,omitempty"`
	Keys         []publicKey     `json:"keys"`
	Laboratories []laboratory    `json:"laboratories,omitempty"`
	StatusLists  []revocations   `json:"status_lists,omitempty"`
	Overlay      *overlayContent `json:"overlay,omitempty"`
}

// revocations are what a region says of the credentials that name a list.
type revocations struct {
	List       uint64   `json:"list"`
	Revoked    []uint64 `json:"revoked,omitempty"`
	Superseded []uint64 `json:"superseded,omitempty"`
	Suspended  []uint64 `json:"suspended,omitempty"`
}

type laboratory struct {
	N         uint64 `json:"n"`
	Admitted  string `json:"admitted"`
	Withdrawn string `json:"withdrawn,omitempty"`
}

type publicKey struct {
	Algorithm    int64    `json:"algorithm"`
	KID          string   `json:"kid"`
	X            string   `json:"x"`
	Y            string   `json:"y"`
	State        string   `json:"state"`
	RetiredAt    string   `json:"retired_at,omitempty"`
	SignFrom     string   `json:"sign_from"`
	SignUntil    string   `json:"sign_until"`
	Usage        uint64   `json:"usage"`
	Laboratories []uint64 `json:"laboratories,omitempty"`
}

// Usage bits.
const (
	useStatus = 1 << iota
	useAdverse
	useTests
	useVaccinations
	useExemptions
	useStatusList
	useSnapshot
)

const (
	useCredentials = useStatus | useAdverse | useTests | useVaccinations | useExemptions
	useAll         = useCredentials | useStatusList | useSnapshot
)

func stamp(seconds uint64) string { return time.Unix(int64(seconds), 0).UTC().Format(time.RFC3339) }

// dayStart is when a day begins that is counted from 2020-01-01, both at UTC+8.
// Signing periods are whole days.
func dayStart(day uint64) uint64 { return minTime - 8*3600 + day*86400 }

// factsOf returns a key as the trust material has it: active, for every claim,
// with a signing period around iat.
func factsOf(k *key, iat uint64) publicKey {
	x, y := k.coordinates()
	day := dayOf(time.Unix(int64(iat), 0))
	from, until := dayStart(day-min(day, 365)), dayStart(day+366)
	return publicKey{
		Algorithm: k.alg, KID: hex.EncodeToString(k.kid()),
		X: hex.EncodeToString(x), Y: hex.EncodeToString(y),
		State: "active", SignFrom: stamp(from), SignUntil: stamp(until), Usage: useCredentials,
	}
}

const (
	minTime = 1577836800
	maxTime = 1<<32 - 1
)

// trustFor is material under which the credential is right: its region with the
// key that signs and one of the other algorithm, and a second region.
func trustFor(c *code) trust {
	other := int64(algES256)
	if c.signer.alg == algES256 {
		other = algSM2
	}
	t := trust{Issued: stamp(max(c.iat-3600, minTime))}
	t.Regions = append(t.Regions, region{
		Region: c.iss, Usage: useAll,
		Keys:         []publicKey{factsOf(c.signer, c.iat), factsOf(keyOf(c.iss, other, 9), c.iat)},
		Laboratories: []laboratory{{N: 3, Admitted: stamp(minTime)}, {N: 4, Admitted: stamp(minTime)}},
	})
	second := "41"
	if c.iss == second {
		second = "33"
	}
	t.Regions = append(t.Regions, region{
		Region: second, Usage: useAll, Keys: []publicKey{factsOf(keyOf(second, algSM2, 1), c.iat)},
	})
	return t
}

// build makes the file.
func (v *vector) build() ([]byte, error) {
	c := newCode()
	if v.change != nil {
		v.change(c)
	}
	if !v.untrusting {
		material := trustFor(c)
		v.Trust = &material
	}
	if v.trust != nil {
		v.trust(v.Trust)
	}
	v.Time = stamp(v.at(c))
	data, err := c.bytes()
	if err != nil {
		return nil, err
	}
	if v.data != nil {
		data = v.data(data)
	}
	v.Text, v.CBOR = textForm(data), hex.EncodeToString(data)
	if v.text != nil {
		v.Text = v.text(data)
	}
	if undecodable[v.Expect] || v.standalone {
		v.CBOR = ""
	}
	return marshal(v)
}

// undecodable are the reasons of texts that carry no bytes.
var undecodable = map[string]bool{"not_a_code": true, "later_version": true, "damaged_text": true}

func (v *vector) at(c *code) uint64 {
	if v.clock != nil {
		return v.clock(c.iat, c.exp)
	}
	after := v.after
	if after == 0 {
		after = min(time.Hour, time.Duration(c.exp-c.iat-1)*time.Second)
	}
	return uint64(int64(c.iat) + int64(after/time.Second))
}

func marshal(value any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(value); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
