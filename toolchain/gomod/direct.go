// GOPROXY's "direct": modules from the repositories that they live in.

package main

import "errors"

func directFile(modpath, file string) ([]byte, error) {
	return nil, errors.New("fetching " + modpath + " from its repository is not supported; name a module proxy in GOPROXY, or use go mod vendor where one can be reached")
}
