package trustlist

// Trust is what a device believes after [Load]: the national list with every
// region's keys, verified. It is immutable and safe for concurrent use, and
// shares nothing with the bytes that it was loaded from.
type Trust struct {
	chain   [][]byte // the roots, as they were given
	regions map[string]*Region
	sorted  []*Region
	records map[string]*regionRecord // of all regions ever listed
	root    documentState
	list    documentState
	policy  documentState
	rules   *Policy
	floor   int64
	end     int64
}

// documentState is what is remembered of a document in force.
type documentState struct {
	version Version
	hash    [32]byte
	issued  int64
	due     int64
	signers int // distinct, of those who may sign it
	raw     []byte
}

// DocumentInfo identifies one issue of a document.
type DocumentInfo struct {
	Version Version
	Hash    [32]byte
	Issued  int64 // unix seconds
	Due     int64 // when the next one is due, unix seconds; 0: not said
}

func (s *documentState) info() DocumentInfo {
	return DocumentInfo{s.version, s.hash, s.issued, s.due}
}

// Root returns which root is in force.
func (t *Trust) Root() DocumentInfo { return t.root.info() }

// List returns which trust list is in force.
func (t *Trust) List() DocumentInfo { return t.list.info() }

// PolicyInfo returns which policy is in force, the zero DocumentInfo when there
// is none.
func (t *Trust) PolicyInfo() DocumentInfo { return t.policy.info() }

// Region returns the region with the given code, "33", or false when the trust
// list does not name it.
func (t *Trust) Region(code string) (*Region, bool) {
	r, ok := t.regions[code]
	return r, ok
}

// Regions returns all regions of the trust list, sorted by code.
func (t *Trust) Regions() []*Region { return append([]*Region(nil), t.sorted...) }

// RootVersion returns the version of the root in force.
func (t *Trust) RootVersion() Version { return t.root.version }

// ListVersion returns the version of the trust list.
func (t *Trust) ListVersion() Version { return t.list.version }

// PolicyVersion returns the version of the policy, zero when there is none.
func (t *Trust) PolicyVersion() Version { return t.policy.version }

// Floor returns the earliest time that it can be now, in unix seconds: the
// newest issue of root, trust list and policy, and the floor known before.
func (t *Trust) Floor() int64 { return t.floor }

// AgesFrom returns the time, in unix seconds, from which the device's knowledge
// of the nation ages: the floor, or when the root, the list or the policy in
// force was due to be followed by another, if that is earlier. So nobody keeps a
// device fresh by passing on new policies and holding back the lists.
func (t *Trust) AgesFrom() int64 {
	from := t.floor
	for _, state := range []*documentState{&t.root, &t.list, &t.policy} {
		if state.due != 0 {
			from = min(from, state.due)
		}
	}
	return from
}

// Issued returns when the trust list was issued, in unix seconds.
func (t *Trust) Issued() int64 { return t.list.issued }

// ListHash returns the hash of the trust list.
func (t *Trust) ListHash() [32]byte { return t.list.hash }

// ProgrammeEnd returns when checking ends for good, in unix seconds, and false
// when the trust list sets no end.
func (t *Trust) ProgrammeEnd() (int64, bool) { return t.end, t.end != 0 }

// Policy returns the national recognition policy, nil when there is none. It
// must not be changed.
func (t *Trust) Policy() *Policy { return t.rules }

// Bundle returns the bundle of everything in force. It differs from the bundle
// that was loaded where parts of it were refused or came from before; it is
// what a device stores, and loads when it starts again, with [Trust.Memory]
// beside it. It fits into [MaxBundle], since [Load] holds every region to its
// share and leaves status lists out that do not fit.
func (t *Trust) Bundle() ([]byte, error) {
	parts := t.parts()
	return parts.Encode()
}

func (t *Trust) parts() Parts {
	parts := Parts{Roots: t.chain, List: t.list.raw, Policy: t.policy.raw}
	for _, region := range t.sorted {
		p := region.record.parts
		if p.KeySet != nil {
			parts.Regions = append(parts.Regions, p)
		}
	}
	return parts
}
