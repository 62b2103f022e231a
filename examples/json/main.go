// Json decodes, changes and encodes documents: structs with tags, interfaces, raw messages, custom marshalers, streams.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

type Level int

func (l Level) MarshalText() ([]byte, error) { return []byte([]string{"low", "mid", "high"}[l]), nil }

func (l *Level) UnmarshalText(b []byte) error {
	for i, s := range []string{"low", "mid", "high"} {
		if s == string(b) {
			*l = Level(i)
			return nil
		}
	}
	return fmt.Errorf("unknown level %q", b)
}

type Base struct {
	ID      int       `json:"id"`
	Created time.Time `json:"created"`
}

type Item struct {
	Base
	Name    string          `json:"name"`
	Price   float64         `json:"price,omitempty"`
	Tags    []string        `json:"tags"`
	Level   Level           `json:"level"`
	Extra   json.RawMessage `json:"extra,omitempty"`
	Attrs   map[string]any  `json:"attrs,omitempty"`
	Counts  map[Level]int   `json:"counts,omitempty"`
	Next    *Item           `json:"next,omitempty"`
	private string
}

const doc = `{"id":7,"created":"2024-02-29T12:30:00Z","name":"caf\u00e9 \ud83d\ude00","price":12.50,"tags":["a","b"],
 "level":"high","extra":{"k":[1,2,{"x":null}]},"attrs":{"z":1e3,"a":[true,"s",null]},"counts":{"mid":2,"low":1},
 "next":{"id":8,"created":"0001-01-01T00:00:00Z","name":"<&>","tags":null,"level":"low"},"unknown":1}`

func main() {
	var it Item
	if err := json.Unmarshal([]byte(doc), &it); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	it.Next.Price = 0.1
	fmt.Printf("%d %s %s %v %v %v\n", it.ID, it.Name, it.Extra, it.Attrs["a"], it.Counts, it.Created.Weekday())
	out, err := json.MarshalIndent(it, "", "  ")
	fmt.Println(string(out), err)

	for _, bad := range []string{`{"id":"x"}`, `{"level":"none"}`, `{"name":1`, `[1,2]`, `{"tags":[1]}`} {
		var x Item
		err := json.Unmarshal([]byte(bad), &x)
		var syn *json.SyntaxError
		var typ *json.UnmarshalTypeError
		fmt.Println(err, errors.As(err, &syn), errors.As(err, &typ))
	}

	dec := json.NewDecoder(strings.NewReader(`{"n":1} {"n":2} [3]`))
	dec.UseNumber()
	for {
		var v any
		if err := dec.Decode(&v); err == io.EOF {
			break
		} else if err != nil {
			fmt.Println(err)
			break
		}
		fmt.Printf("%T %v\n", v, v)
	}
	var buf bytes.Buffer
	json.Compact(&buf, []byte(" { \"a\" : [ 1 , 2 ] } "))
	json.HTMLEscape(&buf, []byte(`"<b>"`))
	fmt.Println(buf.String(), json.Valid([]byte(`{"a":}`)))
}
