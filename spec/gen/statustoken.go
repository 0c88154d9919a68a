package main

import (
	"encoding/binary"
	"fmt"
	"hash/adler32"
	"slices"
	"strings"
)

// tokenVector is one Status List Token, and what a reader makes of it.
type tokenVector struct {
	Name        string     `json:"name"`
	Comment     string     `json:"comment"`
	Requirement []string   `json:"requirement"`
	Format      string     `json:"format"`            // cwt or jwt
	CWT         string     `json:"cwt,omitempty"`     // hexadecimal
	JWT         string     `json:"jwt,omitempty"`     // text
	Key         tokenKey   `json:"key"`               // that the reader is given
	Time        int64      `json:"time"`              // of the reader, unix seconds
	AskedFor    string     `json:"asked_for"`         // URI of the list that the reader wants; empty: any
	MaxPlaces   uint64     `json:"max_places"`        // that the reader allows
	Expect      string     `json:"expect"`            // ok, or the class of the fault
	Says        *tokenSays `json:"says,omitempty"`    // of a right token
	Written     bool       `json:"written,omitempty"` // as an export is written, but for the compressor
}

type tokenKey struct {
	Algorithm int64  `json:"algorithm"`
	X         string `json:"x"`
	Y         string `json:"y"`
}

type tokenSays struct {
	Subject    string    `json:"subject"`
	Issued     int64     `json:"issued"`
	Expires    int64     `json:"expires,omitempty"`
	TTL        int64     `json:"ttl,omitempty"`
	Places     uint64    `json:"places"`
	Revoked    []stretch `json:"revoked,omitempty"`
	Superseded []stretch `json:"superseded,omitempty"`
	Suspended  []stretch `json:"suspended,omitempty"`
}

// Of all tokens, where nothing else is said.
const (
	tokenSubject   = "urn:tongxing:status:33:7936"
	tokenIssued    = 1660176000
	tokenDay       = 86400
	tokenMaxPlaces = 1 << 20
	typeCWT        = "application/statuslist+cwt"
	typeJWT        = "statuslist+jwt"
)

// statusToken is a token under construction. A change of what is signed is made
// before signing, one of the whole behind it.
type statusToken struct {
	key, read   *key // who signs, and whose key the reader is given
	bits        int
	lst         []byte
	says        tokenSays
	protected   pairs
	unprotected raw
	claims      func(list raw) raw
	whole       func(protected, unprotected, payload, signature raw) raw

	header, payload string // JSON
	parts           func(header, payload, signature string) string
}

// newStatusToken is a right one: 32 places of 2 bits.
func newStatusToken(alg int64) *statusToken {
	k := keyOf("33", alg, 1)
	t := &statusToken{key: k, read: k, bits: 2, unprotected: mapOf(nil)}
	t.says = tokenSays{
		Subject: tokenSubject, Issued: tokenIssued, Expires: tokenIssued + 2*tokenDay, TTL: tokenDay, Places: 32,
		Revoked: []stretch{{1, 1}, {8, 12}, {31, 31}}, Superseded: []stretch{{6, 6}}, Suspended: []stretch{{5, 5}, {20, 20}},
	}
	t.lst = stored(arrayOfStatuses(t.bits, t.says.Places, t.says))
	kid := k.thumbprint()
	t.protected = pairs{{intOf(1), intOf(alg)}, {intOf(4), bytesOf(kid[:])}, {intOf(16), textOf(typeCWT)}}
	t.claims = func(list raw) raw { return mapOf(t.cwtClaims(list)) }
	t.whole = func(protected, unprotected, payload, signature raw) raw {
		return tagOf(18, arrayOf(bytesOf(protected), unprotected, bytesOf(payload), bytesOf(signature)))
	}
	name, _ := joseAlgorithm(alg)
	t.header = canonical(jose{"alg": name, "kid": base64url(kid[:]), "typ": typeJWT})
	t.parts = func(header, payload, signature string) string {
		return base64url([]byte(header)) + "." + base64url([]byte(payload)) + "." + signature
	}
	return t
}

func (t *statusToken) cwtClaims(list raw) pairs {
	return pairs{
		{intOf(2), textOf(t.says.Subject)}, {intOf(4), intOf(t.says.Expires)}, {intOf(6), intOf(t.says.Issued)},
		{intOf(65533), list}, {intOf(65534), intOf(t.says.TTL)},
	}
}

func (t *statusToken) jwtClaims() jose {
	return jose{
		"exp": t.says.Expires, "iat": t.says.Issued, "sub": t.says.Subject, "ttl": t.says.TTL,
		"status_list": jose{"bits": t.bits, "lst": base64url(t.lst)},
	}
}

func (t *statusToken) list() pairs {
	return pairs{{textOf("bits"), intOf(int64(t.bits))}, {textOf("lst"), bytesOf(t.lst)}}
}

func (t *statusToken) build(v tokenVector) (tokenVector, error) {
	x, y := t.read.coordinates()
	v.Key = tokenKey{t.read.alg, hexText(x), hexText(y)}
	v.MaxPlaces = max(v.MaxPlaces, tokenMaxPlaces)
	if v.Time == 0 {
		v.Time = tokenIssued + 60
	}
	if v.Expect == "ok" {
		v.Says = &t.says
	}
	if v.Format == "jwt" {
		if t.payload == "" {
			t.payload = canonical(t.jwtClaims())
		}
		input := base64url([]byte(t.header)) + "." + base64url([]byte(t.payload))
		signature, err := t.key.sign([]byte(input))
		v.JWT = t.parts(t.header, t.payload, base64url(signature))
		return v, err
	}
	protected, payload := mapOf(t.protected), t.claims(mapOf(t.list()))
	signature, err := t.key.sign(arrayOf(textOf("Signature1"), bytesOf(protected), bytesOf(nil), bytesOf(payload)))
	v.CWT = hexText(t.whole(protected, t.unprotected, payload, signature))
	return v, err
}

// arrayOfStatuses is the array of section 1, before it is compressed.
func arrayOfStatuses(bits int, places uint64, says tokenSays) []byte {
	array := make([]byte, (places*uint64(bits)+7)/8)
	for status, set := range map[int][]stretch{1: says.Revoked, 2: says.Suspended, 3: says.Superseded} {
		for _, s := range set {
			for index := s[0]; index <= s[1]; index++ {
				array[int(index)*bits/8] |= byte(status << (int(index) * bits % 8))
			}
		}
	}
	return array
}

// stored is data in the zlib format without compression, which is the same for
// every compressor.
func stored(data []byte) []byte {
	out := []byte{0x78, 0x01, 0x01}
	out = binary.LittleEndian.AppendUint16(out, uint16(len(data)))
	out = binary.LittleEndian.AppendUint16(out, ^uint16(len(data)))
	return binary.BigEndian.AppendUint32(append(out, data...), adler32.Checksum(data))
}

// zeros is 1 + 258 n zero bytes in the zlib format, as short as they can be.
func zeros(n int) []byte { return zerosThen(n, 0) }

// zerosThen is one zero byte, matches of the length 258 at the distance 1, and
// more zero bytes, each alone, with the fixed codes of RFC 1951 section 3.2.6.
func zerosThen(matches, more int) []byte {
	const literal, match, end = "00110000", "11000101" + "00000", "0000000"
	text := "110" + literal + strings.Repeat(match, matches) + strings.Repeat(literal, more) + end
	out := []byte{0x78, 0xda}
	for part := range slices.Chunk([]byte(text), 8) {
		octet := byte(0)
		for i, bit := range part {
			octet |= (bit - '0') << i // DEFLATE fills bytes from the least significant bit
		}
		out = append(out, octet)
	}
	return binary.BigEndian.AppendUint32(out, adler32.Checksum(make([]byte, 1+258*matches+more)))
}

func statusTokenFiles() (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, part := range []func() ([]tokenVector, error){
		goodTokens, foreignTokens, badTokenArrays, badTokenHeaders, badTokenEnvelopes, badTokenClaims, badTokenJWTs, badJWTClaims, badTokenTimes,
	} {
		all, err := part()
		if err != nil {
			return nil, err
		}
		for _, v := range all {
			name := "statustoken/" + v.Name + ".json"
			if files[name] != nil {
				return nil, fmt.Errorf("two vectors are named %s", name)
			}
			content, err := marshal(v)
			if err != nil {
				return nil, err
			}
			files[name] = content
		}
	}
	return files, nil
}
