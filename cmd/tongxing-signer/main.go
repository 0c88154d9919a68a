// Command tongxing-signer holds a province's private keys, from encrypted files or
// in a PKCS#11 token, and signs digests for processes of its own user over a unix
// socket. `tongxing-issuer --signer SOCKET` asks it, so that the process that faces
// the network holds no key and links no vendor's library.
//
//	tongxing-signer serve --socket /run/tongxing/signer.sock --key 33-2026a.key --passphrase-file /run/credentials/passphrase
//	tongxing-signer check --socket /run/tongxing/signer.sock
package main

import "github.com/tongxing/tongxing/cmd/internal/program"

func main() { program.Main(run) }
