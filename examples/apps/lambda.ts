// SCIM in a function of AWS Lambda behind an API Gateway or a function URL, on PostgreSQL.

import { lockstep } from 'lockstep'
import { postgresStore } from 'lockstep/postgres'
import pg from 'pg'

// One connection for each instance, which handles one request at a time; none that listens while the instance is frozen.
export const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 1 })

export const scim = lockstep({
  store: () => postgresStore({ pool, listen: false }),
  url: process.env.SCIM_URL,
  background: false,
  after: { 'user.deactivated': ({ user }) => console.log(`${user.userName} has left`) },
})

/** An event of payload format 2.0, as far as it is used. */
interface Event {
  readonly rawPath: string
  readonly rawQueryString: string
  readonly headers: Readonly<Record<string, string>>
  readonly requestContext: { readonly domainName: string; readonly http: { readonly method: string } }
  readonly body?: string
  readonly isBase64Encoded: boolean
}

/** Answers a request. */
export async function handler({ rawPath, rawQueryString, headers, requestContext, body, isBase64Encoded }: Event) {
  const url = `https://${requestContext.domainName}${rawPath}${rawQueryString && `?${rawQueryString}`}`
  const init = { method: requestContext.http.method, headers }
  const sent = body === undefined ? null : Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8')
  const response = await scim.fetch(new Request(url, { ...init, body: sent }))
  return { statusCode: response.status, headers: Object.fromEntries(response.headers), body: await response.text() }
}

/** Run by a schedule, each minute: what `after` has to do. */
export const scheduled = () => scim.after.run({ forMs: 20_000 })
