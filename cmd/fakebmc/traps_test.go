package main

import (
	"net/netip"
	"testing"
)

func TestTrapSource(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		list []string
		to   string
		want string
	}{
		{"all addresses", []string{":623"}, "192.0.2.1", ""},
		{"unspecified", []string{"0.0.0.0:623"}, "192.0.2.1", ""},
		{"its own", []string{"192.0.2.7:623"}, "198.51.100.1", "192.0.2.7:0"},
		{"loopback cannot send elsewhere", []string{"127.0.0.1:623"}, "192.0.2.1", ""},
		{"loopback to loopback", []string{"127.0.0.2:623"}, "127.0.0.1", "127.0.0.2:0"},
		{"the one of the family", []string{"192.0.2.7:623", "[2001:db8::7]:623"}, "2001:db8::1", "[2001:db8::7]:0"},
		{"none of the family", []string{"192.0.2.7:623"}, "2001:db8::1", ""},
		{"the first that can", []string{"127.0.0.1:623", "192.0.2.7:623", "192.0.2.8:623"}, "192.0.2.1", "192.0.2.7:0"},
		{"none", nil, "192.0.2.1", ""},
	} {
		got := ""
		if from := trapSource(test.list, netip.MustParseAddr(test.to)); from != nil {
			got = from.String()
		}
		if got != test.want {
			t.Errorf("%s: from %q, want %q", test.name, got, test.want)
		}
	}
}
