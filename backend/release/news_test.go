package release

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// TestChangesAreTheNewest compares what is built in with CHANGELOG.md.
func TestChangesAreTheNewest(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	_, sections, _ := strings.Cut(string(data), "\n## ")
	newest, _, _ := strings.Cut(sections, "\n## ")
	if "## "+strings.TrimSpace(newest) != strings.TrimSpace(changes) {
		t.Error("changes.md is not the newest section of CHANGELOG.md: make generate")
	}
	if !strings.HasPrefix(newest, version+" ") && !strings.HasPrefix(newest, version+"\n") {
		t.Errorf("the newest section is %.20q, and this is %s", newest, version)
	}
}

func TestNews(t *testing.T) {
	t.Parallel()
	got := news("## 1.2.0\n\nWords before.\n\n- One thing,\n  in `two` lines.\n- For developers: `make bench`.\n- Another, see [the page](docs/page.md).\n\nWords behind.\n  Not of it.\r\n- Last\r\n")
	if want := []string{"One thing, in two lines.", "Another, see the page.", "Last"}; !slices.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
	all := News()
	if len(all) < 5 {
		t.Errorf("%d news", len(all))
	}
	for _, one := range all {
		if strings.ContainsAny(one, "`\n") || strings.Contains(one, "](") || strings.TrimSpace(one) != one || one == "" {
			t.Errorf("it is not plain: %q", one)
		}
	}
}
