package keys

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"hash"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
)

const (
	// writtenIterations is what OWASP asks of PBKDF2 with HMAC-SHA-256.
	writtenIterations = 600_000
	// minIterations is the least that NIST SP 800-132 allows; OpenSSL's own
	// default is 2,048. maxIterations bounds the work that a file can ask for
	// to seconds.
	minIterations = 1_000
	maxIterations = 10_000_000
	saltSize      = 16
	minSaltSize   = 8
	maxSaltSize   = 64
)

// Object identifiers of RFC 8018, NIST CSOR and GM/T 0006.
var (
	oidPBES2          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2         = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
	oidHMACWithSHA256 = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9}
	oidHMACWithSM3    = asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 401, 2}
	oidAES128CBC      = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 2}
	oidAES256CBC      = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}
	oidSM4CBC         = asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 104, 2}
)

// encryptedPrivateKeyInfo is RFC 5958 section 3.
type encryptedPrivateKeyInfo struct {
	Algorithm pkix.AlgorithmIdentifier
	Data      []byte
}

// pbes2Params is RFC 8018 appendix A.4.
type pbes2Params struct {
	KeyDerivation pkix.AlgorithmIdentifier
	Encryption    pkix.AlgorithmIdentifier
}

// pbkdf2Params is RFC 8018 appendix A.2.
type pbkdf2Params struct {
	Salt       []byte
	Iterations int
	KeyLength  int                      `asn1:"optional"`
	PRF        pkix.AlgorithmIdentifier `asn1:"optional"`
}

// protection is checked PBES2 parameters.
type protection struct {
	prf        func() hash.Hash
	newBlock   func(key []byte) (cipher.Block, error)
	keyLength  int
	salt       []byte
	iterations int
	iv         []byte // 16 bytes: AES and SM4 have the same block size
}

// encrypt seals plaintext, and returns the DER of EncryptedPrivateKeyInfo.
func encrypt(plaintext, passphrase []byte, iterations int) ([]byte, error) {
	p := &protection{prf: sha256.New, newBlock: aes.NewCipher, keyLength: 32, iterations: iterations,
		salt: make([]byte, saltSize), iv: make([]byte, aes.BlockSize)}
	rand.Read(p.salt)
	rand.Read(p.iv)
	derivation, err := asn1.Marshal(pbkdf2Params{Salt: p.salt, Iterations: p.iterations,
		PRF: pkix.AlgorithmIdentifier{Algorithm: oidHMACWithSHA256, Parameters: asn1.NullRawValue}})
	if err != nil {
		return nil, err
	}
	iv, err := asn1.Marshal(p.iv)
	if err != nil {
		return nil, err
	}
	params, err := asn1.Marshal(pbes2Params{
		KeyDerivation: pkix.AlgorithmIdentifier{Algorithm: oidPBKDF2, Parameters: asn1.RawValue{FullBytes: derivation}},
		Encryption:    pkix.AlgorithmIdentifier{Algorithm: oidAES256CBC, Parameters: asn1.RawValue{FullBytes: iv}},
	})
	if err != nil {
		return nil, err
	}
	block, err := p.block(passphrase)
	if err != nil {
		return nil, err
	}
	data := pad(plaintext)
	cipher.NewCBCEncrypter(block, p.iv).CryptBlocks(data, data)
	return asn1.Marshal(encryptedPrivateKeyInfo{
		Algorithm: pkix.AlgorithmIdentifier{Algorithm: oidPBES2, Parameters: asn1.RawValue{FullBytes: params}},
		Data:      data,
	})
}

// decrypt opens the DER of EncryptedPrivateKeyInfo. The caller clears what it
// returns. Errors are ErrNotAKeyFile, ErrProtection and ErrWrongPassphrase.
func decrypt(der, passphrase []byte) ([]byte, error) {
	var info encryptedPrivateKeyInfo
	if rest, err := asn1.Unmarshal(der, &info); err != nil || len(rest) != 0 {
		return nil, fmt.Errorf("%w: damaged", ErrNotAKeyFile)
	}
	p, err := parseProtection(info.Algorithm)
	if err != nil {
		return nil, err
	}
	if len(info.Data) == 0 || len(info.Data)%aes.BlockSize != 0 {
		return nil, fmt.Errorf("%w: damaged", ErrNotAKeyFile)
	}
	block, err := p.block(passphrase)
	if err != nil {
		return nil, err
	}
	plaintext := make([]byte, len(info.Data))
	cipher.NewCBCDecrypter(block, p.iv).CryptBlocks(plaintext, info.Data)
	n, ok := unpad(plaintext)
	if !ok {
		clear(plaintext)
		return nil, ErrWrongPassphrase
	}
	return plaintext[:n], nil
}

// parseProtection checks everything that costs work or could panic further down
// before any of it is done.
func parseProtection(algorithm pkix.AlgorithmIdentifier) (*protection, error) {
	var outer pbes2Params
	if !algorithm.Algorithm.Equal(oidPBES2) || !unmarshalExactly(algorithm.Parameters.FullBytes, &outer) {
		return nil, fmt.Errorf("%w: not PBES2", ErrProtection)
	}
	var inner pbkdf2Params
	if !outer.KeyDerivation.Algorithm.Equal(oidPBKDF2) || !unmarshalExactly(outer.KeyDerivation.Parameters.FullBytes, &inner) {
		return nil, fmt.Errorf("%w: not PBKDF2", ErrProtection)
	}
	p := &protection{salt: inner.Salt, iterations: inner.Iterations}
	if err := p.choose(inner.PRF.Algorithm, outer.Encryption.Algorithm); err != nil {
		return nil, err
	}
	if p.iterations < minIterations || p.iterations > maxIterations {
		return nil, fmt.Errorf("%w: %d iterations, want %d to %d", ErrProtection, p.iterations, minIterations, maxIterations)
	}
	if len(p.salt) < minSaltSize || len(p.salt) > maxSaltSize {
		return nil, fmt.Errorf("%w: salt of %d bytes, want %d to %d", ErrProtection, len(p.salt), minSaltSize, maxSaltSize)
	}
	if inner.KeyLength != 0 && inner.KeyLength != p.keyLength {
		return nil, fmt.Errorf("%w: derived key of %d bytes, want %d", ErrProtection, inner.KeyLength, p.keyLength)
	}
	if !unmarshalExactly(outer.Encryption.Parameters.FullBytes, &p.iv) || len(p.iv) != aes.BlockSize {
		return nil, fmt.Errorf("%w: damaged initialisation vector", ErrProtection)
	}
	return p, nil
}

// choose sets the primitives that two object identifiers name.
func (p *protection) choose(prf, encryption asn1.ObjectIdentifier) error {
	switch {
	case prf.Equal(oidHMACWithSHA256):
		p.prf = sha256.New
	case prf.Equal(oidHMACWithSM3):
		p.prf = sm3.New
	default:
		return fmt.Errorf("%w: PBKDF2 with neither HMAC-SHA-256 nor HMAC-SM3", ErrProtection)
	}
	switch {
	case encryption.Equal(oidAES256CBC):
		p.newBlock, p.keyLength = aes.NewCipher, 32
	case encryption.Equal(oidAES128CBC):
		p.newBlock, p.keyLength = aes.NewCipher, 16
	case encryption.Equal(oidSM4CBC):
		p.newBlock, p.keyLength = sm4.NewCipher, 16
	default:
		return fmt.Errorf("%w: cipher %v", ErrProtection, encryption)
	}
	return nil
}

func unmarshalExactly(der []byte, value any) bool {
	rest, err := asn1.Unmarshal(der, value)
	return err == nil && len(rest) == 0
}

// block derives the cipher from the passphrase.
func (p *protection) block(passphrase []byte) (cipher.Block, error) {
	// The conversion is the one copy of the passphrase, and cannot be cleared:
	// crypto/pbkdf2 takes a string.
	key, err := pbkdf2.Key(p.prf, string(passphrase), p.salt, p.iterations, p.keyLength)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProtection, err)
	}
	defer clear(key)
	block, err := p.newBlock(key)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProtection, err)
	}
	return block, nil
}

// pad returns a copy with the padding of RFC 8018 section 6.1.1: n bytes of
// value n.
func pad(plaintext []byte) []byte {
	n := aes.BlockSize - len(plaintext)%aes.BlockSize
	data := make([]byte, len(plaintext)+n)
	copy(data, plaintext)
	for i := len(plaintext); i < len(data); i++ {
		data[i] = byte(n)
	}
	return data
}

// unpad returns the length of data, which is not empty, without its padding.
func unpad(data []byte) (n int, ok bool) {
	padding := int(data[len(data)-1])
	if padding < 1 || padding > aes.BlockSize || padding > len(data) {
		return 0, false
	}
	for _, b := range data[len(data)-padding:] {
		if int(b) != padding {
			return 0, false
		}
	}
	return len(data) - padding, true
}
