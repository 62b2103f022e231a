// sort.Slice, sort.Sort, slices.Sort and slices.SortFunc on a million values.
package main

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

type rec struct {
	id   uint32
	name string
}

func main() {
	seed := uint32(1)
	next := func() uint32 { seed = seed*1664525 + 1013904223; return seed }
	const n = 500000
	ints := make([]int, n)
	for i := range ints {
		ints[i] = int(next() >> 3)
	}
	a := slices.Clone(ints)
	slices.Sort(a)
	b := slices.Clone(ints)
	sort.Ints(b)
	c := slices.Clone(ints)
	sort.Slice(c, func(i, j int) bool { return c[i] < c[j] })
	recs := make([]rec, n/2)
	for i := range recs {
		recs[i] = rec{next(), fmt.Sprint("n", next()%10000)}
	}
	slices.SortFunc(recs, func(x, y rec) int {
		if r := strings.Compare(x.name, y.name); r != 0 {
			return r
		}
		return int(x.id>>1) - int(y.id>>1)
	})
	d := sort.IntSlice(slices.Clone(ints))
	sort.Sort(d)
	fmt.Println(a[n/2] == b[n/2], c[n/3] == d[n/3], recs[1000].name)
}
