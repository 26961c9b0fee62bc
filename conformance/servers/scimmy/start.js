// SCIMMY with its Express routers, set up as their README says, over two maps in memory.
import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import express from 'express'
import SCIMMY from 'scimmy'
import SCIMMYRouters from 'scimmy-routers'

const token = randomUUID()

/** What is compared of a name: RFC 7644, section 5. */
const prepared = (name) => name.normalize('NFC').toLowerCase()

/** The three handlers that a resource type is declared with: what a small app would write over its own tables. */
function handlers(rows, resourceType, unique, shown = (row) => row) {
  const found = (id) => rows.get(id) ?? fail(404, undefined, `Resource ${id} not found`)
  const fail = (status, type, message) => {
    throw new SCIMMY.Types.Error(status, type, message)
  }
  return {
    egress: (resource) => {
      if (resource.id) return shown(found(resource.id))
      const all = [...rows.values()].map(shown)
      return resource.filter ? resource.filter.match(all) : all
    },
    ingress: (resource, data) => {
      const now = new Date()
      const before = resource.id ? found(resource.id) : undefined
      const id = before?.id ?? randomUUID()
      if (unique !== undefined)
        for (const other of rows.values())
          if (other.id !== id && prepared(other[unique]) === prepared(data[unique]))
            fail(409, 'uniqueness', `${unique} ${data[unique]} is taken`)
      const { meta: _meta, ...content } = JSON.parse(JSON.stringify(data))
      const same = before !== undefined && isDeepStrictEqual({ ...content, id, meta: before.meta }, before)
      const meta = {
        resourceType,
        created: before?.meta.created ?? now,
        lastModified: same ? before.meta.lastModified : now,
      }
      const row = { ...content, id, meta }
      rows.set(id, row)
      return shown(row)
    },
    degress: (resource) => {
      found(resource.id)
      rows.delete(resource.id)
    },
  }
}

const users = new Map()
const groups = new Map()
const memberships = (user) => {
  const own = [...groups.values()].filter(({ members = [] }) => members.some(({ value }) => value === user.id))
  return { ...user, groups: own.map(({ id, displayName }) => ({ value: id, display: displayName })) }
}
SCIMMY.Resources.declare(SCIMMY.Resources.User, handlers(users, 'User', 'userName', memberships))
SCIMMY.Resources.declare(SCIMMY.Resources.Group, handlers(groups, 'Group'))
SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser, false)

const app = express()
const server = app.listen(0, '127.0.0.1', () => {
  const origin = `http://127.0.0.1:${server.address().port}`
  app.use(
    '/scim/v2',
    new SCIMMYRouters({
      type: 'bearer',
      baseUri: () => origin,
      handler: (request) => {
        if (request.header('Authorization') !== `Bearer ${token}`) throw new Error('Authorization not detected!')
        return 'checker'
      },
    }),
  )
  console.log(JSON.stringify({ base: `${origin}/scim/v2`, token }))
})
