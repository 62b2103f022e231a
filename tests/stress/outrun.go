// More threads that allocate than there are CPUs, so that the collector gets none for a while: the heap stays near its goal all the same, whether it
// is marked in one stop or beside the program.
//
// quick: 400
// hard: 20
package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/metrics"
	"sync"
)

const liveMB = 40

func churn(mb int, live [][]byte) {
	x := uint32(len(live))
	for done := 0; done < mb<<20; {
		x = x*1664525 + 1013904223
		b := make([]byte, 1000+x>>8%20000)
		live[int(x>>4)%len(live)] = b
		done += len(b)
	}
}

func main() {
	mb := 4000
	if len(os.Args) > 1 {
		fmt.Sscan(os.Args[1], &mb)
	}
	if len(os.Args) < 3 {
		for _, mode := range []string{"1", "2"} {
			cmd := exec.Command(os.Args[0], fmt.Sprint(mb), "child")
			cmd.Env = append(os.Environ(), "GODEBUG=gcmode="+mode+","+os.Getenv("GODEBUG"))
			cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
			if err := cmd.Run(); err != nil {
				fmt.Println("gcmode", mode, err)
				os.Exit(1)
			}
		}
		return
	}
	runtime.GOMAXPROCS(8)
	var wg sync.WaitGroup
	stop, worst := make(chan bool), make(chan float64)
	go func() {
		most, goal := uint64(0), uint64(0)
		s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/heap/goal:bytes"}}
		for {
			metrics.Read(s)
			most, goal = max(most, s[0].Value.Uint64()), max(goal, s[1].Value.Uint64())
			select {
			case <-stop:
				worst <- float64(most) / float64(goal)
				return
			default:
				runtime.Gosched()
			}
		}
	}()
	for range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			churn(mb/8, make([][]byte, liveMB*1000000/10000/8))
		}()
	}
	wg.Wait()
	close(stop)
	if m := <-worst; m > 1.3 {
		fmt.Printf("the heap grew to %.2f of its goal\n", m)
		os.Exit(1)
	} else {
		fmt.Fprintf(os.Stderr, "steps: %.2f of the goal\n", m)
	}
	fmt.Println("ok")
}
