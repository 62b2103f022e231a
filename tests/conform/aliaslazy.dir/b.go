package b

import "./a"

type T = a.T
