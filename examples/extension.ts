// Extends User with a schema of its own and adds hooks.

import { createDirectory, defineSchema, Group, type Infer, invalidValue, User } from 'lockstep'
import { sqliteStore } from 'lockstep/sqlite'

// One declaration gives the types, the validation, the /Schemas document and the paths for filters.
const Badge = defineSchema({
  id: 'urn:example:scim:schemas:extension:badge:1.0:User',
  name: 'Badge',
  attributes: {
    number: { type: 'integer', required: true },
    doors: { type: 'string', multiValued: true },
  },
})
const Employee = User.extend(Badge)
type Employee = Infer<typeof Employee>

export const directory = createDirectory({
  store: sqliteStore('scim.db'),
  types: [Employee, Group],
  hooks: {
    // Before validation: adjust the document, or refuse it with a SCIM error that the administrator will read.
    prepare({ type, document }) {
      const { userName } = document
      if (type === 'User' && typeof userName === 'string' && !userName.endsWith('@acme.example')) {
        throw invalidValue('userName must be an acme.example address')
      }
      return undefined
    },
    // Inside the transaction, on the same SQLite connection: an exception rolls everything back.
    commit(change, db) {
      if (change.type === 'User') console.log(change.op, change.id, db !== undefined)
    },
  },
})

export type { Employee }
