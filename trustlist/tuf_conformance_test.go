package trustlist_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// The cases of the conformance suite of The Update Framework
// (theupdateframework/tuf-conformance, its Python files named in the rows), carried
// over to the documents that take the place of TUF's roles here:
//
//	root       root
//	timestamp  a region's snapshot: one online key signs it, it ages fastest and names the newest
//	snapshot   the trust list: what everything of the regions hangs on
//	targets    a region's key set
//	artifact   the bundle that a pointer names by its hash (package fetch)
//
// A client is a device that has refreshed once and is started again. What these
// rules decide otherwise than TUF is said in the row with the requirement. The
// rotations of keys are in tuf_rotation_test.go, downloads in
// fetch/attacks_tuf_test.go. test_static_repositories.py, whose repositories are
// kept as files, is TestBundlesOfTheVectors. Cases that have no counterpart:
//
//	test_basic.py  test_basic_refresh_requests, test_implicit_refresh: which files are asked
//	  for in which order; there is one file, and TestAnAddressIsAskedForChangesAlone has its requests
//	test_basic.py  test_deprecated_keyid_hash_algorithms: a key has no field beside algorithm and
//	  point, and its name is computed from them (test_wrong_hashing_algorithm of older versions too)
//	test_basic.py  test_faketime: tests the suite
//	test_updater_delegation_graphs.py  test_graph_traversal, test_targetfile_search: nobody
//	  delegates; the list names each region, and a credential names its own
//	test_expiration.py  test_TestDelegateConsistentSnapshotDisabled: no delegation, and no
//	  file names without a hash
//	test_repository_simulator.py: tests the suite
type tufCase struct {
	original string
	change   func(n *nation.Nation) // what is published after the first refresh
	refused  error                  // of the whole bundle, nil: it is taken
	fault    error                  // of region 33, nil: none
	trusted  string                 // root, list, policy, key set, snapshot afterwards
}

const first = "1.1 1.1 1.1 1.1 1.1"

// trusted are the versions that a device trusts.
func trusted(t *testing.T, trust *trustlist.Trust) string {
	t.Helper()
	region, _ := trust.Region("33")
	snapshot := "-"
	if s := region.Snapshot(); s != nil {
		snapshot = s.Version.String()
	}
	return fmt.Sprintf("%s %s %s %s %s", trust.RootVersion(), trust.ListVersion(), trust.PolicyVersion(), region.KeySetVersion, snapshot)
}

func (c *tufCase) run(t *testing.T) {
	known := nation.New(t, "33", "41").Load()
	n := nation.New(t, "33", "41")
	n.Parts() // the snapshot names the first key set
	c.change(n)
	client := rebooted(t, known, n.Anchor(), now)
	next, report, err := load(n, client)
	switch {
	case c.refused != nil:
		if next != nil || !isLike(err, c.refused) {
			t.Fatalf("%v, want %v", err, c.refused)
		}
		next = client
	case err != nil:
		t.Fatal(err)
	case c.fault == nil && !report.Clean() || !errors.Is(faultsOf(report, "33"), c.fault):
		t.Errorf("%v, want %v", faultsOf(report, "33"), c.fault)
	}
	if got := trusted(t, rebooted(t, next, n.Anchor(), now)); got != c.trusted {
		t.Errorf("trusts %s, not %s", got, c.trusted)
	}
	if region, _ := next.Region("41"); region.Available() != nil {
		t.Errorf("region 41: %v", region.Available())
	}
}

func TestCasesOfTheConformanceSuiteOfTUF(t *testing.T) {
	for _, cases := range [][]tufCase{tufBasic, tufRollback, tufExpiration, tufKeys} {
		for _, c := range cases {
			t.Run(c.original, c.run)
		}
	}
}

// without signs a document with all but the first signer.
func without(n *nation.Nation, d trustlist.Document, signers []sig.Signer) []byte {
	return n.Document(d, signers[1:]...)
}

// second raises the versions of a region's key set and snapshot.
func second(n *nation.Nation) *nation.Region {
	r := n.Regions["33"]
	r.KeySet.Version.Counter, r.Snapshot.Version.Counter, r.Snapshot.KeySet = 2, 2, trustlist.PartRef{}
	return r
}

// addRoot adds the second root of a nation.
func addRoot(n *nation.Nation) *trustlist.Root {
	root := n.NewRoot(2, n.RootSigners)
	n.Roots = append(n.Roots, root)
	return root
}

var tufBasic = []tufCase{
	{"test_basic.py: test_basic_refresh_trusted_data (test_basic_init_and_refresh)", func(*nation.Nation) {}, nil, nil, first},
	{"test_basic.py: test_unsigned_metadata[root]", func(n *nation.Nation) {
		root := addRoot(n)
		n.Replacements["root/1"] = without(n, root, n.RootSigners[:4])
	}, trustlist.ErrThreshold, nil, first},
	{"test_basic.py: test_unsigned_metadata[timestamp]", func(n *nation.Nation) {
		r := second(n)
		n.Parts() // names the key set in the snapshot
		n.Replacements["33/snapshot"] = n.Document(r.Snapshot, sigtest.New(sig.SM2, "nobody"))
	}, nil, trustlist.ErrNoSigner, "1.1 1.1 1.1 1.2 1.1"},
	{"test_basic.py: test_unsigned_metadata[snapshot]", func(n *nation.Nation) {
		n.List.Version.Counter = 2
		n.Replacements["list"] = without(n, n.List, n.RootSigners[:4])
	}, trustlist.ErrThreshold, nil, first},
	{"test_basic.py: test_unsigned_metadata[targets]", func(n *nation.Nation) {
		r := second(n)
		n.Replacements["33/keyset"] = without(n, r.KeySet, r.Authority[:2])
	}, nil, trustlist.ErrThreshold, first},
	{"test_basic.py: test_url_and_metadata_version_mismatch[root]", func(n *nation.Nation) { addRoot(n).Version.Counter = 3 }, trustlist.ErrChain, nil, first},
	{"test_basic.py: test_url_and_metadata_version_mismatch[snapshot] (test_rollback.py: test_new_snapshot_version_mismatch)", func(n *nation.Nation) {
		addRoot(n).ListEpoch = 2 // the list is of the first
	}, trustlist.ErrEpoch, nil, first},
	{"test_basic.py: test_url_and_metadata_version_mismatch[targets]", func(n *nation.Nation) {
		second(n).Snapshot.KeySet = trustlist.PartRef{Version: trustlist.NewVersion(1, 3)}
	}, nil, trustlist.ErrOutdated, first},
	{"test_basic.py: test_timestamp_content_changes (test_timestamp_eq_versions_check)", func(n *nation.Nation) {
		n.Regions["33"].Snapshot.KeySet.Version.Counter = 100
	}, nil, trustlist.ErrFork, first},
	{"test_basic.py: test_basic_metadata_hash_support (test_new_targets_hash_mismatch)", func(n *nation.Nation) {
		second(n).Snapshot.KeySet = trustlist.PartRef{Version: trustlist.NewVersion(1, 2), Hash: [32]byte{0x46, 0x41}}
	}, nil, trustlist.ErrFork, first},
	// Otherwise than there the authority's word counts at once: TRUST-71.
	{"test_basic.py: test_new_targets_version_mismatch", func(n *nation.Nation) { n.Regions["33"].KeySet.Version.Counter = 2 }, nil, nil, "1.1 1.1 1.1 1.2 1.1"},
	// Otherwise than there an unknown field is refused, and the device says "update": TRUST-21.
	{"test_basic.py: test_custom_fields", func(n *nation.Nation) {
		n.Replacements["root/1"] = rewritten(n, addRoot(n), withField, n.RootSigners...)
	}, trustlist.ErrLaterVersion, nil, first},
	{"test_basic.py: test_snapshot_404", func(n *nation.Nation) { // the list cannot be left out of a bundle
		bundle := cborx.AppendMap(cborx.AppendText(cborx.AppendArray(nil, 2), "tongxing/bundle/1"), 1)
		bundle = cborx.AppendBytes(cborx.AppendArray(cborx.AppendUint(bundle, 1), 1), n.Parts().Roots[0])
		if trust, _, err := trustlist.Load(bundle, n.Anchor(), trustlist.LoadOptions{Clock: now}); trust != nil || err == nil {
			n.T.Errorf("without a list: %v", err)
		}
	}, nil, nil, first},
	{"test_basic.py: test_targets_404", func(n *nation.Nation) {
		r := second(n)
		n.Parts()
		n.Replacements["33/snapshot"] = n.Document(r.Snapshot, r.Signers[1])
		r.KeySet = nil
	}, nil, trustlist.ErrOutdated, first},
	{"test_basic.py: test_timestamp_404", func(n *nation.Nation) { second(n).Snapshot = nil }, nil, nil, "1.1 1.1 1.1 1.2 1.1"},
	{"test_basic.py: test_incorrect_metadata_type", func(n *nation.Nation) {
		n.Replacements["list"] = n.Document(n.Policy, n.RootSigners...)
	}, trustlist.ErrWrongKind, nil, first},
	{"test_quoting_issues.py: test_unusual_role_name", func(n *nation.Nation) {
		parts := n.Parts()
		for _, role := range []string{"?", "#", "/delegatedrole", "../delegatedrole"} {
			n.List.Regions[0].Code = role
			parts.Regions[0].Code = role
			_, listed := trustlist.NewMessage(n.List)
			_, packed := parts.Encode()
			if listed == nil || packed == nil {
				n.T.Errorf("region %q: %v, %v", role, listed, packed)
			}
		}
		n.List.Regions[0].Code = "33"
	}, nil, nil, first},
}

var tufRollback = []tufCase{
	{"test_rollback.py: test_new_timestamp_version_rollback (test_simple_snapshot_rollback)", func(n *nation.Nation) {
		n.Regions["33"].Snapshot.Version = trustlist.NewVersion(1, 0)
	}, nil, trustlist.ErrRollback, first},
	{"test_rollback.py: test_snapshot_rollback[basic]", func(n *nation.Nation) {
		addRoot(n)
		n.List.Version.Counter = 0
	}, trustlist.ErrRollback, nil, first},
	{"test_rollback.py: test_snapshot_rollback[with hashes]", func(n *nation.Nation) { // the region's documents name one another by hash and are newer
		second(n)
		n.List.Version.Counter = 0
	}, trustlist.ErrRollback, nil, first},
	{"test_rollback.py: test_targets_rollback[basic]", func(n *nation.Nation) {
		n.Regions["33"].KeySet.Version.Counter, n.Regions["33"].Snapshot = 0, nil
	}, nil, trustlist.ErrRollback, first},
	{"test_rollback.py: test_targets_rollback[with hashes]", func(n *nation.Nation) {
		second(n).KeySet.Version.Counter = 0
	}, nil, trustlist.ErrRollback, first},
	// A new epoch takes the place of TUF's new keys: TRUST-42.
	{"test_rollback.py: test_new_targets_fast_forward_recovery", fastForward(func(n *nation.Nation) {
		n.Regions["33"].KeySet.Version.Counter = 100
	}), nil, nil, "1.1 1.3 1.1 2.1 2.1"},
	{"test_rollback.py: test_new_snapshot_fast_forward_recovery", func(n *nation.Nation) {
		ahead := nation.New(n.T, "33", "41")
		ahead.List.Version.Counter = 100
		root := addRoot(n)
		root.ListEpoch, n.List.Version = 2, trustlist.NewVersion(2, 1)
		if _, report, err := load(n, ahead.Load()); err != nil || !report.Clean() {
			n.T.Error(report, err)
		}
	}, nil, nil, "1.2 2.1 1.1 1.1 1.1"},
	{"test_rollback.py: test_new_timestamp_fast_forward_recovery", fastForward(func(n *nation.Nation) {
		n.Regions["33"].Snapshot.Version.Counter = 100
	}), nil, nil, "1.1 1.3 1.1 2.1 2.1"},
}

// fastForward lets a region's documents run ahead and recovers them by an epoch.
// Keys alone, which TUF changes for it, do not reset a version.
func fastForward(ahead func(n *nation.Nation)) func(n *nation.Nation) {
	return func(n *nation.Nation) {
		far := nation.New(n.T, "33", "41")
		far.List.Version.Counter = 2
		ahead(far)
		known := far.Load()
		recover := func(epoch uint32) {
			r, entry := n.Regions["33"], &n.List.Regions[0]
			n.List.Version.Counter, entry.Epoch = 3, epoch
			entry.Keys, r.Authority = nil, nil
			for i := range 3 {
				signer := sigtest.New(sig.SM2, fmt.Sprintf("recovered %d", i))
				r.Authority, entry.Keys = append(r.Authority, signer), append(entry.Keys, trustlist.NewKeyRef(signer.PublicKey()))
			}
			r.KeySet.Version, r.Snapshot.Version = trustlist.NewVersion(epoch, 1), trustlist.NewVersion(epoch, 1)
			r.Snapshot.KeySet = trustlist.PartRef{}
		}
		recover(1)
		if _, report, err := load(n, known); err != nil || !errors.Is(faultsOf(report, "33"), trustlist.ErrRollback) {
			n.T.Errorf("by new keys alone: %v, %v", report, err)
		}
		recover(2)
		trust, report, err := load(n, known)
		if err != nil || !report.Clean() || region33(n.T.(*testing.T), trust).KeySetVersion != trustlist.NewVersion(2, 1) {
			n.T.Errorf("by a new epoch: %v, %v", report, err)
		}
	}
}

// Otherwise than in TUF nothing that is overdue is refused: it is told, and ages
// what a verdict relies on (TRUST-142). Each row checks that it is.
var tufExpiration = []tufCase{
	{"test_expiration.py: test_root_expired", func(n *nation.Nation) {
		addRoot(n).Due = now - 86400
		n.List.Version.Counter = 2
		overdue(n, trustlist.KindRoot, "")
	}, nil, nil, "1.2 1.2 1.1 1.1 1.1"},
	{"test_expiration.py: test_timestamp_expired", func(n *nation.Nation) {
		second(n).Snapshot.Due = now - 3600
		overdue(n, trustlist.KindSnapshot, "33")
	}, nil, nil, "1.1 1.1 1.1 1.2 1.2"},
	{"test_expiration.py: test_snapshot_expired", func(n *nation.Nation) {
		n.List.Version.Counter, n.List.Due = 2, now-3600
		overdue(n, trustlist.KindList, "")
	}, nil, nil, "1.1 1.2 1.1 1.1 1.1"},
	{"test_expiration.py: test_targets_expired (test_delegated_expiration.py: test_delegated_targets_expired)", func(n *nation.Nation) {
		second(n).KeySet.Due = now - 3600
		overdue(n, trustlist.KindKeySet, "33")
	}, nil, nil, "1.1 1.1 1.1 1.2 1.2"},
	{"test_expiration.py: test_expired_local_root", func(n *nation.Nation) {
		expired(n, func(old *nation.Nation) { old.Roots[0].Due = now - 86400 }, func() { addRoot(n).Due = now + 86400 })
		n.Roots = n.Roots[:1]
		n.Roots[0].Due = 0
	}, nil, nil, first},
	{"test_expiration.py: test_expired_local_timestamp (test_expired_metadata)", func(n *nation.Nation) {
		expired(n, func(old *nation.Nation) { old.Regions["33"].Snapshot.Due = now - 3600 }, func() { second(n) })
	}, nil, nil, "1.1 1.1 1.1 1.2 1.2"},
	{"test_delegated_expiration.py: test_expired_local_delegated_targets, test_expired_local_delegated_targets_updates", func(n *nation.Nation) {
		expired(n, func(old *nation.Nation) { old.Regions["33"].KeySet.Due = now - 3600 }, func() { second(n) })
	}, nil, nil, "1.1 1.1 1.1 1.2 1.2"},
}

// overdue checks that a client is told of a document that is overdue.
func overdue(n *nation.Nation, kind trustlist.Kind, region string) {
	n.T.Helper()
	if !standing(n.T.(*testing.T), n.Load().Inspect(now), kind, region).Overdue {
		n.T.Errorf("the %s is not told as overdue", kind)
	}
}

// expired lets a client go on from documents that are overdue to those that are
// not.
func expired(n *nation.Nation, change func(*nation.Nation), publish func()) {
	n.T.Helper()
	old := nation.New(n.T, "33", "41")
	change(old)
	if len(n.Roots) == 1 {
		n.Roots[0].Due = old.Roots[0].Due // the chain begins with it
	}
	publish()
	trust, report, err := load(n, rebooted(n.T, old.Load(), old.Anchor(), now))
	if err != nil || !report.Clean() {
		n.T.Fatal(report, err)
	}
	for _, d := range trust.Inspect(now).Documents {
		if d.Overdue {
			n.T.Errorf("%s %s is overdue still", d.Kind, d.Region)
		}
	}
}
