// Leavers as one file: each with its signed receipt, those first whom an app still has.

import { type Answer, api } from '../../api/client.ts'

type Leaver = Answer<'GET /tenants/{tenant}/leavers'>['items'][number]

/** How many receipts are asked for at once. */
const AT_ONCE = 4

/** Which leavers. */
export interface LeaversOf {
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly open: 'true' | 'false'
}

/** Reads all leavers that a question finds, and the receipt of each, and puts them into a file. */
export async function leaversFile(tenant: string, asked: LeaversOf): Promise<string> {
  const all: Leaver[] = []
  let after: string | undefined
  do {
    const query = { ...asked, limit: 100, ...(after === undefined ? {} : { after }) }
    const page = await api('GET /tenants/{tenant}/leavers', { params: { tenant }, query })
    all.push(...page.items)
    after = page.next
  } while (after !== undefined)
  const leavers: (Leaver & { readonly receipt: string })[] = []
  const first = [...all].sort((a, b) => Number(a.complete) - Number(b.complete))
  for (let at = 0; at < first.length; at += AT_ONCE) {
    const some = first.slice(at, at + AT_ONCE).map(async (leaver) => {
      const params = { tenant, user: leaver.user }
      const { jws } = await api('GET /tenants/{tenant}/people/{user}/receipt', { params })
      return { ...leaver, receipt: jws }
    })
    leavers.push(...(await Promise.all(some)))
  }
  return `${JSON.stringify({ tenant, ...asked, made: new Date().toISOString(), leavers }, null, 2)}\n`
}
