// Package keys holds private keys, and is the only package that does.
//
// A key is generated, sealed under a passphrase into a PEM file, and from then
// on opened from that file into memory to sign; it leaves this package in no
// other form, and prints as its algorithm and public thumbprint whatever the
// verb.
//
//	key, err := keys.Generate(sig.SM2, rand.Reader)
//	sealed, err := key.Marshal(passphrase)            // -----BEGIN ENCRYPTED PRIVATE KEY-----
//	err = keys.SaveFile("33-2026a.key", sealed)       // mode 0600, never over another file
//
//	sealed, err = keys.LoadFile("33-2026a.key")
//	key, err = keys.Parse(sealed, passphrase)
//	signature, err := key.Sign(message)               // r || s, 64 bytes
//
// The file is PKCS#8 (RFC 5958) under PBES2 (RFC 8018): PBKDF2 with
// HMAC-SHA-256, 600,000 iterations and a 16-byte salt, then AES-256-CBC. These
// are what OpenSSL 3 reads and writes, so a key can be checked and moved without
// this program:
//
//	openssl pkey -in 33-2026a.key -pubout
//	openssl pkcs8 -topk8 -v2 aes-256-cbc -iter 600000 -in plain.pem -out 33-2026a.key
//
// Read are also HMAC-SM3 for the first and AES-128-CBC and SM4-CBC for the
// second. CBC does not authenticate what it encrypts: the public key that the
// file carries beside the private one is the check, and a file whose two do not
// belong together, or that carries no public key, is refused.
//
// A passphrase is bytes, used as they are: it is not brought into a Unicode
// normal form, because OpenSSL does not. The caller clears it after use; this
// package keeps no copy beyond the call, and clears what it derived from it.
package keys

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/emmansun/gmsm/sm2"

	"github.com/tongxing/tongxing/format/sig"
)

var (
	// ErrNotAKeyFile reports data that is not one key in PEM, or not the kind
	// of key file that was wanted, or a damaged one.
	ErrNotAKeyFile = errors.New("keys: not a key file")
	// ErrUnencrypted reports a private key without a passphrase. Such a file
	// is refused: it may have been copied by anyone.
	ErrUnencrypted = errors.New("keys: private key is not encrypted (encrypt it: openssl pkcs8 -topk8 -v2 aes-256-cbc -iter 600000 -in OLD -out NEW)")
	// ErrProtection reports a private key that is encrypted in a way that this
	// package does not open, or at a cost beyond its bounds.
	ErrProtection = errors.New("keys: encryption of the private key is not supported (convert it: openssl pkcs8 -topk8 -v2 aes-256-cbc -iter 600000 -in OLD -out NEW)")
	// ErrUnsupportedKey reports a key of another kind or curve.
	ErrUnsupportedKey = errors.New("keys: key is neither P-256 nor SM2")
	// ErrWrongPassphrase reports that the passphrase does not open the file, or
	// that its encrypted part is damaged: that cannot be told apart.
	ErrWrongPassphrase = errors.New("keys: wrong passphrase, or the file is damaged")
	// ErrPassphrase reports a passphrase that is empty or over MaxPassphrase.
	ErrPassphrase = errors.New("keys: passphrase is empty or too long")
	// ErrPermissions reports a private key file that others may read.
	ErrPermissions = errors.New("keys: key file may be read by others than its owner")
	// ErrFolder reports a private key file in whose place others may put another.
	ErrFolder = errors.New("keys: folder of the key file may be changed by others than its owner")
)

// PrivateKey signs. It is immutable and safe for concurrent use, and implements
// sig.Signer. Generate and Parse make one; the zero value is no key.
type PrivateKey struct {
	public *sig.PublicKey
	// secret is behind a function: fmt calls no methods on unexported fields,
	// and follows pointers in them under some verbs (%t), but it, and whatever
	// else walks over values by reflection, prints a function as an address.
	secret func() *secret
}

// secret is a private key in the form that its library wants.
type secret struct {
	scalar [32]byte
	es256  *ecdsa.PrivateKey
	sm2    *sm2.PrivateKey
}

var _ sig.Signer = (*PrivateKey)(nil)

// maxDraws bounds how often Generate draws: one draw in 2^32 is out of range,
// so that a reader which needs more is broken.
const maxDraws = 8

// Generate makes a key of the given algorithm from 32 bytes of random, drawn
// again in the rare case that they are out of range. It is a function of those
// bytes, which test vectors rely on; everything else passes
// crypto/rand.Reader, which a nil reader stands for. Errors are
// sig.ErrUnknownAlgorithm and the reader's.
func Generate(algorithm sig.Algorithm, random io.Reader) (*PrivateKey, error) {
	if !algorithm.Known() {
		return nil, fmt.Errorf("generate key: %w: %d", sig.ErrUnknownAlgorithm, int64(algorithm))
	}
	if random == nil {
		random = rand.Reader
	}
	var scalar [32]byte
	defer clear(scalar[:])
	for range maxDraws {
		if _, err := io.ReadFull(random, scalar[:]); err != nil {
			return nil, fmt.Errorf("generate key: %w", err)
		}
		if key, err := newPrivateKey(algorithm, &scalar); err == nil {
			return key, nil
		}
	}
	return nil, errors.New("generate key: random source gives nothing that is a key")
}

// newPrivateKey returns the key of a scalar, 1 to n-1 (SM2: n-2).
func newPrivateKey(algorithm sig.Algorithm, scalar *[32]byte) (*PrivateKey, error) {
	s := &secret{scalar: *scalar}
	point := make([]byte, 1, sig.UncompressedPointSize)
	point[0] = 4
	var public *ecdsa.PublicKey
	switch algorithm {
	case sig.ES256:
		key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar[:])
		if err != nil {
			return nil, err
		}
		s.es256, public = key, &key.PublicKey
	case sig.SM2:
		key, err := sm2.NewPrivateKey(scalar[:])
		if err != nil {
			return nil, err
		}
		s.sm2, public = key, &key.PublicKey
	default:
		return nil, sig.ErrUnknownAlgorithm
	}
	point = point[:sig.UncompressedPointSize]
	public.X.FillBytes(point[1:33])
	public.Y.FillBytes(point[33:])
	known, err := sig.NewPublicKey(algorithm, point)
	if err != nil {
		return nil, err
	}
	return &PrivateKey{public: known, secret: func() *secret { return s }}, nil
}

// errNoKey reports use of the zero PrivateKey.
var errNoKey = errors.New("keys: no key")

// PublicKey implements sig.Signer.
func (k *PrivateKey) PublicKey() *sig.PublicKey { return k.public }

// Sign implements sig.Signer: r || s, 64 bytes, over the whole message. The
// signature of a message is another each time.
func (k *PrivateKey) Sign(message []byte) ([]byte, error) {
	if k.secret == nil {
		return nil, errNoKey
	}
	return k.SignDigest(k.public.Digest(message))
}

// String names the key by what is public of it.
func (k PrivateKey) String() string { return "private key of " + k.public.String() }

// GoString is String: %#v must not print the fields.
func (k PrivateKey) GoString() string { return k.String() }

// Format prints String for every verb.
func (k PrivateKey) Format(f fmt.State, _ rune) { io.WriteString(f, k.String()) }

// LogValue is String.
func (k PrivateKey) LogValue() slog.Value { return slog.StringValue(k.String()) }

// MarshalText is String, for JSON and whatever else encodes values as text. A
// private key is written to a file with Marshal.
func (k PrivateKey) MarshalText() ([]byte, error) { return []byte(k.String()), nil }
