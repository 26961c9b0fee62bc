// The judge scim2-tester: creates, patches, replaces and removes every advertised attribute.

import type { Judge } from '../judge.ts'
import { environment, findingsOf } from './python.ts'

/** Yaal Coop's checker: creates, patches, replaces and removes every attribute that /Schemas advertises. */
export const scim2Tester: Judge = {
  name: 'scim2-tester',
  about: 'scim2-tester 0.5.2, the checker of the python-scim project',
  profiles: ['strict', 'generic'],
  atLeast: 80,
  prepare: async () => void (await environment()),
  judge: (target) => findingsOf('tester.py', target),
}
