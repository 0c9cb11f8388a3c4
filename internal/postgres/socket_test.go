package postgres

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMakeSocketFolder_passes_over_a_place_too_deep(t *testing.T) {
	t.Parallel()
	deep := filepath.Join(dataFolder(t), strings.Repeat("d", 100))
	must(t, os.Mkdir(deep, 0o711))
	short := dataFolder(t)
	folder, err := makeSocketFolder([]string{"/nonexistent", deep, short}, serverAccount(short))
	must(t, err)
	if filepath.Dir(folder) != short {
		t.Errorf("chose %s", folder)
	}
	if left, err := os.ReadDir(deep); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}

	_, err = makeSocketFolder([]string{deep}, serverAccount(short))
	if err == nil {
		t.Fatal("chose a place too deep")
	}
	mention(t, err.Error(), "longer than", "TMPDIR")
}
