// What the suite of stores takes from a test framework.

/** What a value is compared with: the part of `expect(value)` that Vitest and Jest have in common and the suite uses. */
export interface Expectation {
  readonly not: Omit<Expectation, 'not' | 'rejects'>
  readonly rejects: Omit<AsyncExpectation, 'not' | 'rejects'>
  toBe(expected: unknown): unknown
  toEqual(expected: unknown): unknown
  toMatchObject(expected: object): unknown
  toContain(expected: unknown): unknown
  toContainEqual(expected: unknown): unknown
  toHaveLength(expected: number): unknown
  toBeUndefined(): unknown
  toBeDefined(): unknown
  toBeInstanceOf(expected: new (...args: never[]) => unknown): unknown
  toBeGreaterThan(expected: number): unknown
  toBeLessThanOrEqual(expected: number): unknown
}

/** The same of a promise. */
export interface AsyncExpectation {
  toBe(expected: unknown): Promise<unknown>
  toEqual(expected: unknown): Promise<unknown>
  toMatchObject(expected: object): Promise<unknown>
  toThrow(expected: string | RegExp | (new (...args: never[]) => Error)): Promise<unknown>
}

/** `expect` of Vitest or Jest. */
export interface Expect {
  (value: unknown): Expectation
  any(kind: unknown): unknown
  objectContaining(expected: object): unknown
}

/** The functions of a test framework that the suite registers its tests with: the module `vitest`, or the globals of Jest. */
export interface TestApi {
  readonly describe: (name: string, register: () => void) => unknown
  readonly test: (name: string, run: () => Promise<void>) => unknown
  readonly beforeEach: (run: () => Promise<void>) => unknown
  readonly afterEach: (run: () => Promise<void>) => unknown
  readonly beforeAll: (run: () => Promise<void>) => unknown
  readonly afterAll: (run: () => Promise<void>) => unknown
  readonly expect: Expect
}
