package jwks_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/spec/vectors"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/jwks"
	"github.com/tongxing/tongxing/trustlist/publish"
)

// classes are the names that the vectors give the faults.
var classes = []struct {
	name  string
	fault error
}{
	{"json", jwks.ErrJSON}, {"trailing", jwks.ErrTrailing}, {"duplicate", jwks.ErrDuplicate},
	{"not_canonical", jwks.ErrNotCanonical}, {"not_an_export", jwks.ErrNotAnExport}, {"base64", jwks.ErrBase64},
	{"unprotected", jwks.ErrUnprotected}, {"crit", jwks.ErrCritical}, {"b64", jwks.ErrUnencoded}, {"header", jwks.ErrHeader},
	{"type", jwks.ErrType}, {"forbidden", jwks.ErrForbidden}, {"mismatch", jwks.ErrMismatch}, {"twice", jwks.ErrKeyTwice},
	{"coordinate", jwks.ErrCoordinate}, {"point", sig.ErrPoint}, {"kid", jwks.ErrKeyID}, {"private", jwks.ErrPrivate},
	{"threshold", trustlist.ErrThreshold}, {"epoch", trustlist.ErrEpoch}, {"rollback", trustlist.ErrRollback},
	{"fork", trustlist.ErrFork}, {"shared", trustlist.ErrSharedKey}, {"later", trustlist.ErrLaterVersion},
}

func classOf(err error) string {
	for _, class := range classes {
		if errors.Is(err, class.fault) {
			return class.name
		}
	}
	var content *trustlist.ContentError
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &content):
		return "content"
	}
	return "other: " + err.Error()
}

func exports(t testing.TB) []vectors.Export {
	t.Helper()
	all, err := vectors.LoadExports()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func goodExport(t testing.TB) vectors.Export {
	t.Helper()
	for _, v := range exports(t) {
		if v.Name == "good" {
			return v
		}
	}
	t.Fatal("no vector good")
	return vectors.Export{}
}

// rootOf reads a root that its own keys have signed.
func rootOf(data []byte) (*trustlist.Root, error) {
	if _, err := trustlist.ParseAnchor(data); err != nil {
		return nil, err
	}
	message, err := publish.ParseDraft(data)
	if err != nil {
		return nil, err
	}
	return publish.Content[*trustlist.Root](message)
}

func root(t testing.TB, v vectors.Export) *trustlist.Root {
	t.Helper()
	r, err := rootOf(v.Root)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func known(t testing.TB, k vectors.ExportKnown) jwks.Known {
	t.Helper()
	part := func(p vectors.ExportPart) trustlist.PartRef {
		if p.Version == "" {
			return trustlist.PartRef{}
		}
		epoch, counter, _ := strings.Cut(p.Version, ".")
		e, errE := strconv.ParseUint(epoch, 10, 32)
		c, errC := strconv.ParseUint(counter, 10, 32)
		if err := errors.Join(errE, errC); err != nil {
			t.Fatal(err)
		}
		ref := trustlist.PartRef{Version: trustlist.NewVersion(uint32(e), uint32(c))}
		copy(ref.Hash[:], p.Hash)
		return ref
	}
	out := jwks.Known{List: part(k.List), KeySets: map[string]trustlist.PartRef{}}
	for region, p := range k.KeySets {
		out.KeySets[region] = part(p)
	}
	return out
}

func TestEveryVectorGivesItsClass(t *testing.T) {
	seen := map[string]bool{}
	for _, v := range exports(t) {
		t.Run(v.Name, func(t *testing.T) {
			seen[v.Expect] = true
			set, next, err := jwks.Verify([]byte(v.Export), root(t, v), known(t, v.Known))
			if got := classOf(err); got != v.Expect {
				t.Fatalf("%s, want %s (%s): %v", got, v.Expect, v.Comment, err)
			}
			if err != nil {
				if set != nil || next.KeySets != nil {
					t.Error("something is returned beside an error")
				}
				return
			}
			checkSet(t, v, set)
		})
	}
	for _, class := range classes {
		if !seen[class.name] {
			t.Errorf("no vector of the class %s", class.name)
		}
	}
}

func checkSet(t *testing.T, v vectors.Export, set *jwks.Set) {
	t.Helper()
	if got := hex.EncodeToString(set.Hash[:]); got != hex.EncodeToString(v.Hash) {
		t.Errorf("hash %s, want %x", got, []byte(v.Hash))
	}
	if len(set.Foreign) != v.Foreign {
		t.Errorf("%d unknown keys, want %d", len(set.Foreign), v.Foreign)
	}
	want := map[string]bool{}
	for _, k := range v.Keys {
		want[fmt.Sprint(k.Region, k.Algorithm, k.KID, k.State)] = true
	}
	n := 0
	for i := range set.Regions {
		for _, k := range set.Regions[i].Keys {
			if !want[fmt.Sprint(set.Regions[i].Code, int64(k.Public.Algorithm()), kidOf(k.Public), k.State)] {
				t.Errorf("region %s: %s %s is not among the vector's", set.Regions[i].Code, k.Public, k.State)
			}
			n++
		}
	}
	if n != len(want) || n == 0 {
		t.Errorf("%d keys, want %d", n, len(want))
	}
}
