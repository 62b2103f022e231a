// A large live heap with pointers while garbage of many sizes is made by two goroutines.
package main

import (
	"fmt"
	"sync"
)

type node struct {
	next, other *node
	data        []byte
	name        string
}

func main() {
	live := make([]*node, 100000)
	for i := range live {
		live[i] = &node{data: make([]byte, 64), name: fmt.Sprint(i)}
		if i > 0 {
			live[i].next = live[i-1]
			live[i].other = live[i*7%i]
		}
	}
	var wg sync.WaitGroup
	sums := make([]int, 2)
	for g := range sums {
		wg.Add(1)
		go func() {
			defer wg.Done()
			keep := make([][]*node, 64)
			for i := 0; i < 400000; i++ {
				s := make([]*node, i%50+1)
				for j := range s {
					if j%8 == 0 {
						s[j] = &node{data: make([]byte, i%300)}
					}
				}
				keep[i%64] = s
				sums[g] += len(s)
			}
		}()
	}
	wg.Wait()
	fmt.Println(sums[0]+sums[1], len(live))
}
