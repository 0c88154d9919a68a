package publish

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
)

// AdmissionPlan is what a region asks to be admitted with.
type AdmissionPlan struct {
	Region    string // "33"
	Name      string
	Authority string
	Appeal    string
	RulesHash [32]byte
	Usage     trustlist.Usage
	Threshold int
	Issued    int64 // unix seconds
}

// DraftAdmission returns a region's request for admission without signatures,
// for its authority keys to sign, each where it is. Errors are [ErrNotAProvince]
// (a *[SubProvincialError] for a city), [ErrNoKeys], [ErrThresholdRange] and
// *[trustlist.ContentError].
func DraftAdmission(plan AdmissionPlan, authority ...*sig.PublicKey) (*cose.Sign, error) {
	if err := CheckRegionCode(plan.Region); err != nil {
		return nil, err
	}
	switch {
	case len(authority) == 0:
		return nil, ErrNoKeys
	case plan.Threshold < 1 || plan.Threshold > len(authority):
		return nil, fmt.Errorf("%w: %d of %d", ErrThresholdRange, plan.Threshold, len(authority))
	}
	a := &trustlist.Admission{
		RegionalHead: trustlist.RegionalHead{
			Head:   trustlist.Head{Version: trustlist.NewVersion(1, 1), Issued: plan.Issued},
			Region: plan.Region,
		},
		Name: plan.Name, Authority: plan.Authority, Appeal: plan.Appeal, RulesHash: plan.RulesHash, Usage: plan.Usage,
		Threshold: uint8(min(plan.Threshold, 255)),
	}
	for _, key := range authority {
		a.Keys = append(a.Keys, trustlist.NewKeyRef(key))
	}
	return NewDraft(a)
}

// NewAdmission returns a region's signed request for admission, with a signature
// of each of its authority keys as proof that they are held. Errors are those of
// [DraftAdmission] and [SignDetached].
func NewAdmission(plan AdmissionPlan, authority ...sig.Signer) ([]byte, error) {
	var keys []*sig.PublicKey
	for _, signer := range authority {
		keys = append(keys, signer.PublicKey())
	}
	m, err := DraftAdmission(plan, keys...)
	if err != nil {
		return nil, err
	}
	if m, err = Sign(m, authority...); err != nil {
		return nil, err
	}
	return m.Marshal()
}

// CheckAdmission says which of its own keys have signed a request, as one group
// that needs all of them. Both implementations check every signature.
func CheckAdmission(m *cose.Sign) (GroupSigners, error) {
	a, err := Content[*trustlist.Admission](m)
	if err != nil {
		return GroupSigners{}, err
	}
	keys, err := publicKeys(a.Keys)
	if err != nil {
		return GroupSigners{}, err
	}
	if len(keys) != len(a.Keys) {
		return GroupSigners{}, ErrForeignAlgorithm
	}
	g := GroupSigners{Group: a.Authority, Need: trustlist.Required, Threshold: len(keys), Keys: len(keys)}
	return g, g.fill(m, keys)
}

// Admit returns list with the region that request asks to admit, as it asks.
// The request proves that its keys are held (see [NewAdmission]); that they are
// the region's is for people to find out first. A region that was removed
// before takes part in the next epoch of its documents. Errors are
// [ErrNotAProvince], [ErrListed], *[KeyPlaceError], [ErrSecondOpinion] and those
// of [trustlist.OpenAdmission].
func Admit(list *trustlist.List, root *trustlist.Root, request []byte, epoch uint32) (*trustlist.List, error) {
	admission, err := openAdmission(request)
	if err != nil {
		return nil, err
	}
	if err := CheckRegionCode(admission.Region); err != nil {
		return nil, err
	}
	entry := admission.Entry(max(epoch, 1))
	if _, listed := entryOf(list, entry.Code); listed {
		return nil, fmt.Errorf("%w: %s", ErrListed, entry.Code)
	}
	admitted := *list
	admitted.Regions = append(slices.Clone(list.Regions), entry)
	if err := newPlaces().list(&admitted, root); err != nil {
		return nil, err
	}
	return checked(&admitted)
}

// openAdmission is [trustlist.OpenAdmission], with a second opinion on every
// signature.
func openAdmission(request []byte) (*trustlist.Admission, error) {
	admission, err := trustlist.OpenAdmission(request)
	if err != nil {
		return nil, err
	}
	m, err := ParseDraft(request)
	if err != nil {
		return nil, err
	}
	signers, err := CheckAdmission(m)
	if err != nil {
		return nil, err
	}
	return admission, Complete(signers)
}

// CheckRegionCode reports whether a region may issue: a provincial division of
// GB/T 2260, or "00" for the national platform. Errors are [ErrNotAProvince] and,
// for a city or a county, *[SubProvincialError].
func CheckRegionCode(code string) error {
	if _, ok := spec.RegionByNumber(code); ok {
		return nil
	}
	if len(code) > 2 && strings.Trim(code, "0123456789") == "" {
		if _, ok := spec.ProvinceByNumber(code[:2]); ok {
			return &SubProvincialError{Code: code, Province: code[:2]}
		}
	}
	return fmt.Errorf("%w: %q", ErrNotAProvince, code)
}

// checked returns list once it obeys the rules of its kind.
func checked(list *trustlist.List) (*trustlist.List, error) {
	// A message is made only to have the list validated.
	if _, err := trustlist.NewMessage(list); err != nil {
		return nil, err
	}
	return list, nil
}
