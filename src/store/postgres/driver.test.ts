// Tests of database URLs on their way to the driver.

import { expect, test } from 'vitest'
import { driverUrl } from './driver.ts'

const at = (query: string) => `postgres://scim:x%3Fsslmode=y@db.example:5433/scim${query}`

test.each([
  ['', ''],
  ['?sslmode=verify-full&sslrootcert=/ca.pem', '?sslmode=verify-full&sslrootcert=/ca.pem'],
  ['?application_name=x&sslmode=require', '?application_name=x&sslmode=verify-full'],
  ['?sslmode=prefer', '?sslmode=verify-full'],
  ['?sslmode=no-verify', '?sslmode=no-verify'],
  ['?sslmode=disable', '?sslmode=disable'],
  ['?uselibpqcompat=true&sslmode=require', '?uselibpqcompat=true&sslmode=require'],
])('%j is given to the driver as %j', (query, expected) => {
  expect(driverUrl(at(query))).toBe(at(expected))
})

test.each(['nope', 'toString', 'REQUIRE', ''])('sslmode=%s is refused', (mode) => {
  expect(() => driverUrl(at(`?sslmode=${mode}`))).toThrow(
    /^database: has sslmode=.*; sslmode must be verify-full .* no-verify .* or disable$/,
  )
})
