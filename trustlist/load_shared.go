package trustlist

import (
	"fmt"
	"slices"
	"strings"
)

// SharedKeyError reports that regions name one signing key. It costs neither of
// them anything: a credential names its region in what is signed, so that the
// key signs for each region what that region's own key set admits. Nobody can
// take another's key away by claiming it, and whoever claims a key that is not
// its own lets its holder sign in its name. It is an [ErrSharedKey].
type SharedKeyError struct {
	With []string // the other regions, ascending
	Keys int      // of the region that another region names too
}

func (e *SharedKeyError) Error() string {
	return fmt.Sprintf("%v: %d of its keys, with region %s", ErrSharedKey, e.Keys, strings.Join(e.With, ", "))
}

// Is reports whether target is [ErrSharedKey].
func (e *SharedKeyError) Is(target error) bool { return target == ErrSharedKey }

// warnOfSharedKeys tells every region whose key set names a key that the key set
// of another region names too. It looks at nothing but the key sets in force, so
// that devices with different pasts tell the same.
func (l *loader) warnOfSharedKeys() {
	holders := map[[32]byte]*Region{} // the first by code
	shared := map[[32]byte][]*Region{}
	for _, region := range l.trust.sorted {
		for _, key := range region.keys {
			thumbprint := key.Public.Thumbprint()
			holder, taken := holders[thumbprint]
			switch {
			case !taken:
				holders[thumbprint] = region
			case shared[thumbprint] == nil:
				shared[thumbprint] = []*Region{holder, region}
			default:
				shared[thumbprint] = append(shared[thumbprint], region)
			}
		}
	}
	warnings := map[*Region]*SharedKeyError{}
	for _, regions := range shared {
		for _, region := range regions {
			if warnings[region] == nil {
				warnings[region] = new(SharedKeyError)
			}
			warnings[region].add(region, regions)
		}
	}
	for _, region := range l.trust.sorted {
		if warning := warnings[region]; warning != nil {
			l.report.warn(region.Code, KindKeySet, warning)
		}
	}
}

// add notes one key that the region shares with others.
func (e *SharedKeyError) add(region *Region, all []*Region) {
	e.Keys++
	for _, other := range all {
		at, known := slices.BinarySearch(e.With, other.Code)
		if other != region && !known {
			e.With = slices.Insert(e.With, at, other.Code)
		}
	}
}
