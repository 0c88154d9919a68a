package format_test

import (
	"encoding/json"
	"fmt"

	"github.com/fxamacker/cbor/v2"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
)

// The credential of the package comment: what an issuer fills in, what stands on
// the wire, and how a verifier gets it back.
func Example() {
	const issuedAt, expires = 1660089600, 1660694400
	ref := format.Ref{List: format.ListMonth(expires)<<8 | 6, Index: 734003}
	document, err := format.NewDocument(format.ClassCitizen, "33999919900307044x")
	if err != nil {
		fmt.Println(err)
		return
	}
	holder, err := format.NewHolder("33", ref, "王小明", document)
	if err != nil {
		fmt.Println(err)
		return
	}
	credential := &format.Credential{
		Issuer: "33", IssuedAt: issuedAt, Expires: expires, Holder: holder, Ref: ref,
		Status:       &format.Status{Minutes: 600},
		Tests:        []format.Test{{Kind: 1, Minutes: 840, Laboratory: 33<<16 | 3}},
		Vaccinations: []format.Vaccination{{Product: 1, Dose: 3, Course: 2, Day: 708}},
	}
	signer := sigtest.New(sig.SM2, "example")
	data, err := format.Encode(credential, signer)
	if err != nil {
		fmt.Println(err)
		return
	}
	payload, _ := format.EncodePayload(credential)
	notation, _ := cbor.Diagnose(payload)
	fmt.Println(notation)

	unverified, err := format.Parse(data)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%v, key %x\n", unverified, unverified.KeyID())
	verified, err := unverified.Verify(signer.PublicKey())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(verified.Holder.Name, verified.Matches(document))
	// Output:
	// {1: "33", 4: 1660694400, 6: 1660089600, -65537: {1: ["\u738b*\u660e", 1, "4X", h'97d2'], 2: [7942, 734003], 3: [0, 0, 600], 4: [[1, 0, 840, 2162691]], 5: [[1, 3, 2, 708]]}}
	// unverified credential of region 33, key 563e60e6
	// 王*明 true
}

func ExampleMaskName() {
	for _, name := range []string{"王明", "王小明", "买买提·艾力", "MARIA O'NEIL"} {
		masked, err := format.MaskName(name)
		fmt.Println(masked, err)
	}
	// Output:
	// 王* <nil>
	// 王*明 <nil>
	// 买*力 <nil>
	// M* O* <nil>
}

// Programs are given numbers as they stand on the wire, and times in full.
func ExampleCredential_MarshalJSON() {
	credential := &format.Credential{
		Issuer: "33", IssuedAt: 1660089600, Expires: 1660176000,
		Holder:       format.Holder{Name: "王*明", Class: 1, LastTwo: "4X", Tag: [2]byte{0x97, 0xd2}},
		Ref:          format.Ref{List: 7936, Index: 5},
		Status:       &format.Status{State: 1, Rule: 101, Minutes: 90},
		Vaccinations: []format.Vaccination{{Product: 1, Dose: 3, Course: 2, Day: 708}},
		Origin:       &format.Origin{Region: "41", KeyID: [4]byte{1, 2, 3, 4}},
	}
	data, err := json.MarshalIndent(credential, "", " ")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(data))
	// Output:
	// {
	//  "issuer": "33",
	//  "issued": "2022-08-10T08:00:00+08:00",
	//  "expires": "2022-08-11T08:00:00+08:00",
	//  "holder": {
	//   "name": "王*明",
	//   "document_class": 1,
	//   "last_two": "4X",
	//   "tag": "97d2"
	//  },
	//  "list": 7936,
	//  "index": 5,
	//  "status": {
	//   "state": 1,
	//   "rule": 101,
	//   "determined": "2022-08-10T06:30:00+08:00"
	//  },
	//  "vaccinations": [
	//   {
	//    "product": 1,
	//    "dose": 3,
	//    "course": 2,
	//    "day": "2021-12-09"
	//   }
	//  ],
	//  "origin": {
	//   "region": "41",
	//   "key_id": "01020304"
	//  }
	// }
}
