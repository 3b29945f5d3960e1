package fault

import (
	"reflect"
	"testing"
)

func TestPattern(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"a1B2": "a1 b2", " 0? ?f ": "0? ?f", "": ""} {
		if got := pattern(t, text).String(); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	for _, text := range []string{"a", "a1 b", "xx", "0x12", "1 2"} {
		if err := new(Pattern).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
	p := pattern(t, "0? ff")
	for data, want := range map[string]bool{"05ff": true, "05ff00": true, "15ff": false, "05": false, "": false} {
		if got := p.Begins(bytesOf(t, data)); got != want {
			t.Errorf("%s begins with 0? ff: %v", data, got)
		}
	}
}

func FuzzParsePattern(f *testing.F) {
	f.Add("a1 ?2 3?")
	f.Add("???")
	f.Fuzz(func(t *testing.T, text string) {
		var p, again Pattern
		if p.UnmarshalText([]byte(text)) != nil {
			return
		}
		if err := again.UnmarshalText([]byte(p.String())); err != nil || !reflect.DeepEqual(p, again) {
			t.Errorf("%q is %q, and that %v (%v)", text, p, again, err)
		}
	})
}
