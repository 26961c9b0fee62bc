// The conditions and changes that several breaks are made of.

// biome-ignore-all lint/suspicious/noAssignInExpressions: a switch is one expression, so that a list of two hundred can be read
// biome-ignore-all lint/complexity/noCommaOperator: the same
// biome-ignore-all lint/suspicious/useIterableCallbackReturn: the same
import { type Body, type Got, onAnswer, type Sent } from '../broken.ts'

/** The URN of the enterprise extension. */
export const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

/** Whether a request creates a user or a group. */
export const isCreation = ({ method, path }: Sent) => method === 'POST' && /^\/(Users|Groups)$/.test(path)

/** Whether a request is about one resource. */
export const isSingle = ({ path }: Sent) => /^\/(Users|Groups)\/[^./]+$/.test(path)

/** An answer that pretends that something was created. */
export const pretend = (sent: Sent): Got => ({
  status: 201,
  headers: new Headers({ 'content-type': 'application/scim+json', location: 'http://provider.test/scim/v2/Users/x' }),
  body: { ...sent.body, id: 'x', meta: { resourceType: 'User', location: 'http://provider.test/scim/v2/Users/x' } },
})

/** Changes the answer at the path of a discovery resource. */
export const discovery = (path: string, change: (body: Body) => Body | undefined) =>
  onAnswer((got, sent) => {
    if (got.status === 200 && sent.path === path) got.body = change(got.body) ?? got.body
  })

/** Changes /ServiceProviderConfig. */
export const config = (change: (body: Body) => Body | undefined) => discovery('/ServiceProviderConfig', change)

/** Changes each result of a bulk request. */
export const bulkResults = (change: (result: Body) => void) =>
  onAnswer((got, sent) => {
    if (sent.path === '/Bulk' && got.status === 200) for (const one of got.body.Operations) change(one)
  })
