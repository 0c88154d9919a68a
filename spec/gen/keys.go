package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"sync"

	"github.com/tjfoc/gmsm/sm2"
)

// COSE numbers of the two algorithms and of their curves.
const (
	algES256 = -7
	algSM2   = -131585
	crvP256  = 1
	crvSM2   = -131584
)

// key is a private key whose scalar is derived from its name, so that anybody
// can make it again: d = SHA-256("tongxing test key/" + name) mod (n - 1) + 1.
type key struct {
	name  string
	alg   int64
	curve elliptic.Curve
	d     *big.Int
	x, y  *big.Int
}

var (
	keyMutex sync.Mutex
	keyCache = map[string]*key{}
)

// keyOf returns the n-th key of a region for an algorithm.
func keyOf(region string, alg int64, n int) *key {
	name := fmt.Sprintf("%s/%d/%d", region, alg, n)
	keyMutex.Lock()
	defer keyMutex.Unlock()
	if k := keyCache[name]; k != nil {
		return k
	}
	k := &key{name: name, alg: alg, curve: curveOf(alg)}
	seed := sha256.Sum256([]byte("tongxing test key/" + name))
	order := new(big.Int).Sub(k.curve.Params().N, big.NewInt(1))
	k.d = new(big.Int).Mod(new(big.Int).SetBytes(seed[:]), order)
	k.d.Add(k.d, big.NewInt(1))
	k.x, k.y = k.curve.ScalarBaseMult(k.d.Bytes())
	keyCache[name] = k
	return k
}

func curveOf(alg int64) elliptic.Curve {
	if alg == algSM2 {
		return sm2.P256Sm2()
	}
	return elliptic.P256()
}

func (k *key) coordinates() (x, y []byte) {
	return k.x.FillBytes(make([]byte, 32)), k.y.FillBytes(make([]byte, 32))
}

// thumbprint is that of RFC 9679.
func (k *key) thumbprint() [32]byte {
	crv := int64(crvP256)
	if k.alg == algSM2 {
		crv = crvSM2
	}
	x, y := k.coordinates()
	return sha256.Sum256(mapOf(pairs{
		{intOf(1), intOf(2)},
		{intOf(-1), intOf(crv)},
		{intOf(-2), bytesOf(x)},
		{intOf(-3), bytesOf(y)},
	}))
}

func (k *key) kid() []byte {
	t := k.thumbprint()
	return t[:4]
}

// sign returns r || s over the message with the algorithm of the key.
func (k *key) sign(message []byte) ([]byte, error) {
	if k.alg == algSM2 {
		return k.signSM2(message, nil)
	}
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), k.d.FillBytes(make([]byte, 32)))
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256(message)
	der, err := private.Sign(nil, digest[:], crypto.SHA256) // no randomness: RFC 6979
	if err != nil {
		return nil, err
	}
	var rs struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(der, &rs); err != nil || len(rest) != 0 {
		return nil, fmt.Errorf("signature in DER: %w", errors.Join(err))
	}
	return join64(rs.R, rs.S), nil
}

// signSM2 signs with the given identity; nil is the one of the specification.
func (k *key) signSM2(message, id []byte) ([]byte, error) {
	private := &sm2.PrivateKey{D: k.d}
	private.Curve, private.X, private.Y = sm2.P256Sm2(), k.x, k.y
	r, s, err := sm2.Sm2Sign(private, message, id, newStream(k.name, message))
	if err != nil {
		return nil, err
	}
	return join64(r, s), nil
}

// signPlainECDSA signs a digest with textbook ECDSA over whatever curve the key
// has. It exists to make signatures that have to be refused.
func (k *key) signPlainECDSA(digest []byte) []byte {
	n := k.curve.Params().N
	seed := sha256.Sum256(append([]byte(k.name), digest...))
	nonce := new(big.Int).SetBytes(seed[:])
	nonce.Mod(nonce, n)
	r, _ := k.curve.ScalarBaseMult(nonce.Bytes())
	r.Mod(r, n)
	s := new(big.Int).Mul(r, k.d)
	s.Add(s, new(big.Int).SetBytes(digest))
	s.Mul(s, new(big.Int).ModInverse(nonce, n))
	return join64(r, s.Mod(s, n))
}

// signSM2Scheme signs a digest by the formula of SM2 over whatever curve the key
// has. It too makes signatures that have to be refused.
func (k *key) signSM2Scheme(digest []byte) []byte {
	n := k.curve.Params().N
	seed := sha256.Sum256(append([]byte("sm2 scheme/"+k.name), digest...))
	nonce := new(big.Int).Mod(new(big.Int).SetBytes(seed[:]), n)
	x, _ := k.curve.ScalarBaseMult(nonce.Bytes())
	r := new(big.Int).Add(x, new(big.Int).SetBytes(digest))
	r.Mod(r, n)
	s := new(big.Int).Mul(r, k.d)
	s.Sub(nonce, s)
	s.Mul(s, new(big.Int).ModInverse(new(big.Int).Add(k.d, big.NewInt(1)), n))
	return join64(r, s.Mod(s, n))
}

// join64 pads r and s to 32 bytes each: libraries give short ones as they are.
func join64(r, s *big.Int) []byte {
	out := make([]byte, 64)
	r.FillBytes(out[:32])
	s.FillBytes(out[32:])
	return out
}

// stream is a source of the same bytes for the same seed.
type stream struct {
	seed    []byte
	counter uint64
	left    []byte
}

func newStream(name string, message []byte) *stream {
	seed := sha256.Sum256(append([]byte("tongxing test nonce/"+name+"/"), message...))
	return &stream{seed: seed[:]}
}

func (s *stream) Read(p []byte) (int, error) {
	for i := range p {
		if len(s.left) == 0 {
			block := sha256.Sum256(binary.BigEndian.AppendUint64(s.seed[:32:32], s.counter))
			s.left, s.counter = block[:], s.counter+1
		}
		p[i], s.left = s.left[0], s.left[1:]
	}
	return len(p), nil
}

// digestSM2 is e = SM3(ZA || message).
func (k *key) digestSM2(message []byte) ([]byte, error) {
	public := &sm2.PublicKey{Curve: k.curve, X: k.x, Y: k.y}
	digest, err := public.Sm3Digest(message, nil)
	if err != nil {
		return nil, err
	}
	return new(big.Int).SetBytes(digest).FillBytes(make([]byte, 32)), nil
}
