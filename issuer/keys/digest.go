package keys

import (
	"crypto/ecdsa"
	"crypto/rand"
	"fmt"

	"github.com/emmansun/gmsm/sm2"

	"github.com/tongxing/tongxing/format/sig"
)

// DigestSigner signs a digest of 32 bytes with one private key, wherever that is
// kept: in a file, in a token, behind a socket. It is what hardware offers, so it
// is the one interface that a kind of keeping has to implement; [Messages] makes
// of it the [sig.Signer] that everything else wants.
//
// The digest is what [sig.PublicKey.Digest] returns: SHA-256(message) for ES256,
// and for SM2 e = SM3(ZA || message) (GB/T 32918.2 section 6.1), ZA included.
//
// A device of GM/T 0018 (SDF) therefore fits as it is: SDF_InternalSign_ECC takes
// these 32 bytes as pucData, with uiDataLength 32, and does not hash them again.
// Its ECCSignature has fields of 64 bytes (ECCref_MAX_LEN) for r and for s; the
// numbers stand big-endian in the last 32 bytes of each, so the signature is
// r[32:64] || s[32:64], and anything but zeros before them is a fault. Access to
// the key (SDF_GetPrivateKeyAccessRight, with the key's index and password) and a
// session for each goroutine (SDF_OpenSession) belong to the implementation, as
// they do to package pkcs11.
type DigestSigner interface {
	// PublicKey returns the public key of the signing key. It never changes
	// over the life of the DigestSigner.
	PublicKey() *sig.PublicKey
	// SignDigest returns r || s, exactly [sig.SignatureSize] bytes. It may be
	// called concurrently.
	SignDigest(digest [32]byte) ([]byte, error)
}

var _ DigestSigner = (*PrivateKey)(nil)

// BatchSigner is a DigestSigner that is asked for many signatures at once, as one
// behind a socket, where each exchange costs.
type BatchSigner interface {
	DigestSigner
	// SignDigests returns the signature of each digest, in order: all or none.
	// It may be called concurrently.
	SignDigests(digests [][32]byte) ([][]byte, error)
}

// Messages returns the signer of whole messages that computes the digest here and
// has it signed by d. It is a [sig.BatchSigner] where d is a BatchSigner.
func Messages(d DigestSigner) sig.Signer {
	if batch, ok := d.(BatchSigner); ok {
		return manyMessages{messages{d}, batch}
	}
	return messages{d}
}

type manyMessages struct {
	messages
	batch BatchSigner
}

// SignAll implements [sig.BatchSigner].
func (m manyMessages) SignAll(all [][]byte) ([][]byte, error) {
	digests := make([][32]byte, len(all))
	for i, message := range all {
		digests[i] = m.PublicKey().Digest(message)
	}
	return m.batch.SignDigests(digests)
}

type messages struct{ DigestSigner }

// Sign implements [sig.Signer].
func (m messages) Sign(message []byte) ([]byte, error) {
	return m.SignDigest(m.PublicKey().Digest(message))
}

// SignDigest implements [DigestSigner]. The signature of a digest is another each
// time.
func (k *PrivateKey) SignDigest(digest [32]byte) ([]byte, error) {
	if k.secret == nil {
		return nil, errNoKey
	}
	var der []byte
	var err error
	if s := k.secret(); s.sm2 != nil {
		der, err = sm2.SignASN1(rand.Reader, s.sm2, digest[:], nil)
	} else {
		der, err = ecdsa.SignASN1(rand.Reader, s.es256, digest[:])
	}
	if err != nil {
		return nil, fmt.Errorf("sign with %v: %w", k.public, err)
	}
	return sig.FromDER(der)
}
