package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/cmd/internal/words"
	"github.com/tongxing/tongxing/trustlist"
)

// A key that two regions claim costs nobody anything, so that nobody would learn
// of it unless it is said.
func TestKeysThatTwoRegionsClaimAreSaid(t *testing.T) {
	report := &trustlist.Report{Warnings: []*trustlist.RegionError{{
		Region: "33", Err: &trustlist.DocumentError{Kind: trustlist.KindKeySet, Err: &trustlist.SharedKeyError{With: []string{"41", "46"}, Keys: 2}},
	}}}
	for lang, want := range map[words.Language]string{
		words.Chinese: "33 浙江省：它的密钥集里有 2 把密钥，在 41 河南省, 46 海南省 的密钥集里也有",
		words.English: "33 Zhejiang: 2 of its signing keys are in the key set of 41 Henan, 46 Hainan too",
	} {
		var stderr bytes.Buffer
		a := &app{Program: &program.Program{Surroundings: program.Surroundings{Stderr: &stderr}, Lang: lang}}
		a.tellReport(report)
		if !strings.Contains(stderr.String(), want) {
			t.Errorf("%q does not say %q", stderr.String(), want)
		}
	}
}
