// Encoding: JSON through reflection, gzip, SHA-256, base64, regular expressions, templates, big integers.
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"os"
	"regexp"
	"strconv"
	"strings"
	"text/tabwriter"
	"text/template"
	"time"
)

type item struct {
	Name  string            `json:"name"`
	Price float64           `json:"price,omitempty"`
	Tags  []string          `json:"tags"`
	Extra map[string]any    `json:"extra,omitempty"`
	When  time.Time         `json:"when"`
	Next  *item             `json:"next,omitempty"`
	Attr  map[string]string `json:"-"`
}

func check(err error) {
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
}

func main() {
	in := item{Name: "cable", Price: 12.5, Tags: []string{"a", "<b>"}, When: time.Date(2024, 2, 29, 12, 30, 0, 0, time.UTC),
		Next: &item{Name: "end"}, Extra: map[string]any{"n": 1, "list": []int{1, 2}}}
	text, err := json.MarshalIndent(in, "", "  ")
	check(err)
	fmt.Println(string(text))
	var out item
	check(json.Unmarshal(text, &out))
	fmt.Println(out.Name, out.Next.Name, out.Extra["list"], out.When.Equal(in.When))
	fmt.Println(json.Unmarshal([]byte(`{"name": 5}`), &out))

	var zip bytes.Buffer
	w := gzip.NewWriter(&zip)
	_, err = io.Copy(w, strings.NewReader(strings.Repeat("slipway ", 5000)))
	check(err)
	check(w.Close())
	r, err := gzip.NewReader(&zip)
	check(err)
	back, err := io.ReadAll(r)
	check(err)
	fmt.Printf("%d %x\n", len(back), sha256.Sum256(back))
	fmt.Println(base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, 0xdeadbeef)))

	re := regexp.MustCompile(`(\w+)@(\w+)\.com`)
	fmt.Println(re.ReplaceAllString("bob@example.com, eve@test.com", "$2:$1"))
	fmt.Printf("%q\n", re.FindAllStringSubmatch("bob@example.com eve@test.com", -1))

	t := template.Must(template.New("t").Parse("{{range $i, $x := .}}{{if $i}}, {{end}}{{$x | printf \"%q\"}}{{end}}\n"))
	check(t.Execute(os.Stdout, []string{"x", "y"}))

	f := big.NewInt(1)
	for i := int64(2); i <= 50; i++ {
		f.Mul(f, big.NewInt(i))
	}
	fmt.Println(f, f.ProbablyPrime(5))
	for _, x := range []float64{0.1, 1e21, 1.0 / 3, 5e-324, 123456789} {
		fmt.Print(x, " ", strconv.FormatFloat(x, 'e', 3, 64), " ")
	}
	fmt.Println()
	tw := tabwriter.NewWriter(os.Stdout, 0, 8, 1, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "a\tbb\tccc\t")
	fmt.Fprintln(tw, "1000\t2\t3\t")
	check(tw.Flush())
	fmt.Printf("%08b|%+d|%x|%6.2f|%-5s|%v|%+v|%T\n", 5, 5, "hi", 3.14159, "ab", in.Tags, struct{ A, B int }{1, 2}, in)
}
