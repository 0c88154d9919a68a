package cose_test

import (
	"encoding/hex"
	"fmt"

	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
)

// A message is signed with a key, and verified with that key as a message of the
// key's own algorithm.
func Example() {
	signer := sigtest.New(sig.ES256, "example")
	data, err := cose.AppendSign1(nil, []byte{0xa1, 0x01, 0x62, '3', '3'}, signer) // {1: "33"}
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(hex.EncodeToString(data[:8]), len(data))

	message, err := cose.ParseSign1(data)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(message.Algorithm(), message.Verify(signer.PublicKey()))
	fmt.Println(message.Verify(sigtest.New(sig.SM2, "example").PublicKey()))
	// Output:
	// d28449a201260444 85
	// ES256 <nil>
	// cose: algorithm of the message is not the algorithm of the key: message says ES256, key is SM2
}

// A document collects signatures; whoever reads it names the keys that count.
func ExampleSign_Signers() {
	first, second := sigtest.New(sig.SM2, "first"), sigtest.New(sig.ES256, "second")
	document, err := cose.NewSign("text/plain", []byte{0x61, 'a'})
	if err != nil {
		fmt.Println(err)
		return
	}
	hash := document.Hash()
	for _, signer := range []sig.Signer{first, second} {
		if document, err = document.WithSignature(signer); err != nil {
			fmt.Println(err)
			return
		}
	}
	stranger := sigtest.New(sig.SM2, "stranger")
	signers := document.Signers([]*sig.PublicKey{first.PublicKey(), stranger.PublicKey(), second.PublicKey()})
	fmt.Println(len(signers), signers[0].Algorithm(), signers[1].Algorithm(), document.Hash() == hash)
	// Output:
	// 2 SM2 ES256 true
}
