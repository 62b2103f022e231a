// stubs.go - package plugin for static programs, which cannot load code; upstream's uses dlopen when cgo is on.

package plugin

import "errors"

func lookup(p *Plugin, symName string) (Symbol, error) {
	return nil, errors.New("plugin: not implemented")
}

func open(name string) (*Plugin, error) {
	return nil, errors.New("plugin: not implemented")
}
