// SCIM errors as they are written.

import { describe, expect, test } from 'vitest'
import * as errors from './errors.ts'
import { ERROR } from './urn.ts'

const { ConfigError, LockstepError, SCIM_TYPES, ScimError, STATUS_CODES } = errors

const keywords = {
  invalidFilter: errors.invalidFilter,
  tooMany: errors.tooMany,
  uniqueness: errors.uniqueness,
  mutability: errors.mutability,
  invalidSyntax: errors.invalidSyntax,
  invalidPath: errors.invalidPath,
  noTarget: errors.noTarget,
  invalidValue: errors.invalidValue,
  invalidVers: errors.invalidVers,
  sensitive: errors.sensitive,
  invalidCursor: errors.invalidCursor,
  expiredCursor: errors.expiredCursor,
  invalidCount: errors.invalidCount,
}

describe('ScimError', () => {
  test.each(Object.entries(keywords))('P-473 %s', (keyword, factory) => {
    const error = factory('Say why')
    const types: { readonly [name: string]: number } = SCIM_TYPES
    expect(error).toBeInstanceOf(LockstepError)
    expect(error.name).toBe('ScimError')
    expect(error.code).toMatch(/^SCIM(_[A-Z]+)+$/)
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      schemas: [ERROR],
      status: String(types[keyword]),
      scimType: keyword,
      detail: 'Say why',
    })
  })
  test('P-473 every keyword has its factory', () => {
    expect(Object.keys(keywords)).toEqual(Object.keys(SCIM_TYPES))
  })
  test.each([
    [errors.unauthorized('No token', 'Bearer'), 401, { 'www-authenticate': 'Bearer' }],
    [errors.forbidden('No'), 403, undefined],
    [errors.notFound('No'), 404, undefined],
    [errors.methodNotAllowed(['GET', 'POST']), 405, { allow: 'GET, POST' }],
    [errors.notAcceptable('No'), 406, undefined],
    [errors.conflict('No'), 409, undefined],
    [errors.preconditionFailed('No'), 412, undefined],
    [errors.payloadTooLarge('No'), 413, undefined],
    [errors.uriTooLong('No'), 414, undefined],
    [errors.unsupportedMediaType('No'), 415, undefined],
    [errors.tooManyRequests(2), 429, { 'retry-after': '2' }],
    [errors.internal('abc', new Error('secret')), 500, undefined],
    [errors.notImplemented('No'), 501, undefined],
    [errors.unavailable(5), 503, { 'retry-after': '5' }],
  ])('P-470..472 %s', (error, status, headers) => {
    expect(error.status).toBe(status)
    expect(error.headers).toEqual(headers)
    expect(Object.values(STATUS_CODES)).toContain(error.code)
    const body = error.toJSON()
    expect(body).toEqual({ schemas: [ERROR], status: String(status), detail: error.detail })
  })
  test('P-477 an internal error keeps its cause to itself', () => {
    const error = errors.internal('abc', new Error('secret'))
    expect(JSON.stringify(error)).not.toContain('secret')
    expect(error.cause).toBeInstanceOf(Error)
    expect(new ScimError(404, 'No').cause).toBeUndefined()
  })
  test('codes are stable', () => {
    expect(errors.codeOf('invalidFilter')).toBe('SCIM_INVALID_FILTER')
    expect(errors.invalidFilter('Expected a value', 4).detail).toBe('Expected a value, at character 5 of the filter')
    expect(new ConfigError('limits.pageMax', 'must be a number').message).toBe('limits.pageMax: must be a number')
  })
})
