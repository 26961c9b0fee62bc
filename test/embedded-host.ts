// A resource type with an attribute of every data type, for tests of embedding.

import { defineResourceType, defineSchema } from '../src/protocol/index.ts'

/** A resource type with an attribute of every data type, for tests. */
export const Gadget = defineResourceType({
  name: 'Gadget',
  endpoint: '/Gadgets',
  schema: defineSchema({
    id: 'urn:example:scim:schemas:gadget:1.0:Gadget',
    name: 'Gadget',
    attributes: {
      label: { uniqueness: 'server' },
      code: { caseExact: true, uniqueness: 'server' },
      number: { type: 'integer' },
      weight: { type: 'decimal' },
      on: { type: 'boolean' },
      made: { type: 'dateTime' },
      photo: { type: 'binary' },
      home: { type: 'reference', referenceTypes: ['external'] },
      pin: { mutability: 'writeOnly', returned: 'never' },
      tags: { multiValued: true },
      scores: { type: 'integer', multiValued: true },
      lock: { type: 'complex', subAttributes: { name: {}, secret: { returned: 'never' } } },
      parts: {
        type: 'complex',
        multiValued: true,
        subAttributes: {
          value: {},
          type: {},
          size: { type: 'integer' },
          since: { type: 'dateTime' },
          primary: { type: 'boolean' },
        },
      },
    },
  }),
})
