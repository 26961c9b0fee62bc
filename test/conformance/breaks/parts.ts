// What several breaks are made of.

// biome-ignore-all lint/suspicious/noAssignInExpressions: a switch is one expression, so that a list of two hundred can be read
// biome-ignore-all lint/complexity/noCommaOperator: the same
// biome-ignore-all lint/suspicious/useIterableCallbackReturn: the same
import { type Body, type Got, type Sent, tell } from '../broken.ts'

/** Used by several switches. */
export const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
/** Used by several switches. */
export const isCreation = ({ method, path }: Sent) => method === 'POST' && /^\/(Users|Groups)$/.test(path)
/** Used by several switches. */
export const isSingle = ({ path }: Sent) => /^\/(Users|Groups)\/[^./]+$/.test(path)
/** An answer that says that something was created, though nothing was. */
/** Used by several switches. */
export const pretend = (sent: Sent): Got => ({
  status: 201,
  headers: new Headers({ 'content-type': 'application/scim+json', location: 'http://provider.test/scim/v2/Users/x' }),
  body: { ...sent.body, id: 'x', meta: { resourceType: 'User', location: 'http://provider.test/scim/v2/Users/x' } },
})
/** Used by several switches. */
export const discovery = (path: string, change: (body: Body) => Body | undefined) =>
  tell((got, sent) => {
    if (got.status === 200 && sent.path === path) got.body = change(got.body) ?? got.body
  })
/** Used by several switches. */
export const config = (change: (body: Body) => Body | undefined) => discovery('/ServiceProviderConfig', change)
/** Used by several switches. */
export const bulkResults = (change: (result: Body) => void) =>
  tell((got, sent) => {
    if (sent.path === '/Bulk' && got.status === 200) for (const one of got.body.Operations) change(one)
  })
