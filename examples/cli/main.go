// Cli is a command with flags: it prints a calendar-like table and reports bad usage in the way of package flag.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
)

type sizes []int

func (s *sizes) String() string { return fmt.Sprint(*s) }

func (s *sizes) Set(v string) error {
	for _, f := range strings.Split(v, ",") {
		var n int
		if _, err := fmt.Sscanf(f, "%d", &n); err != nil || n <= 0 {
			return errors.New("want positive numbers, separated by commas")
		}
		*s = append(*s, n)
	}
	return nil
}

func run(args []string) error {
	fs := flag.NewFlagSet("table", flag.ContinueOnError)
	fs.SetOutput(os.Stdout)
	title := fs.String("title", "Table", "heading of the table")
	right := fs.Bool("right", false, "align to the right")
	cols := sizes{}
	fs.Var(&cols, "cols", "widths of the columns")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if fs.NArg() == 0 {
		return errors.New("table: no words given")
	}
	fmt.Println(*title)
	fmt.Println(strings.Repeat("=", len(*title)))
	for i, w := range fs.Args() {
		width := 8
		if len(cols) > 0 {
			width = cols[i%len(cols)]
		}
		if *right {
			fmt.Printf("|%*s", width, w)
		} else {
			fmt.Printf("|%-*s", width, w)
		}
	}
	fmt.Println("|")
	return nil
}

func main() {
	for _, args := range [][]string{
		os.Args[1:],
		{"-right", "-cols", "4,12", "-title=Again", "a", "b", "c"},
		{"-cols", "0", "x"},
		{"-nosuch"},
		{},
	} {
		if err := run(args); err != nil {
			fmt.Println("error:", err)
		}
	}
}
