// The front door for tests of stores: the contract suite.

export { type StoreTraits, storeContract } from './contract.ts'
export type { Expect, Expectation, TestApi } from './expect.ts'
export type { OpenStore } from './fixture.ts'
