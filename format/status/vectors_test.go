package status_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/spec/vectors"
)

func loadVectors(tb testing.TB) []vectors.Status {
	tb.Helper()
	all, err := vectors.LoadStatus()
	if err != nil {
		tb.Fatal(err)
	}
	good := 0
	for _, v := range all {
		if v.Expect == "ok" {
			good++
		}
	}
	if good < 20 || len(all)-good < 30 {
		tb.Fatalf("%d good vectors and %d bad ones prove too little", good, len(all)-good)
	}
	return all
}

// class is the name that the vectors have for an error.
func class(err error) string {
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, status.ErrMalformed):
		return "malformed"
	case errors.Is(err, status.ErrNotCanonical):
		return "not_canonical"
	case errors.Is(err, status.ErrTooLarge):
		return "too_large"
	case errors.Is(err, status.ErrOverlap):
		return "overlap"
	}
	return err.Error()
}

func setsOf(v vectors.Status) status.Sets {
	return status.Sets{Revoked: v.Revoked.Indices(), Superseded: v.Superseded.Indices(), Suspended: v.Suspended.Indices()}
}

// equal treats no members and no slice alike.
func equal(a, b status.Sets) bool {
	return slices.Equal(a.Revoked, b.Revoked) && slices.Equal(a.Superseded, b.Superseded) && slices.Equal(a.Suspended, b.Suspended)
}

// The vectors are written from the specification by a program that shares no code
// with this package and compares every parameter.
func TestSetsAreThoseOfTheVectors(t *testing.T) {
	for _, v := range loadVectors(t) {
		if v.Kind != "set" {
			continue
		}
		got, err := status.Decode(v.Count, v.Encoded)
		if class(err) != v.Expect {
			t.Errorf("%s: %v, want %s: %s", v.Name, err, v.Expect, v.Comment)
			continue
		}
		if err != nil {
			if got != nil {
				t.Errorf("%s: members beside an error", v.Name)
			}
			continue
		}
		members := v.Members.Indices()
		data, err := status.Encode(members)
		if !slices.Equal(got, members) || err != nil || !bytes.Equal(data, v.Encoded) {
			t.Errorf("%s: %v, encoded %x, %v: %s", v.Name, got, data, err, v.Comment)
		}
	}
}

func TestAdditionsAreThoseOfTheVectors(t *testing.T) {
	for _, v := range loadVectors(t) {
		if v.Kind != "additions" {
			continue
		}
		got, err := status.DecodeAdditions(v.Encoded)
		if class(err) != v.Expect {
			t.Errorf("%s: %v, want %s: %s", v.Name, err, v.Expect, v.Comment)
			continue
		}
		if err != nil {
			continue
		}
		data, err := status.EncodeAdditions(setsOf(v))
		if !equal(got, setsOf(v)) || err != nil || !bytes.Equal(data, v.Encoded) {
			t.Errorf("%s: %v, encoded %x, %v: %s", v.Name, got, data, err, v.Comment)
		}
	}
}

// [STATUS-11]
func TestOnlyTheSuspendedSetLosesMembers(t *testing.T) {
	for _, v := range loadVectors(t) {
		if v.Kind != "additions" || v.Expect != "ok" || len(v.Encoded) == 0 {
			continue
		}
		change, err := status.DecodeChange(nil, v.Encoded, status.MaxMembers)
		switch restores := len(v.Revoked)+len(v.Superseded) == 0; {
		case restores && (err != nil || !slices.Equal(change.Restored, v.Suspended.Indices())):
			t.Errorf("%s as removals: %v, %v", v.Name, change, err)
		case !restores && !errors.Is(err, status.ErrMalformed):
			t.Errorf("%s as removals: %v, %v", v.Name, change, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, v := range loadVectors(f) {
		if v.Kind == "set" {
			f.Add(v.Count, []byte(v.Encoded))
		}
	}
	f.Fuzz(func(t *testing.T, count uint32, data []byte) {
		members, err := status.Decode(count, data)
		if err != nil {
			return
		}
		again, err := status.Encode(members)
		if err != nil || uint32(len(members)) != count || !bytes.Equal(again, data) {
			t.Errorf("%d members in %x are %v, which are %x, %v", count, data, members, again, err)
		}
	})
}

func FuzzDecodeChange(f *testing.F) {
	removals, err := status.EncodeRemovals([]uint32{5})
	if err != nil {
		f.Fatal(err)
	}
	for _, v := range loadVectors(f) {
		if v.Kind == "additions" {
			f.Add([]byte(v.Encoded), removals)
			f.Add(removals, []byte(v.Encoded))
		}
	}
	f.Fuzz(func(t *testing.T, additions, removals []byte) {
		change, err := status.DecodeChange(additions, removals, status.MaxMembers)
		if err != nil {
			return
		}
		added, err := status.EncodeAdditions(change.Added)
		if err != nil || !bytes.Equal(added, additions) {
			t.Errorf("%x is %v, which is %x, %v", additions, change.Added, added, err)
		}
		removed, err := status.EncodeRemovals(change.Restored)
		if err != nil || !bytes.Equal(removed, removals) {
			t.Errorf("%x is %v, which is %x, %v", removals, change.Restored, removed, err)
		}
	})
}

// [STATUS-5] [STATUS-6] [STATUS-7] An index and a slice are made of the same bytes
// and refuse the same.
func FuzzDecodeIndex(f *testing.F) {
	for _, v := range loadVectors(f) {
		if v.Kind == "set" {
			f.Add(v.Count, []byte(v.Encoded), uint32(77))
		}
	}
	f.Fuzz(func(t *testing.T, count uint32, data []byte, probe uint32) {
		members, err := status.Decode(count, data)
		x, indexErr := status.DecodeIndex(count, data)
		if err != nil {
			if x != nil || class(indexErr) != class(err) {
				t.Errorf("%d members in %x: %v as an index, %v as a slice", count, data, indexErr, err)
			}
			return
		}
		if indexErr != nil || !slices.Equal(x.Members(), members) {
			t.Fatalf("%d members in %x: %v", count, data, indexErr)
		}
		again, err := x.Encode()
		if err != nil || !bytes.Equal(again, data) {
			t.Errorf("%x is encoded %x, %v", data, again, err)
		}
		probes := []uint32{probe}
		for _, m := range members[:min(len(members), 1000)] {
			probes = append(probes, m-1, m, m+1)
		}
		for _, p := range probes {
			if _, want := slices.BinarySearch(members, p); x.Contains(p) != want {
				t.Errorf("%d in %v: %v", p, members, !want)
			}
		}
	})
}
