package migrations_test

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pressly/goose/v3"

	"tandem/migrations"
)

var (
	comments = regexp.MustCompile(`--[^\n]*`)
	made     = regexp.MustCompile(`CREATE TABLE (\w+)`)
	altered  = regexp.MustCompile(`ALTER TABLE (\w+)`)
	indexed  = regexp.MustCompile(`CREATE (?:UNIQUE )?INDEX \w+ ON (\w+)`)
	checked  = regexp.MustCompile(`ADD CONSTRAINT \w+ (?:CHECK|FOREIGN KEY)[^;]*;`)
	beside   = regexp.MustCompile(`^SET lock_timeout = 0;\s+DROP INDEX CONCURRENTLY IF EXISTS (\w+);\s+(?:CREATE (?:UNIQUE )?INDEX CONCURRENTLY (\w+) ON [^;]*;\s+)?RESET lock_timeout;$`)
)

func TestS88_EveryFileKeepsToTheRule(t *testing.T) {
	t.Parallel()
	names, err := fs.Glob(migrations.Files(), "*.sql")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	var last int64
	for _, name := range names {
		number, err := goose.NumericComponent(name)
		if err != nil || number <= last {
			t.Errorf("%s has no number of its own after %d", name, last)
		}
		last = number
		text, err := fs.ReadFile(migrations.Files(), name)
		if err != nil {
			t.Fatal(err)
		}
		for _, fault := range faults(string(text)) {
			t.Errorf("%s %s", name, fault)
		}
	}
}

func TestS88_TheRuleFindsWhatBreaksIt(t *testing.T) {
	t.Parallel()
	for text, fault := range map[string]string{
		"CREATE INDEX a ON change (version);":                                                "CONCURRENTLY",
		"ALTER TABLE change ADD CONSTRAINT a CHECK (version > 0);":                           "NOT VALID",
		"ALTER TABLE change ADD a text; ALTER TABLE issue ADD a text;":                       "change, issue",
		"-- +goose NO TRANSACTION\nCREATE INDEX CONCURRENTLY a ON change (version);":         "NO TRANSACTION",
		"-- +goose NO TRANSACTION\nSET lock_timeout = 0;\nDROP INDEX CONCURRENTLY a;":        "NO TRANSACTION",
		"CREATE TABLE a (b text); CREATE INDEX a_b ON a (b); ALTER TABLE change ADD a text;": "",
	} {
		found := strings.Join(faults(text), "; ")
		if (found == "") != (fault == "") || !strings.Contains(found, fault) {
			t.Errorf("%q in %s", found, text)
		}
	}
}

// faults are what a file does to tables in use that it must not.
func faults(text string) []string {
	sql := strings.TrimSpace(comments.ReplaceAllString(text, ""))
	if strings.Contains(text, "+goose NO TRANSACTION") {
		if names := beside.FindStringSubmatch(sql); names == nil || names[2] != "" && names[1] != names[2] {
			return []string{"runs with NO TRANSACTION, and not as the package's comment says"}
		}
		return nil
	}
	var found []string
	fresh := named(made, sql)
	for _, table := range named(indexed, sql) {
		if !slices.Contains(fresh, table) {
			found = append(found, "makes an index on "+table+" that is not CONCURRENTLY")
		}
	}
	for _, constraint := range checked.FindAllString(sql, -1) {
		if !strings.HasSuffix(constraint, " NOT VALID;") {
			found = append(found, "adds a constraint that is not NOT VALID")
		}
	}
	used := slices.DeleteFunc(named(altered, sql), func(table string) bool { return slices.Contains(fresh, table) })
	if len(used) > 1 {
		found = append(found, "changes several tables: "+strings.Join(used, ", "))
	}
	return found
}

// named are the tables that an expression finds, each once.
func named(expression *regexp.Regexp, sql string) []string {
	var tables []string
	for _, match := range expression.FindAllStringSubmatch(sql, -1) {
		tables = append(tables, match[1])
	}
	slices.Sort(tables)
	return slices.Compact(tables)
}
