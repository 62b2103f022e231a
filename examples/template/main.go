// Template renders a report with text/template and the same data as a page with html/template, which escapes by context.
package main

import (
	"fmt"
	htmltemplate "html/template"
	"os"
	"strings"
	"text/template"
)

type line struct {
	What  string
	Count int
	Price float64
}

func (l line) Sum() float64 { return float64(l.Count) * l.Price }

type bill struct {
	To    string
	Lines []line
	Notes map[string]string
}

const report = `{{define "row"}}{{printf "%-10s" .What}} {{.Count}} x {{printf "%6.2f" .Price}} = {{printf "%7.2f" .Sum}}{{end -}}
Bill for {{.To | upper}}
{{range $i, $l := .Lines}}{{if $i}}
{{end}}{{inc $i}}. {{template "row" $l}}{{else}}nothing{{end}}
{{with .Notes}}{{range $k, $v := .}}{{$k}}: {{$v | printf "%q"}}
{{end}}{{end}}{{if and .Lines (gt (len .Lines) 2)}}many{{else if eq (len .Lines) 2}}two{{else}}few{{end}} lines
total {{total .Lines | printf "%.2f"}}{{/* a comment */}}
`

const page = `<a href="/find?q={{.To}}" title='{{.To}}' onclick="f({{.Lines}})">{{.To}}</a>
<script>var who = {{.To}}, n = {{len .Lines}};</script>
`

func main() {
	funcs := template.FuncMap{
		"upper": strings.ToUpper,
		"inc":   func(i int) int { return i + 1 },
		"total": func(ls []line) (t float64) {
			for _, l := range ls {
				t += l.Sum()
			}
			return t
		},
	}
	b := bill{"Tom & Jerry <shop>", []line{{"cheese", 3, 1.5}, {"mousetrap", 1, 12}}, map[string]string{"b": "x\ty", "a": "\"quoted\""}}
	t := template.Must(template.New("report").Funcs(funcs).Parse(report))
	for _, x := range []bill{b, {To: "nobody"}} {
		if err := t.Execute(os.Stdout, x); err != nil {
			fmt.Println(err)
		}
	}
	h := htmltemplate.Must(htmltemplate.New("page").Parse(page))
	if err := h.Execute(os.Stdout, b); err != nil {
		fmt.Println(err)
	}
	for _, bad := range []string{"{{.Missing}}", "{{range}}", "{{nofunc 1}}", "{{index .Lines 9}}"} {
		t, err := template.New("bad").Parse(bad)
		if err == nil {
			err = t.Execute(&strings.Builder{}, b)
		}
		fmt.Println(err)
	}
}
