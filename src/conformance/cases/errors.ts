// Cases: errors, and requests without valid credentials. RFC 7644 §3.12 and §2.

import { ERROR } from '../../protocol/index.ts'
import type { Case } from '../case.ts'
import { demand, demandRefusal } from '../demand.ts'
import { dig, texts } from '../json-access.ts'
import { requirements } from '../requirements.ts'
import { refused } from '../walks/refused.ts'
import { withoutSecrets } from '../wire/exchange.ts'

const { must } = requirements('RFC 7644 §2')

/** The cases of the group "Errors". */
export const ERRORS: readonly Case[] = [
  must('P-470', 'an error is a JSON object with schemas and status', {
    section: 'RFC 7644 §3.12',
    fix: 'Answer errors with {"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"404","detail":"…"}.',
    async run(probe) {
      const answer = await probe.get(`${probe.subject().type.endpoint}/lockstep-nobody`)
      demandRefusal(answer, 'an id that does not exist', { status: [404] })
      demand(answer, texts(dig(answer.body, 'schemas')).includes(ERROR), `schemas with ${ERROR}`)
      demand(answer, dig(answer.body, 'status') !== undefined, 'status')
    },
  }),
  must('P-020', 'a request without credentials is 401 with WWW-Authenticate', {
    fix: 'Answer 401 with a WWW-Authenticate header that names the schemes.',
    async run(probe) {
      const { endpoint } = probe.subject().type
      const answer = await probe.get(`${endpoint}?count=1`, withoutSecrets(probe.declared.config))
      demandRefusal(answer, 'a list without credentials', { status: [401] })
      demand(answer, (answer.header('www-authenticate') ?? '') !== '', 'a WWW-Authenticate header')
    },
  }),
  must('P-020/wrong', 'wrong credentials are 401', {
    fix: 'Answer 401 to credentials that are not valid.',
    run: refused(({ type }, probe) => {
      const { config } = probe.declared
      const isBasic = /^Basic /.test(config.sent.authorization ?? '')
      const authorization = isBasic ? 'Basic bG9ja3N0ZXA6bm9wZQ==' : 'Bearer lockstep-nope'
      return {
        by: probe.get(`${type.endpoint}?count=1`, { ...withoutSecrets(config), authorization }),
        what: 'a list with wrong credentials',
        status: [401, 403],
      }
    }),
  }),
]
