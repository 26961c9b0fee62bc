// The page for signing in by itself; every other page offers it in place.

import { SignIn } from '../frame/sign-in.tsx'

export default SignIn
