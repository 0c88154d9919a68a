// The module for browsers writes none of it (see json_append.go), and must not
// carry encoding/json.

//go:build !js

package trustlist

import (
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/tongxing/tongxing/format/sig"
)

// JSON is for people and their tools to read: times are RFC 3339 at UTC+8,
// hashes and key identifiers hexadecimal, keys are named by their thumbprint.
// Nothing reads it back.

// stamp is a time in unix seconds.
type stamp int64

// MarshalText returns the time as RFC 3339 at UTC+8.
func (s stamp) MarshalText() ([]byte, error) {
	return []byte(time.Unix(int64(s), 0).In(chinaTime).Format(time.RFC3339)), nil
}

// hexBytes is binary data.
type hexBytes []byte

// MarshalText returns the bytes in hexadecimal.
func (b hexBytes) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(b)), nil }

type headJSON struct {
	Kind    Kind    `json:"kind"`
	Region  string  `json:"region,omitempty"`
	Version Version `json:"version"`
	Issued  stamp   `json:"issued"`
	Due     stamp   `json:"due,omitzero"`
}

func headOf(d Document) headJSON {
	h := d.head()
	j := headJSON{Kind: d.Kind(), Version: h.Version, Issued: stamp(h.Issued), Due: stamp(h.Due)}
	if r, ok := d.(regional); ok {
		j.Region = r.regionalHead().Region
	}
	return j
}

type keyJSON struct {
	Algorithm  string   `json:"algorithm"`
	Thumbprint hexBytes `json:"thumbprint,omitempty"` // of a key of a known algorithm
	Point      hexBytes `json:"point"`
}

func keysJSON(refs []KeyRef) []keyJSON {
	keys := make([]keyJSON, len(refs))
	for i, ref := range refs {
		keys[i] = keyJSON{Algorithm: ref.Algorithm.String(), Point: ref.Point}
		if key, err := ref.public(); err == nil && key != nil {
			thumbprint := key.Thumbprint()
			keys[i].Thumbprint = thumbprint[:]
		}
	}
	return keys
}

// MarshalJSON returns the group for people to read.
func (g Group) MarshalJSON() ([]byte, error) {
	refs := make([]KeyRef, len(g.Keys))
	for i, point := range g.Keys {
		refs[i] = KeyRef{Algorithm: g.Algorithm, Point: point}
	}
	return json.Marshal(struct {
		Name      string    `json:"name"`
		Need      Need      `json:"need"`
		Threshold uint8     `json:"threshold"`
		Keys      []keyJSON `json:"keys"`
	}{g.Name, g.Need, g.Threshold, keysJSON(refs)})
}

// MarshalJSON returns the root for people to read.
func (r *Root) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		headJSON
		Groups       []Group `json:"groups"`
		ListEpoch    uint32  `json:"list_epoch"`
		PolicyEpoch  uint32  `json:"policy_epoch"`
		PolicyGroups []Group `json:"policy_groups,omitempty"`
	}{headOf(r), r.Groups, r.ListEpoch, r.PolicyEpoch, r.PolicyGroups})
}

// MarshalJSON returns the entry for people to read.
func (e Entry) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Code      string    `json:"code"`
		Name      string    `json:"name"`
		Authority string    `json:"authority"`
		Appeal    string    `json:"appeal"`
		RulesHash hexBytes  `json:"rules_hash"`
		Usage     string    `json:"usage"`
		Least     Version   `json:"least_keyset"`
		Threshold uint8     `json:"threshold"`
		Keys      []keyJSON `json:"keys"`
	}{e.Code, e.Name, e.Authority, e.Appeal, e.RulesHash[:], e.Usage.String(),
		NewVersion(e.Epoch, e.LeastCounter), e.Threshold, keysJSON(e.Keys)})
}

// MarshalJSON returns the withdrawal for people to read.
func (w UsageWithdrawal) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Region string `json:"region"`
		Usage  string `json:"usage"`
		From   stamp  `json:"from"`
	}{w.Region, w.Usage.String(), stamp(w.From)})
}

// MarshalJSON returns the withdrawal for people to read.
func (w KeyWithdrawal) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Region string   `json:"region"`
		KeyID  hexBytes `json:"kid"`
		State  KeyState `json:"state"`
		From   stamp    `json:"from"`
	}{w.Region, w.KeyID[:], w.State, stamp(w.From)})
}

// MarshalJSON returns the withdrawal for people to read.
func (w LaboratoryWithdrawal) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Region string `json:"region"`
		Number uint16 `json:"number"`
		From   stamp  `json:"from"`
	}{w.Region, w.Number, stamp(w.From)})
}

// MarshalJSON returns the list for people to read.
func (l *List) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		headJSON
		Regions               []Entry                `json:"regions"`
		WithdrawnUsage        []UsageWithdrawal      `json:"withdrawn_usage,omitempty"`
		WithdrawnKeys         []KeyWithdrawal        `json:"withdrawn_keys,omitempty"`
		WithdrawnLaboratories []LaboratoryWithdrawal `json:"withdrawn_laboratories,omitempty"`
		ProgrammeEnd          stamp                  `json:"programme_end,omitzero"`
	}{headOf(l), l.Regions, l.WithdrawnUsage, l.WithdrawnKeys, l.WithdrawnLaboratories, stamp(l.ProgrammeEnd)})
}

// MarshalJSON returns the key for people to read.
func (k Key) MarshalJSON() ([]byte, error) {
	if k.Public == nil {
		return []byte("null"), nil
	}
	kid, thumbprint := k.Public.KeyID(), k.Public.Thumbprint()
	return json.Marshal(struct {
		KeyID        hexBytes `json:"kid"`
		Algorithm    string   `json:"algorithm"`
		Thumbprint   hexBytes `json:"thumbprint"`
		Point        hexBytes `json:"point"`
		State        KeyState `json:"state"`
		Since        stamp    `json:"since,omitzero"`
		SignFrom     stamp    `json:"sign_from"`
		SignUntil    stamp    `json:"sign_until"`
		Usage        string   `json:"usage"`
		Laboratories []uint32 `json:"laboratories,omitempty"`
	}{kid[:], k.Public.Algorithm().String(), thumbprint[:], k.Public.Compressed(), k.State, stamp(k.Since),
		stamp(k.SignFrom), stamp(k.SignUntil), k.Usage.String(), k.Laboratories})
}

// MarshalJSON returns the key for people to read.
func (k ForeignKey) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Algorithm sig.Algorithm `json:"algorithm"`
		Point     hexBytes      `json:"point"`
		SignFrom  stamp         `json:"sign_from"`
		SignUntil stamp         `json:"sign_until"`
		Usage     string        `json:"usage"`
	}{k.Algorithm, k.Point, stamp(k.SignFrom), stamp(k.SignUntil), k.Usage.String()})
}

// MarshalJSON returns the laboratory for people to read.
func (l Laboratory) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Number    uint16 `json:"number"`
		Name      string `json:"name"`
		Admitted  stamp  `json:"admitted"`
		Withdrawn stamp  `json:"withdrawn,omitzero"`
	}{l.Number, l.Name, stamp(l.Admitted), stamp(l.Withdrawn)})
}

// MarshalJSON returns the key set for people to read.
func (s *KeySet) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		headJSON
		Keys         []Key        `json:"keys"`
		Foreign      []ForeignKey `json:"foreign,omitempty"`
		Laboratories []Laboratory `json:"laboratories,omitempty"`
	}{headOf(s), s.Keys, s.Foreign, s.Laboratories})
}
