package tokenstatus_test

import (
	"encoding/csv"
	"errors"
	"maps"
	"os"
	"reflect"
	"strconv"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/spec/vectors"
	"github.com/tongxing/tongxing/trustlist/tokenstatus"
)

// faults are the classes of spec/vectors/README.md.
var faults = map[string]error{
	"not_a_token": tokenstatus.ErrNotAToken,
	"type":        tokenstatus.ErrType,
	"critical":    tokenstatus.ErrCritical,
	"algorithm":   tokenstatus.ErrAlgorithm,
	"signature":   sig.ErrSignature,
	"claims":      tokenstatus.ErrClaims,
	"subject":     tokenstatus.ErrSubject,
	"expired":     tokenstatus.ErrExpired,
	"future":      tokenstatus.ErrFuture,
	"status_list": tokenstatus.ErrStatusList,
	"places":      tokenstatus.ErrPlaces,
}

func tokens(t testing.TB) []vectors.StatusToken {
	t.Helper()
	all, err := vectors.LoadStatusTokens()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func readerOf(t testing.TB, v *vectors.StatusToken) *tokenstatus.Reader {
	t.Helper()
	key, err := sig.NewPublicKey(sig.Algorithm(v.Key.Algorithm), append(append([]byte{4}, v.Key.X...), v.Key.Y...))
	if err != nil {
		t.Fatal(err)
	}
	r, err := tokenstatus.NewReader(tokenstatus.Options{Key: key, Subject: v.AskedFor, MaxPlaces: v.MaxPlaces})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func saysOf(s *vectors.StatusTokenSays) *tokenstatus.Token {
	return &tokenstatus.Token{
		Subject: s.Subject, Issued: s.Issued, Expires: s.Expires, TTL: s.TTL, Places: s.Places,
		Sets: status.Sets{Revoked: s.Revoked.Indices(), Superseded: s.Superseded.Indices(), Suspended: s.Suspended.Indices()},
	}
}

func TestEveryVectorIsReadAsItSays(t *testing.T) {
	seen := map[string]int{}
	for _, v := range tokens(t) {
		got, err := readerOf(t, &v).Read(v.Token(), v.Time)
		seen[v.Expect]++
		switch fault := faults[v.Expect]; {
		case v.Expect == "ok":
			if want := saysOf(&v.Says); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %+v, %v, want %+v", v.Name, got, err, want)
			}
		case v.Expect == "status_type":
			var other *tokenstatus.TypeError
			if !errors.As(err, &other) || other.Index != 4 {
				t.Errorf("%s: %v", v.Name, err)
			}
		case fault == nil:
			t.Errorf("%s: class %q is not known", v.Name, v.Expect)
		case !errors.Is(err, fault) || got != nil:
			t.Errorf("%s: %v beside %+v, want %v (%s)", v.Name, err, got, fault, v.Comment)
		}
	}
	for class := range faults {
		if seen[class] == 0 {
			t.Errorf("no vector is of the class %s", class)
		}
	}
}

// draftStatuses are the statuses that the draft gives its examples in words, by
// file, and how many places they have.
func draftStatuses(t *testing.T) (statuses map[string]map[uint32]tokenstatus.Type, places map[string]uint64) {
	t.Helper()
	f, err := os.Open("testdata/statuses.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	statuses, places = map[string]map[uint32]tokenstatus.Type{}, map[string]uint64{}
	for _, row := range rows[1:] {
		var numbers [3]uint64
		for i := range numbers {
			if numbers[i], err = strconv.ParseUint(row[i+1], 10, 32); err != nil {
				t.Fatal(err)
			}
		}
		if statuses[row[0]] == nil {
			statuses[row[0]] = map[uint32]tokenstatus.Type{}
		}
		places[row[0]] = numbers[0]
		statuses[row[0]][uint32(numbers[1])] = tokenstatus.Type(numbers[2])
	}
	return statuses, places
}

// walked is what Walk visits.
func walked(t *testing.T, l *tokenstatus.StatusList) (map[uint32]tokenstatus.Type, uint64) {
	t.Helper()
	found := map[uint32]tokenstatus.Type{}
	places, err := l.Walk(tokenstatus.MaxPlaces, func(index uint32, status tokenstatus.Type) error {
		found[index] = status
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found, places
}

// [TSL-3]
func TestExamplesOfTheDraftSayWhatItSaysOfThem(t *testing.T) {
	all, err := vectors.LoadPublicStatusLists()
	if err != nil {
		t.Fatal(err)
	}
	statuses, places := draftStatuses(t)
	if len(all) != 6 || len(statuses) != len(all) {
		t.Fatalf("%d examples, and statuses of %d", len(all), len(statuses))
	}
	for _, v := range all {
		l, err := tokenstatus.DecodeStatusListCBOR(v.CBOR)
		if err != nil {
			t.Fatalf("%s: %v", v.File, err)
		}
		want := statuses[v.File]
		if found, n := walked(t, l); !maps.Equal(found, want) || n != places[v.File] {
			t.Errorf("%s: %d places, %v", v.File, n, found)
		}
		again := rewritten(t, l, want, places[v.File])
		if found, n := walked(t, again); !maps.Equal(found, want) || n != places[v.File] {
			t.Errorf("%s: written again it has %d places, %v", v.File, n, found)
		}
	}
}

// rewritten encodes statuses anew and decodes them, through CBOR and JSON.
func rewritten(t *testing.T, like *tokenstatus.StatusList, statuses map[uint32]tokenstatus.Type, places uint64) *tokenstatus.StatusList {
	t.Helper()
	l, err := tokenstatus.NewStatusList(like.Bits, places, ascending(statuses))
	if err != nil {
		t.Fatal(err)
	}
	l.AggregationURI = "urn:example:lists"
	fromCBOR, err := tokenstatus.DecodeStatusListCBOR(l.AppendCBOR(nil))
	if err != nil {
		t.Fatal(err)
	}
	text, err := fromCBOR.EncodeJSON()
	if err != nil {
		t.Fatal(err)
	}
	fromJSON, err := tokenstatus.DecodeStatusListJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(fromJSON, l) {
		t.Errorf("%+v comes back as %+v", l, fromJSON)
	}
	return fromJSON
}
