// The judge scim-patch: the same PATCH must give the same resource.

import { isDeepStrictEqual } from 'node:util'
import type { Finding, Judge, Target } from '../judge.ts'
import { packages } from './packages.ts'
import { type Json, made, request } from './scim.ts'

type Apply = (resource: Json, operations: readonly Json[]) => Json

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

const PERSON: Json = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', ENTERPRISE],
  name: { givenName: 'Barbara', familyName: 'Jensen' },
  displayName: 'Babs',
  active: true,
  emails: [
    { value: 'babs@work.example', type: 'work', primary: true },
    { value: 'babs@home.example', type: 'home' },
  ],
  phoneNumbers: [{ value: 'tel:+1-201-555-0123', type: 'work' }],
  [ENTERPRISE]: { department: 'Tours', costCenter: '4130' },
}

/** Changes with only one possible result by RFC 7644 §3.5.2, by name. */
const CHANGES: { readonly [name: string]: readonly Json[] } = {
  'add a simple attribute': [{ op: 'add', path: 'nickName', value: 'Barb' }],
  'add over a simple attribute': [{ op: 'add', path: 'displayName', value: 'Barbara' }],
  'add without a path': [{ op: 'add', value: { nickName: 'Barb', title: 'Guide' } }],
  'add a sub-attribute': [{ op: 'add', path: 'name.middleName', value: 'Jane' }],
  'add a value to many': [{ op: 'add', path: 'emails', value: [{ value: 'b@other.example', type: 'other' }] }],
  'add values to many without a path': [
    { op: 'add', value: { emails: [{ value: 'b@other.example', type: 'other' }] } },
  ],
  'add to many that has none': [{ op: 'add', path: 'ims', value: [{ value: 'babs', type: 'xmpp' }] }],
  'add a complex value': [{ op: 'add', path: 'name', value: { honorificPrefix: 'Ms.' } }],
  'add an extension attribute': [{ op: 'add', path: `${ENTERPRISE}:division`, value: 'Theme Park' }],
  'add extension attributes without a path': [{ op: 'add', value: { [ENTERPRISE]: { division: 'Theme Park' } } }],
  'replace a simple attribute': [{ op: 'replace', path: 'displayName', value: 'Barbara' }],
  'replace a boolean': [{ op: 'replace', path: 'active', value: false }],
  'replace without a path': [{ op: 'replace', value: { displayName: 'Barbara', active: false } }],
  'replace a sub-attribute': [{ op: 'replace', path: 'name.familyName', value: 'Smith' }],
  'replace what is not there': [{ op: 'replace', path: 'title', value: 'Guide' }],
  'replace all of many': [{ op: 'replace', path: 'emails', value: [{ value: 'new@work.example', type: 'work' }] }],
  'replace a sub-attribute by filter': [
    { op: 'replace', path: 'emails[type eq "home"].value', value: 'new@home.example' },
  ],
  'replace one of many by filter': [
    { op: 'replace', path: 'emails[type eq "home"]', value: { value: 'new@home.example', type: 'home' } },
  ],
  'replace a complex attribute': [{ op: 'replace', path: 'name', value: { familyName: 'Smith' } }],
  'replace an extension attribute': [{ op: 'replace', path: `${ENTERPRISE}:department`, value: 'Sales' }],
  'remove a simple attribute': [{ op: 'remove', path: 'displayName' }],
  'remove a sub-attribute': [{ op: 'remove', path: 'name.givenName' }],
  'remove a complex attribute': [{ op: 'remove', path: 'name' }],
  'remove all of many': [{ op: 'remove', path: 'emails' }],
  'remove one of many by filter': [{ op: 'remove', path: 'emails[type eq "home"]' }],
  'remove by filter of two conditions': [{ op: 'remove', path: 'emails[type eq "work" and value ew "work.example"]' }],
  'remove a sub-attribute by filter': [{ op: 'remove', path: 'emails[type eq "work"].primary' }],
  'remove the last of many': [{ op: 'remove', path: 'phoneNumbers[type eq "work"]' }],
  'remove an extension attribute': [{ op: 'remove', path: `${ENTERPRISE}:department` }],
  'operations in order': [
    { op: 'add', path: 'nickName', value: 'one' },
    { op: 'replace', path: 'nickName', value: 'two' },
    { op: 'remove', path: 'displayName' },
    { op: 'add', path: 'displayName', value: 'three' },
  ],
  'the name of the operation in capitals': [{ op: 'Replace', path: 'displayName', value: 'Barbara' }],
}

/** The PATCH engine used by most SCIM servers on npm. The same change of the same person must give the same result. */
export const scimPatch: Judge = {
  name: 'scim-patch',
  about: 'scim-patch 0.8.3, the PATCH engine of many servers in JavaScript',
  profiles: ['generic'],
  atLeast: 24,
  prepare: async () => void (await packages()),
  async judge(target) {
    const { scimPatch: apply } = (await packages())('scim-patch') as { scimPatch: Apply }
    const findings: Finding[] = []
    for (const [check, operations] of Object.entries(CHANGES))
      findings.push(await verdict(target, check, operations, apply))
    return findings
  },
}

async function verdict(target: Target, check: string, operations: readonly Json[], apply: Apply): Promise<Finding> {
  const { id, ...before } = await made(target, { ...PERSON, userName: check.replaceAll(' ', '.') })
  const { status, json } = await request(target, 'PATCH', `/Users/${id}`, {
    schemas: [PATCH_OP],
    Operations: operations,
  })
  if (status !== 200) return { check, outcome: 'failed', detail: `the server says ${status}: ${json.detail}` }
  const ours = content((await request(target, 'GET', `/Users/${id}`)).json)
  const theirs = content(apply(structuredClone(before), structuredClone(operations)))
  if (isDeepStrictEqual(ours, theirs)) return { check, outcome: 'passed', detail: '' }
  return {
    check,
    outcome: 'failed',
    detail: `it says ${JSON.stringify(theirs)}; the server says ${JSON.stringify(ours)}`,
  }
}

/** The attributes that a client wrote. Empty arrays and objects count as absent (RFC 7643 §2.5). */
function content({ id: _id, meta: _meta, schemas: _schemas, ...rest }: Json): Json {
  return Object.fromEntries(
    Object.entries(rest).filter(
      ([, value]) => value !== undefined && !(typeof value === 'object' && Object.keys(value ?? {}).length === 0),
    ),
  )
}
