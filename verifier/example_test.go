package verifier_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/spec/vectors"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/trusttest"
	"github.com/tongxing/tongxing/verifier"
)

// A venue has a bundle and the anchor that it was installed with, and is held up
// a code. Here both come from a test vector.
func Example() {
	all, err := vectors.Load()
	if err != nil {
		fmt.Println(err)
		return
	}
	vector := all[slices.IndexFunc(all, func(v vectors.Vector) bool { return v.Name == "good-status-sm2" })]
	bundle, anchor, err := exampleBundle(vector)
	if err != nil {
		fmt.Println(err)
		return
	}

	now := vector.Time
	trust, _, err := trustlist.Load(bundle, anchor, trustlist.LoadOptions{Clock: now.Unix()})
	if err != nil {
		fmt.Println(err)
		return
	}
	v, err := verifier.New(trust, verifier.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	verdict := v.Verify(vector.Text, now, verifier.Context{})
	if c, ok := verdict.Credential(); ok {
		fmt.Println(verdict.Outcome(), verdict.Reason(), c.Holder.Name, spec.StateName(c.Status.State, "en"), verdict.Remaining())
	}
	verdict = v.Verify(vector.Text, now.Add(30*24*time.Hour), verifier.Context{})
	_, ok := verdict.Credential()
	fmt.Println(verdict.Outcome(), verdict.Reason(), ok)
	fmt.Println(verdict.Reason().NextStep("zh"))
	// Output:
	// pass ok 王*明 Green 23h0m0s
	// unverified expired false
	// 请持码人刷新健康码再扫；不能刷新请走无健康码通道。
}

// exampleBundle is the trust material of the vector as a file.
func exampleBundle(vector vectors.Vector) ([]byte, trustlist.Anchor, error) {
	m := &trusttest.Material{Issued: vector.Trust.Issued.Unix()}
	for _, facts := range vector.Trust.Regions[:1] {
		region := trusttest.Region{Code: facts.Region, Usage: trustlist.Usage(facts.Usage)}
		for _, k := range facts.Keys {
			public, err := sig.NewPublicKey(sig.Algorithm(k.Algorithm), slices.Concat([]byte{4}, k.X, k.Y))
			if err != nil {
				return nil, trustlist.Anchor{}, err
			}
			region.Keys = append(region.Keys, trustlist.Key{Public: public, Usage: trustlist.Usage(k.Usage),
				SignFrom: k.SignFrom.Unix(), SignUntil: k.SignUntil.Unix()})
		}
		m.Regions = append(m.Regions, region)
	}
	return m.Bundle()
}
