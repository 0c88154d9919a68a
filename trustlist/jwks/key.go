package jwks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/trustlist"
)

// algorithms are the names of ours and of their curves. GM/T 0125-2022 gives
// SM2 with SM3 its name; IANA has registered neither it nor the curve.
var algorithms = []struct {
	algorithm   sig.Algorithm
	name, curve string
}{
	{sig.ES256, "ES256", "P-256"},
	{sig.SM2, "SGD_SM3_SM2", "SM2"},
}

const (
	keyType = "EC"
	// ours is the member with everything that RFC 7517 has no member for.
	ours = "vnd.tongxing"
	// maxLaboratories bounds the laboratories that a key may be limited to.
	maxLaboratories = 256
)

func algorithmName(algorithm sig.Algorithm) string {
	for _, a := range algorithms {
		if a.algorithm == algorithm {
			return a.name
		}
	}
	return ""
}

func algorithmOf(name string) (sig.Algorithm, bool) {
	for _, a := range algorithms {
		if a.name == name {
			return a.algorithm, true
		}
	}
	return 0, false
}

// algorithmOfCurve returns the one algorithm of keys of a type and curve.
func algorithmOfCurve(kty, curve string) (sig.Algorithm, bool) {
	for _, a := range algorithms {
		if kty == keyType && a.curve == curve {
			return a.algorithm, true
		}
	}
	return 0, false
}

func curveName(algorithm sig.Algorithm) string {
	for _, a := range algorithms {
		if a.algorithm == algorithm {
			return a.curve
		}
	}
	return ""
}

// forbidden tells algorithms that anybody can sign with: none, and those with a
// secret that the reader would have too.
func forbidden(name string) bool {
	return strings.EqualFold(name, "none") || strings.HasPrefix(strings.ToUpper(name), "HS") || strings.HasSuffix(name, "_HMAC")
}

// keyID is the kid of a key: base64url of the whole thumbprint.
func keyID(key *sig.PublicKey) string {
	thumbprint := key.Thumbprint()
	return encode(thumbprint[:])
}

// privateParts are the members that hold a private or secret key (RFC 7518
// sections 6.2.2, 6.3.2 and 6.4.1, RFC 9964).
var privateParts = []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"}

// regionKey is a key with its region.
type regionKey struct {
	region string
	trustlist.Key
}

// keyValue is the JWK of a key.
func keyValue(k regionKey) value {
	point := k.Public.Uncompressed()
	algorithm := k.Public.Algorithm()
	extra := object(
		member{"region", textValue(k.region)}, member{"state", textValue(k.State.String())},
		member{"sign_from", numberValue(k.SignFrom)}, member{"sign_until", numberValue(k.SignUntil)},
		member{"usage", numberValue(int64(k.Usage))})
	if k.State != trustlist.Active {
		extra.members = append(extra.members, member{"since", numberValue(k.Since)})
	}
	if k.Laboratories != nil {
		var numbers []value
		for _, n := range slices.Sorted(slices.Values(k.Laboratories)) {
			numbers = append(numbers, numberValue(int64(n)))
		}
		extra.members = append(extra.members, member{"laboratories", arrayValue(numbers)})
	}
	return object(
		member{"kty", textValue(keyType)}, member{"crv", textValue(curveName(algorithm))},
		member{"x", textValue(encode(point[1:33]))}, member{"y", textValue(encode(point[33:]))},
		member{"alg", textValue(algorithmName(algorithm))}, member{"use", textValue("sig")},
		member{"kid", textValue(keyID(k.Public))}, member{ours, extra})
}

// readKey reads a JWK: a key, or false for one of a type or curve that is
// unknown here.
func readKey(path string, v *value) (regionKey, bool, error) {
	algorithm, known, err := classify(path, v)
	if err != nil || !known {
		return regionKey{}, false, err
	}
	public, err := readPublic(path, v, algorithm)
	if err != nil {
		return regionKey{}, false, err
	}
	r := open(path, v)
	for _, name := range []string{"kty", "crv", "x", "y", "alg", "kid"} {
		r.text(name)
	}
	if use := r.text("use"); use != "sig" {
		r.fail("use", "%q, not sig", use)
	}
	k := readTerms(r)
	k.Public = public
	return k, true, r.done()
}

// textOf returns a member that is text, or nothing.
func (v *value) textOf(name string) string {
	if m, there := v.get(name); there {
		return m.text
	}
	return ""
}

// classify finds the algorithm of a key and whether it is known here. A curve
// has one algorithm and an algorithm one curve, or a key could be used for what
// it was not made for.
func classify(path string, v *value) (sig.Algorithm, bool, error) {
	if v.kind != kindObject {
		return 0, false, invalid(path, "not an object")
	}
	for _, name := range privateParts {
		if _, there := v.get(name); there {
			return 0, false, fmt.Errorf("%s: %w: member %q", path, ErrPrivate, name)
		}
	}
	kty, curve, name := v.textOf("kty"), v.textOf("crv"), v.textOf("alg")
	if kty == "" {
		return 0, false, invalid(path+".kty", "missing")
	}
	algorithm, known := algorithmOfCurve(kty, curve)
	if claimed, _ := algorithmOf(name); claimed != algorithm {
		return 0, false, fmt.Errorf("%s: %w: %q with %s %s", path, ErrMismatch, name, kty, curve)
	}
	return algorithm, known, nil
}

// readPublic reads the point and holds the kid to it.
func readPublic(path string, v *value, algorithm sig.Algorithm) (*sig.PublicKey, error) {
	r := open(path, v)
	x, y, kid := r.bytes("x"), r.bytes("y"), r.text("kid")
	if r.err != nil {
		return nil, r.err
	}
	if len(x) != 32 || len(y) != 32 {
		return nil, fmt.Errorf("%s: %w: x %d, y %d", path, ErrCoordinate, len(x), len(y))
	}
	key, err := sig.NewPublicKey(algorithm, slices.Concat([]byte{4}, x, y))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if keyID(key) != kid {
		return nil, fmt.Errorf("%s: %w", path, ErrKeyID)
	}
	return key, nil
}

// readTerms reads what the key may sign, where and when.
func readTerms(r *reader) regionKey {
	t := r.object(ours)
	k := regionKey{region: t.text("region"), Key: trustlist.Key{
		SignFrom: t.day("sign_from"), SignUntil: t.day("sign_until"), Usage: t.usage(),
	}}
	switch state := t.text("state"); state {
	case trustlist.Active.String():
	case trustlist.Retired.String():
		k.State, k.Since = trustlist.Retired, t.time("since")
	case trustlist.Compromised.String():
		k.State, k.Since = trustlist.Compromised, t.time("since")
	default:
		t.fail("state", "%q is no state", state)
	}
	if t.err == nil && k.SignUntil <= k.SignFrom {
		t.fail("sign_until", "not after sign_from")
	}
	k.Laboratories = readLaboratories(t)
	r.merge(t)
	return k
}

// day returns the start of a day at UTC+8 (TRUST-61).
func (r *reader) day(name string) int64 {
	t := r.number(name, trustlist.Day(0), trustlist.Day(1<<16-1))
	if n, ok := trustlist.DayOf(t); r.err == nil && (!ok || trustlist.Day(n) != t) {
		r.fail(name, "not the start of a day at UTC+8")
	}
	return t
}

func readLaboratories(r *reader) []uint32 {
	var numbers []uint32
	for i, item := range r.optional("laboratories") {
		switch {
		case item.kind != kindNumber || item.number < 0 || item.number > trustlist.MaxLaboratory:
			r.fail("laboratories", "no laboratory at %d", i)
		case i > 0 && uint32(item.number) <= numbers[i-1]:
			r.fail("laboratories", "not ascending at %d", i)
		}
		if r.err != nil {
			return nil
		}
		numbers = append(numbers, uint32(item.number))
	}
	if len(numbers) > maxLaboratories {
		r.fail("laboratories", "%d, at most %d", len(numbers), maxLaboratories)
	}
	return numbers
}
