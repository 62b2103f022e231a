// rundir

// struct{ int } of two packages are two types: the field's name is not exported.
package ignored
