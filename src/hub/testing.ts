// The front door of the hub for tests of adapters: the contract suite.

export { adapterContract } from './adapters/adapter-contract.ts'
export type { AdapterSubject } from './adapters/contract-subject.ts'
