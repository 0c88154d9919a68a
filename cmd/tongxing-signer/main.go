// Command tongxing-signer holds a province's private keys, from encrypted files or
// in a PKCS#11 token, and signs digests for processes of its own user over a unix
// socket. `tongxing-issuer --signer SOCKET` asks it, so that the process that faces
// the network holds no key and links no vendor's library.
//
//	tongxing-signer serve --socket /run/tongxing/signer.sock --key 33-2026a.key --passphrase-file /run/credentials/passphrase
//	tongxing-signer check --socket /run/tongxing/signer.sock
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/tongxing/tongxing/cmd/internal/program"
)

func main() { os.Exit(mainStatus()) }

func mainStatus() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	signal.Ignore(syscall.SIGPIPE)
	return run(ctx, program.System(), os.Args[1:])
}
