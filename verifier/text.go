package verifier

import (
	"encoding/hex"
	"math"
	"time"

	"github.com/tongxing/tongxing/format"
)

func rfc3339(unix int64) string {
	return time.Unix(unix, 0).In(format.ChinaTime).Format(time.RFC3339)
}

// hours returns d in hours with one decimal, which is what a guard needs.
func hours(d time.Duration) float64 { return math.Round(d.Hours()*10) / 10 }

func hexString(b []byte) string { return hex.EncodeToString(b) }
