// encoding/json both ways: reflection, interfaces, strings.
package main

import (
	"encoding/json"
	"fmt"
)

type item struct {
	ID    int               `json:"id"`
	Name  string            `json:"name"`
	Tags  []string          `json:"tags,omitempty"`
	Price float64           `json:"price"`
	Attr  map[string]string `json:"attr"`
	Sub   *item             `json:"sub,omitempty"`
}

func main() {
	items := make([]item, 500)
	for i := range items {
		items[i] = item{i, fmt.Sprintf("name \"%d\"", i), []string{"a", "b", "ccc"}, float64(i) * 1.25,
			map[string]string{"color": "red", "size": "big"}, &item{ID: -i, Name: "sub"}}
	}
	n := 0
	for r := 0; r < 60; r++ {
		b, err := json.Marshal(items)
		if err != nil {
			panic(err)
		}
		n += len(b)
		var back []item
		if err := json.Unmarshal(b, &back); err != nil {
			panic(err)
		}
		n += len(back)
		var any interface{}
		if err := json.Unmarshal(b, &any); err != nil {
			panic(err)
		}
		n += len(any.([]interface{}))
	}
	fmt.Println(n)
}
