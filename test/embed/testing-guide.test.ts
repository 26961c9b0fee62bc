// The example of the guide on testing is a test, and passes.

import '../../examples/testing.ts'
