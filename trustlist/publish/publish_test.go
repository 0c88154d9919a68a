package publish_test

import (
	"errors"
	"testing"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
	"github.com/tongxing/tongxing/trustlist/publish"
)

func TestACeremonyByFilesGivesARootThatLoads(t *testing.T) {
	n := nation.New(t, "33")
	draft, err := publish.NewDraft(n.Roots[0])
	if err != nil {
		t.Fatal(err)
	}
	file, err := publish.EncodeDraft(draft)
	if err != nil {
		t.Fatal(err)
	}
	var returned []*publish.Detached
	for _, signer := range n.RootSigners[:4] {
		m, err := publish.ParseDraft(file)
		if err != nil {
			t.Fatal(err)
		}
		detached, err := publish.SignDetached(m, signer)
		if err != nil {
			t.Fatal(err)
		}
		data, err := detached.Encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := publish.ParseDetached(data)
		if err != nil {
			t.Fatal(err)
		}
		returned = append(returned, back)
	}
	short, err := publish.Combine(draft, append(returned[:3:3], returned[2])...)
	if err != nil {
		t.Fatal(err)
	}
	groups, err := publish.CheckRoot(short, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := publish.Complete(groups...); !errors.Is(err, trustlist.ErrThreshold) {
		t.Fatalf("three signers and one twice: %v", err)
	}
	root, err := publish.Combine(draft, returned...)
	if err != nil {
		t.Fatal(err)
	}
	if groups, err = publish.CheckRoot(root, nil); err != nil || publish.Complete(groups...) != nil {
		t.Fatalf("four signers: %v, %v", err, publish.Complete(groups...))
	}
	n.Replacements["root/0"] = n.Marshal(root)
	if _, err := publish.PackBundle(n.Parts()); err != nil {
		t.Fatal(err)
	}
}
