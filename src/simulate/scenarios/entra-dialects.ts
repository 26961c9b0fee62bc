// The two dialects of Microsoft Entra ID: how each writes the same change.

import { ENTERPRISE_USER, type JsonObject } from '../../protocol/index.ts'

/** How the two dialects write the same. */
export interface Dialect {
  readonly add: string
  readonly replace: string
  readonly remove: string
  readonly on: string | boolean
  readonly off: string | boolean
  readonly changes: readonly JsonObject[]
  readonly addMembers: JsonObject
  readonly removeMember: JsonObject
}

/** Capitalised operations, booleans as text, members removed by a list of values. */
export const DEFAULT: Dialect = {
  add: 'Add',
  replace: 'Replace',
  remove: 'Remove',
  on: 'True',
  off: 'False',
  changes: [
    { op: 'Replace', path: 'displayName', value: '{{newDisplayName}}' },
    { op: 'Replace', path: 'name.familyName', value: '{{newFamily}}' },
    { op: 'Replace', path: 'emails[type eq "work"].value', value: '{{userName}}' },
    { op: 'Add', path: 'title', value: '{{newTitle}}' },
    { op: 'Add', path: `${ENTERPRISE_USER}:department`, value: '{{newDepartment}}' },
  ],
  addMembers: {
    op: 'Add',
    path: 'members',
    value: [{ $each: 'members', item: { $ref: null, value: '{{u}}' } }],
  },
  removeMember: { op: 'Remove', path: 'members', value: [{ $ref: null, value: '{{firstU}}' }] },
}

/** With the flag aadOptscim062020: lower case, real booleans, a path for each member that is removed. */
export const FLAG: Dialect = {
  add: 'add',
  replace: 'replace',
  remove: 'remove',
  on: true,
  off: false,
  changes: [
    { op: 'replace', path: 'emails[type eq "work"].value', value: '{{userName}}' },
    {
      op: 'replace',
      value: {
        displayName: '{{newDisplayName}}',
        'name.familyName': '{{newFamily}}',
        title: '{{newTitle}}',
        [`${ENTERPRISE_USER}:department`]: '{{newDepartment}}',
      },
    },
  ],
  addMembers: { op: 'add', path: 'members', value: [{ $each: 'members', item: { value: '{{u}}' } }] },
  removeMember: { op: 'remove', path: 'members[value eq "{{firstU}}"]' },
}
