package vectors

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

//go:embed sm2/sm2_sm3_p1363_test.json
var sm2File []byte

//go:embed public/ecdsa_secp256r1_sha256_p1363_test.json
var es256File []byte

// SignatureTest is one case of verifying a signature alone, over a message of any
// content, in the shape of Wycheproof.
type SignatureTest struct {
	ID        int      // within its set, from 1: tcId
	Comment   string   // what is special about it
	Flags     []string // what it is about, such as PointAtInfinity; the README explains them
	Point     Bytes    // public key, uncompressed, 65 bytes
	UserID    Bytes    // SM2: the identity in ZA; mostly 1234567812345678. ES256: nil
	Message   Bytes
	Signature Bytes // r || s, 64 bytes in a right one
	Valid     bool
}

// signatureFile is what the two files have in common.
type signatureFile struct {
	NumberOfTests int `json:"numberOfTests"`
	TestGroups    []struct {
		PublicKey struct {
			Uncompressed Bytes `json:"uncompressed"`
		} `json:"publicKey"`
		Tests []struct {
			ID      int      `json:"tcId"`
			Comment string   `json:"comment"`
			Flags   []string `json:"flags"`
			UserID  Bytes    `json:"userId"`
			Message Bytes    `json:"msg"`
			Sig     Bytes    `json:"sig"`
			Result  string   `json:"result"`
		} `json:"tests"`
	} `json:"testGroups"`
}

// LoadSM2 returns the set of SM2 signatures (sm2/README.md): GB/T 32918.2 with SM3.
// It fails rather than return none, or fewer than the file says it has.
//
// Who knows one identity alone, as this specification does, refuses each valid case
// of another UserID, and leaves out the invalid ones of another: their signature may
// be right over the one known.
func LoadSM2() ([]SignatureTest, error) { return loadSignatures("sm2", sm2File) }

// LoadES256 returns Wycheproof's set for ECDSA over P-256 with SHA-256, unchanged,
// under its own licence (Apache-2.0). The twins r, n - s in it are valid (SIG-6).
func LoadES256() ([]SignatureTest, error) { return loadSignatures("es256", es256File) }

func loadSignatures(name string, content []byte) ([]SignatureTest, error) {
	var f signatureFile
	if err := json.Unmarshal(content, &f); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var all []SignatureTest
	for _, group := range f.TestGroups {
		for _, c := range group.Tests {
			if len(group.PublicKey.Uncompressed) != 65 || c.Result != "valid" && c.Result != "invalid" {
				return nil, fmt.Errorf("%s: case %d has no key, or the result %q", name, c.ID, c.Result)
			}
			all = append(all, SignatureTest{
				ID: c.ID, Comment: c.Comment, Flags: c.Flags, Point: group.PublicKey.Uncompressed,
				UserID: c.UserID, Message: c.Message, Signature: c.Sig, Valid: c.Result == "valid",
			})
		}
	}
	switch {
	case len(all) == 0:
		return nil, ErrNone
	case len(all) != f.NumberOfTests:
		return nil, fmt.Errorf("%s: %d cases, the file says %d", name, len(all), f.NumberOfTests)
	}
	return all, nil
}
