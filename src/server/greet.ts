import { hostname } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { DEFAULT_TENANT, scimPath, type Tenancy } from '../tenancy/index.ts'

/** What a start prints: on the first one a way in, shown only once; later where things are. */
export async function greet(tenancy: Tenancy, url: string): Promise<string> {
  await tenancy.notePublicUrl(url)
  if (!(await isMine(tenancy))) {
    return [
      `Lockstep is running at ${url}`,
      '',
      `  SCIM base URL   ${url}${scimPath('{tenant}')}`,
      '  New token       lockstep connection create TENANT',
      '  Tenants         lockstep tenant list',
      '',
      '',
    ].join('\n')
  }
  await tenancy.tenants.createDefault()
  const { token } = await tenancy.connections.create(DEFAULT_TENANT, { kind: 'generic', label: 'first start' })
  await tenancy.tenants.endFirstStart()
  const base = `${url}${scimPath(DEFAULT_TENANT)}`
  return [
    `Lockstep is running at ${url}`,
    '',
    `  SCIM base URL   ${base}`,
    `  Bearer token    ${token}`,
    '',
    'The token is shown this once and kept only as a hash. Try it:',
    '',
    `  curl -H 'Authorization: Bearer ${token}' '${base}/Users'`,
    '',
    '',
  ].join('\n')
}

/** How often a process looks whether another one is done with the first start. */
const LOOK_MS = 200
/** This very process: a later one may have its number. */
const SELF = `${hostname()} ${process.pid} ${Math.round(performance.timeOrigin)}`

/** Whether the first start is this process's to carry out; when it is another one's, waits until that is done. */
async function isMine({ tenants }: Tenancy): Promise<boolean> {
  while (await tenants.isFirstStart()) {
    if (await tenants.claimFirstStart(SELF, isGone)) return true
    await wait(LOOK_MS)
  }
  return false
}

/** Whether the process that such a text names is known to have ended. */
function isGone(by: string): boolean {
  const [host, pid] = by.split(' ')
  if (by === SELF || host !== hostname()) return false
  if (Number(pid) === process.pid) return true
  try {
    process.kill(Number(pid), 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}
