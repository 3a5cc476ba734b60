package ban

import (
	"math/rand/v2"
	"testing"

	"golang.org/x/net/idna"
)

// TestPlainNames: what passes without the tables is what the tables make of it.
func TestPlainNames(t *testing.T) {
	t.Parallel()
	const letters, rounds = "abnx019--..AZ_é*", 300_000
	source := rand.New(rand.NewPCG(1, 7))
	plain := 0
	for range rounds {
		name := make([]byte, 0, 80)
		for range 1 + source.IntN(12) {
			name = append(name, letters[source.IntN(len(letters))])
		}
		if source.IntN(100) == 0 {
			for range 64 {
				name = append(name, 'a')
			}
		}
		text := string(name)
		if !isPlain(text) {
			continue
		}
		plain++
		ascii, err := idna.Lookup.ToASCII(text)
		if err != nil || ascii != text || isAddress(text) {
			t.Fatalf("%q is %q, %v, an address: %t", text, ascii, err, isAddress(text))
		}
	}
	if plain < rounds/100 {
		t.Errorf("%d plain names", plain)
	}
	for text, want := range map[string]bool{
		"": false, ".": false, "a": true, "a.": false, "a..b": false, "-a": false, "a-.b": false, "ab--c": false, "a--b": true,
		"xn--a": false, "1.2.3.4": false, "1.2.3.a": true, "A": false, "a_b": false,
	} {
		if isPlain(text) != want {
			t.Errorf("%q: %t", text, !want)
		}
	}
}
