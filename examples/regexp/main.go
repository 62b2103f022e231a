// Regexp takes a log apart: named groups, replacement with functions, splitting, all matches, bad patterns.
package main

import (
	"fmt"
	"regexp"
	"sort"
	"strings"
)

const log = `2024-05-01T10:00:01Z INFO  user=alice ip=10.0.0.7 login
2024-05-01T10:00:02Z WARN  user=bob ip=192.168.1.20 slow query (1532 ms)
garbage line
2024-05-01T10:00:09Z ERROR user=carol ip=10.0.0.9 write failed: "disk full" (2 ms)
2024-05-01T10:01:00Z INFO  user=alice ip=10.0.0.7 logout`

func main() {
	re := regexp.MustCompile(`(?m)^(?P<time>\S+)\s+(?P<level>INFO|WARN|ERROR)\s+user=(?P<user>\w+) ip=(?P<ip>(?:\d{1,3}\.){3}\d{1,3}) (?P<text>.*)$`)
	users := map[string]int{}
	for _, m := range re.FindAllStringSubmatch(log, -1) {
		users[m[re.SubexpIndex("user")]]++
		fmt.Printf("%-5s %-6s %-13s %s\n", m[re.SubexpIndex("level")], m[re.SubexpIndex("user")], m[re.SubexpIndex("ip")], m[re.SubexpIndex("text")])
	}
	var names []string
	for n, c := range users {
		names = append(names, fmt.Sprintf("%s:%d", n, c))
	}
	sort.Strings(names)
	fmt.Println(names, re.SubexpNames()[1:])

	ms := regexp.MustCompile(`\((\d+) ms\)`)
	fmt.Println(ms.FindAllStringIndex(log, -1))
	fmt.Println(ms.ReplaceAllString("a (15 ms) b (7 ms)", "[$1]"))
	fmt.Println(regexp.MustCompile(`\d+`).ReplaceAllStringFunc("1 22 333", func(s string) string { return strings.Repeat("#", len(s)) }))
	fmt.Printf("%q\n", regexp.MustCompile(`[,;]\s*`).Split("a, b;c,,d", -1))
	fmt.Println(regexp.MustCompile(`^(a+)+$`).MatchString(strings.Repeat("a", 5000) + "b"))
	fmt.Println(regexp.MustCompile(`(?i)straße|[\p{Greek}]{3,}`).FindAllString("STRASSE Straße αβγ δε ΑΒΓΔ", -1))
	fmt.Println(string(regexp.MustCompile(`(\w)(\w*)`).ReplaceAll([]byte("hello big world"), []byte("$2$1"))))
	for _, bad := range []string{`a(b`, `*x`, `[z-a]`, `\8`, `a{1001}`} {
		_, err := regexp.Compile(bad)
		fmt.Println(err)
	}
}
