// Command guard verifies one code without a network and says what to do.
//
//	guard bundle.txb 5d3c…e1 TX1:RRQT…
//
// A time in RFC 3339 may follow, to try a code at that time instead of now.
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/verifier"
)

func main() {
	if len(os.Args) != 4 && len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "usage: guard BUNDLE ANCHOR-HASH CODE [TIME]")
		os.Exit(2)
	}
	if err := check(os.Args[1], os.Args[2], os.Args[3], os.Args[4:]); err != nil {
		fmt.Fprintln(os.Stderr, "guard:", err)
		os.Exit(1)
	}
}

func check(file, anchorHash, code string, at []string) error {
	now := time.Now()
	if len(at) == 1 {
		var err error
		if now, err = time.Parse(time.RFC3339, at[0]); err != nil {
			return err
		}
	}
	guard, err := load(file, anchorHash, now)
	if err != nil {
		return err
	}
	verdict := guard.Verify(code, now, verifier.Context{})
	fmt.Printf("%s: %s\n", verdict.Outcome(), verdict.Reason().Text("zh"))
	if credential, ok := verdict.Credential(); ok {
		fmt.Println(credential.Holder.Name, "**"+credential.Holder.LastTwo, verdict.Remaining())
	}
	if verdict.Outcome() != verifier.Pass {
		fmt.Println(verdict.Reason().NextStep("zh"))
	}
	return nil
}

func load(file, anchorHash string, now time.Time) (*verifier.Verifier, error) {
	bundle, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	anchor, err := trustlist.ParseAnchorHash(anchorHash)
	if err != nil {
		return nil, err
	}
	trust, _, err := trustlist.Load(bundle, anchor, trustlist.LoadOptions{Clock: now.Unix()})
	if err != nil {
		return nil, err
	}
	return verifier.New(trust, verifier.Options{})
}
