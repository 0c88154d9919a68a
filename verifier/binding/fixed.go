package binding

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/internal/jsontext"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
)

// version says which frames and which codes this program knows.
func version(*Instance, *request) ([]byte, *problem) {
	w := jsontext.Object(nil)
	w.Bool("ok", true)
	w.Int("protocol", Protocol)
	w.Int("credential", format.Version)
	return w.End(), nil
}

// warmRounds is how often the work of a check is done: engines compile what they
// meet several times.
const warmRounds = 4

// generators are points that are on their curves: x of the base point, y even.
var generators = map[sig.Algorithm][]byte{
	sig.ES256: append([]byte{2}, []byte("\x6b\x17\xd1\xf2\xe1\x2c\x42\x47\xf8\xbc\xe6\xe5\x63\xa4\x40\xf2\x77\x03\x7d\x81\x2d\xeb\x33\xa0\xf4\xa1\x39\x45\xd8\x98\xc2\x96")...),
	sig.SM2:   append([]byte{2}, []byte("\x32\xc4\xae\x2c\x1f\x19\x81\x19\x5f\x99\x04\x46\x6a\x39\xc9\x94\x8f\xe3\x0b\xbf\xf2\x66\x0b\xe1\x71\x5a\x45\x89\x33\x4c\x74\xc7")...),
}

// warm does the work of a check with numbers that nobody has signed, so that the
// first code does not wait for tables to be made and code to be compiled.
func warm(*Instance, *request) ([]byte, *problem) {
	signature := bytes.Repeat([]byte{0x11}, sig.SignatureSize)
	for range warmRounds {
		for algorithm, point := range generators {
			key, err := sig.NewPublicKey(algorithm, point)
			if err != nil {
				return nil, problemOf("malformed", err)
			}
			_ = key.Verify(signature, signature) // no signature: only the work counts
		}
		data, _ := transport.Decode(transport.Encode(signature))
		_, _ = format.Parse(data) // no credential either
	}
	w := jsontext.Object(nil)
	w.Bool("ok", true)
	return w.End(), nil
}

// venues returns what a host may let its user choose from: the classes of venues,
// with those that the policy names, and the regions.
func (i *Instance) venues(*request) ([]byte, *problem) {
	w := jsontext.Object(nil)
	w.Bool("ok", true)
	w.Value("classes", func(dst []byte) []byte {
		return jsontext.AppendList(dst, i.classes(), func(dst []byte, class spec.VenueClass) []byte {
			w := jsontext.Object(dst)
			w.Int("class", int64(class.Number))
			w.Text("zh", class.Label.ZH)
			w.Text("en", class.Label.EN)
			return w.End()
		})
	})
	w.Value("regions", func(dst []byte) []byte {
		return jsontext.AppendList(dst, spec.Regions(), func(dst []byte, region spec.Region) []byte {
			w := jsontext.Object(dst)
			w.Text("region", region.Number)
			w.Text("zh", region.Label.ZH)
			w.Text("en", region.Label.EN)
			return w.End()
		})
	})
	return w.End(), nil
}

// classes returns the classes of the table and those that the policy adds, by their
// numbers.
func (i *Instance) classes() []spec.VenueClass {
	classes := spec.VenueClasses()
	now := i.inForce.Load()
	if now == nil || now.trust.Policy() == nil {
		return classes
	}
	for _, name := range now.trust.Policy().Names {
		if _, known := spec.VenueClassByNumber(name.Number); name.Table == trustlist.TableClasses && !known {
			classes = append(classes, spec.VenueClass{Number: name.Number, Label: spec.Label{ZH: name.Chinese, EN: name.English}})
		}
	}
	slices.SortFunc(classes, func(a, b spec.VenueClass) int { return cmp.Compare(a.Number, b.Number) })
	return classes
}
