// All cases in their groups, in the order in which they run and are reported.

import type { Case, Witness } from './case.ts'
import { ATTRIBUTES } from './cases/attributes.ts'
import { BULK } from './cases/bulk.ts'
import { CHARACTERISTICS } from './cases/characteristics.ts'
import { CREATE } from './cases/create.ts'
import { CURSOR } from './cases/cursor.ts'
import { DATA } from './cases/data.ts'
import { DELETE } from './cases/delete.ts'
import { DISCOVERY } from './cases/discovery.ts'
import { SCHEMA_CASES } from './cases/discovery-schemas.ts'
import { ERRORS } from './cases/errors.ts'
import { ETAG } from './cases/etag.ts'
import { EVERY_ANSWER } from './cases/every-answer.ts'
import { FILTER_ERRORS } from './cases/filter-errors.ts'
import { FILTER_NAMES } from './cases/filter-names.ts'
import { FILTER_OPERATORS } from './cases/filter-operators.ts'
import { GET } from './cases/get.ts'
import { GROUP_CASES } from './cases/groups.ts'
import { HTTP } from './cases/http.ts'
import { I18N } from './cases/i18n.ts'
import { ME } from './cases/me.ts'
import { PAGING } from './cases/paging.ts'
import { PATCH } from './cases/patch.ts'
import { PATCH_ADD } from './cases/patch-add.ts'
import { PATCH_ERRORS } from './cases/patch-errors.ts'
import { PATCH_REMOVE } from './cases/patch-remove.ts'
import { PATCH_REPLACE } from './cases/patch-replace.ts'
import { PUT } from './cases/put.ts'
import { SEARCH } from './cases/search.ts'
import { SECURITY } from './cases/security.ts'
import { SORT } from './cases/sort.ts'
import { USER_CASES } from './cases/user.ts'

/** Cases that belong together. */
export interface CaseGroup {
  /** Its name for `--only` and `--skip`. */
  readonly name: string
  readonly title: string
  readonly cases: readonly Case[]
  readonly witnesses?: readonly Witness[]
}

/** Every group, in the order in which they run and are reported. */
export const CASE_GROUPS: readonly CaseGroup[] = [
  { name: 'discovery', title: 'What the server declares about itself', cases: [...DISCOVERY, ...SCHEMA_CASES] },
  { name: 'http', title: 'Media types, methods, endpoints', cases: HTTP },
  { name: 'create', title: 'Create', cases: CREATE },
  { name: 'get', title: 'Read', cases: GET },
  { name: 'data', title: 'Data types and unassigned values', cases: DATA },
  { name: 'characteristics', title: 'Attribute characteristics', cases: CHARACTERISTICS },
  { name: 'user', title: 'Attributes of users', cases: USER_CASES },
  { name: 'groups', title: 'Groups', cases: GROUP_CASES },
  { name: 'filter', title: 'Filters', cases: [...FILTER_OPERATORS, ...FILTER_NAMES] },
  { name: 'filter-errors', title: 'Filters that must be refused', cases: FILTER_ERRORS },
  { name: 'sort', title: 'Sort', cases: SORT },
  { name: 'paging', title: 'Lists and pages', cases: PAGING },
  { name: 'cursor', title: 'Cursors', cases: CURSOR },
  { name: 'attributes', title: 'attributes and excludedAttributes', cases: ATTRIBUTES },
  { name: 'search', title: 'Search by POST', cases: SEARCH },
  { name: 'put', title: 'Replace', cases: PUT },
  { name: 'patch', title: 'PATCH', cases: PATCH },
  { name: 'patch-add', title: 'PATCH: add', cases: PATCH_ADD },
  { name: 'patch-replace', title: 'PATCH: replace', cases: PATCH_REPLACE },
  { name: 'patch-remove', title: 'PATCH: remove', cases: PATCH_REMOVE },
  { name: 'patch-errors', title: 'PATCH that must be refused', cases: PATCH_ERRORS },
  { name: 'delete', title: 'Delete', cases: DELETE },
  { name: 'etag', title: 'Versions', cases: ETAG },
  { name: 'bulk', title: 'Bulk', cases: BULK },
  { name: 'me', title: '/Me', cases: ME },
  { name: 'errors', title: 'Errors', cases: ERRORS, witnesses: EVERY_ANSWER },
  { name: 'i18n', title: 'Unicode', cases: I18N },
  { name: 'security', title: 'Security', cases: SECURITY },
]

/** Every case. */
export const CASES: readonly Case[] = CASE_GROUPS.flatMap(({ cases }) => cases)

/** Every requirement that all answers are held against. */
export const WITNESSES: readonly Witness[] = CASE_GROUPS.flatMap(({ witnesses = [] }) => witnesses)

/** How many results a check without `only` and `skip` has. */
export const CASE_COUNT = CASES.length + WITNESSES.length
