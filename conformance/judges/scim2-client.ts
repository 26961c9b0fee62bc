// The judge scim2-client: a client session that validates every response.

import type { Judge } from '../judge.ts'
import { environment, findingsOf } from './python.ts'

/** A client that refuses any response that the RFCs don't allow, in a typical session. */
export const scim2Client: Judge = {
  name: 'scim2-client',
  about: 'scim2-client 0.13.2 with scim2-models 0.12.3, a client that validates all it gets',
  profiles: ['strict', 'generic'],
  atLeast: 15,
  prepare: async () => void (await environment()),
  judge: (target) => findingsOf('walk.py', target),
}
