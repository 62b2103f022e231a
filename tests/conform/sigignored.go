// run

// Signals without a meaning do nothing to a program that has not asked for them, before Notify and after Stop.

package main

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

var quiet = []syscall.Signal{syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGALRM, syscall.SIGVTALRM, syscall.SIGPROF, syscall.SIGCHLD,
	syscall.SIGWINCH, syscall.SIGIO, syscall.SIGPWR, syscall.SIGXCPU, syscall.SIGXFSZ, syscall.SIGPIPE, syscall.SIGCONT, syscall.SIGURG, 35, 40, 64}

func main() {
	for range 2 {
		for _, s := range quiet {
			if err := syscall.Kill(os.Getpid(), s); err != nil && s < 32 { // QEMU keeps some of the others for itself
				panic(err)
			}
		}
		c := make(chan os.Signal, 10)
		signal.Notify(c, syscall.SIGUSR1)
		syscall.Kill(os.Getpid(), syscall.SIGUSR1)
		select {
		case s := <-c:
			if s != syscall.SIGUSR1 {
				panic(s)
			}
		case <-time.After(10 * time.Second):
			panic("no signal")
		}
		signal.Stop(c)
	}
}
