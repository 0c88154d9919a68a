package paper

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/issuer/paper/pdf"
	"github.com/tongxing/tongxing/issuer/paper/truetype"
)

var created = time.Date(2022, 8, 10, 8, 0, 0, 0, format.ChinaTime)

var loadTypeface = sync.OnceValues(func() (*pdf.Typeface, error) {
	var fonts []*truetype.Font
	for _, name := range []string{"noto-sans-sc.ttf", "noto-sans-latin.ttf", "noto-sans-hk-rare.ttf", "noto-sans-jp-rare.ttf"} {
		data, err := os.ReadFile(filepath.Join("../../fonts", name))
		if err != nil {
			return nil, err
		}
		f, err := truetype.Parse(data)
		if err != nil {
			return nil, err
		}
		fonts = append(fonts, f)
	}
	return pdf.NewTypeface(fonts...)
})

func typeface(t testing.TB) *pdf.Typeface {
	t.Helper()
	face, err := loadTypeface()
	if err != nil {
		t.Fatal(err)
	}
	return face
}

var key = sigtest.New(sig.SM2, "paper")

// source is of the longest kind that is usual.
var source = Source{Authority: "浙江省卫生健康委员会", Appeal: "12345 热线，或到当地社区服务中心窗口", Help: "所在村（社区）居委会，电话 0571-12345"}

// rich is a credential with much in it, plain one with the status alone.
func rich() *format.Credential {
	c := plain()
	c.Holder.Name = "王*明"
	c.Tests = []format.Test{{Kind: 1, Result: 0, Minutes: 840, Laboratory: 2162691}, {Kind: 2, Result: 0, Minutes: 90, Laboratory: 2162691}}
	c.Vaccinations = []format.Vaccination{{Product: 1, Dose: 2, Course: 2, Day: 530}, {Product: 6, Dose: 3, Course: 2, Day: 708}}
	c.Exemptions = []uint16{1}
	return c
}

func plain() *format.Credential {
	issued := created.Unix()
	c := &format.Credential{
		Issuer: "33", IssuedAt: issued, Expires: issued + 6*24*3600,
		Holder: format.Holder{Name: "买*力", Class: 1, LastTwo: "4X", Tag: [2]byte{0x97, 0xd2}},
		Ref:    format.Ref{Index: 734003},
		Status: &format.Status{State: 0, Minutes: 600},
	}
	c.Ref.List = listOf(c)
	return c
}

// named is c for a holder of the name.
func named(t testing.TB, c *format.Credential, name string) *format.Credential {
	t.Helper()
	masked, err := format.MaskName(name)
	if err != nil {
		t.Fatal(err)
	}
	c.Holder.Name = masked
	return c
}

// listOf is a list of the month in which c expires.
func listOf(c *format.Credential) uint32 { return format.ListMonth(c.Expires)*256 + 6 }

func code(t testing.TB, c *format.Credential) string {
	t.Helper()
	data, err := format.Encode(c, key)
	if err != nil {
		t.Fatal(err)
	}
	return transport.Encode(data)
}

func printer(t testing.TB, o Options) *Printer {
	t.Helper()
	o.Typeface = typeface(t)
	p, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// printed returns the document of some codes.
func printed(t testing.TB, p *Printer, codes ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	d, err := p.Begin(&out, Cover{Title: "宋家村", Created: created})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range codes {
		e, err := p.Prepare(text, source)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
