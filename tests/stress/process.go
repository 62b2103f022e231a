// Child processes, pipes, signals.
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "child" {
		b, _ := io.ReadAll(os.Stdin)
		os.Stdout.Write(bytes.ToUpper(b))
		os.Exit(3)
	}
	var wg sync.WaitGroup
	for i := 0; i < 20; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			c := exec.Command(os.Args[0], "child")
			in := strings.Repeat("abc", 1000*i)
			c.Stdin = strings.NewReader(in)
			out, err := c.Output()
			if ee, ok := err.(*exec.ExitError); !ok || ee.ExitCode() != 3 || string(out) != strings.ToUpper(in) {
				fmt.Println("child:", err, len(out))
				os.Exit(1)
			}
		}()
	}
	wg.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	err := exec.CommandContext(ctx, "sleep", "30").Run()
	fmt.Println(err)
	sig := make(chan os.Signal, 100)
	signal.Notify(sig, syscall.SIGUSR1, syscall.SIGHUP)
	n := 0
	for i := 0; i < 200; i++ {
		syscall.Kill(os.Getpid(), syscall.SIGUSR1)
		if <-sig == syscall.SIGUSR1 {
			n++
		}
	}
	signal.Stop(sig)
	signal.Ignore(syscall.SIGHUP)
	syscall.Kill(os.Getpid(), syscall.SIGHUP)
	fmt.Println(n)
	sctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	syscall.Kill(os.Getpid(), syscall.SIGTERM)
	<-sctx.Done()
	stop()
	fmt.Println(sctx.Err())
}
