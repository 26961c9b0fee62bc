// Which way each kind of query goes, and how it is weighed, on both databases alike.

import { expect, test } from 'vitest'
import { bindFilter, bindSort, LENIENT, parseFilter, User } from '../../protocol/index.ts'
import type { Query } from '../contract/index.ts'
import { isLong, planGathered, planQuery, startOf, weighQuery } from './plan.ts'
import type { SqlScope } from './scope.ts'

/** A type with indexes on userName (unique), title and active; one on nickName is not complete. */
const scope: SqlScope = {
  tenant: '$t',
  type: '$y',
  typeName: 'User',
  base: '',
  endpoints: {},
  path: (path) =>
    ['userName', 'title', 'active', 'nickName'].includes(path)
      ? { pathNo: 7, path, unique: path === 'userName', ready: path !== 'nickName' }
      : undefined,
  typeKey: () => 'User',
}

function typeOf(filter: string | undefined, sortBy?: string): Query['types'][number] {
  const sort = sortBy === undefined ? undefined : bindSort(sortBy, undefined, User)
  return {
    type: 'User',
    ...(filter === undefined ? {} : { filter: bindFilter(parseFilter(filter, LENIENT), User, LENIENT) }),
    ...(sort === undefined ? {} : { sort }),
  }
}

test.each([
  [undefined, 'walk', 'walk', 'light', 'everything, in order of id'],
  ['userName eq "ada"', 'few', 'few', 'light', 'one value of a unique attribute'],
  ['title eq "Boss"', 'few', 'few', 'depends', 'a value that several may share'],
  ['userName eq "ada" and nickName co "x"', 'few', 'few', 'light', 'few of which some match'],
  ['userName sw "a"', 'gather', 'gather', 'depends', 'a range of an index'],
  ['active eq true', 'gather', 'gather', 'depends', 'a boolean'],
  ['title sw "a" or userName co "b"', 'gather', 'gather', 'heavy', 'a walk along a whole index'],
  ['title sw "a" and nickName co "b"', 'many', 'many', 'depends', 'a range of which some match'],
  ['nickName co "b"', 'scan', 'many', 'heavy', 'no index'],
  ['nickName eq "b"', 'scan', 'many', 'heavy', 'an index that is not complete'],
])('%s goes the way %s, with a total %s, and is %s (%s)', (filter, way, withTotal, weight, _case) => {
  const types = [typeOf(filter)]
  expect(planQuery(types, false, scope).way).toBe(way)
  expect(planQuery(types, true, scope).way).toBe(withTotal)
  const weighed = weighQuery(types, 100, scope)
  expect(typeof weighed === 'string' ? weighed : 'depends').toBe(weight)
})

test('what is sorted, and several types together, are found as a whole first', () => {
  for (const types of [[typeOf('userName eq "ada"', 'title')], [typeOf(undefined), typeOf(undefined)]]) {
    expect(planQuery(types, false, scope).way).toBe('many')
    expect(weighQuery(types, 100, scope)).toBe('heavy')
  }
})

test('a long page is heavy, and so is a filter on a tenant whose indexes are not known', () => {
  expect(weighQuery([typeOf(undefined)], 201, scope)).toBe('heavy')
  expect(weighQuery([typeOf('userName eq "ada"')], 100, undefined)).toBe('heavy')
  expect(weighQuery([], 100, undefined)).toBe('light')
})

test('of more than a handful, a scan is chosen when most resources match', () => {
  const page = { offset: 0, limit: 99 }
  expect(planGathered(90_000, 100_000, page)).toBe('scan')
  expect(planGathered(1_000, 100_000, page)).toBe('many')
  expect(planGathered(90_000, 100_000, { offset: 50_000, limit: 99 })).toBe('many')
  expect(startOf({ after: undefined, limit: 10 })).toBe(0)
})

test('a filter is long beyond twenty terms', () => {
  const terms = (count: number) => typeOf(Array(count).fill('title eq "a"').join(' or ')).filter
  expect(isLong(terms(20))).toBe(false)
  expect(isLong(terms(21))).toBe(true)
  expect(isLong(undefined)).toBe(false)
})
