package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// deletionVector is one record of a deletion, right or wrong.
type deletionVector struct {
	Name        string        `json:"name"`
	Comment     string        `json:"comment"`
	Requirement []string      `json:"requirement"`
	Record      string        `json:"record"` // the COSE_Sign in hexadecimal
	Keys        []tokenKey    `json:"keys"`   // that the reader is given
	Expect      string        `json:"expect"` // ok, or the class of the fault
	Signers     int           `json:"signers,omitempty"`
	Says        *deletionSays `json:"says,omitempty"` // of a right record

	err error
}

// deletionSays is what a record says, field by field.
type deletionSays struct {
	Act      string            `json:"act"`
	Object   string            `json:"object"`
	At       uint64            `json:"at"`
	By       string            `json:"by"`
	Before   uint64            `json:"before,omitempty"`
	Counts   map[string]uint64 `json:"counts"`
	Sequence uint64            `json:"sequence"`
	Hash     hexBytes          `json:"hash"`
	Digest   hexBytes          `json:"digest,omitempty"`
}

// hexBytes stand in a vector as hexadecimal digits.
type hexBytes []byte

func (b hexBytes) MarshalText() ([]byte, error) { return []byte(hexText(b)), nil }

// fields is the payload's map.
func (s *deletionSays) fields() pairs {
	var counts pairs
	for name, n := range s.Counts {
		counts = append(counts, pair{textOf(name), uintOf(n)})
	}
	p := pairs{
		field(1, textOf(s.Act)), field(2, textOf(s.Object)), field(3, uintOf(s.At)), field(4, textOf(s.By)),
		field(6, mapOf(counts)), field(7, arrayOf(uintOf(s.Sequence), bytesOf(s.Hash))),
	}
	if s.Before != 0 {
		p = append(p, field(5, uintOf(s.Before)))
	}
	if s.Digest != nil {
		p = append(p, field(8, bytesOf(s.Digest)))
	}
	return p
}

func purged() *deletionSays {
	return &deletionSays{Act: "purge", Object: "4bf4f0d96af950d9dc74795ac4645178", At: 1795305600, By: "操作员 3", Before: 1793462400,
		Counts:   map[string]uint64{"entries": 100000000, "requests": 10, "answers": 10, "jobs": 1, "chunks": 100000},
		Sequence: 812, Hash: repeated(0x5f, 32)}
}

func forgotten(act string) *deletionSays {
	s := &deletionSays{Act: act, Object: "33-7d1e5b02c4a9f6d81b3e0a7c95f24d68", At: 1795305600, By: "operator 3",
		Counts:   map[string]uint64{"inputs": 1, "bytes": 310000, "records": 1000, "chunks": 2, "parts": 2},
		Sequence: 1, Hash: repeated(0x60, 32), Digest: repeated(0x7d, 32)}
	if act == "abandon" {
		s.Counts["voided"] = 1
	}
	return s
}

func repeated(b byte, n int) []byte { return bytes.Repeat([]byte{b}, n) }

// recordOf is the record with a payload, signed by keys. The reader is given both
// keys of the region.
func recordOf(name, expect, comment string, m *message, requirement ...string) *deletionVector {
	v := &deletionVector{Name: name, Comment: comment, Requirement: requirement, Expect: expect, Record: hexText(m.bytes()), err: m.err}
	for _, k := range deletionKeys() {
		x, y := k.coordinates()
		v.Keys = append(v.Keys, tokenKey{k.alg, hexText(x), hexText(y)})
	}
	return v
}

func deletionKeys() []*key { return []*key{keyOf("33", algSM2, 1), keyOf("33", algES256, 1)} }

func rightRecord(name, comment string, says *deletionSays, keys []*key, requirement ...string) *deletionVector {
	v := recordOf(name, "ok", comment, newMessage("deletion", mapOf(says.fields())).signed(keys...), requirement...)
	for _, k := range keys {
		if slices.Contains(deletionKeys(), k) {
			v.Signers++
		}
	}
	v.Says = says
	return v
}

func goodDeletions() []*deletionVector {
	both := deletionKeys()
	bounds, none := purged(), forgotten("forget")
	bounds.Object, bounds.By, bounds.At, bounds.Before = strings.Repeat("a", 128), strings.Repeat("甲", 42)+"ab", 0, 1
	bounds.Sequence = 1<<64 - 1
	bounds.Counts = map[string]uint64{}
	for c := 'a'; c < 'a'+16; c++ {
		bounds.Counts[string(c)] = 1<<64 - 1
	}
	none.Counts = map[string]uint64{}
	return []*deletionVector{
		rightRecord("purge-sm2", "A purge, signed with SM2.", purged(), both[:1], "DELETION-1", "DELETION-2"),
		rightRecord("purge-es256", "A purge, signed with ES256.", purged(), both[1:], "DELETION-1", "DELETION-2"),
		rightRecord("forget", "A job's input, forgotten.", forgotten("forget"), both[:1], "DELETION-2"),
		rightRecord("abandon", "A job that was given up.", forgotten("abandon"), both[1:], "DELETION-2"),
		rightRecord("bounds", "Every field at its bound.", bounds, both[:1], "DELETION-3"),
		rightRecord("no-counts", "Nothing was counted.", none, both[:1], "DELETION-3"),
		rightRecord("two-signers", "Signed by both keys.", purged(), both, "DELETION-4"),
		rightRecord("stranger-beside", "A stranger has signed besides.", purged(), []*key{both[0], keyOf("34", algSM2, 1)}, "DELETION-4"),
	}
}

// wrongDeletions are wrong in one field of the payload.
func wrongDeletions() []*deletionVector {
	wrong := func(name, comment string, p pairs, requirement string) *deletionVector {
		return recordOf(name, "content", comment, newMessage("deletion", mapOf(p)).signed(deletionKeys()[0]), requirement)
	}
	purge, forget := purged().fields(), forgotten("forget").fields()
	many := pairs{}
	for c := 'a'; c < 'a'+17; c++ {
		many = append(many, pair{textOf(string(c)), uintOf(1)})
	}
	head := func(sequence uint64, hash int) raw { return arrayOf(uintOf(sequence), bytesOf(repeated(1, hash))) }
	return []*deletionVector{
		wrong("act-unknown", "An act of later times.", purge.with(uintOf(1), textOf("shred")), "DELETION-2"),
		wrong("act-missing", "No act.", purge.without(uintOf(1)), "DELETION-2"),
		wrong("object-missing", "Of what is not said.", purge.without(uintOf(2)), "DELETION-2"),
		wrong("field-unknown", "A field of later times.", purge.with(uintOf(9), uintOf(1)), "DELETION-2"),
		wrong("purge-without-before", "A purge of no month.", purge.without(uintOf(5)), "DELETION-2"),
		wrong("purge-with-digest", "A purge with the digest of a job.", purge.with(uintOf(8), bytesOf(repeated(1, 32))), "DELETION-2"),
		wrong("forget-with-before", "A job with months.", forget.with(uintOf(5), uintOf(1793462400)), "DELETION-2"),
		wrong("forget-without-digest", "A job without its digest.", forget.without(uintOf(8)), "DELETION-2"),
		wrong("counts-missing", "No counts.", forget.without(uintOf(6)), "DELETION-2"),
		wrong("before-0", "Before 1970.", purge.with(uintOf(5), uintOf(0)), "DELETION-3"),
		wrong("at-2-32", "A time beyond 32 bits.", purge.with(uintOf(3), uintOf(1<<32)), "DELETION-3"),
		wrong("at-negative", "A time below zero.", purge.with(uintOf(3), intOf(-1)), "DELETION-3"),
		wrong("by-empty", "By nobody.", purge.with(uintOf(4), textOf("")), "DELETION-3"),
		wrong("by-129", "A name of 129 bytes.", purge.with(uintOf(4), textOf(strings.Repeat("a", 129))), "DELETION-3"),
		wrong("by-two-lines", "A name of two lines.", purge.with(uintOf(4), textOf("operator\n3")), "DELETION-3"),
		wrong("object-bytes", "An object of bytes.", purge.with(uintOf(2), bytesOf(repeated(1, 16))), "DELETION-3"),
		wrong("counts-17", "Seventeen counts.", purge.with(uintOf(6), mapOf(many)), "DELETION-3"),
		wrong("count-nameless", "A count of nothing.", purge.with(uintOf(6), mapOf(pairs{{textOf(""), uintOf(1)}})), "DELETION-3"),
		wrong("count-negative", "A count below zero.", purge.with(uintOf(6), mapOf(pairs{{textOf("jobs"), intOf(-1)}})), "DELETION-3"),
		wrong("sequence-0", "A journal with nothing in it.", purge.with(uintOf(7), head(0, 32)), "DELETION-3"),
		wrong("hash-31", "A hash of 31 bytes.", purge.with(uintOf(7), head(1, 31)), "DELETION-3"),
		wrong("digest-33", "A digest of 33 bytes.", forget.with(uintOf(8), bytesOf(repeated(1, 33))), "DELETION-3"),
		recordOf("payload-a-number", "content", "Not a map.", newMessage("deletion", uintOf(5)).signed(deletionKeys()[0]), "DELETION-2"),
	}
}

// badRecords are wrong around the payload.
func badRecords() []*deletionVector {
	both := deletionKeys()
	payload := mapOf(purged().fields())
	unsorted := newMessage("deletion", mapAsIs(reversed(purged().fields().sorted()))).signed(both[0])
	other := newMessage("snapshot", payload).signed(both[0])
	header := newMessage("deletion", payload).signed(both[0])
	header.unprotected = mapOf(pairs{{intOf(4), bytesOf([]byte{1})}})
	tag := newMessage("deletion", payload).signed(both[0])
	tag.tag = 18
	changed := newMessage("deletion", payload).signed(both[0])
	changed.payload = mapOf(purged().fields().with(uintOf(4), textOf("operator 4")))
	return []*deletionVector{
		recordOf("payload-unsorted", "encoding", "Fields in another order.", unsorted, "DELETION-1"),
		recordOf("typ-snapshot", "kind", "A document of another kind.", other, "DELETION-1"),
		recordOf("unprotected-header", "envelope", "A header that nobody signed.", header, "DELETION-1"),
		recordOf("tag-18", "envelope", "Tagged as of one signature.", tag, "DELETION-1"),
		recordOf("no-signature", "envelope", "Signed by nobody.", newMessage("deletion", payload), "DELETION-1"),
		recordOf("twice-signed", "envelope", "One key twice.", newMessage("deletion", payload).signed(both[0], both[0]), "DELETION-1"),
		recordOf("payload-changed", "unsigned", "Changed after it was signed.", changed, "DELETION-4"),
		recordOf("stranger", "unsigned", "Signed by a key of another region.", newMessage("deletion", payload).signed(keyOf("34", algSM2, 1)), "DELETION-4"),
		recordOf("stranger-content", "unsigned", "Signed by a stranger, and wrong: what nobody signed is not looked at.",
			newMessage("deletion", uintOf(5)).signed(keyOf("34", algSM2, 1)), "DELETION-4"),
	}
}

func deletionFiles() (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, v := range slices.Concat(goodDeletions(), wrongDeletions(), badRecords()) {
		if v.err != nil {
			return nil, fmt.Errorf("deletion/%s: %w", v.Name, v.err)
		}
		content, err := json.MarshalIndent(v, "", "  ")
		if err != nil {
			return nil, err
		}
		path := "deletion/" + v.Name + ".json"
		if files[path] != nil {
			return nil, fmt.Errorf("two vectors are named %s", path)
		}
		files[path] = append(content, '\n')
	}
	return files, nil
}
