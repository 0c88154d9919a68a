package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// exportVector is one signed JWK Set with what a reader makes of it.
type exportVector struct {
	Name        string       `json:"name"`
	Comment     string       `json:"comment"`
	Requirement []string     `json:"requirement"`
	Root        string       `json:"root"`            // the root in force, in hexadecimal
	Known       *exportKnown `json:"known,omitempty"` // what the reader has taken before
	Export      string       `json:"export"`          // the JWS as text
	Expect      string       `json:"expect"`          // ok, or the class of the fault that refuses it
	Hash        string       `json:"hash,omitempty"`
	Keys        []exportKey  `json:"keys,omitempty"`    // in their order, the compromised ones last
	Foreign     int          `json:"foreign,omitempty"` // keys of unknown types

	err error
}

type exportKnown struct {
	List    *exportPart           `json:"list,omitempty"`
	KeySets map[string]exportPart `json:"keysets,omitempty"`
}

type exportPart struct {
	Version string `json:"version"`
	Hash    string `json:"hash,omitempty"`
}

type exportKey struct {
	Region    string `json:"region"`
	Algorithm int64  `json:"algorithm"`
	KID       string `json:"kid"` // base64url of the whole thumbprint
	State     string `json:"state"`
}

// jose is a JSON object. The encoder sorts its members.
type jose = map[string]any

// canonical is the JSON of v without blanks. No text of a vector has a character
// that the encoder escapes for HTML.
func canonical(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(data)
}

func base64url(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

const ours = "vnd.tongxing"

func joseAlgorithm(alg int64) (name, curve string) {
	if alg == algSM2 {
		return "SGD_SM3_SM2", "SM2"
	}
	return "ES256", "P-256"
}

func (k *key) wholeKID() string {
	thumbprint := k.thumbprint()
	return base64url(thumbprint[:])
}

// startOfDay is 00:00 at UTC+8 of a day since 2020-01-01.
func startOfDay(n int64) int64 { return 1577808000 + n*86400 }

// jwk is the key of a region as an export has it.
func (k *key) jwk(region string, usage uint64) jose {
	x, y := k.coordinates()
	name, curve := joseAlgorithm(k.alg)
	return jose{"alg": name, "crv": curve, "kid": k.wholeKID(), "kty": "EC", "use": "sig", "x": base64url(x), "y": base64url(y),
		ours: jose{"region": region, "sign_from": startOfDay(dayFrom), "sign_until": startOfDay(dayUntil), "state": "active", "usage": usage}}
}

// about returns the member with what RFC 7517 has no member for.
func about(jwk jose) jose { return jwk[ours].(jose) }

func exportDocument(text string, issued int64) jose {
	hash := sha256.Sum256([]byte("tongxing test document/" + text))
	return jose{"hash": hex.EncodeToString(hash[:]), "issued": issued, "version": "1.2"}
}

// export is an export under construction: every part can be made wrong.
type export struct {
	payload     jose
	payloadText func(string) string
	signers     []*key
	header      func(k *key, h jose)
	headerText  func(k *key, text string) string
	signatures  func(e *export, all []jose) []jose
	whole       func(string) string
}

// exportRoot has three keys of each algorithm, of which two have to sign.
func exportRoot() *message {
	groups := arrayOf(group("ES256", 1, 2, keysOf("root", algES256, 3)), group("SM2", 1, 2, keysOf("root", algSM2, 3)))
	return document("root", rootFields(1).with(uintOf(5), groups), exportSigners()...)
}

func exportSigners() []*key { return append(keysOf("root", algSM2, 2), keysOf("root", algES256, 2)...) }

// regionKeys are the keys of a region that are in use, and one that is
// compromised.
func regionKeys(region string, alg int64) (used []*key, compromised *key) {
	used = keysOf("signing/"+region, alg, 2)
	slices.SortFunc(used, compareKID)
	return used, keyOf("signing/"+region, alg, 2)
}

func compareKID(a, b *key) int { return strings.Compare(a.wholeKID(), b.wholeKID()) }

// newExport has region 33 with SM2 and region 46 with ES256: two keys each, the
// second retired and limited, and one that is compromised.
func newExport() *export {
	var keys, compromised, regions []any
	for _, r := range []struct {
		code string
		alg  int64
	}{{"33", algSM2}, {"46", algES256}} {
		used, bad := regionKeys(r.code, r.alg)
		first, second, third := used[0].jwk(r.code, useCredentials), used[1].jwk(r.code, useTests), bad.jwk(r.code, useAll)
		about(second)["state"], about(second)["since"], about(second)["laboratories"] = "retired", documentTime, []any{33<<16 + 3, 33<<16 + 4}
		about(third)["state"], about(third)["since"] = "compromised", documentTime-86400
		keys, compromised = append(keys, first, second), append(compromised, third)
		regions = append(regions, jose{"code": r.code, "usage": useAll, "keyset": exportDocument("keyset "+r.code, documentTime-3600)})
	}
	regions[1].(jose)["withdrawn"] = []any{jose{"from": documentTime, "usage": useTests}}
	return &export{signers: exportSigners(), payload: jose{"keys": keys, ours: jose{
		"compromised": compromised, "list": exportDocument("list", documentTime), "programme_end": documentTime + 1000*86400, "regions": regions,
	}}}
}

// set returns the member that says what the payload was made from.
func (e *export) set() jose { return e.payload[ours].(jose) }

func (e *export) keyAt(i int) jose    { return e.payload["keys"].([]any)[i].(jose) }
func (e *export) region(i int) jose   { return e.set()["regions"].([]any)[i].(jose) }
func (e *export) addKeys(more ...any) { e.payload["keys"] = append(e.payload["keys"].([]any), more...) }

// plain returns the payload as it is signed.
func (e *export) plain() string {
	if e.payloadText != nil {
		return e.payloadText(canonical(e.payload))
	}
	return canonical(e.payload)
}

// sign returns one signature with the header that h makes.
func (e *export) sign(k *key, h jose) (jose, error) {
	text := canonical(h)
	if e.headerText != nil {
		text = e.headerText(k, text)
	}
	protected := base64url([]byte(text))
	value, err := k.sign([]byte(protected + "." + base64url([]byte(e.plain()))))
	return jose{"protected": protected, "signature": base64url(value)}, err
}

func (k *key) header() jose {
	name, _ := joseAlgorithm(k.alg)
	return jose{"alg": name, "kid": k.wholeKID(), "typ": "vnd.tongxing.jwks+json"}
}

func (e *export) text() (string, error) {
	signers := slices.Clone(e.signers)
	slices.SortFunc(signers, compareKID)
	all := []jose{}
	for _, k := range signers {
		h := k.header()
		if e.header != nil {
			e.header(k, h)
		}
		one, err := e.sign(k, h)
		if err != nil {
			return "", fmt.Errorf("sign with %s: %w", k.name, err)
		}
		all = append(all, one)
	}
	if e.signatures != nil {
		all = e.signatures(e, all)
	}
	text := canonical(jose{"payload": base64url([]byte(e.plain())), "signatures": all})
	if e.whole != nil {
		text = e.whole(text)
	}
	return text, nil
}

func (e *export) vector(name, expect, comment string, requirement ...string) *exportVector {
	text, err := e.text()
	return &exportVector{Name: name, Comment: comment, Requirement: requirement,
		Root: hex.EncodeToString(exportRoot().bytes()), Export: text, Expect: expect, err: err}
}

// taken is vector for an export that is read, with the keys of newExport.
func (e *export) taken(name, comment string, requirement ...string) *exportVector {
	v := e.vector(name, "ok", comment, requirement...)
	hash := sha256.Sum256([]byte(e.plain()))
	v.Hash = hex.EncodeToString(hash[:])
	for _, region := range []struct {
		code string
		alg  int64
	}{{"33", algSM2}, {"46", algES256}} {
		used, bad := regionKeys(region.code, region.alg)
		for i, k := range append(used, bad) {
			state := []string{"active", "retired", "compromised"}[i]
			v.Keys = append(v.Keys, exportKey{region.code, region.alg, k.wholeKID(), state})
		}
	}
	return v
}

// knows gives the vector what the reader has taken before.
func (v *exportVector) knows(known exportKnown) *exportVector {
	v.Known = &known
	return v
}

// exportWith is a good export with one change.
func exportWith(change func(*export)) *export {
	e := newExport()
	change(e)
	return e
}

// exportFiles returns the vectors of exports by path.
func exportFiles() (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, v := range slices.Concat(goodExports(), exportEnvelopes(), exportHeaders(), exportSigned(), exportSets(), exportJWKs()) {
		if v.err != nil {
			return nil, fmt.Errorf("jwks/%s: %w", v.Name, v.err)
		}
		var content bytes.Buffer
		encoder := json.NewEncoder(&content)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(v); err != nil {
			return nil, err
		}
		path := "jwks/" + v.Name + ".json"
		if files[path] != nil {
			return nil, fmt.Errorf("two vectors are named %s", path)
		}
		files[path] = content.Bytes()
	}
	return files, nil
}
