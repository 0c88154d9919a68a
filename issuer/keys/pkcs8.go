package keys

import (
	"bytes"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"fmt"

	"github.com/tongxing/tongxing/format/sig"
)

const (
	typeEncrypted = "ENCRYPTED PRIVATE KEY"
	typePublic    = "PUBLIC KEY"

	// MaxPassphrase is the length of the longest passphrase in bytes; OpenSSL
	// cuts off what it reads beyond it.
	MaxPassphrase = 1023
)

// Object identifiers of RFC 5480, SEC 2 and GM/T 0006.
var (
	oidECPublicKey = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}
	oidP256        = asn1.ObjectIdentifier{1, 2, 840, 10045, 3, 1, 7}
	oidSM2         = asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 301}
)

// otherKeys names what users bring by mistake.
var otherKeys = map[string]string{
	"1.2.840.113549.1.1.1":  "RSA",
	"1.2.840.113549.1.1.10": "RSA-PSS",
	"1.3.101.112":           "Ed25519",
	"1.3.132.0.34":          "P-384",
	"1.3.132.0.35":          "P-521",
	"1.3.132.0.10":          "secp256k1",
}

// privateKeyInfo is RFC 5958 section 2; what may follow is not read.
type privateKeyInfo struct {
	Version    int
	Algorithm  pkix.AlgorithmIdentifier
	PrivateKey []byte
}

// ecPrivateKey is RFC 5915 section 3.
type ecPrivateKey struct {
	Version    int
	PrivateKey []byte
	Curve      asn1.ObjectIdentifier `asn1:"optional,explicit,tag:0"`
	PublicKey  asn1.BitString        `asn1:"optional,explicit,tag:1"`
}

// subjectPublicKeyInfo is RFC 5280 section 4.1.
type subjectPublicKeyInfo struct {
	Algorithm pkix.AlgorithmIdentifier
	PublicKey asn1.BitString
}

// Marshal seals the key under a passphrase of 1 to MaxPassphrase bytes, and
// returns it as a PEM file. It takes a good part of a second: so will whoever
// tries passphrases.
func (k *PrivateKey) Marshal(passphrase []byte) ([]byte, error) {
	return k.marshal(passphrase, writtenIterations)
}

func (k *PrivateKey) marshal(passphrase []byte, iterations int) ([]byte, error) {
	if len(passphrase) == 0 || len(passphrase) > MaxPassphrase {
		return nil, ErrPassphrase
	}
	if k.secret == nil {
		return nil, errNoKey
	}
	inner, err := asn1.Marshal(ecPrivateKey{Version: 1, PrivateKey: k.secret().scalar[:], PublicKey: pointBits(k.public)})
	if err != nil {
		return nil, fmt.Errorf("marshal key: %w", err)
	}
	defer clear(inner)
	algorithm, err := algorithmIdentifier(k.public.Algorithm())
	if err != nil {
		return nil, fmt.Errorf("marshal key: %w", err)
	}
	plaintext, err := asn1.Marshal(privateKeyInfo{Algorithm: algorithm, PrivateKey: inner})
	if err != nil {
		return nil, fmt.Errorf("marshal key: %w", err)
	}
	defer clear(plaintext)
	der, err := encrypt(plaintext, passphrase, iterations)
	if err != nil {
		return nil, fmt.Errorf("marshal key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: typeEncrypted, Bytes: der}), nil
}

// Parse opens a sealed key of at most MaxFileSize bytes. Errors are
// ErrPassphrase, ErrNotAKeyFile, ErrUnencrypted, ErrProtection,
// ErrUnsupportedKey and ErrWrongPassphrase.
func Parse(data, passphrase []byte) (*PrivateKey, error) {
	if len(passphrase) == 0 || len(passphrase) > MaxPassphrase {
		return nil, ErrPassphrase
	}
	block, err := onlyBlock(data)
	if err != nil {
		return nil, err
	}
	if err := wantEncrypted(block); err != nil {
		return nil, err
	}
	plaintext, err := decrypt(block.Bytes, passphrase)
	if err != nil {
		return nil, err
	}
	defer clear(plaintext)
	return parsePrivateKeyInfo(plaintext)
}

// onlyBlock returns the one PEM block of a file. Text around it is allowed, as
// tools write some; a second key is not, for which one would be meant?
func onlyBlock(data []byte) (*pem.Block, error) {
	if len(data) > MaxFileSize {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrNotAKeyFile, MaxFileSize)
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, fmt.Errorf("%w: no PEM in it", ErrNotAKeyFile)
	}
	if block.Type == "EC PARAMETERS" { // "openssl ecparam -genkey" puts it before a plain key
		return nil, ErrUnencrypted
	}
	// Decode passes over a block that is damaged, so the rest is not enough to
	// look at.
	if bytes.Count(data, []byte("-----BEGIN ")) > 1 {
		return nil, fmt.Errorf("%w: more than one PEM block", ErrNotAKeyFile)
	}
	return block, nil
}

// wantEncrypted says of a PEM block that is not an encrypted private key what it
// is instead.
func wantEncrypted(block *pem.Block) error {
	if block.Headers["DEK-Info"] != "" {
		return fmt.Errorf("%w: encrypted in the way of OpenSSL before 1.0", ErrProtection)
	}
	switch block.Type {
	case typeEncrypted:
		return nil
	case typePublic:
		return fmt.Errorf("%w: this is a public key, a private one is wanted", ErrNotAKeyFile)
	case "PRIVATE KEY", "EC PRIVATE KEY", "SM2 PRIVATE KEY":
		return ErrUnencrypted
	case "RSA PRIVATE KEY":
		return fmt.Errorf("%w: RSA", ErrUnsupportedKey)
	}
	return fmt.Errorf("%w: PEM of %.40q", ErrNotAKeyFile, block.Type)
}

// parsePrivateKeyInfo reads what was decrypted. What does not even have the form
// of a key was decrypted with a wrong passphrase that met the padding by chance.
func parsePrivateKeyInfo(der []byte) (*PrivateKey, error) {
	var info privateKeyInfo
	if !unmarshalExactly(der, &info) {
		return nil, ErrWrongPassphrase
	}
	algorithm, err := parseAlgorithm(info.Algorithm)
	if err != nil {
		return nil, err
	}
	var inner ecPrivateKey
	if !unmarshalExactly(info.PrivateKey, &inner) {
		return nil, ErrWrongPassphrase
	}
	defer clear(inner.PrivateKey)
	if inner.Version != 1 || len(inner.PrivateKey) != 32 {
		return nil, fmt.Errorf("%w: damaged private key", ErrNotAKeyFile)
	}
	scalar := [32]byte(inner.PrivateKey)
	defer clear(scalar[:])
	key, err := newPrivateKey(algorithm, &scalar)
	if err != nil {
		return nil, fmt.Errorf("%w: damaged private key", ErrNotAKeyFile)
	}
	// The public key beside the private one stands in for the authentication
	// that CBC does not give.
	public, err := sig.NewPublicKey(algorithm, inner.PublicKey.RightAlign())
	if err != nil {
		return nil, fmt.Errorf("%w: it does not carry its public key, or is damaged", ErrNotAKeyFile)
	}
	if !public.Equal(key.public) {
		return nil, fmt.Errorf("%w: damaged, its public and private key do not belong together", ErrNotAKeyFile)
	}
	return key, nil
}

func algorithmIdentifier(algorithm sig.Algorithm) (pkix.AlgorithmIdentifier, error) {
	curve := oidP256
	if algorithm == sig.SM2 {
		curve = oidSM2
	}
	parameters, err := asn1.Marshal(curve)
	return pkix.AlgorithmIdentifier{Algorithm: oidECPublicKey, Parameters: asn1.RawValue{FullBytes: parameters}}, err
}

func parseAlgorithm(id pkix.AlgorithmIdentifier) (sig.Algorithm, error) {
	if !id.Algorithm.Equal(oidECPublicKey) {
		return 0, unsupported(id.Algorithm)
	}
	var curve asn1.ObjectIdentifier
	if !unmarshalExactly(id.Parameters.FullBytes, &curve) {
		return 0, fmt.Errorf("%w: curve without a name", ErrUnsupportedKey)
	}
	switch {
	case curve.Equal(oidP256):
		return sig.ES256, nil
	case curve.Equal(oidSM2):
		return sig.SM2, nil
	}
	return 0, unsupported(curve)
}

func unsupported(id asn1.ObjectIdentifier) error {
	if name, ok := otherKeys[id.String()]; ok {
		return fmt.Errorf("%w: %s", ErrUnsupportedKey, name)
	}
	return fmt.Errorf("%w: object identifier %v", ErrUnsupportedKey, id)
}

func pointBits(key *sig.PublicKey) asn1.BitString {
	point := key.Uncompressed()
	return asn1.BitString{Bytes: point, BitLength: 8 * len(point)}
}

// MarshalPublic returns a public key as a PEM file (SubjectPublicKeyInfo, RFC
// 5280), uncompressed.
func MarshalPublic(key *sig.PublicKey) ([]byte, error) {
	der, err := marshalPublic(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: typePublic, Bytes: der}), nil
}

func marshalPublic(key *sig.PublicKey) ([]byte, error) {
	algorithm, err := algorithmIdentifier(key.Algorithm())
	if err != nil {
		return nil, fmt.Errorf("marshal public key: %w", err)
	}
	der, err := asn1.Marshal(subjectPublicKeyInfo{Algorithm: algorithm, PublicKey: pointBits(key)})
	if err != nil {
		return nil, fmt.Errorf("marshal public key: %w", err)
	}
	return der, nil
}

// ParsePublic reads what MarshalPublic and OpenSSL write. Errors are
// ErrNotAKeyFile and ErrUnsupportedKey.
func ParsePublic(data []byte) (*sig.PublicKey, error) {
	block, err := onlyBlock(data)
	if err != nil {
		return nil, err
	}
	if block.Type != typePublic {
		return nil, fmt.Errorf("%w: PEM of %.40q, a public key is wanted", ErrNotAKeyFile, block.Type)
	}
	var info subjectPublicKeyInfo
	if !unmarshalExactly(block.Bytes, &info) {
		return nil, fmt.Errorf("%w: damaged public key", ErrNotAKeyFile)
	}
	algorithm, err := parseAlgorithm(info.Algorithm)
	if err != nil {
		return nil, err
	}
	key, err := sig.NewPublicKey(algorithm, info.PublicKey.RightAlign())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotAKeyFile, err)
	}
	return key, nil
}
