package tokenstatus_test

import (
	"bytes"
	"errors"
	"iter"
	"maps"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/trustlist/tokenstatus"
)

const issued = 1660176000

func ascending(statuses map[uint32]tokenstatus.Type) iter.Seq2[uint32, tokenstatus.Type] {
	return func(yield func(uint32, tokenstatus.Type) bool) {
		for _, index := range slices.Sorted(maps.Keys(statuses)) {
			if !yield(index, statuses[index]) {
				return
			}
		}
	}
}

// randomSets are disjoint sets of indices below places, of about share of them.
func randomSets(r *rand.Rand, places uint64, share float64) (sets status.Sets) {
	for range int(float64(places) * share) {
		index := uint32(r.Uint64N(places))
		set := []*[]uint32{&sets.Revoked, &sets.Superseded, &sets.Suspended}[r.IntN(3)]
		*set = append(*set, index)
	}
	for _, set := range []*[]uint32{&sets.Revoked, &sets.Superseded, &sets.Suspended} {
		slices.Sort(*set)
		*set = slices.Compact(*set)
	}
	sets.Superseded = status.Difference(sets.Superseded, sets.Revoked)
	sets.Suspended = status.Difference(status.Difference(sets.Suspended, sets.Revoked), sets.Superseded)
	return sets
}

func tokenOf(sets status.Sets, places uint64) *tokenstatus.Token {
	return &tokenstatus.Token{
		Subject: tokenstatus.SubjectOf("33", 7936), Issued: issued, Expires: issued + 172800, TTL: 86400, Places: places, Sets: sets,
	}
}

func signed(t testing.TB, token *tokenstatus.Token, format tokenstatus.Format, signer sig.Signer) []byte {
	t.Helper()
	data, err := token.Sign(format, signer)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func reader(t testing.TB, options tokenstatus.Options) *tokenstatus.Reader {
	t.Helper()
	r, err := tokenstatus.NewReader(options)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// [TSL-1] [TSL-2] [TSL-10] [TSL-11] [TSL-12]
func TestImportOfAnExportSaysTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 2026))
	for i := range 60 {
		places := 1 + r.Uint64N(1<<(3+i%18))
		token := tokenOf(randomSets(r, places, []float64{0, 0.001, 0.01, 0.5}[i%4]), places)
		if i%5 == 0 {
			token.Expires, token.TTL = 0, 0
		}
		for _, algorithm := range []sig.Algorithm{sig.ES256, sig.SM2} {
			signer := sigtest.New(algorithm, "status 33")
			for _, format := range []tokenstatus.Format{tokenstatus.CWT, tokenstatus.JWT} {
				data := signed(t, token, format, signer)
				got, err := reader(t, tokenstatus.Options{Key: signer.PublicKey(), Subject: token.Subject}).Read(data, issued)
				want := *token
				want.Places = (places + 3) / 4 * 4
				if err != nil || !reflect.DeepEqual(got, &want) {
					t.Fatalf("%d places, %s: %+v, %v, want %+v", places, format, got, err, want)
				}
			}
		}
	}
}

func TestExportsAreTheVectorsButForTheCompressor(t *testing.T) {
	found := 0
	for _, v := range tokens(t) {
		if !v.Written {
			continue
		}
		found++
		r := readerOf(t, &v)
		token, err := r.Read(v.Token(), v.Time)
		if err != nil {
			t.Fatal(err)
		}
		format := map[string]tokenstatus.Format{"cwt": tokenstatus.CWT, "jwt": tokenstatus.JWT}[v.Format]
		signer := sigtest.New(sig.Algorithm(v.Key.Algorithm), "status 33")
		ours := signed(t, token, format, signer)
		if a, b := tokenstatus.Skeleton(t, ours, signer.PublicKey()), tokenstatus.Skeleton(t, v.Token(), nil); a != b {
			t.Errorf("%s: %s, want %s", v.Name, a, b)
		}
	}
	if found != 4 {
		t.Errorf("%d vectors are as an export is written, want 4", found)
	}
}

// [TSL-2]
func TestPayloadOfACWTIsDeterministic(t *testing.T) {
	for _, uri := range []string{"", "urn:example:lists"} {
		l, err := tokenstatus.NewStatusList(2, 100, ascending(map[uint32]tokenstatus.Type{7: 1}))
		if err != nil {
			t.Fatal(err)
		}
		l.AggregationURI = uri
		if err := cborx.Check(l.AppendCBOR(nil)); err != nil {
			t.Error(err)
		}
	}
	for _, data := range tokenstatus.PayloadsOf(t, tokenOf(status.Sets{Suspended: []uint32{3}}, 8)) {
		if err := cborx.Check(data); err != nil {
			t.Error(err)
		}
	}
}

// [TSL-4]
func TestABombIsRefusedInSmallMemory(t *testing.T) {
	l, err := tokenstatus.NewStatusList(8, 1<<28, ascending(nil))
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Compressed) > 1<<19 {
		t.Fatalf("%d bytes are no bomb", len(l.Compressed))
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err = l.Walk(1<<20, nil)
	runtime.ReadMemStats(&after)
	if !errors.Is(err, tokenstatus.ErrPlaces) {
		t.Error(err)
	}
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 1<<18 {
		t.Errorf("%d bytes are allocated for a list of at most 2^20 places", allocated)
	}
}

func TestPlacesAndStatusesThatDoNotFitAreRefused(t *testing.T) {
	one := func(index uint32, s tokenstatus.Type) map[uint32]tokenstatus.Type {
		return map[uint32]tokenstatus.Type{index: s}
	}
	for name, c := range map[string]struct {
		bits     int
		places   uint64
		statuses map[uint32]tokenstatus.Type
		want     error
	}{
		"index at the end":     {2, 8, one(8, 1), tokenstatus.ErrPlaces},
		"last index":           {2, 8, one(7, 1), nil},
		"status of three bits": {2, 8, one(0, 4), tokenstatus.ErrPlaces},
		"no places":            {2, 0, nil, tokenstatus.ErrPlaces},
		"too many places":      {2, 1<<32 + 1, nil, tokenstatus.ErrPlaces},
		"three bits":           {3, 8, nil, tokenstatus.ErrStatusList},
	} {
		if l, err := tokenstatus.NewStatusList(c.bits, c.places, ascending(c.statuses)); !errors.Is(err, c.want) || (l == nil) != (err != nil) {
			t.Errorf("%s: %v", name, err)
		}
	}
	descending := func(yield func(uint32, tokenstatus.Type) bool) { _ = yield(5, 1) && yield(5, 1) }
	if _, err := tokenstatus.NewStatusList(2, 8, descending); !errors.Is(err, tokenstatus.ErrStatusList) {
		t.Errorf("an index twice: %v", err)
	}
}

func TestTokensThatSayNothingRightAreNotSigned(t *testing.T) {
	signer := sigtest.New(sig.ES256, "status 33")
	for name, change := range map[string]func(*tokenstatus.Token){
		"no URI":           func(t *tokenstatus.Token) { t.Subject = "33/7936" },
		"URI with a blank": func(t *tokenstatus.Token) { t.Subject = "urn:tongxing:status 33" },
		"URI not in ASCII": func(t *tokenstatus.Token) { t.Subject = "urn:tongxing:状态" },
		"URI not in UTF-8": func(t *tokenstatus.Token) { t.Subject = "urn:tongxing:\xff" },
		"empty URI":        func(t *tokenstatus.Token) { t.Subject = "" },
		"no iat":           func(t *tokenstatus.Token) { t.Issued = 0 },
		"exp at iat":       func(t *tokenstatus.Token) { t.Expires = t.Issued },
		"negative ttl":     func(t *tokenstatus.Token) { t.TTL = -1 },
		"no places":        func(t *tokenstatus.Token) { t.Places = 0 },
		"index beyond":     func(t *tokenstatus.Token) { t.Sets.Revoked = []uint32{8} },
		"overlapping sets": func(t *tokenstatus.Token) { t.Sets.Suspended = t.Sets.Revoked },
		"unsorted set":     func(t *tokenstatus.Token) { t.Sets.Revoked = []uint32{3, 1} },
	} {
		token := tokenOf(status.Sets{Revoked: []uint32{1}}, 8)
		change(token)
		if data, err := token.Sign(tokenstatus.CWT, signer); err == nil || data != nil {
			t.Errorf("%s: signed", name)
		}
	}
	if _, err := tokenOf(status.Sets{}, 8).Sign(0, signer); !errors.Is(err, tokenstatus.ErrNotAToken) {
		t.Errorf("no format: %v", err)
	}
}

// Whoever passes a token on changes nothing of what it says.
func TestEveryChangedByteIsRefused(t *testing.T) {
	signer := sigtest.New(sig.ES256, "status 33")
	token := tokenOf(status.Sets{Revoked: []uint32{1}, Suspended: []uint32{5}}, 8)
	r := reader(t, tokenstatus.Options{Key: signer.PublicKey()})
	for _, format := range []tokenstatus.Format{tokenstatus.CWT, tokenstatus.JWT} {
		data := signed(t, token, format, signer)
		for i := range data {
			for _, change := range []byte{0x01, 0x20, 0x80, 0xff} {
				changed := bytes.Clone(data)
				changed[i] ^= change
				if got, err := r.Read(changed, issued); err == nil {
					t.Errorf("%s: byte %d changed by %02x is read as %+v", format, i, change, got)
				}
			}
		}
		for n := range data {
			if _, err := r.Read(data[:n], issued); err == nil {
				t.Errorf("%s: %d of %d bytes are read", format, n, len(data))
			}
		}
	}
}

// [TSL-21]
func TestTooLargeATokenIsNotRead(t *testing.T) {
	r := reader(t, tokenstatus.Options{Key: sigtest.New(sig.ES256, "status 33").PublicKey()})
	if _, err := r.Read(bytes.Repeat([]byte{0xd2}, tokenstatus.MaxSize+1), issued); !errors.Is(err, tokenstatus.ErrTooLarge) {
		t.Error(err)
	}
}

func TestReadersWithoutKeyOrLimitAreNotMade(t *testing.T) {
	if r, err := tokenstatus.NewReader(tokenstatus.Options{}); err == nil || r != nil {
		t.Error("a reader without a key")
	}
	key := sigtest.New(sig.ES256, "status 33").PublicKey()
	if _, err := tokenstatus.NewReader(tokenstatus.Options{Key: key, MaxPlaces: 1<<32 + 1}); !errors.Is(err, tokenstatus.ErrPlaces) {
		t.Error(err)
	}
}

// [TSL-12]
func TestTimesOfAnExportAreThoseOfItsList(t *testing.T) {
	sets := status.Sets{Revoked: []uint32{1, 40}, Suspended: []uint32{9}}
	list := tokenstatus.List{Region: "33", Number: 7936, Places: 64, Sets: sets, Issued: issued, Due: issued + 86400}
	if got, err := list.Token(); err != nil || !reflect.DeepEqual(got, tokenOf(sets, 64)) {
		t.Errorf("%+v, %v", got, err)
	}
	for name, c := range map[string]struct {
		change func(*tokenstatus.List)
		want   error
	}{
		"not issued":       {func(l *tokenstatus.List) { l.Issued = 0 }, tokenstatus.ErrClaims},
		"nothing due":      {func(l *tokenstatus.List) { l.Due = 0 }, tokenstatus.ErrClaims},
		"due at once":      {func(l *tokenstatus.List) { l.Due = l.Issued }, tokenstatus.ErrClaims},
		"index beyond":     {func(l *tokenstatus.List) { l.Places = 40 }, tokenstatus.ErrPlaces},
		"overlapping sets": {func(l *tokenstatus.List) { l.Sets.Superseded = l.Sets.Revoked }, status.ErrOverlap},
	} {
		wrong := list
		c.change(&wrong)
		if token, err := wrong.Token(); !errors.Is(err, c.want) || token != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
