package config

import (
	"math"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/spec"
)

// Judge says what is wrong with a value that is of its setting's kind; nil: nothing.
// Programs hold their flags to the same functions when they start, so that
// `config check` refuses what a start would.
type Judge func(text string) error

// maxDrain bounds for how long a service that ends says so before it does.
const maxDrain = 10 * time.Minute

// Region holds a region to the table of regions.
func Region(number string) error {
	if _, ok := spec.RegionByNumber(number); !ok {
		return program.Usage("region_form", number)
	}
	return nil
}

// Limit holds a limit to one by which something is answered, and which a registry can
// count to. name is that of the flag.
func Limit(name string, value float64) error {
	switch {
	case value < 1 || math.IsNaN(value):
		return program.Usage("flag_below_one", name, value)
	case value > math.MaxInt32:
		return program.Usage("flag_value", strconv.FormatFloat(value, 'f', -1, 64))
	}
	return nil
}

// Drain bounds for how long a service that ends says so before it does.
func Drain(d time.Duration) error {
	if d < 0 || d > maxDrain {
		return program.Usage("flag_value", d)
	}
	return nil
}

// Loopback reports whether an address with a port is on this machine alone.
func Loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// OwnPage holds the address of a page to this machine, and returns it as a number.
func OwnPage(address string) (number string, err error) {
	number = address
	if host, port, err := net.SplitHostPort(address); err == nil && strings.EqualFold(host, "localhost") { // asked of nobody (RFC 6761, 6.3)
		number = net.JoinHostPort("127.0.0.1", port)
	}
	at, err := netip.ParseAddrPort(number)
	if err != nil || !at.Addr().IsLoopback() {
		return "", program.Usage("gate_listen", address)
	}
	return number, nil
}

// HTTP holds plain HTTP to loopback, and what TLS needs to each other: a token is
// everything that its reader needs to be somebody else.
func HTTP(listen, certificate, key, clientCA string) error {
	switch {
	case (certificate == "") != (key == ""):
		return program.Usage("tls_pair")
	case clientCA != "" && certificate == "":
		return program.Usage("flag_required", "--tls-cert")
	case certificate == "" && !Loopback(listen):
		return program.Usage("plain_http", listen)
	}
	return nil
}

// Figures holds the figures of a service to loopback unless it is said that others may
// read them. Nothing of a person is in them, but how much is issued, and when nothing is.
func Figures(listen string, exposed bool) error {
	switch {
	case listen == "" && exposed:
		return program.Usage("flag_required", "--metrics-listen")
	case listen != "" && !exposed && !Loopback(listen):
		return program.Usage("metrics_plain", listen)
	}
	return nil
}

// limit is Limit as a Judge.
func limit(name string) Judge {
	return func(text string) error {
		value, err := strconv.ParseFloat(text, 64)
		if err != nil && !math.IsInf(value, 0) {
			return err
		}
		return Limit(name, value)
	}
}

// Length makes a Judge of one for a length of time.
func Length(judge func(time.Duration) error) Judge {
	return func(text string) error {
		d, err := time.ParseDuration(text)
		if err != nil {
			return err
		}
		return judge(d)
	}
}

// Count makes a Judge of one for a whole number.
func Count(judge func(int) error) Judge {
	return func(text string) error {
		n, err := strconv.ParseInt(text, 0, 32)
		if err != nil {
			return err
		}
		return judge(int(n))
	}
}

// ownPage is OwnPage as a Judge.
func ownPage(address string) error {
	_, err := OwnPage(address)
	return err
}
