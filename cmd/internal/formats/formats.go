// Package formats is what `version` says of what a program reads and writes. Each is
// named as it stands in a file, from the constant that reads and writes it:
//
//	credential  TX1      TX1:NCFOXN…
//	bundle      tongxing/bundle/1
package formats

import (
	"strconv"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/delta"
	"github.com/tongxing/tongxing/trustlist/fetch"
	"github.com/tongxing/tongxing/trustlist/fetch/series"
)

// Wire are those that every program knows.
func Wire() []program.Format {
	return []program.Format{
		{Key: "format_credential", ID: transport.TextPrefix + " " + transport.DigitsPrefix},
		{Key: "format_payload_key", ID: strconv.Itoa(format.PayloadKey)},
		{Key: "format_code_tables", ID: spec.TablesID()},
		{Key: "format_policy", ID: trustlist.KindPolicy.MediaType()},
		{Key: "format_status_list", ID: trustlist.KindStatusList.MediaType()},
		{Key: "format_bundle", ID: trustlist.BundleFormat},
		{Key: "format_store", ID: fetch.StoreFormat},
		{Key: "format_delta", ID: delta.Format},
		{Key: "format_series", ID: series.Prefix},
	}
}
