package keys_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer/keys"
)

func Example() {
	folder, err := os.MkdirTemp("", "keys")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "33-2026a.key")
	passphrase := []byte("一句只有签发人知道的话")

	key, err := keys.Generate(sig.SM2, rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	sealed, err := key.Marshal(passphrase)
	if err != nil {
		log.Fatal(err)
	}
	if err := keys.SaveFile(path, sealed); err != nil {
		log.Fatal(err)
	}

	if sealed, err = keys.LoadFile(path); err != nil {
		log.Fatal(err)
	}
	_, err = keys.Parse(sealed, []byte("guess"))
	fmt.Println(errors.Is(err, keys.ErrWrongPassphrase))
	opened, err := keys.Parse(sealed, passphrase)
	if err != nil {
		log.Fatal(err)
	}
	clear(passphrase)
	signature, err := opened.Sign([]byte("message"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(signature), key.PublicKey().Verify([]byte("message"), signature))
	// Output:
	// true
	// 64 <nil>
}

// The public half travels as the PEM that OpenSSL reads.
func ExampleMarshalPublic() {
	// A fixed source of 32 bytes gives a fixed key: for examples and vectors.
	key, err := keys.Generate(sig.ES256, &repeat{1})
	if err != nil {
		log.Fatal(err)
	}
	text, err := keys.MarshalPublic(key.PublicKey())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(string(text))
	again, err := keys.ParsePublic(text)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(again.Equal(key.PublicKey()), again.Algorithm())
	// Output:
	// -----BEGIN PUBLIC KEY-----
	// MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEb/A7lJJBzh2t1DUZ5pYOCoW0Gmmg
	// XDKBA6orzhWUyhY8T3U6Vb8B3FP2wLDH7ueLQMb/fSWpbiKCuYnO9xwUSg==
	// -----END PUBLIC KEY-----
	// true ES256
}

type repeat struct{ b byte }

func (r *repeat) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = r.b
	}
	return len(p), nil
}
