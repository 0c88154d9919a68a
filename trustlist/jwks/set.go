package jwks

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/trustlist"
)

// Set is what an export says: the signing keys of all regions, as the national
// trust list and the regions' key sets together grant them.
type Set struct {
	List         trustlist.DocumentInfo // the trust list that it was made from; Due is not said
	ProgrammeEnd int64                  // unix seconds; 0: none
	Regions      []Region               // of the list, ascending by code
	Foreign      []ForeignKey           // of types or curves that are unknown here
	Hash         [sha256.Size]byte      // of the export
}

// Region is a region of the trust list with its signing keys.
type Region struct {
	Code      string          // "33"
	Usage     trustlist.Usage // granted by the list; see UsageAt
	Withdrawn []trustlist.UsageWithdrawal
	KeySet    trustlist.DocumentInfo // which the keys are from; zero: none was in force
	Keys      []trustlist.Key        // compromised ones too, ascending by kid in base64url
}

// ForeignKey is a JWK that is kept and granted nothing.
type ForeignKey struct {
	JSON []byte // canonical
}

// Region returns the region with the given code, "33".
func (s *Set) Region(code string) (*Region, bool) {
	i, found := slices.BinarySearchFunc(s.Regions, code, func(r Region, code string) int { return cmp.Compare(r.Code, code) })
	if !found {
		return nil, false
	}
	return &s.Regions[i], true
}

// Key returns the key that a credential of the region names by kid.
func (r *Region) Key(kid [sig.KeyIDSize]byte) (*trustlist.Key, bool) {
	i := slices.IndexFunc(r.Keys, func(k trustlist.Key) bool { return k.Public.KeyID() == kid })
	if i < 0 {
		return nil, false
	}
	return &r.Keys[i], true
}

// UsageAt returns the usage that the list grants the region for what is issued
// at t, in unix seconds.
func (r *Region) UsageAt(t int64) trustlist.Usage {
	usage := r.Usage
	for _, w := range r.Withdrawn {
		if t >= w.From {
			usage &^= w.Usage
		}
	}
	return usage
}

// encodeSet returns the payload that says s.
func encodeSet(s *Set) []byte {
	good, compromised := []value{}, []value{}
	regions := []value{}
	for i := range s.Regions {
		region := &s.Regions[i]
		regions = append(regions, regionValue(region))
		for _, key := range region.Keys {
			jwk := keyValue(regionKey{region.Code, key})
			if key.State == trustlist.Compromised {
				compromised = append(compromised, jwk)
			} else {
				good = append(good, jwk)
			}
		}
	}
	about := object(member{"list", documentValue(s.List)}, member{"regions", arrayValue(regions)})
	if len(compromised) > 0 {
		about.members = append(about.members, member{"compromised", arrayValue(compromised)})
	}
	if s.ProgrammeEnd != 0 {
		about.members = append(about.members, member{"programme_end", numberValue(s.ProgrammeEnd)})
	}
	return appendJSON(nil, object(member{"keys", arrayValue(good)}, member{ours, about}))
}

func documentValue(d trustlist.DocumentInfo) value {
	return object(member{"version", textValue(d.Version.String())},
		member{"hash", textValue(hex.EncodeToString(d.Hash[:]))}, member{"issued", numberValue(d.Issued)})
}

func regionValue(r *Region) value {
	v := object(member{"code", textValue(r.Code)}, member{"usage", numberValue(int64(r.Usage))})
	if !r.KeySet.Version.IsZero() {
		v.members = append(v.members, member{"keyset", documentValue(r.KeySet)})
	}
	if len(r.Withdrawn) > 0 {
		var items []value
		for _, w := range r.Withdrawn {
			items = append(items, object(member{"usage", numberValue(int64(w.Usage))}, member{"from", numberValue(w.From)}))
		}
		v.members = append(v.members, member{"withdrawn", arrayValue(items)})
	}
	return v
}

// payloadLimits bound what reading a payload costs. A key is 17 values, so the
// bound on the size of an export is met first.
var payloadLimits = limits{depth: 8, values: 1 << 20}

// readSet reads a payload.
func readSet(payload []byte) (*Set, error) {
	v, err := readJSON(payload, payloadLimits)
	if err != nil {
		return nil, fmt.Errorf("payload: %w", err)
	}
	s := &Set{Hash: sha256.Sum256(payload)}
	r := open("", &v)
	keys, about := r.array("keys"), r.object(ours)
	s.List = about.document("list")
	if about.has("programme_end") {
		s.ProgrammeEnd = about.time("programme_end")
	}
	regions, compromised := about.array("regions"), about.optional("compromised")
	r.merge(about)
	if err := r.done(); err != nil {
		return nil, err
	}
	if err := s.readRegions(regions); err != nil {
		return nil, err
	}
	if err := s.readKeys("keys", keys, false); err != nil {
		return nil, err
	}
	if err := s.readKeys(ours+".compromised", compromised, true); err != nil {
		return nil, err
	}
	if err := s.settle(); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Set) readRegions(items []value) error {
	for i := range items {
		region, err := readRegion(fmt.Sprintf("%s.regions[%d]", ours, i), &items[i])
		if err != nil {
			return err
		}
		if i > 0 && region.Code <= s.Regions[i-1].Code {
			return invalid(ours+".regions", "not ascending at %s", region.Code)
		}
		s.Regions = append(s.Regions, region)
	}
	return nil
}

func readRegion(path string, v *value) (Region, error) {
	r := open(path, v)
	region := Region{Code: r.text("code"), Usage: r.usage()}
	if c := region.Code; r.err == nil && (len(c) != 2 || c[0] < '0' || c[0] > '9' || c[1] < '0' || c[1] > '9') {
		r.fail("code", "%q is not two digits", c)
	}
	if r.has("keyset") {
		region.KeySet = r.document("keyset")
	}
	for i, item := range r.optional("withdrawn") {
		w := open(fmt.Sprintf("%s.withdrawn[%d]", path, i), &item)
		next := trustlist.UsageWithdrawal{Region: region.Code, Usage: w.usage(), From: w.time("from")}
		if n := len(region.Withdrawn); n > 0 && compareWithdrawals(region.Withdrawn[n-1], next) >= 0 {
			w.fail("", "not ascending")
		}
		r.merge(w)
		region.Withdrawn = append(region.Withdrawn, next)
	}
	return region, r.done()
}

func compareWithdrawals(a, b trustlist.UsageWithdrawal) int {
	return cmp.Or(cmp.Compare(a.Usage, b.Usage), cmp.Compare(a.From, b.From))
}

// readKeys puts keys into their regions. They ascend by region and kid; keys
// that are unknown here stand anywhere.
func (s *Set) readKeys(path string, items []value, compromised bool) error {
	last := ""
	for i := range items {
		place := fmt.Sprintf("%s[%d]", path, i)
		k, known, err := readKey(place, &items[i])
		if err != nil {
			return err
		}
		if !known {
			s.Foreign = append(s.Foreign, ForeignKey{appendJSON(nil, items[i])})
			continue
		}
		region, listed := s.Region(k.region)
		if !listed || region.KeySet.Version.IsZero() {
			return invalid(place, "region %q has no key set here", k.region)
		}
		if compromised != (k.State == trustlist.Compromised) {
			return invalid(place, "a key that is %s does not stand here", k.State)
		}
		switch order := k.region + keyID(k.Public); {
		case order == last:
			return fmt.Errorf("%s: %w", place, ErrKeyTwice)
		case order < last:
			return invalid(place, "not ascending by region and kid")
		default:
			last = order
		}
		region.Keys = append(region.Keys, k.Key)
	}
	return nil
}

// settle brings the keys of every region in order and refuses a key that stands
// twice, and two that a credential could not tell apart.
func (s *Set) settle() error {
	regionOf := map[[sha256.Size]byte]string{}
	for i := range s.Regions {
		region := &s.Regions[i]
		slices.SortFunc(region.Keys, compareKeys)
		short := map[[sig.KeyIDSize]byte]bool{}
		for _, k := range region.Keys {
			thumbprint, kid := k.Public.Thumbprint(), k.Public.KeyID()
			if _, twice := regionOf[thumbprint]; twice || short[kid] {
				return fmt.Errorf("%w: %s of region %s", ErrKeyTwice, k.Public, region.Code)
			}
			regionOf[thumbprint], short[kid] = region.Code, true
		}
	}
	return nil
}

func compareKeys(a, b trustlist.Key) int {
	return cmp.Compare(keyID(a.Public), keyID(b.Public))
}
