package vmserial

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// frames are what a decoder finds: "m" or "c" and the body.
func frames(stream []byte) (found []string) {
	var d decoder
	for _, c := range stream {
		if f, ok := d.put(c); ok {
			kind := "m"
			if f.control {
				kind = "c"
			}
			found = append(found, fmt.Sprintf("%s % x", kind, f.body))
		}
	}
	return found
}

func TestDecoder(t *testing.T) {
	t.Parallel()
	long := func(n int) string { return strings.Repeat("55", n) }
	for _, c := range []struct{ name, stream, want string }{
		{"QEMU's first words", "ff 01 a1 08 3f a1", "[c ff 01 c 08 3f]"},
		{"Get Device ID", "01 18 01 e6 a0", "[m 01 18 01 e6]"},
		{"all three escapes, Set SEL Time", "02 28 49 aa b0 aa b1 aa ba 60 42 a0", "[m 02 28 49 a0 a1 aa 60 42]"},
		{"escaped checksum", "01 02 aa b0 a0", "[m 01 02 a0]"},
		{"bytes that look like escaped ones", "b0 b1 ba a0", "[m b0 b1 ba]"},
		{"escape of something else", "aa 17 a0", "[m 07]"},
		{"two escapes", "aa aa b1 a0", "[m a1]"},
		{"empty", "a0 a1 a0 01 a1", "[c 01]"},
		{"an escape before the end", "01 aa a0 02 aa a1 03 a1", "[c 03]"},
		{"as long as can be", long(maxFrame) + "a0", "[m" + strings.Repeat(" 55", maxFrame) + "]"},
		{"longer", long(maxFrame+1) + "a0 01 a1", "[c 01]"},
		{"much longer", long(5000) + "aa a1 01 a1", "[c 01]"},
	} {
		if got := fmt.Sprint(frames(unhex(t, c.stream))); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestMessage(t *testing.T) {
	t.Parallel()
	m, ok := parseMessage(unhex(t, "01 18 01 e6"))
	if !ok || fmt.Sprint(m) != "{1 6 0 1 []}" {
		t.Errorf("Get Device ID: %v, %v", m, ok)
	}
	device := unhex(t, "00 00 01 02 03 02 bf 91 12 00 02 0f 00 00 00 00")
	if got, want := m.answer(device).appendTo(nil), unhex(t, "01 1c 01 00 00 01 02 03 02 bf 91 12 00 02 0f 00 00 00 00 67 a0"); !bytes.Equal(got, want) {
		t.Errorf("its answer: % x, want % x", got, want)
	}
	m, _ = parseMessage(unhex(t, "07 18 33 ae"))
	if got, want := m.answer([]byte{0x80}).appendTo(nil), unhex(t, "07 1c 33 80 2a a0"); !bytes.Equal(got, want) {
		t.Errorf("Get Message on an empty queue: % x, want % x", got, want)
	}
	for _, bad := range []string{"18 01 e7", "01 18 01 e7", ""} {
		if m, ok := parseMessage(unhex(t, bad)); ok {
			t.Errorf("%s is taken for %v", bad, m)
		}
	}
	if got := m.answer(make([]byte, maxFrame-minMessage)); len(got.data) != maxFrame-minMessage {
		t.Errorf("the longest answer: %d bytes", len(got.data))
	}
	if got := m.answer(make([]byte, maxFrame-minMessage+1)); fmt.Sprint(got.data) != "[202]" {
		t.Errorf("an answer that does not fit: %v, want CAh", got.data)
	}
}

// FuzzParseStream takes any stream apart, and finds in it again what it has put together.
func FuzzParseStream(f *testing.F) {
	for _, s := range []string{
		"ff 01 a1 08 3f a1", "01 18 01 e6 a0", "02 28 49 aa b0 aa b1 aa ba 60 42 a0", "a0 aa a0 aa aa",
		strings.Repeat("00", 400) + "a0 04 a1",
	} {
		f.Add(unhex(f, s))
	}
	f.Fuzz(func(t *testing.T, stream []byte) {
		var d decoder
		for _, c := range stream {
			got, ok := d.put(c)
			if !ok {
				continue
			}
			body := bytes.Clone(got.body)
			if len(body) == 0 || len(body) > maxFrame {
				t.Fatalf("a frame of %d bytes", len(body))
			}
			end := byte(endMessage)
			if got.control {
				end = endControl
			}
			if again := frames(appendFrame(nil, body, end)); len(again) != 1 || again[0][2:] != fmt.Sprintf("% x", body) {
				t.Fatalf("% x comes back as %q", body, again)
			}
			m, ok := parseMessage(body)
			if !ok {
				continue
			}
			wire := m.appendTo(nil)
			if want := appendFrame(nil, body, endMessage); !bytes.Equal(wire, want) {
				t.Fatalf("message % x is sent as % x, want % x", body, wire, want)
			}
			if out := m.answer(body).appendTo(nil); len(out) > 2*maxFrame+1 {
				t.Fatalf("an answer of %d bytes", len(out))
			}
		}
	})
}
