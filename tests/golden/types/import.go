// Import paths that nothing can have.
package p

import "/abs"
import "a//b"
import "a/../b"
