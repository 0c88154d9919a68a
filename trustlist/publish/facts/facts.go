// Package facts makes signed trust material from plain facts: a national root, a
// trust list and key sets, complete but small, signed with keys that the caller
// gives. Nobody's trust begins in it: it is for comparing implementations and for
// tests, both of which have facts and need what a verifier loads.
//
//	m := facts.Material{Issued: issued, Regions: []facts.Region{{Code: "33", Usage: usage, Keys: keys}}}
//	trust, err := m.Load(signers)
package facts

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish"
)

// Signers are the keys that sign the material.
type Signers struct {
	// Root signs root, list and policy, each key a group of its own. A verifier
	// asks for both algorithms.
	Root []sig.Signer
	// Authority gives the key of a region that signs its key set. No two
	// regions may have the same.
	Authority func(region string) (sig.Signer, error)
	// Status gives the key of a region that signs its status lists. It is asked
	// for regions that have any.
	Status func(region string) (sig.Signer, error)
}

// Region is a region of the list with its key set.
type Region struct {
	Code         string
	Usage        trustlist.Usage // granted by the list
	Keys         []trustlist.Key
	Laboratories []trustlist.Laboratory
	Unavailable  bool // the list names it, and there is no key set
	// StatusLists are the region's lists by their numbers, issued with the rest.
	// The key set then has the key that signs them beside Keys, for whole years
	// around that time, and the list has to grant the region that usage.
	StatusLists map[uint32]status.Sets
	// Overlay, if set, is issued with the rest.
	Overlay *trustlist.Overlay
}

// Material is what a bundle is made of. Times are unix seconds.
type Material struct {
	Issued       int64 // of root, list and key sets
	ProgrammeEnd int64 // 0: none
	Regions      []Region
	// WithdrawnUsage is what the list takes from regions; Policy, if set, is
	// issued with the list.
	WithdrawnUsage []trustlist.UsageWithdrawal
	Policy         *trustlist.Policy
}

// Bundle returns the packed material, signed by s, and the anchor that it starts
// from. Errors are those of package publish, about facts that no list or key set
// may carry.
func (m *Material) Bundle(s Signers) ([]byte, trustlist.Anchor, error) {
	root, err := m.root(s)
	if err != nil {
		return nil, trustlist.Anchor{}, err
	}
	rootDocument, err := signed(root, s.Root...)
	if err != nil {
		return nil, trustlist.Anchor{}, err
	}
	list, err := m.list(root, s)
	if err != nil {
		return nil, trustlist.Anchor{}, err
	}
	parts := trustlist.Parts{Roots: [][]byte{rootDocument}}
	if parts.List, err = signed(list, s.Root...); err != nil {
		return nil, trustlist.Anchor{}, err
	}
	if m.Policy != nil {
		policy, err := publish.NewPolicy(nil, m.Policy, root, m.Issued)
		if err != nil {
			return nil, trustlist.Anchor{}, err
		}
		if parts.Policy, err = signed(policy, s.Root...); err != nil {
			return nil, trustlist.Anchor{}, err
		}
	}
	if parts.Regions, err = m.keySets(list, s); err != nil {
		return nil, trustlist.Anchor{}, err
	}
	anchor, err := trustlist.ParseAnchor(rootDocument)
	if err != nil {
		return nil, trustlist.Anchor{}, err
	}
	bundle, err := publish.PackBundle(parts)
	return bundle, anchor, err
}

// keySets returns the documents of the regions that have a key set, in the order
// of the bundle.
func (m *Material) keySets(list *trustlist.List, s Signers) ([]trustlist.RegionParts, error) {
	var all []trustlist.RegionParts
	for i := range m.Regions {
		region := &m.Regions[i]
		if region.Unavailable {
			continue
		}
		parts := trustlist.RegionParts{Code: region.Code}
		var err error
		if parts.KeySet, err = m.keySet(region, list, s); err != nil {
			return nil, fmt.Errorf("region %s: %w", region.Code, err)
		}
		if parts.Overlay, err = m.overlay(region, list, s); err != nil {
			return nil, fmt.Errorf("region %s: overlay: %w", region.Code, err)
		}
		if parts.StatusLists, err = m.statusLists(region, s); err != nil {
			return nil, fmt.Errorf("region %s: %w", region.Code, err)
		}
		all = append(all, parts)
	}
	slices.SortFunc(all, func(a, b trustlist.RegionParts) int { return strings.Compare(a.Code, b.Code) })
	return all, nil
}

// Load returns the material as a device has it that loads it at its time of
// issue.
func (m *Material) Load(s Signers) (*trustlist.Trust, error) {
	bundle, anchor, err := m.Bundle(s)
	if err != nil {
		return nil, err
	}
	trust, _, err := trustlist.Load(bundle, anchor, trustlist.LoadOptions{Clock: m.Issued})
	return trust, err
}

func (m *Material) root(s Signers) (*trustlist.Root, error) {
	var groups []publish.Group
	for _, signer := range s.Root {
		groups = append(groups, publish.Group{Need: trustlist.Required, Threshold: 1, Keys: []*sig.PublicKey{signer.PublicKey()}})
	}
	return publish.NewRoot(nil, publish.RootPlan{Issued: m.Issued, Groups: groups})
}

func (m *Material) list(root *trustlist.Root, s Signers) (*trustlist.List, error) {
	list, err := publish.NewList(nil, root, m.Issued)
	if err != nil {
		return nil, err
	}
	for _, region := range slices.SortedFunc(slices.Values(m.Regions), func(a, b Region) int { return strings.Compare(a.Code, b.Code) }) {
		authority, err := s.Authority(region.Code)
		if err != nil {
			return nil, fmt.Errorf("region %s: %w", region.Code, err)
		}
		request, err := publish.NewAdmission(publish.AdmissionPlan{
			Region: region.Code, Name: "地区" + region.Code, Authority: "卫生健康委员会", Appeal: "12345",
			Usage: region.Usage & trustlist.UsageKnown, Threshold: 1, Issued: m.Issued,
		}, authority)
		if err != nil {
			return nil, fmt.Errorf("region %s: %w", region.Code, err)
		}
		if list, err = publish.Admit(list, root, request, 1); err != nil {
			return nil, fmt.Errorf("region %s: %w", region.Code, err)
		}
	}
	list.ProgrammeEnd, list.WithdrawnUsage = m.ProgrammeEnd, m.WithdrawnUsage
	return list, nil
}

func (m *Material) keySet(region *Region, list *trustlist.List, s Signers) ([]byte, error) {
	for i := range list.Regions {
		if list.Regions[i].Code != region.Code {
			continue
		}
		set, err := publish.NewKeySet(nil, &list.Regions[i], m.Issued)
		if err != nil {
			return nil, err
		}
		set.Keys, set.Laboratories = region.Keys, region.Laboratories
		if len(region.StatusLists) > 0 {
			key, err := m.statusKey(region.Code, s)
			if err != nil {
				return nil, err
			}
			set.Keys = append(slices.Clone(set.Keys), key)
		}
		authority, err := s.Authority(region.Code)
		if err != nil {
			return nil, err
		}
		return signed(set, authority)
	}
	return nil, fmt.Errorf("region %s is not in the list", region.Code)
}

// overlay returns the signed overlay of a region, nil if it has none.
func (m *Material) overlay(region *Region, list *trustlist.List, s Signers) ([]byte, error) {
	i := slices.IndexFunc(list.Regions, func(e trustlist.Entry) bool { return e.Code == region.Code })
	if region.Overlay == nil || i < 0 {
		return nil, nil
	}
	overlay, err := publish.NewOverlay(nil, region.Overlay, &list.Regions[i], m.Issued)
	if err != nil {
		return nil, err
	}
	authority, err := s.Authority(region.Code)
	if err != nil {
		return nil, err
	}
	return signed(overlay, authority)
}

func signed(document trustlist.Document, signers ...sig.Signer) ([]byte, error) {
	message, err := publish.NewDraft(document)
	if err != nil {
		return nil, err
	}
	var complete *cose.Sign
	if complete, err = publish.Sign(message, signers...); err != nil {
		return nil, err
	}
	return complete.Marshal()
}
