package approval_test

import (
	"fmt"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/issuer/approval"
)

// A second person approves fifteen adverse states; an auditor, who knows her public
// key, reads what she approved.
func Example() {
	signing := sigtest.New(sig.SM2, "the desk's key")
	second := sigtest.New(sig.ES256, "a second person's key")
	data, err := approval.Sign(approval.Approval{
		Region: "33", Job: "33-7d1e5b02c4a9f6d81b3e0a7c95f24d68",
		Records: approval.RecordsHash([]byte("the registry's job key"), []byte("hash of the records")),
		At:      1660089600, Adverse: map[uint16]uint64{1: 12, 2: 3},
		Keys: [][32]byte{signing.PublicKey().Thumbprint()},
	}, second)
	if err != nil {
		fmt.Println(err)
		return
	}
	approved, by, err := approval.Parse(data, []*sig.PublicKey{second.PublicKey()})
	fmt.Println(approved.Adverse[1], approved.Adverse[2], by.Equal(second.PublicKey()), err)
	// Output: 12 3 true <nil>
}

// A second person approves a bulk job by what it is; the program that plans the job
// holds what she signed to it.
func Example_bulk() {
	second := sigtest.New(sig.ES256, "a second person's key")
	job := approval.Approval{
		Region: "33", Job: "night-33", Records: approval.RecordsHash([]byte("the registry's job key"), []byte("hash of the records")),
		At: 1660089600, Adverse: map[uint16]uint64{1: 12, 2: 3},
		Keys: [][32]byte{sigtest.New(sig.SM2, "the province's key").PublicKey().Thumbprint()},
		Bulk: &approval.Bulk{Digest: [32]byte{0x7d}, Records: 1000, Lifetime: 604800},
	}
	data, err := approval.Sign(job, second)
	if err != nil {
		fmt.Println(err)
		return
	}
	approved, _, err := approval.Parse(data, []*sig.PublicKey{second.PublicKey()})
	fmt.Println(approved.Same(job), approved.Bulk.Records, err)
	// Output: true 1000 <nil>
}
