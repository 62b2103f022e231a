// rundir

// A type whose underlying type comes through an alias of a package that is imported only by the alias's.
package ignored
