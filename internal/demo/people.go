package demo

func people() []Person {
	return []Person{
		{"ann", "Ann Lee", "ann@example.com", "admin"},
		{"ben", "Ben Okafor", "ben@example.com", "member"},
		{"cleo", "Cleo Marin", "cleo@example.com", "guest"},
		{"dana", "Dana Whitfield", "dana@example.com", "member"},
		{"eli", "Eli Brandt", "eli@example.com", "member"},
		{"fay", "Fay Duarte", "fay@example.com", "member"},
		{"gus", "Gus Lindqvist", "gus@example.com", "member"},
		{"hana", "佐藤 花 (Hana)", "hana@example.com", "member"},
		{"ivo", "Ivo Petrov", "ivo@example.com", "member"},
		{"noor", "Noor Haddad", "noor@example.com", "member"},
	}
}
