package format

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// allowed is everything that a credential can say: each value on the wire, what
// it is made of, and the bound that keeps it from carrying more. A phone number,
// an address, a full name or number, a photograph, a route or a birth date has
// no place here; whoever adds one has to write it down in this list first.
var allowed = map[string]string{
	"1":          "string",   // iss: two digits (ValidRegion)
	"4":          "int64",    // exp
	"6":          "int64",    // iat
	"-65537/1/0": "string",   // masked name, 24 bytes, which Encode holds to its mask
	"-65537/1/1": "uint8",    // document class
	"-65537/1/2": "string",   // last two characters of the number
	"-65537/1/3": "[2]uint8", // tag
	"-65537/2/0": "uint32",   // list
	"-65537/2/1": "uint32",   // index
	"-65537/3/0": "uint16",   // state
	"-65537/3/1": "uint16",   // rule
	"-65537/3/2": "uint16",   // minutes
	"-65537/4/0": "uint16",   // test: kind
	"-65537/4/1": "uint16",   // result
	"-65537/4/2": "uint16",   // minutes
	"-65537/4/3": "uint32",   // laboratory
	"-65537/5/0": "uint16",   // vaccination: product
	"-65537/5/1": "uint8",    // dose
	"-65537/5/2": "uint8",    // course
	"-65537/5/3": "uint16",   // day
	"-65537/6":   "uint16",   // exemption
	"-65537/7/0": "string",   // origin: two digits
	"-65537/7/1": "[4]uint8", // kid
}

// wireValues walks a structure of the wire and names its values by their keys
// and places.
func wireValues(t *testing.T, of reflect.Type, path string, into map[string]string) {
	t.Helper()
	switch {
	case of.Kind() == reflect.Pointer, of.Kind() == reflect.Slice && of.Elem().Kind() != reflect.Uint8:
		wireValues(t, of.Elem(), path, into)
		return
	case of.Kind() != reflect.Struct:
		into[path] = of.String()
		return
	}
	place := 0
	for i := range of.NumField() {
		field := of.Field(i)
		tag := field.Tag.Get("cbor")
		if tag == ",toarray" {
			continue
		}
		name, rest, _ := strings.Cut(tag, ",")
		if tag == "" {
			name = fmt.Sprint(place)
			place++
		} else if !strings.HasPrefix(rest, "keyasint") {
			t.Errorf("%s.%s has the tag %q", of, field.Name, tag)
		}
		wireValues(t, field.Type, strings.TrimPrefix(path+"/"+name, "/"), into)
	}
}

func TestCredentialCanSayNothingElse(t *testing.T) {
	got := map[string]string{}
	wireValues(t, reflect.TypeFor[payload](), "", got)
	for _, path := range slices.Sorted(maps.Keys(got)) {
		if allowed[path] != got[path] {
			t.Errorf("%s: %s, allowed is %q", path, got[path], allowed[path])
		}
	}
	if len(got) != len(allowed) {
		t.Errorf("%d values, %d are allowed", len(got), len(allowed))
	}
}

// The texts of a credential are bounded: this is the longest that each can be.
func TestTextsOfACredentialAreTooShortForMore(t *testing.T) {
	for _, c := range []*Credential{
		{Holder: Holder{Name: strings.Repeat("A", 25)}}, {Holder: Holder{LastTwo: "123"}}, {Origin: &Origin{Region: "330"}}, {Issuer: "330"},
	} {
		valid := whole()
		for _, field := range []struct{ from, to *string }{{&c.Holder.Name, &valid.Holder.Name}, {&c.Holder.LastTwo, &valid.Holder.LastTwo}, {&c.Issuer, &valid.Issuer}} {
			if *field.from != "" {
				*field.to = *field.from
			}
		}
		if c.Origin != nil {
			valid.Origin = c.Origin
		}
		if valid.Validate() == nil {
			t.Errorf("%+v is valid", c)
		}
	}
}

func TestUnverifiedHasNothingToReadButWhatFindsTheKey(t *testing.T) {
	of := reflect.TypeFor[Unverified]()
	for i := range of.NumField() {
		if of.Field(i).IsExported() {
			t.Errorf("field %s", of.Field(i).Name)
		}
	}
	want := []string{"Algorithm", "Format", "Issuer", "KeyID", "UnverifiedCredential", "Verify"}
	var got []string
	for pointer, i := reflect.TypeFor[*Unverified](), 0; i < pointer.NumMethod(); i++ {
		got = append(got, pointer.Method(i).Name)
	}
	if !slices.Equal(got, want) {
		t.Errorf("methods %v, want %v", got, want)
	}
}

// printed is v in every way in which it could slip into a log.
func printed(t *testing.T, v any) string {
	t.Helper()
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%c", "%U", "%t", "%T", "%12v"} {
		fmt.Fprintf(&out, verb+"\n", v)
	}
	fmt.Fprintln(&out, v)
	fmt.Fprintln(&out, fmt.Errorf("refused: %v", v))
	slog.New(slog.NewTextHandler(&out, nil)).Info("scanned", "code", v)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("scanned", "code", v)
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(data)
	return out.String()
}

func TestPrintingAnUnverifiedShowsNoClaim(t *testing.T) {
	c := whole()
	c.Holder.LastTwo, c.Ref.Index = "号号", 3456789012
	u, err := Parse(signed(t, unsignedPayload(c)))
	if err != nil {
		t.Fatal(err)
	}
	name := c.Holder.Name
	for _, v := range []any{u, *u, []*Unverified{u}, map[string]any{"code": u}, struct{ Code *Unverified }{u}} {
		text := printed(t, v) + fmt.Sprintf("%p", v) // which passes over Format
		for _, claim := range []string{"王", hex.EncodeToString([]byte(name)), strings.ToUpper(hex.EncodeToString([]byte(name))), "号", "3456789012", "CE075F94", "ce075f94", "1660089600", "101"} {
			if strings.Contains(text, claim) {
				t.Errorf("%T shows %s:\n%s", v, claim, text)
			}
		}
	}
	if got, want := fmt.Sprint(u), "unverified credential of region 33"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := fmt.Sprint(Unverified{}), "no credential"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if !strings.Contains(printed(t, c), "王") {
		t.Error("the test would not see a claim")
	}
}

func TestPrintingADocumentShowsNoNumber(t *testing.T) {
	d, err := NewDocument(1, "33999919900307044X")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{d, &d, []Document{d}} {
		text := printed(t, v)
		for _, part := range []string{"339999", "044X", hex.EncodeToString([]byte("044X"))} {
			if strings.Contains(text, part) {
				t.Errorf("%T shows %s:\n%s", v, part, text)
			}
		}
	}
}

// An error may say which claim is wrong, not whose.
func TestErrorsNameNoHolder(t *testing.T) {
	for _, ch := range slices.Concat(headerChanges, holderChanges, listChanges) {
		c := whole()
		c.Holder.Name = "王*某"
		ch.change(c)
		if _, err := Parse(signed(t, unsignedPayload(c))); err != nil && strings.Contains(err.Error(), "王") {
			t.Errorf("%s: %v", ch.name, err)
		}
	}
}

// Whoever makes a code that is refused must not choose what a guard reads of
// somebody's health.
func TestErrorsTellNoState(t *testing.T) {
	for _, status := range []Status{{State: 2}, {State: 0, Rule: 4711}, {State: 4711}} {
		c := whole()
		c.Status = &status
		_, err := Parse(signed(t, unsignedPayload(c)))
		var claim *ClaimError
		if !errors.As(err, &claim) {
			t.Fatalf("%+v: %v", status, err)
		}
		for _, told := range []string{"state 2", "4711"} {
			if strings.Contains(err.Error(), told) {
				t.Errorf("%+v: %v", status, err)
			}
		}
	}
}
