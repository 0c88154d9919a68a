package main

import (
	"encoding/hex"
	"fmt"
)

// suite is a key with its cases.
type suite struct {
	key   *key
	cases []testCase
}

type testCase struct {
	comment, flag string
	id, message   []byte
	signature     []byte
	valid         bool
}

// valid and invalid add a case over the default identity.
func (s *suite) valid(flag, comment string, message []byte, g signature) {
	s.cases = append(s.cases, testCase{comment, flag, defaultID, message, g.bytes(), true})
}

func (s *suite) invalid(flag, comment string, message, signature []byte) {
	s.cases = append(s.cases, testCase{comment, flag, defaultID, message, signature, false})
}

// other adds a case over another identity.
func (s *suite) other(flag, comment string, id, message, signature []byte, valid bool) {
	s.cases = append(s.cases, testCase{comment, flag, id, message, signature, valid})
}

// build numbers the cases on from before. It refuses one whose stated verdict
// is not that of the standard's steps, and one that is there twice.
func (s *suite) build(before int) (group, error) {
	q := append(pad(s.key.q.x), pad(s.key.q.y)...)
	g := group{
		Type: "Sm2P1363Verify", Comment: s.key.comment, SHA: "SM3",
		PublicKey: publicKey{
			Type: "EcPublicKey", Curve: "curveSM2", KeySize: 256,
			Uncompressed: "04" + hex.EncodeToString(q),
			WX:           hex.EncodeToString(q[:32]), WY: hex.EncodeToString(q[32:]),
		},
	}
	seen := map[string]string{}
	for _, c := range s.cases {
		if got := s.key.verifies(c.id, c.message, c.signature); got != c.valid {
			return group{}, fmt.Errorf("%s: %s: valid is %v", s.key.comment, c.comment, got)
		}
		if notes[c.flag].Description == "" {
			return group{}, fmt.Errorf("%s: %s: no note for flag %s", s.key.comment, c.comment, c.flag)
		}
		same := fmt.Sprintf("%x/%x/%x", c.id, c.message, c.signature)
		if seen[same] != "" {
			return group{}, fmt.Errorf("%s: %s is the same as %s", s.key.comment, c.comment, seen[same])
		}
		seen[same] = c.comment
		result := "invalid"
		if c.valid {
			result = "valid"
		}
		g.Tests = append(g.Tests, test{
			TcID: before + len(g.Tests) + 1, Comment: c.comment, Flags: []string{c.flag},
			UserID: hex.EncodeToString(c.id), Msg: hex.EncodeToString(c.message),
			Sig: hex.EncodeToString(c.signature), Result: result,
		})
	}
	return g, nil
}

// suites is the whole set.
func suites() []*suite {
	main := &suite{key: standardKey()}
	main.messages()
	main.arithmetic()
	main.ranges()
	main.lookalikes()
	main.identities()
	main.schemes()
	main.encodings()
	main.flips()
	main.coincidences()
	all := []*suite{main}
	all = append(all, smallMultiples()...)
	return append(all, edgeKeys()...)
}
