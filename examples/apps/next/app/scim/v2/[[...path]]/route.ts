// SCIM in Next.js: the routes below /scim/v2.

import { scim } from '../../../../scim.ts'

export const { GET, POST, PUT, PATCH, DELETE } = scim.next()
