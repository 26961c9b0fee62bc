// SCIM at /t/:tenant/scim/v2. Nothing is opened when this is loaded, so `next build` needs no database.

import { scim } from '../../../../../../scim.ts'

export const { GET, POST, PUT, PATCH, DELETE } = scim.next()
