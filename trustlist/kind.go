package trustlist

// Kind is a kind of signed document. Its media type stands in the protected
// header of the document, so that no document is ever taken for another.
type Kind uint8

// The kinds of signed documents.
const (
	KindRoot Kind = iota + 1
	KindList
	KindPolicy
	KindKeySet
	KindOverlay
	KindSnapshot
	KindStatusList
	KindStatusDelta
	KindAdmission // a region's request for admission; never part of a bundle
)

type kindRow struct {
	name    string
	maximum int // bytes of the payload
}

// kinds bounds each payload well above the largest honest one.
var kinds = [...]kindRow{
	KindRoot:        {"root", 64 << 10},
	KindList:        {"list", 1 << 20},
	KindPolicy:      {"policy", 1 << 20},
	KindKeySet:      {"keyset", 4 << 20},
	KindOverlay:     {"overlay", 256 << 10},
	KindSnapshot:    {"snapshot", 4 << 10},
	KindStatusList:  {"status", 16 << 20},
	KindStatusDelta: {"delta", 16 << 20},
	KindAdmission:   {"admission", 64 << 10},
}

// String returns the short name of the kind, as in its media type.
func (k Kind) String() string {
	if int(k) < len(kinds) && kinds[k].name != "" {
		return kinds[k].name
	}
	return "unknown"
}

// MarshalText returns String.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// MediaType returns the media type of the kind, the typ of its documents (RFC
// 9596): "application/vnd.tongxing.root+cose".
func (k Kind) MediaType() string { return "application/vnd.tongxing." + k.String() + "+cose" }

// kindOf returns the kind with the given media type.
func kindOf(mediaType string) (Kind, bool) {
	for k := KindRoot; int(k) < len(kinds); k++ {
		if k.MediaType() == mediaType {
			return k, true
		}
	}
	return 0, false
}
