package publish_test

import (
	"fmt"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish"
)

// Four people meet, each with a machine of their own, and make a root.
func Example() {
	var signers []sig.Signer
	var groups []publish.Group
	for _, algorithm := range []sig.Algorithm{sig.SM2, sig.ES256} {
		group := publish.Group{Need: trustlist.Required, Threshold: 2}
		for _, name := range []string{"a", "b"} {
			signer := sigtest.New(algorithm, name)
			signers = append(signers, signer)
			group.Keys = append(group.Keys, signer.PublicKey())
		}
		groups = append(groups, group)
	}
	root, err := publish.NewRoot(nil, publish.RootPlan{Issued: 1660089600, Groups: groups})
	if err != nil {
		fmt.Println(err)
		return
	}
	message, err := publish.NewDraft(root)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, signer := range signers {
		detached, err := publish.SignDetached(message, signer) // on the signer's own machine
		if err != nil {
			fmt.Println(err)
			return
		}
		if message, err = publish.Combine(message, detached); err != nil {
			fmt.Println(err)
			return
		}
		signed, err := publish.CheckRoot(message, nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(publish.Complete(signed...))
	}
	// Output:
	// trustlist: signed by too few of the keys that may sign it: group "ES256" has 0 of 2
	// trustlist: signed by too few of the keys that may sign it: group "ES256" has 0 of 2
	// trustlist: signed by too few of the keys that may sign it: group "ES256" has 1 of 2
	// <nil>
}
