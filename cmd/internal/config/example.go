package config

import (
	"fmt"
	"strings"

	"github.com/tongxing/tongxing/cmd/internal/words"
)

// Example is the example file: every key, commented out, with what it means in Chinese
// and English. Keys that mean the same to several programs stand above the sections.
func Example() string {
	var b strings.Builder
	comment := func(text string) {
		for line := range strings.SplitSeq(text, "\n") {
			b.WriteString(strings.TrimRight("# "+line, " ") + "\n")
		}
	}
	comment(words.Chinese.Say("config_example") + "\n" + words.English.Say("config_example"))
	done := map[string]bool{}
	entry := func(s Setting) {
		fmt.Fprintf(&b, "\n# %s\n# %s\n#%s = %s\n", words.Chinese.Say(s.Words), words.English.Say(s.Words), s.Key, s.Example)
	}
	for _, key := range shared {
		s, _ := Find(owners(key)[0], key)
		entry(s)
		done[key] = true
	}
	for _, program := range Programs {
		fmt.Fprintf(&b, "\n[%s]\n", program)
		for _, s := range Settings(program) {
			if !done[s.Key] {
				entry(s)
			}
		}
	}
	return b.String()
}
