package issuer_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/record"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/trusttest"
)

// The trust material and the key come from files; here they are made for the
// example.
func Example() {
	const at = 1660089600 // 2022-08-10T08:00:00+08:00
	material := &trusttest.Material{Issued: at - 3600, Regions: []trusttest.Region{
		{Code: "46", Usage: greenUsage, Keys: []trustlist.Key{published(greenSigner, greenUsage)}},
	}}
	trust, err := material.Load()
	if err != nil {
		fmt.Println(err)
		return
	}
	region, _ := trust.Region("46")
	iss, err := issuer.New(issuer.Options{Region: region, Keys: []sig.Signer{greenSigner}})
	if err != nil {
		fmt.Println(err)
		return
	}
	line := `{"name":"陈梓","document_type":"01","document_number":"469999198104010408",` +
		`"status":{"state":0,"rule":0,"determined":"2022-08-09T20:00:00+08:00","until":"2022-08-16T20:00:00+08:00"}}`
	rec, err := record.NewReader(strings.NewReader(line)).Read()
	if err != nil {
		fmt.Println(err)
		return
	}
	draft, err := iss.Draft(rec, time.Unix(at, 0))
	if err != nil {
		fmt.Println(err)
		return
	}
	month := format.ListMonth(draft.Expires())
	fmt.Println("month", month, "ends", time.Unix(draft.Expires(), 0).In(format.ChinaTime).Format(time.RFC3339))
	issued, err := iss.Sign(draft, format.Ref{List: month<<8 | 7, Index: 734003}) // leased from the registry
	if err != nil {
		fmt.Println(err)
		return
	}
	message, err := cose.ParseSign1(issued.Data)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("payload", hex.EncodeToString(message.UnverifiedPayload()))
	fmt.Println("bytes", len(issued.Data))
	// Output:
	// month 31 ends 2022-08-16T20:00:00+08:00
	// payload a401623436041a62fb86c0061a62f2f5003a00010000a3018464e999882a01623038423abf0282191f071a000b3333038300001902d0
	// bytes 139
}
