package config

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tongxing/tongxing/cmd/internal/program"
)

// Judges are what this program alone can judge of its own settings, by their keys,
// beside what every program can. `config check` asks them.
func (c *Config) Judges(own map[string]Judge) { c.judges = own }

// meant is what is wrong with the meaning of the values of a file, which are all of
// their kinds, in the order of the file.
func (c *Config) meant(f *File) (faults []*program.UserError) {
	for section, values := range f.values {
		for key, v := range values {
			if wrong := c.wrong(section, key, v); wrong != nil {
				faults = append(faults, wrong)
			}
		}
	}
	faults = append(faults, c.together(f)...)
	slices.SortStableFunc(faults, func(a, b *program.UserError) int {
		return cmp.Or(cmp.Compare(lineOf(a.Place), lineOf(b.Place)), cmp.Compare(a.Place, b.Place))
	})
	return faults
}

// wrong is the first fault of a value, nil for none. One above the sections is held to
// what each of the programs takes that have it.
func (c *Config) wrong(section, key string, v value) *program.UserError {
	of := []string{section}
	if section == "" {
		of = owners(key)
	}
	for _, name := range of {
		s, _ := Find(name, key)
		judges := []Judge{s.Judge}
		if name == c.p.Name {
			judges = append(judges, c.judges[key])
		}
		for _, text := range v.texts {
			if wrong := c.judged(text, judges); wrong != nil {
				wrong.Place = v.place
				return wrong
			}
			if wrong := c.folder(s, text); wrong != nil {
				wrong.Place = v.place
				return wrong
			}
		}
	}
	return nil
}

// judged is what the first of the judges says who finds something; nothing is wrong
// with what is not said.
func (c *Config) judged(text string, judges []Judge) *program.UserError {
	for _, judge := range judges {
		if judge == nil || text == "" {
			continue
		}
		if err := judge(text); err != nil {
			return c.fault(err)
		}
	}
	return nil
}

// fault is an error as something that is wrong with a setting.
func (c *Config) fault(err error) *program.UserError {
	var usage *program.UsageError
	if errors.As(err, &usage) && usage.Key != "" {
		return &program.UserError{Key: usage.Key, Args: usage.Args}
	}
	text, _ := c.p.Explain(err)
	return &program.UserError{Key: "config_fault", Args: []any{text}}
}

// folder refuses a path into a folder that is not there. Sockets are made in folders
// that come with the start of a service.
func (c *Config) folder(s Setting, text string) *program.UserError {
	runtime := c.system().OfServices().Runtime
	if !s.Path || s.Secret || text == "" || isAddress(text) || runtime != "" && strings.HasPrefix(text, runtime) {
		return nil
	}
	if folder := filepath.Dir(text); isMissing(folder) {
		return &program.UserError{Key: "config_folder_missing", Args: []any{s.Key, folder}}
	}
	return nil
}

func isMissing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// together are the settings of the issuer that have to fit each other, as they are for
// its service.
func (c *Config) together(f *File) (faults []*program.UserError) {
	const issuer = "tongxing-issuer"
	get := func(key string) (text, place string) {
		for _, section := range []string{issuer, ""} {
			if v, ok := f.values[section][key]; ok && len(v.texts) == 1 {
				return v.texts[0], v.place
			}
		}
		s, _ := Find(issuer, key)
		return s.Default, ""
	}
	add := func(err error, places ...string) {
		if err != nil {
			wrong := c.fault(err)
			wrong.Place = cmp.Or(append(places, f.Path)...)
			faults = append(faults, wrong)
		}
	}
	listen, at := get("listen")
	certificate, certificateAt := get("tls-cert")
	key, keyAt := get("tls-key")
	clientCA, clientAt := get("client-ca")
	add(HTTP(listen, certificate, key, clientCA), at, certificateAt, keyAt, clientAt)
	for _, worker := range []string{"", "worker-"} {
		figures, figuresAt := get(worker + "metrics-listen")
		exposed, exposedAt := get(worker + "metrics-exposed")
		add(Figures(figures, exposed == "true"), figuresAt, exposedAt)
	}
	return faults
}
